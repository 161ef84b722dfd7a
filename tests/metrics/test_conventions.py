"""The switches, against the vendors' own worked examples and by hand."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.convention_figures import headline
from ltvlab.metrics.convention_moves import monthly_moves
from ltvlab.metrics.convention_presets import CHARTMOGUL, DBT, STRIPE
from ltvlab.metrics.convention_views import view
from ltvlab.metrics.conventions import OURS, differing


def _closing(book, conventions=OURS):
    return view(book, conventions).now.sum(axis=0).tolist()


def _moves(book, conventions=OURS):
    return monthly_moves(book, view(book, conventions), conventions)


def test_the_defaults_are_the_conventions_of_the_project(paid_book):
    """100 from the middle of a month counts in full at its end, and not at the end of its last."""
    book = paid_book([("A", "2024-01-15", "2024-03-20", 100)], months=4)

    assert _closing(book) == [100, 100, 0, 0]


def test_dbt_counts_a_start_in_mid_march_from_april_on(paid_book):
    """dbt-labs/mrr-playbook f7921cf: months are joined where date_month >= start_date."""
    book = paid_book([("A", "2024-03-15", None, 100)], first="2024-03", months=2)

    assert _closing(book, DBT.conventions) == [0, 100]


def test_dbt_never_sees_a_customer_from_mid_march_to_20_april(paid_book):
    book = paid_book([("A", "2024-03-15", "2024-04-20", 100)], first="2024-03", months=3)

    assert _closing(book, DBT.conventions) == [0, 0, 0]
    assert _closing(book) == [100, 0, 0]


def test_chartmogul_worked_example(paid_book):
    """2,000 a year, then 60 more a month, those gone, the year ended, back with three seats."""
    lines = [
        ("A", "2024-01-10", "2025-01-10", 16667 / 100),
        ("A", "2024-01-15", "2024-01-29", 60),
        ("A", "2025-03-01", None, 150),
    ]
    book = paid_book(lines, first="2023-12", months=16)

    moves = _moves(book, CHARTMOGUL.conventions)

    january, ended, back = (moves.loc[month] for month in ("2024-01", "2025-01", "2025-03"))
    assert january["new"] == pytest.approx(166.67, abs=1e-3)
    assert january[["expansion", "contraction", "churn"]].tolist() == [60, -60, 0]
    assert ended["churn"] == pytest.approx(-166.67, abs=1e-3)
    assert back[["reactivation", "new"]].tolist() == [150, 0]


def test_chartmogul_gross_mrr_churn_is_20_percent_and_net_10(paid_book):
    """Start 100; in the last month churn 10, contraction 10, expansion 10 (ChartMogul help)."""
    lines = [
        ("A", "2023-01-01", "2024-03-01", 10),
        ("B", "2023-01-01", "2024-03-05", 30),
        ("B", "2024-03-05", None, 20),
        ("C", "2023-01-01", "2024-03-05", 60),
        ("C", "2024-03-05", None, 70),
    ]
    book = paid_book(lines, first="2023-01", months=15)

    figures = headline(book, CHARTMOGUL.conventions)

    assert figures["revenue_churn"] == pytest.approx(0.20)
    assert 1 - figures["nrr"] == pytest.approx(0.10)


@pytest.fixture
def leavers(paid_book):
    """100 at the opening, 20 new in the month; 6 of the first and 2 of the new leave (V06)."""
    there = [(f"O{n}", "2024-01-01", "2024-02-10" if n < 6 else None, 10) for n in range(100)]
    new = [(f"N{n}", "2024-02-03", "2024-02-20" if n < 2 else None, 10) for n in range(20)]
    return paid_book(there + new, months=2)


def test_logo_churn_of_one_month_is_6_or_8_percent_or_8_of_120(leavers):
    """Ours, Baremetrics (leavers of the same month counted), Stripe (new ones below, too)."""
    of = {
        name: headline(leavers, conventions)["logo_churn"]
        for name, conventions in {
            "ours": OURS,
            "baremetrics": OURS._replace(netting="event"),
            "stripe": STRIPE.conventions,
        }.items()
    }

    assert of["ours"] == pytest.approx(0.06)
    assert of["baremetrics"] == pytest.approx(0.08)
    assert of["stripe"] == pytest.approx(8 / 120)


def test_one_book_gives_nrr_80_or_94_and_grr_76_or_70_percent(paid_book):
    """V05: A dips by 30 inside the year and ends higher, E is new, F comes back with 70."""
    lines = [
        ("A", "2023-01-01", "2023-06-01", 100), ("A", "2023-06-01", "2023-09-01", 70),
        ("A", "2023-09-01", None, 120), ("B", "2023-01-01", "2023-05-01", 100),
        ("C", "2023-01-01", "2023-08-01", 200), ("C", "2023-08-01", None, 180),
        ("D", "2023-01-01", None, 100), ("E", "2023-07-01", None, 40),
        ("F", "2022-01-01", "2022-06-01", 70), ("F", "2023-10-01", None, 70),
    ]  # fmt: skip
    book = paid_book(lines, first="2022-01", months=25)

    ours = headline(book, OURS)
    summed = headline(book, OURS._replace(retention="movements"))

    assert (ours["nrr"], ours["grr"]) == pytest.approx((0.80, 0.76))
    assert (summed["nrr"], summed["grr"]) == pytest.approx((0.94, 0.70))


@pytest.fixture
def steady(paid_book):
    """25 customers of 100 in every month: each month one of them leaves and one joins."""
    lines = []
    for n in range(37):
        begin = pd.Period("2022-12", "M") + n - 24
        end = begin + 25
        lines.append((f"C{n:02}", f"{begin}-01", f"{end}-01", 100))
    return paid_book(lines, first="2022-12", months=13, gross_margin=0.75)


def test_revenue_value_is_2500_and_margin_value_1875_at_4_percent_churn(steady):
    """V07: amount 100, margin 75 %, churn 1 of 25 a month."""
    assert headline(steady, OURS)["ltv"] == pytest.approx(1875)
    assert headline(steady, OURS._replace(margin=False))["ltv"] == pytest.approx(2500)


def test_a_value_on_fewer_than_ten_losses_is_not_compared(paid_book):
    book = paid_book(
        [("A", "2023-01-01", "2024-01-01", 10), ("B", "2023-01-01", None, 10)], months=1
    )

    assert np.isnan(headline(book, OURS)["ltv"])


def test_the_six_months_before_leave_the_current_one_out(paid_book):
    """ChartMogul: 20 customers, 2 lost in each of six months, 5 in the current one, none joins."""
    lost = [2, 2, 2, 2, 2, 2, 5]
    ends = [f"2023-{month + 2:02}-01" for month, count in enumerate(lost) for _ in range(count)]
    lines = [(f"C{n:02}", "2022-01-01", end, 10) for n, end in enumerate(ends + [None] * 3)]
    book = paid_book(lines, first="2023-01", months=8, opening=True)
    rates = [2 / 20, 2 / 18, 2 / 16, 2 / 14, 2 / 12, 2 / 10]

    figures = headline(book, OURS._replace(churn_window="previous_6", margin=False))

    assert figures["ltv"] == pytest.approx(10 / np.mean(rates), abs=1e-3)


@pytest.mark.parametrize(("yearly", "mrr"), [(600, 12500), (800, 13333.33)])
def test_stripe_example_gives_its_printed_mrr_at_600_a_year_not_at_the_800_of_its_formula(
    paid_book, yearly, mrr
):
    """V21: the glossary prints 100 × 100 + 50 × (800/12) = 12,500 for a plan of 600 a year."""
    lines = [(f"A{n}", "2024-01-01", None, 100) for n in range(100)]
    lines += [(f"B{n}", "2024-01-01", None, yearly / 12) for n in range(50)]

    shown = headline(paid_book(lines, months=1), STRIPE.conventions)["mrr"]

    assert shown == pytest.approx(mrr, abs=50 / 1024)


def test_a_discount_with_an_end_is_taken_off_here_and_not_at_stripe(paid_book):
    book = paid_book(
        [("A", "2024-01-01", None, 80)], months=3, list_amount=100, discount_end="2024-03-01"
    )

    assert _closing(book) == [80, 80, 100]
    assert _closing(book, STRIPE.conventions) == [100, 100, 100]


def test_a_pause_counts_nothing_or_goes_on(paid_book):
    book = paid_book(
        [("A", "2024-01-01", None, 80)], months=4, pause_start="2024-02-01", pause_end="2024-04-01"
    )

    assert _closing(book) == [80, 0, 0, 80]
    assert _closing(book, OURS._replace(pauses="kept")) == [80] * 4


def test_who_moves_to_a_free_plan_is_lost_here_and_contracts_at_chartmogul(paid_book):
    book = paid_book(
        [("A", "2024-01-01", "2024-02-01", 80), ("A", "2024-02-01", None, 0)], months=2
    )

    ours, theirs = _moves(book).iloc[-1], _moves(book, CHARTMOGUL.conventions).iloc[-1]

    assert (ours["churn"], ours["contraction"], ours["lost"]) == (-80, 0, 1)
    assert (theirs["churn"], theirs["contraction"], theirs["lost"]) == (0, -80, 0)
    assert view(book, CHARTMOGUL.conventions).holds[:, -1].sum() == 1


def test_a_free_line_makes_no_customer_of_one_who_never_paid(paid_book):
    book = paid_book([("A", "2024-01-01", None, 0), ("B", "2024-01-01", None, 10)], months=2)

    assert headline(book, OURS._replace(free="kept"))["customers"] == 1


def test_a_loss_counts_from_the_notice_where_asked(paid_book):
    book = paid_book([("A", "2024-01-01", "2024-04-01", 80)], months=4, notice="2024-02-10")

    assert _closing(book) == [80, 80, 80, 0]
    assert _closing(book, OURS._replace(churn_timing="notice")) == [80, 0, 0, 0]


def test_a_bridged_gap_is_a_loss_and_a_return_without_the_bridge(paid_book):
    lines = [("A", "2024-01-01", "2024-02-20", 80), ("A", "2024-03-10", None, 80)]
    book = paid_book(lines, months=3)
    bridge = paid_book([("A", "2024-02-20", "2024-03-10", 80)], months=3).periods
    both = book._replace(periods=pd.concat([book.periods, bridge.assign(bridged=True)]))

    assert _closing(both) == [80, 80, 80]
    assert _closing(both, OURS._replace(late_renewals="strict")) == [80, 0, 80]


@pytest.mark.parametrize(("days", "movement"), [(120, "reactivation"), (90, "new")])
def test_who_returns_after_so_many_days_is_new(paid_book, days, movement):
    """Gone on 1 February, back on 15 May: 104 days."""
    lines = [("A", "2024-01-01", "2024-02-01", 80), ("A", "2024-05-15", None, 90)]
    for netting in ("month", "event"):
        conventions = OURS._replace(returner_days=days, netting=netting)

        back = _moves(paid_book(lines, months=5), conventions).iloc[-1]

        assert back[movement] == 90


def test_up_and_down_in_one_month_is_one_step_or_two(paid_book):
    """V04: 100 → 180 → 130 within a month."""
    lines = [
        ("A", "2024-01-01", "2024-02-05", 100), ("A", "2024-02-05", "2024-02-20", 180),
        ("A", "2024-02-20", None, 130),
    ]  # fmt: skip
    book = paid_book(lines, months=2)

    net = _moves(book).iloc[-1]
    gross = _moves(book, OURS._replace(netting="event")).iloc[-1]

    assert net[["expansion", "contraction"]].tolist() == [30, 0]
    assert gross[["expansion", "contraction"]].tolist() == [80, -50]


def test_exchange_rates_move_no_customer(paid_book):
    """100 at a rate of 160 and 165: no movement, whether netted or by event."""
    rates = pd.DataFrame({"currency": "USD", "month": [648, 649], "rate": [160.0, 165.0]})
    book = paid_book([("A", "2024-01-01", None, 100)], months=2, currency="USD")._replace(
        rates=rates
    )

    assert _closing(book) == [16000, 16500]
    for netting in ("month", "event"):
        moved = _moves(book, OURS._replace(netting=netting)).iloc[-1]
        assert moved[["new", "expansion", "contraction", "churn"]].tolist() == [0, 0, 0, 0]


def test_an_event_is_valued_at_the_opening_rate_as_the_net_movement_is(paid_book):
    """10 more at a rate that went from 160 to 165: 1,600; the rest is exchange rates (V16)."""
    rates = pd.DataFrame({"currency": "USD", "month": [648, 649], "rate": [160.0, 165.0]})
    lines = [("A", "2024-01-01", "2024-02-09", 100), ("A", "2024-02-09", None, 110)]
    book = paid_book(lines, months=2, currency="USD")._replace(rates=rates)

    for netting in ("month", "event"):
        assert _moves(book, OURS._replace(netting=netting))["expansion"].iloc[-1] == 1600


def test_every_switch_a_preset_turns_names_its_source():
    for preset in (CHARTMOGUL, STRIPE, DBT):
        assert set(preset.sources) == set(differing(OURS, preset.conventions))
