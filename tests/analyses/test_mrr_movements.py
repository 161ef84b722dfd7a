"""The MRR chapter: the bridge, and every sentence that its figures can lead to."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.mrr_movements import (
    conclude,
    movement_counts,
    movements,
    reasons,
    retention,
    revenue_by_month,
    usage_mrr,
)
from ltvlab.tables import COLUMNS

# In the last month A grows by 50, B leaves, and C is new with 80.
BOOK = {"A": [100] * 12 + [150], "B": [100] * 12 + [0], "C": [0] * 12 + [80]}
STATES = {"paused": False, "past_due": False, "ramp_step": False}
STATUS = {"good": (1.01, 1.2), "watch": (0.9, 1.1), "act": (0.6, 0.9)}


def _rates(mrr, *, nrr=0.75, grr=0.5, low=np.nan, high=np.nan):
    empty = dict.fromkeys(COLUMNS["retention"], np.nan)
    rows = [empty | {"month": month} for month in mrr.columns]
    rows = [row | {"base_year": 2, "base_month": 2} for row in rows]
    rows[-1] |= {
        "nrr": nrr,
        "nrr_reported": nrr,
        "grr": grr,
        "grr_reported": grr,
        "nrr_low": low,
        "nrr_high": high,
        "grr_low": low,
        "grr_high": high,
    }
    return pd.DataFrame(rows)


def _finding(mrr, people, *, language="en", rates=None):
    rates = _rates(mrr) if rates is None else rates
    return conclude(movements(mrr, people(mrr)), rates, revenue_by_month(mrr), language=language)


def test_the_bridge_leads_from_opening_to_closing(matrix, people):
    bridge = movements(matrix(BOOK), people(matrix(BOOK)))

    last = bridge.iloc[-1]
    assert (last["opening"], last["new"], last["expansion"], last["churn"], last["closing"]) == (
        200,
        80,
        50,
        -100,
        230,
    )
    assert bridge["new"].tolist() == [200] + [0] * 11 + [80]
    assert set(COLUMNS["mrr_movements"]) == set(bridge)


def test_customers_are_counted_by_movement(matrix, people):
    counts = movement_counts(matrix(BOOK), people(matrix(BOOK))).iloc[-1]

    assert counts[["opening", "new", "expansion", "churn", "contraction"]].tolist() == [
        2,
        1,
        1,
        1,
        0,
    ]


def test_rates_compare_with_the_month_twelve_before(matrix, people):
    """150 of 200 are left with growth, 100 without it."""
    rates = retention(matrix(BOOK), people(matrix(BOOK)), seed=1)

    assert (rates["nrr"].iloc[-1], rates["grr"].iloc[-1]) == (0.75, 0.5)
    assert rates["nrr"].iloc[:-1].isna().all()
    assert set(COLUMNS["retention"]) <= set(rates)


def test_revenue_by_month_is_the_sum_and_count_of_those_who_paid(matrix):
    revenue = revenue_by_month(matrix(BOOK))

    assert revenue["revenue"].iloc[[0, -1]].tolist() == [200, 230]
    assert revenue["customers"].iloc[[0, -1]].tolist() == [2, 2]
    assert revenue.attrs["currency"] == "JPY"


def test_the_answer_says_where_mrr_stands_and_what_twelve_months_did(matrix, people):
    finding = _finding(matrix(BOOK), people, rates=_rates(matrix(BOOK), low=0.6, high=0.9))

    assert finding.answer == (
        "MRR is ¥230 at the end of September 2026, from 2 customers (+¥30 on the month). "
        "Twelve months brought ¥130 and cost ¥100; NRR is 75.0% (underlying rate 60.0% – 90.0%) and GRR 50.0%."
    )


def test_the_japanese_answer_says_the_same(matrix, people):
    finding = _finding(
        matrix(BOOK), people, language="ja", rates=_rates(matrix(BOOK), low=0.6, high=0.9)
    )

    for part in (
        "2026年9月",
        "230円",
        "2社",
        "+30円",
        "130円",
        "100円",
        "75.0%",
        "60.0% – 90.0%",
        "50.0%",
    ):
        assert part in finding.answer


def test_without_a_range_the_answer_leaves_the_underlying_rate_out(matrix, people):
    finding = _finding(matrix(BOOK), people)

    assert finding.answer.endswith("NRR is 75.0% and GRR 50.0%.")
    assert finding.status == "watch"


@pytest.mark.parametrize(
    ("nrr", "grr", "status"),
    [(0.0, 0.0, "act"), (1.0, 1.0, "good"), (1.2, 1.0, "good"), (0.75, 0.5, "watch")],
)
def test_without_a_range_only_what_all_did_alike_is_judged(matrix, people, nrr, grr, status):
    """Everybody left, or nobody lost anything: no range is needed to see it."""
    mrr = matrix(BOOK)

    assert _finding(mrr, people, rates=_rates(mrr, nrr=nrr, grr=grr)).status == status


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("status", STATUS)
def test_the_range_of_nrr_decides_between_good_watch_and_act(
    matrix, people, english_left, status, language
):
    """A rate whose range holds 100 % settles nothing, however it is booked."""
    low, high = STATUS[status]

    finding = _finding(
        matrix(BOOK), people, language=language, rates=_rates(matrix(BOOK), low=low, high=high)
    )

    assert finding.status == status
    assert "100.0%" in finding.decision
    assert ("churn" if language == "en" else "喪失") in finding.decision
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize(
    ("low", "high", "status"), [(1.0, 1.1, "good"), (0.9, 1.0, "watch"), (0.9, 0.999, "act")]
)
def test_at_exactly_one_hundred_percent_a_book_does_not_shrink(matrix, people, low, high, status):
    assert (
        _finding(matrix(BOOK), people, rates=_rates(matrix(BOOK), low=low, high=high)).status
        == status
    )


def test_the_largest_loss_is_named_with_its_share(matrix, people):
    """30 of contraction against 10 of churn: three quarters."""
    book = {"A": [100] * 12 + [70], "B": [10] * 12 + [0]}

    finding = _finding(matrix(book), people, rates=_rates(matrix(book), low=0.5, high=0.8))

    assert "contraction is 75.0% of losses" in finding.decision


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (np.nan, np.nan)])
def test_without_losses_no_loss_is_named(matrix, people, english_left, low, high, language):
    mrr = matrix({"A": [100] * 13, "B": [50] * 13})

    finding = _finding(
        mrr, people, language=language, rates=_rates(mrr, nrr=1.0, grr=1.0, low=low, high=high)
    )

    expected = {
        "en": "Hold the course: nothing was lost in twelve months.",
        "ja": "失われた収益はありません",
    }
    assert expected[language] in finding.decision
    assert "0.0% of losses" not in finding.decision
    if language == "ja":
        assert english_left(finding) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_with_twelve_months_or_fewer_retention_is_not_judged(
    matrix, people, english_left, language
):
    mrr = matrix({"A": [100, 150], "B": [100, 0]}, first="2026-08")

    finding = _finding(mrr, people, language=language, rates=_rates(mrr, nrr=np.nan, grr=np.nan))

    assert finding.status == "insufficient"
    assert "NRR" not in finding.answer
    assert ("thirteen months" if language == "en" else "13か月") in finding.decision
    facts = {fact.id: fact.value for fact in finding.facts}
    assert facts["retention.nrr"] is None
    if language == "ja":
        assert english_left(finding) == []


def test_a_fall_on_the_month_carries_its_sign(matrix, people):
    assert "(-¥50 on the month)" in _finding(matrix({"A": [100] * 12 + [50]}), people).answer


@pytest.mark.parametrize(("customers", "said"), [(49, True), (50, False)])
def test_under_fifty_customers_the_reader_is_sent_to_the_names(matrix, people, customers, said):
    mrr = matrix({f"C{number:02}": [100] * 13 for number in range(customers)})

    caveats = _finding(mrr, people).caveats

    assert any(caveat.startswith("Under 50 customers") for caveat in caveats) == said


def test_a_companys_own_note_on_churn_is_shown_in_the_reports_language(matrix, people):
    mrr = matrix(
        BOOK,
        churn_note_en="Churn counts from notice.",
        churn_note_ja="解約は申し出の日で数えます。",
    )

    assert "Churn counts from notice." in _finding(mrr, people).caveats
    assert "解約は申し出の日で数えます。" in _finding(mrr, people, language="ja").caveats


def test_every_fact_agrees_with_the_tables_and_names_its_definition(matrix, people):
    finding = _finding(matrix(BOOK), people, rates=_rates(matrix(BOOK), low=0.6, high=0.9))

    facts = {fact.id: fact for fact in finding.facts}
    assert {name: facts[name].value for name in facts if name.startswith("mrr.")} == {
        "mrr.closing": 230.0, "mrr.month_change": 30.0, "mrr.customers": 2,
        "mrr.twelve_months.new": 80.0, "mrr.twelve_months.reactivation": 0.0, "mrr.twelve_months.expansion": 50.0,
        "mrr.twelve_months.contraction": 0.0, "mrr.twelve_months.churn": -100.0,
        "mrr.twelve_months.lost": 100.0,
    }  # fmt: skip
    assert (
        facts["retention.nrr"].value,
        facts["retention.nrr"].low,
        facts["retention.nrr"].high,
    ) == (0.75, 0.6, 0.9)
    assert {name: facts[name].definition for name in ("mrr.closing", "retention.nrr", "retention.grr")} == {
        "mrr.closing": "D06", "retention.nrr": "D22", "retention.grr": "D23"
    }  # fmt: skip
    assert all(
        fact.definition.startswith("D") and fact.month == "2026-09" and fact.n == 2
        for fact in finding.facts
    )
    assert list(finding.tables) == ["mrr_movements", "retention"]
    assert finding.tables["mrr_movements"]["closing"].iloc[-1] == facts["mrr.closing"].value


def test_what_is_billed_by_use_is_the_mean_of_three_months_beside_mrr(matrix, people):
    """D06: 30, 60 and 90 are 60 a month; the first two months have no mean yet."""
    mrr = matrix(BOOK)
    used = usage_mrr(matrix({"A": [0] * 10 + [30, 60, 90]}))
    settings = {"beside": {"usage_mrr": used}, "language": "en"}

    finding = conclude(movements(mrr, people(mrr)), _rates(mrr), revenue_by_month(mrr), **settings)

    assert used["usage_mrr"].isna().tolist() == [True] * 2 + [False] * 11
    assert used.iloc[-1][["billed_by_use", "usage_mrr", "customers"]].tolist() == [90, 60, 1]
    assert set(used) == set(COLUMNS["usage_mrr"])
    fact = next(fact for fact in finding.facts if fact.id == "mrr.usage")
    assert (fact.value, fact.n) == (60, 1)
    assert "Beside MRR, customers pay ¥60 a month by use" in finding.answer
    assert finding.tables["usage_mrr"] is used


def test_without_lines_billed_by_use_nothing_is_said_of_them(matrix, people):
    mrr = matrix(BOOK)
    used = usage_mrr(mrr.iloc[:0])

    finding = conclude(
        movements(mrr, people(mrr)), _rates(mrr), revenue_by_month(mrr), beside={"usage_mrr": used}
    )

    assert used.empty
    assert "usage_mrr" not in finding.tables
    assert not {"mrr.usage", "mrr.unconfirmed"} & {fact.id for fact in finding.facts}
    assert "Beside" not in finding.answer


@pytest.mark.parametrize("language", ["en", "ja"])
def test_unconfirmed_renewals_are_said_with_their_amount(matrix, people, english_left, language):
    """D11: 80 of the 230 rest on renewals that are still open."""
    finding = _finding(matrix(BOOK, unconfirmed=80.0), people, language=language)

    fact = next(fact for fact in finding.facts if fact.id == "mrr.unconfirmed")
    assert (fact.value, fact.definition) == (80.0, "D11")
    assert ("unconfirmed" if language == "en" else "未確定") in finding.answer
    assert language == "en" or not english_left(finding)


@pytest.mark.parametrize(
    ("timing", "said"),
    [("service_end", "end of paid service, not"), ("notice", "notice, not")],
)
def test_the_caveat_says_when_churn_is_dated(matrix, people, timing, said):
    finding = _finding(matrix(BOOK, churn_timing=timing), people)

    assert f"it is dated to the {said}" in finding.caveats[0]


def _panel(mrr):
    """Return the panel of customers that hold one product each, but A a second in the last month."""
    long = mrr.rename_axis(columns="month").stack().rename("amount").reset_index()
    long = long[long["amount"] > 0].assign(product="P", plan="Light", currency="JPY", **STATES)
    sold = (long["customer_id"] == "A") & (long["month"] == mrr.columns[-1])
    second = long[sold].assign(product="Q", amount=50.0)
    long["amount"] -= 50.0 * sold
    panel = pd.concat([long, second], ignore_index=True)
    return panel.assign(
        family=panel["product"], month=panel["month"].astype("int64"), seats=np.nan,
        amount_at_last_rate=panel["amount"], list_amount=panel["amount"],
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
def test_reasons_say_what_was_cross_sold_and_who_cut_back_and_stayed(
    matrix, people, english_left, language
):
    """All 50 of expansion are a second family; D cut back from 90 to 60 and pays 60."""
    mrr = matrix(BOOK | {"D": [90] * 12 + [60]})
    customers = people(mrr)
    why = reasons(_panel(mrr), mrr, customers)

    finding = conclude(
        movements(mrr, customers),
        _rates(mrr),
        revenue_by_month(mrr),
        beside={"mrr_reasons": why},
        language=language,
    )

    reasons_of_month = [fact for fact in finding.facts if fact.id == "mrr.month.reason"]
    moved = {fact.segment: (fact.value, fact.n) for fact in reasons_of_month}
    facts = {
        fact.id: (fact.value, fact.n) for fact in finding.facts if fact.id.startswith("reasons.")
    }
    assert moved == {
        "new: new": (80.0, 1), "expansion: cross_sell": (50.0, 1), "contraction: price": (-30.0, 1),
        "churn: churn": (-100.0, 1),
    }  # fmt: skip
    assert facts == {
        "reasons.cross_sell_share": (1.0, 1), "reasons.downsell_saves": (1, 1), "reasons.downsell_saves_kept": (60.0, 1),
    }  # fmt: skip
    assert list(finding.tables) == ["mrr_movements", "retention", "mrr_reasons"]
    assert list(finding.tables["mrr_reasons"]) == list(COLUMNS["mrr_reasons"])
    assert "100.0%" in finding.answer
    assert ("¥60" if language == "en" else "60円") in finding.answer
    if language == "ja":
        assert english_left(finding) == []


def test_without_expansion_no_share_of_it_is_said(matrix, people):
    mrr = matrix({"B": [100] * 13})
    why = reasons(_panel(mrr), mrr, people(mrr))

    finding = conclude(
        movements(mrr, people(mrr)), _rates(mrr), revenue_by_month(mrr), beside={"mrr_reasons": why}
    )

    assert "cross-sold" not in finding.answer
    assert {fact.id: fact.value for fact in finding.facts}["reasons.cross_sell_share"] is None


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_company_of_orders_gets_its_revenue_and_no_bridge(matrix, people, english_left, language):
    """40 in the month; 12 × 30 + 10 more over twelve months of thirteen."""
    revenue = matrix({"A": [30] * 13, "B": [0] * 12 + [10]}, basis="orders")
    bridge, rates = movements(revenue, people(revenue)), retention(revenue, people(revenue), seed=1)

    finding = conclude(bridge, rates, revenue_by_month(revenue), language=language)

    assert bridge.empty
    assert rates.empty
    assert reasons(pd.DataFrame(), revenue, people(revenue)).empty
    assert finding.status == "insufficient"
    assert list(finding.tables) == ["revenue_by_month"]
    assert [(fact.id, fact.value, fact.definition) for fact in finding.facts] == [
        ("revenue.month", 40.0, "D30"), ("revenue.twelve_months", 370.0, "D30"),
        ("revenue.month_change", 10.0, "D30"),
    ]  # fmt: skip
    shown = ("¥40", "2 customers", "¥370") if language == "en" else ("40円", "2社", "370円")
    assert all(part in finding.answer for part in shown)
    if language == "ja":
        assert english_left(finding) == []
