"""The documents name only what exists: files, targets, commands, definitions."""

import json
import re
from pathlib import Path

import pytest

from ltvlab.cli import app

PROJECT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "README.ja.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md")
# Written by a run or an analyst, so not part of a clone; `<…>` stands for a name.
MADE_LATER = re.compile(r"<|^data/|^reports/demo/|^internal/|NN_")


def _text(name):
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_and_folder_named_is_there(name):
    named = re.findall(r"`([\w.-]+/[\w./<>-]*|[\w-]+\.(?:md|py|po|yml))`", _text(name))
    links = re.findall(r"\]\(([^)#]+)\)", _text(name))
    places = [place for place in named if not MADE_LATER.search(place)] + links
    inside = [path.name for path in (PROJECT / "src").rglob("*")] + ["presets"]

    lost = [p for p in places if not (PROJECT / p).exists() and p.strip("/") not in inside]

    assert lost == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_named_is_there(name):
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), flags=re.MULTILINE))

    named = re.findall(r"(?:`|^)make ([a-z-]+)", _text(name), flags=re.MULTILINE)

    assert set(named) <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_named_is_there(name):
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}

    assert set(re.findall(r"`ltvlab ([a-z]+)", _text(name))) <= commands


def test_the_ci_gate_calls_what_the_readme_calls():
    gate = (PROJECT / ".ci/run").read_text(encoding="utf-8")

    # The Japanese report is made by the tests of both.
    for target in ("make report", "make test"):
        assert target in gate
        assert target in _text("README.md")


def test_every_definition_a_fact_cites_is_in_the_glossary():
    defined = set(
        re.findall(r"\bD\d\d\b", " ".join(re.findall(r"\*\*(D.*?)\*\*", _text("GLOSSARY.md"))))
    )
    source = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "src").rglob("*.py"))
    cited = set(re.findall(r"definition=\"(D\d\d)", source)) | set(
        re.findall(r"\"(D\d\d)[a-c]?\"", source)
    )

    assert cited - defined == set()


def test_every_dependency_has_its_reason():
    listed = _text("pyproject.toml").split("dependencies = [")[1].split("\n]")[0]
    lines = [line for line in listed.splitlines() if line.strip().startswith('"')]

    assert lines
    assert [line for line in lines if "  # " not in line] == []


def test_constraints_pin_every_dependency_and_name_no_host():
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in _text("constraints.txt").splitlines()
        if "==" in line
    }
    text = _text("pyproject.toml")
    lists = (
        text.split("dependencies = [")[1].split("\n]")[0] + text.split("dev = [")[1].split("\n]")[0]
    )
    named = re.findall(r'^    "([A-Za-z0-9._-]+)', lists, flags=re.MULTILINE)

    assert "://" not in _text("constraints.txt")
    assert {name.lower().replace(".", "-").replace("_", "-") for name in named} <= pinned


@pytest.mark.parametrize(
    "file", sorted((PROJECT / "notebooks").glob("*.ipynb")), ids=lambda f: f.stem
)
def test_a_notebook_keeps_the_house_rules(file):
    from ltvlab.rules import notebook_faults

    assert notebook_faults(file) == []


@pytest.mark.parametrize(
    ("prose", "figure"),
    [
        ("MRR rose by 12 %.", "12 %"),
        ("We have 123 customers.", "123"),
        ("顧客は123社です。", "123"),
        ("顧客は45社です。", "45"),
        ("平均は１，２３４です。", "１"),
        ("NRR is 1.05 now.", "1.05"),
        ("More than in 2025.", "2025"),
        ("直近12か月の1社あたり、D22とISO 8601、@fig-top10 を参照。", ""),
        ("MRR 24 months ahead", ""),
        ("Twelve months of it.", ""),
    ],
)
def test_a_figure_typed_in_prose_is_found_and_a_counting_word_is_none(prose, figure):
    from ltvlab.rules import typed_figure

    assert typed_figure(prose) == figure


@pytest.mark.parametrize(
    ("name", "place", "typed"),
    [
        ("page.html", "<footer>", "<footer>MRR 12,345 · "),
        ("page.html", 'aria-label="$chapters_label"', 'aria-label="120 customers"'),
        ("report.typ", "[#company · #report]", "[#company · #report · 2026]"),
        ("_quarto.yml", "title: Company", "title: Company, 2026"),
    ],
)
def test_a_figure_typed_in_a_template_is_found(tmp_path, name, place, typed):
    from ltvlab.rules import template_faults

    for file in (PROJECT / "reports/template").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert template_faults(tmp_path) == []
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert place in text

    (tmp_path / name).write_text(text.replace(place, typed), encoding="utf-8")

    assert [fault.split(":")[0] for fault in template_faults(tmp_path)] == [name]


def test_the_house_rules_find_what_breaks_them(tmp_path):
    """One broken notebook with everything that must not stand in one."""
    from ltvlab.rules import notebook_faults

    source = json.loads((PROJECT / "notebooks/02_mrr_movements.ipynb").read_text(encoding="utf-8"))
    source["cells"][0]["source"] = ["# Revenue"]
    source["cells"][2]["source"] = ["month = compute()"]
    code = next(c for c in source["cells"][3:] if c["cell_type"] == "code")
    code["source"] = ["for x in []:\n", "    print(x)"]
    code["execution_count"] = 3
    prose = next(c for c in source["cells"][3:] if c["cell_type"] == "markdown")
    prose["source"] = ["MRR rose by 12 %."]
    source["cells"][-1]["source"] = ["1"]
    broken = tmp_path / "02_mrr_movements.ipynb"
    broken.write_text(json.dumps(source), encoding="utf-8")

    found = "\n".join(notebook_faults(broken))

    for fault in (
        "no title that asks a question", "plain literals", "holds a For", "calls print",
        "saved with its output", "figure is typed in prose: 12 %", "does not call conclude",
    ):  # fmt: skip
        assert fault in found
