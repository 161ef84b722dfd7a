"""What the pipeline's tables say: open deals, forecast, win rate, and who does what next Monday."""

import pytest

from ltvlab.analyses.sales_pipeline import conclude, pipeline_tables
from ltvlab.table_columns import PIPELINE
from ltvlab.tables import table, write_csv

WON = {"is_won": True, "close_date": "2026-06-01", "created_date": "2026-05-01", "stage": "受注"}
LOST = {**WON, "is_won": False, "stage": "失注"}
NAMES = ("Ito", "Sato", "Lost", "Won", "GTX", "pro", "GTXPro", "sources.deals.values", "deals")


@pytest.fixture
def found(crm_deals, crm_stages):
    """Return the function from deals and stage changes to the tables and the finding."""

    def build(rows, *changes, language="en", **attrs):
        tables = pipeline_tables(crm_deals(rows, **attrs), crm_stages(*changes), seed=1)
        return tables, conclude(tables, month="2026-09", language=language)

    return build


def _closed(won, lost, **given):
    return {
        f"D{n:02d}": {**(WON if n < won else LOST), "customer_id": f"C{n}", **given}
        for n in range(won + lost)
    }


def _facts(finding):
    return {fact.id: fact for fact in finding.facts}


def test_the_answer_gives_the_open_amount_under_stated_and_calibrated_odds(found):
    """One open deal of 100 at 提案, stated 50 %; nine of fifteen passed it and lost: (6 + 1) ÷ 17."""
    closed = _closed(6, 9)
    changes = [(name, "提案", "2026-05-10") for name in closed]

    _, finding = found({**closed, "A": {"stage": "提案", "created_date": "2026-09-20"}}, *changes)

    facts = _facts(finding)
    assert facts["pipeline.weighted_stated"].value == 50
    assert facts["pipeline.weighted_calibrated"].value == pytest.approx(100 * 7 / 17, abs=0.001)
    assert "1 deals worth ¥100 are open. Stated odds make that ¥50;" in finding.answer
    assert (
        "Of the 15 deals closed in twelve months 40.0% were won (range 19.8% – 64.3%)."
        in finding.answer
    )


def test_next_monday_names_the_owners_with_their_largest_stale_deal_and_its_days(found):
    rows = {
        **_closed(6, 9),
        "A": {"owner": "Sato", "amount": 500.0},
        "B": {"owner": "Sato", "amount": 40.0},
        "C": {},
    }

    _, finding = found(rows)

    assert finding.status == "act"
    assert (
        "Sato: A (¥500, open for 272 days) and Ito: C (¥100, open for 272 days)" in finding.decision
    )


def test_without_stale_deals_the_owner_with_most_breaches_is_named(found):
    rows = {**_closed(6, 9), "A": {"created_date": "2026-09-20", "close_date": "2026-09-25"}}

    _, finding = found(rows)

    assert finding.status == "watch"
    assert (
        "Next Monday Ito puts 1 deals in order first: open after its planned day."
        in finding.decision
    )


def test_an_orderly_pipeline_is_left_as_it_is(found):
    _, finding = found({**_closed(6, 9), "A": {"created_date": "2026-09-20"}})

    assert finding.status == "good"
    assert finding.decision.startswith("Hold the course")


def test_expansion_against_new_is_a_ratio_with_its_range(found):
    expansion = {
        f"U{n}": deal for n, deal in enumerate(_closed(15, 15, pipeline="upsell").values())
    }

    tables, finding = found({**_closed(10, 30), **expansion})

    assert "won 2.0 times as often as with new ones: 50.0% against 25.0%" in finding.answer
    assert not tables["win_rates"].attrs["merged"]


def test_few_expansions_are_merged_and_the_reader_is_told(found):
    few = {
        f"U{n}": {**WON, "pipeline": name} for n, name in enumerate(["upsell", "cross_sell"] * 5)
    }

    tables, finding = found({**_closed(6, 9), **few})

    assert tables["win_rates"]["pipeline"].tolist() == ["new", "expansion", "all"]
    assert any("read as one pipeline" in caveat for caveat in finding.caveats)


def test_a_product_spelled_two_ways_is_a_caveat_with_its_amount(found):
    rows = {**_closed(6, 9), "A": {**WON, "product": "GTXPro", "amount": 729.0}}

    _, finding = found(rows, products=("GTX Pro", "P"))

    assert any("GTXPro – GTX Pro): 1 deals, ¥729 of it won" in caveat for caveat in finding.caveats)
    assert _facts(finding)["pipeline.alike_amount"].value == 729


def test_deals_without_customer_or_amount_are_counted_in_words(found):
    rows = {**_closed(6, 9), "A": {"customer_id": None, "amount": None}}

    _, finding = found(rows)

    said = " ".join(finding.caveats)
    assert "1 deals have no customer" in said and "1 open deals have no amount" in said


def test_a_company_without_deals_is_told_what_to_bring(found):
    tables, finding = found({})

    assert finding.status == "insufficient"
    assert "Bring the deals of the CRM" in finding.decision
    assert all(frame.empty for frame in tables.values())
    assert not finding.facts and not finding.tables


BOOKS = {
    "none": {},
    "one open deal": {"A": {}},
    "one open deal that nothing is known of": {"A": {"created_date": None, "amount": None, "customer_id": None, "owner": None, "stage": "X"}},
    "one won deal": {"A": WON},
    "all won": _closed(20, 0),
    "all lost": _closed(0, 20),
    "closed without a day": {"A": {"is_won": True}, "B": {"is_won": False}},
    "one customer has all": {name: {**deal, "customer_id": "C"} for name, deal in _closed(9, 9).items()},
    "closed before it was created": {"A": {**WON, "close_date": "2026-01-01"}, **_closed(5, 5)},
    "created and won on one day": {name: {**deal, "created_date": "2026-06-01"} for name, deal in _closed(9, 0).items()},
    "without a pipeline or product": {name: {**deal, "pipeline": None, "product": None} for name, deal in {**_closed(5, 5), "A": {}}.items()},
}  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("rows", BOOKS.values(), ids=BOOKS.keys())
def test_every_book_gets_words_and_tables_without_a_nan(found, rows, language, tmp_path):
    tables, finding = found(rows, language=language)
    said = " ".join([finding.answer, finding.decision, *finding.caveats])

    assert "nan" not in said.lower() and "inf" not in said.lower().replace("information", "")
    for fact in finding.facts:
        fact.record()
    for name in PIPELINE:
        shown = table(tables[name], name, language=language)
        assert "nan" not in str(shown.cells).lower()
        write_csv(tables[name], name, tmp_path / f"{name}.csv")
        assert "inf" not in (tmp_path / f"{name}.csv").read_text(encoding="utf-8")


def test_the_japanese_finding_leaves_no_english(found, english_left):
    rows = {**_closed(6, 9), **{f"U{n}": {**WON, "pipeline": name} for n, name in enumerate(["upsell", "cross_sell"] * 5)},
            "A": {"customer_id": None, "amount": None}, "B": {**WON, "product": "GTXPro"}}  # fmt: skip

    _, finding = found(rows, language="ja", products=("GTX Pro", "P"))

    assert english_left(finding, data=sorted(NAMES, key=len, reverse=True)) in ([], ["CRM"])


def test_what_a_trigger_led_to_is_one_fact_of_twelve_months(crm_deals, crm_stages):
    """Of deals begun by an alert 6 closed in the year, 3 won; the one of two years ago is left out."""
    closed = {"pipeline": "upsell", "source_trigger": "usage_alert"}
    rows = {
        f"D{n}": {**closed, "customer_id": f"C{n}", "close_date": "2026-06-01", "is_won": n < 3}
        for n in range(6)
    }
    rows["D9"] = {
        **closed,
        "created_date": "2024-01-01",
        "close_date": "2024-06-01",
        "is_won": True,
    }
    deals = crm_deals(rows)

    tables = pipeline_tables(deals, crm_stages(), seed=1)
    facts = {fact.id: fact for fact in conclude(tables, month="2026-09").facts}

    found = facts["pipeline.trigger_yield.usage_alert"]
    assert (found.value, found.n, found.segment) == (0.5, 6, "usage_alert")
