"""The demo company reported twice: a cancellation entered late and a switched definition between them."""

import csv
import json
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from ltvlab.params import load_params
from ltvlab.preparing import make_demo
from ltvlab.report.differences import described_differences, run_of
from ltvlab.report.run import run_report

PROJECT = Path(__file__).parents[1]
CHAPTERS = ("00_executive_summary", "02_mrr_movements", "15_history")
PARAMS = "params/demo.yml"
# Sales Pro of one customer, 80 seats, 673,900 yen a month until March 2027.
LINE = "K-01160"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return a project of the demo company with the chapters that the history is about."""
    root = tmp_path_factory.mktemp("history")
    for folder in ("params", "reports/template"):
        shutil.copytree(PROJECT / folder, root / folder)
    (root / "notebooks").mkdir()
    for name in CHAPTERS:
        shutil.copy(PROJECT / "notebooks" / f"{name}.ipynb", root / "notebooks")
    shutil.copy(PROJECT / "pyproject.toml", root)
    make_demo(load_params(root / PARAMS), root)
    return root


def _publish(root, month):
    report = run_report(PARAMS, month=month, renderer="builtin", root=root)
    return report.folder.resolve()


@pytest.fixture(scope="module")
def runs(root):
    """Return the folders of August, of September on changed inputs and rules, and of September again."""
    august = _publish(root, "2026-08")
    contracts = root / "data/demo/raw/contracts.csv"
    lines = contracts.read_text(encoding="cp932").splitlines(keepends=True)
    ended = [line.replace("2027/03/31", "2026/06/30") if LINE in line else line for line in lines]
    assert ended != lines
    contracts.write_text("".join(ended), encoding="cp932")
    params = root / PARAMS
    switched = params.read_text(encoding="utf-8") + "churn_timing: notice\n"
    params.write_text(switched, encoding="utf-8")
    return august, _publish(root, "2026-09"), _publish(root, "2026-09")


def _restated(folder):
    text = (folder / "internal/tables/restatements.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_first_report_has_a_history_page_without_changes(runs):
    page = (runs[0] / "public/history.html").read_text(encoding="utf-8")

    assert "No report was published before this one" in page
    assert _restated(runs[0]) == []


def test_both_causes_are_named_and_sum_to_the_whole_change_to_the_yen(runs):
    """The line of 673,900 a month ended in June, not in March next year; losses count from their notice on."""
    parts, changes = defaultdict(Decimal), {}
    for row in _restated(runs[1]):
        if row["unit"] == "JPY":
            figure = row["figure"], row["month"]
            parts[figure] += Decimal(row["part"])
            changes[figure] = Decimal(row["after"]) - Decimal(row["before"])
    august = {
        row["cause"]: Decimal(row["part"])
        for row in _restated(runs[1])
        if (row["figure"], row["month"]) == ("closing", "2026-08")
    }

    assert parts == changes
    assert august["corrected_data"] == -673_900
    assert august["changed_definition"] < 0
    causes = {row["cause"] for row in _restated(runs[1])}
    assert {"corrected_data", "changed_definition"} <= causes <= {
        "corrected_data", "changed_definition", "settled",
    }  # fmt: skip


def test_the_page_says_so_in_words(runs):
    page = (runs[1] / "public/history.html").read_text(encoding="utf-8")

    assert "The report for August 2026 said" in page
    assert "Corrected data" in page
    assert "Changed definition" in page


def test_the_figures_now_are_those_of_the_chapters(runs):
    """The history reads the very book that the chapter on movements shows."""
    bridge = pd.read_csv(runs[1] / "internal/tables/mrr_movements.csv", dtype=str).set_index(
        "month"
    )
    rates = pd.read_csv(runs[1] / "internal/tables/retention.csv", dtype=str).set_index("month")

    for row in _restated(runs[1]):
        table = bridge if row["table"] == "mrr_movements" else rates
        assert table.loc[row["month"], row["figure"]] == row["after"], row


def test_the_same_inputs_give_the_same_facts_and_the_same_history(runs):
    _, first, again = runs

    for name in ("internal/facts.json", "internal/history.json", "public/history.html"):
        assert (first / name).read_bytes() == (again / name).read_bytes(), name


def test_the_facts_of_the_history_are_apart_from_those_of_the_month(runs):
    facts, history = (
        json.loads((runs[1] / f"internal/{name}.json").read_text(encoding="utf-8"))
        for name in ("facts", "history")
    )

    assert {fact["finding"] for fact in history} == {"history"}
    assert not any(fact["id"].startswith("history.") for fact in facts)


def test_two_runs_are_told_apart_fact_by_fact_and_by_cause(runs, root):
    august, september, _ = runs
    said = described_differences(
        run_of("demo/2026-08", root), run_of(f"demo/{september.name}", root), root=root
    )

    assert august.name in said
    assert "mrr.closing" in said
    assert "corrected_data" in said
    assert "-673900" in said
