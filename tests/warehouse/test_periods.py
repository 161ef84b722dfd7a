"""Contract lines become paid periods: dates, monthly amounts, renewals, gaps."""

import pytest


def test_an_inclusive_end_leaves_no_hole_before_the_next_days_renewal(month_end_mrr, paid):
    """V01: read as inclusive, a contract renewed the next day never stops."""
    lines = (
        {"start_date": "2024-04-01", "end_date": "2025-03-31", "amount": 100.0},
        {"start_date": "2025-04-01", "end_date": "2026-03-31", "amount": 100.0},
    )

    assert paid(month_end_mrr(*lines), "2025-02", "2025-04") == [100, 100, 100]
    assert paid(month_end_mrr(*lines, inclusive=False, gap_days=0), "2025-02", "2025-04") == [
        100,
        0,
        100,
    ]


@pytest.mark.parametrize(
    ("billing", "amount", "end", "monthly"),
    [
        ("month", 100.0, None, 100.0),
        ("quarter", 300_000.0, None, 100_000.0),
        ("half_year", 600.0, None, 100.0),
        ("year", 1_200_000.0, None, 100_000.0),
        ("week", 1000.0, None, 4333.33),
        ("day", 12.0, None, 365.0),
        ("term", 1_200_000.0, "2025-01-31", 92307.69),  # 13 months, one of them free
        ("term", 36_500.0, "2024-04-09", 36_500 / 100 * 365 / 12),  # 100 days
    ],
)
def test_every_billing_period_comes_to_months(month_end_mrr, paid, billing, amount, end, monthly):
    """V02, D05."""
    line = {
        "start_date": "2024-01-01",
        "end_date": end,
        "amount": amount,
        "billing_period": billing,
    }

    assert paid(month_end_mrr(line), "2024-02", "2024-02") == [pytest.approx(monthly, abs=0.005)]


def test_amounts_stand_on_the_exact_grid_so_that_twelve_twelfths_are_whole(month_end_mrr):
    """1,000,000 / 12 × 12 must not lose a yen to the order of a sum."""
    mrr = month_end_mrr(
        {"start_date": "2024-01-01", "amount": 1_000_000.0, "billing_period": "year"}
    )

    assert ((mrr * 1024) % 1 == 0).all(axis=None)
    assert mrr.iloc[0, :12].sum() == pytest.approx(1_000_000, abs=12 / 1024)


def test_a_mid_month_start_counts_its_month_in_full(month_end_mrr, paid):
    """D06: a 15 March – 20 April customer has MRR at the end of March, and none in April."""
    line = {"start_date": "2024-03-15", "end_date": "2024-04-20", "amount": 100.0}

    assert paid(month_end_mrr(line, gap_days=0), "2024-02", "2024-04") == [0, 100, 0]


def test_an_auto_renewing_line_runs_past_its_first_end_until_cancelled(month_end_mrr, paid):
    """CRMs keep the first term's end; every renewal would read as churn."""
    line = {
        "start_date": "2024-01-01", "end_date": "2024-12-31", "amount": 100.0, "auto_renew": True,
        "cancel_effective_date": "2025-06-30",
    }  # fmt: skip

    assert paid(month_end_mrr(line), "2024-11", "2025-07") == [100.0] * 8 + [0.0]


def test_a_successor_named_by_id_replaces_an_auto_renewing_line(month_end_mrr, paid):
    """Both lines together would double the customer."""
    lines = (
        {
            "contract_id": "old",
            "start_date": "2024-01-01",
            "end_date": "2024-12-31",
            "amount": 100.0,
            "auto_renew": True,
        },
        {"start_date": "2025-01-10", "amount": 120.0, "predecessor_id": "old"},
    )

    assert paid(month_end_mrr(*lines), "2024-12", "2025-02") == [100, 120, 120]


def test_without_ids_the_next_line_at_a_term_end_replaces_and_a_seat_add_on_does_not(
    month_end_mrr, paid
):
    """An add-on in mid-term is added; a new line at the second term's end takes over."""
    term = {
        "start_date": "2023-01-01",
        "end_date": "2023-12-31",
        "amount": 100.0,
        "auto_renew": True,
    }
    add_on = {"start_date": "2024-06-15", "end_date": "2025-06-14", "amount": 10.0}
    next_line = {"start_date": "2025-01-05", "amount": 130.0}

    mrr = month_end_mrr(term, add_on, next_line)

    assert paid(mrr, "2024-05", "2024-06") == [100, 110]
    assert paid(mrr, "2024-12", "2025-01") == [110, 140]


def test_an_add_on_to_a_monthly_line_never_ends_it(month_end_mrr, paid):
    """Within a monthly line every day lies within 31 days of a term's end."""
    lines = (
        {"start_date": "2024-01-01", "end_date": "2024-01-31", "amount": 100.0, "auto_renew": True},
        {"start_date": "2024-03-15", "amount": 20.0},
    )

    assert paid(month_end_mrr(*lines), "2024-02", "2024-04") == [100, 120, 120]


def test_a_late_renewal_is_bridged_at_the_old_amount_up_to_gap_days(month_end_mrr, paid):
    """D11: paperwork that comes late fakes a churn and a return."""
    lines = (
        {"start_date": "2024-01-01", "end_date": "2024-06-30", "amount": 100.0},
        {"start_date": "2024-08-01", "amount": 150.0},
    )

    assert paid(month_end_mrr(*lines, gap_days=31), "2024-06", "2024-08") == [100, 100, 150]
    assert paid(month_end_mrr(*lines, gap_days=30), "2024-06", "2024-08") == [100, 0, 150]


def test_nothing_is_bridged_where_the_family_is_still_paid(month_end_mrr, paid):
    """D11 bridges only where nothing else of that product is active."""
    lines = (
        {"start_date": "2024-01-01", "amount": 50.0},
        {"start_date": "2024-01-01", "end_date": "2024-06-30", "amount": 100.0},
        {"start_date": "2024-08-01", "amount": 100.0},
    )

    assert paid(month_end_mrr(*lines), "2024-06", "2024-08") == [150, 50, 150]


def test_a_pause_pays_nothing_and_a_discounts_end_brings_the_list_amount(month_end_mrr, paid):
    """D15, and the discount rule of D14."""
    line = {
        "start_date": "2024-01-01", "amount": 80.0, "list_amount": 100.0, "discount_end_date": "2024-03-31",
        "pause_start": "2024-05-10", "pause_end": "2024-06-30",
    }  # fmt: skip

    assert paid(month_end_mrr(line), "2024-03", "2024-07") == [80, 100, 0, 0, 100]


@pytest.mark.parametrize("kind", ["one_time", "usage", "trial"])
def test_what_does_not_recur_is_no_mrr(month_end_mrr, kind):
    """D06, D14."""
    mrr = month_end_mrr(
        {"start_date": "2024-01-01", "amount": 100.0, "kind": kind},
        {"start_date": "2024-01-01", "amount": 1.0},
    )

    assert mrr.to_numpy().max() == 1.0


def test_an_early_cancellation_ends_a_fixed_term(month_end_mrr, paid):
    line = {
        "start_date": "2024-01-01",
        "end_date": "2024-12-31",
        "amount": 100.0,
        "cancel_effective_date": "2024-05-31",
    }

    assert paid(month_end_mrr(line), "2024-05", "2024-06") == [100, 0]


@pytest.mark.parametrize(
    "old", [{"end_date": "2024-12-31", "cancel_effective_date": "2025-06-30"}, {"end_date": None}]
)
def test_a_line_that_another_names_ends_there_whatever_else_is_said(month_end_mrr, paid, old):
    """Paid on until a later cancel date, or for ever, it would be counted beside its successor."""
    lines = (
        {"contract_id": "old", "start_date": "2024-01-01", "amount": 100.0, "auto_renew": True}
        | {"cancel_effective_date": None} | old,
        {"start_date": "2025-02-01", "amount": 120.0, "predecessor_id": "old"},
    )  # fmt: skip

    assert paid(month_end_mrr(*lines), "2025-01", "2025-03") == [100, 120, 120]
