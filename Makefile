# Thin: each target calls the ltvlab command. `make` turns every failure into exit code 2.
PARAMS ?= params/demo.yml
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
FLAGS = $(if $(MONTH),--month $(MONTH)) $(if $(REPORT_LANGUAGE),--language $(REPORT_LANGUAGE)) $(if $(ONLY),--only $(ONLY))
QUARTO_SECONDS ?= 120
# One process per core; a file's tests stay together, since they share the reports they look at.
SIDE_BY_SIDE := -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup report lab check test test-slow lint bench

help: ## show what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## create .venv and install everything, pinned

$(READY): pyproject.toml constraints.txt
	@test -d .venv || $(PYTHON) -m venv .venv
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable . --group dev; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev; \
	fi
	@# Imports take three times as long without compiled files.
	@$(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
	@$(BIN)/python -m ltvlab.setup_quarto $(QUARTO_SECONDS)
	@touch $(READY)

report: $(READY) ## publish the monthly report: PARAMS=… MONTH=YYYY-MM REPORT_LANGUAGE=ja
	@$(BIN)/ltvlab report $(PARAMS) $(FLAGS)

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir=.

check: $(READY) ## read and check the inputs without running anything
	@$(BIN)/ltvlab check $(PARAMS) $(if $(MONTH),--month $(MONTH))

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -m "not slow" $(SIDE_BY_SIDE)

test-slow: $(READY) ## run the long tests: coverage of the ranges, kills at random moments
	@$(BIN)/python -m pytest -m slow $(SIDE_BY_SIDE)

lint: $(READY) ## style, notebook rules, and the six places of an analysis
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/python -m ltvlab.rules

bench: $(READY) ## time the engine beside what one would use instead
	@$(BIN)/python -m benchmarks
