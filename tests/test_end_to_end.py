"""The demo company from exports to a published report, in both languages, as a reader finds it."""

import csv
import html
import json
import re
import shutil
import stat
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from pypdf import PdfReader

from ltvlab.report.run import run_report
from ltvlab.report.verify import run_faults

PROJECT = Path(__file__).parents[1]
COLUMNS = {
    "mrr_movements": "month opening new reactivation expansion contraction churn fx closing customers",
    "mrr_reasons": "month movement reason amount customers",
    "retention": "month nrr grr nrr_low nrr_high grr_low grr_high logo_churn revenue_churn quick_ratio quick_ratio_12 quick_ratio_with_reactivation",
    "gross_movements": "month gross_up gross_down net",
    "arpa": "month axis segment arpa customers mix_effect like_for_like",
    "renewals": "month due renewed pending rate gross net price_change of_all_held",
    "segment_ltv": "month axis segment method headline value low high n unit horizon_months margin_source status share_beyond note",
    "segment_ltv_by_month": "month axis segment value low high n horizon_months status",
    "ltv_components": "month axis segment unit_price frequency lifetime_months gross_margin",
    "cohort_logos": "cohort age value base complete",
    "cohort_revenue": "cohort age value base complete",
    "survival": "axis segment age survival low high at_risk",
    "kpi_targets": "kpi segment month actual target last_year year_to_date landing attainment pace status team owner responsible unit better cadence landing_low landing_high year_end done gap year_growth reason",
    "renewal_calendar": "month due auto_renewing notice_given committed_mrr contracts deadlines",
    "scenarios": "scenario month mrr low high low_80 high_80",
    "scenario_effects": "scenario lever effect",
    "allocation": "rule window_months value low high threshold events probability flip_distance flip_customers verdict headline lacking",
    "returns": "motion won_mrr margin_share expected_months brought cost hours value low high per_hour customers point_worth break_even lacking",
    "convention_gaps": "preset figure unit ours theirs convention part",
    "reconciliation": "month mrr contracts_only invoices_only residual accrued timing one_time usage credits billed",
}
# Abbreviations, file formats, and the units of the word "file": the same in both languages.
SAME_IN_BOTH = {
    "KPI",
    # The finance team's own name for a target, demo_count.
    "demo",
    "count",
    "CRM",
    "NPS",
    "RFM",
    "MRR",
    "NRR",
    "GRR",
    "LTV",
    "CAC",
    "PDF",
    "CSV",
    "utf",
    "sig",
    "UTF",
    "csv",
    "ChartMogul",
    "Stripe",
    "dbt",
    "mrr",
    "playbook",
}


def _published(root, language):
    report = run_report("params/demo.yml", language=language, renderer="builtin", root=root)
    return report.folder.resolve()


@pytest.fixture(scope="module")
def english(demo_root):
    return _published(demo_root, "en")


@pytest.fixture(scope="module")
def japanese(demo_root):
    return _published(demo_root, "ja")


def _words(page):
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"<(style|svg|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"data:[^\"]+", "", text)))


def test_the_report_has_its_pages_pdf_and_tables(english):
    public = sorted(file.name for file in (english / "public").iterdir())

    assert public == [
        "claims.html", "cohort_curves.html", "conventions.html", "customer_segments.html",
        "data_quality.html", "history.html", "index.html", "kpi_targets.html", "ltv_traits.html",
        "mrr_movements.html", "mrr_scenarios.html", "opportunities.html",
        "report.pdf", "resource_allocation.html", "sales_pipeline.html", "segment_ltv.html",
        "selling_effects.html", "tables",
    ]  # fmt: skip
    assert run_faults(english) == []


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_has_its_fixed_columns(english, name):
    with (english / "internal/tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))

    assert header == COLUMNS[name].split()
    assert rows


def test_the_internal_folder_is_for_its_owner_alone(english):
    assert stat.S_IMODE((english / "internal").stat().st_mode) == 0o700


def test_every_figure_in_the_findings_is_a_fact_with_unit_and_definition(english):
    facts = json.loads((english / "internal/facts.json").read_text(encoding="utf-8"))

    assert {"mrr.closing", "retention.nrr", "ltv.new_customer"} <= {fact["id"] for fact in facts}
    assert all(fact["definition"].startswith("D") and fact["unit"] for fact in facts)


def test_both_languages_state_the_same_facts_and_tables(english, japanese):
    """One set of figures, two ways to say it."""
    for name in ("facts.json", *(f"tables/{table}.csv" for table in COLUMNS)):
        assert (english / "internal" / name).read_bytes() == (
            japanese / "internal" / name
        ).read_bytes(), name


@pytest.mark.slow
def test_a_second_run_gives_the_same_bytes(demo_root, english):
    _require_same(_published(demo_root, "en"), english)


def test_a_second_run_of_some_chapters_gives_the_same_bytes(demo_root, tmp_path):
    """In a project of its own, so that the report of every chapter stays the latest one."""
    for folder in ("params", "data", "reports/template"):
        shutil.copytree(demo_root / folder, tmp_path / folder)
    (tmp_path / "notebooks").mkdir()
    for name in ("00_executive_summary", "02_mrr_movements", "04_cohort_curves"):
        shutil.copy(demo_root / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks")
    shutil.copy(demo_root / "pyproject.toml", tmp_path)

    first = _published(tmp_path, "en")

    _require_same(_published(tmp_path, "en"), first)


def _require_same(again, first):
    names = [file.name for file in (first / "internal/tables").glob("*.csv")]
    names = [f"tables/{name}" for name in names] + ["facts.json", "findings.json"]
    assert again != first
    assert [(again / "internal" / n).read_bytes() for n in names] == [
        (first / "internal" / n).read_bytes() for n in names
    ]
    for page in (first / "public").glob("*.html"):
        assert (again / "public" / page.name).read_bytes() == page.read_bytes()


def test_no_english_is_left_in_the_japanese_report(japanese, demo_root):
    """Data values and abbreviations apart: those are the company's own words."""
    data = " ".join(
        file.read_text(encoding="utf-8") for file in (japanese / "internal/tables").glob("*.csv")
    )
    own = set(re.findall(r"[A-Za-z]{2,}", data))
    for page in (japanese / "public").glob("*.html"):
        left = set(re.findall(r"[A-Za-z]{3,}", _words(page))) - own - SAME_IN_BOTH
        assert not left, (page.name, left)


def test_no_glyph_is_missing_in_either_pdf(english, japanese):
    for folder in (english, japanese):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        text = "".join(
            page.extract_text() for page in PdfReader(folder / "public/report.pdf").pages
        )
        assert manifest["missing_glyphs"] == {}
        assert "\x00" not in text
        assert "〓" not in text


def test_the_pdf_opens_with_the_summary_and_names_every_chapter(english):
    pages = [page.extract_text() for page in PdfReader(english / "public/report.pdf").pages]

    assert "Nagisa Cloud" in pages[0]
    assert "Where do we stand" in pages[1]
    assert "What moved revenue" in " ".join(pages[2:])


def test_no_page_asks_the_network_for_anything(english):
    for page in (english / "public").glob("*.html"):
        assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page.read_text(encoding="utf-8"))


# The summary, one that only reads, one with sliders; the others with the slow tests.
OPENED = ("00_executive_summary", "01_data_quality", "09_mrr_scenarios")
NOTEBOOKS = [
    pytest.param(file, id=file.stem, marks=() if file.stem in OPENED else pytest.mark.slow)
    for file in sorted((PROJECT / "notebooks").glob("*.ipynb"))
]


@pytest.mark.parametrize("file", NOTEBOOKS)
def test_a_notebook_runs_in_jupyterlab_as_it_is(file, in_demo):
    """From its own folder, without a run around it, both languages' prose included."""
    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(in_demo / "notebooks")}})

    client.execute()

    last = notebook.cells[-1].outputs[-1]
    assert last.metadata["ltvlab"]["finding"]["slug"] in file.stem
