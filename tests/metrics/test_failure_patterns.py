"""The six ways to fail, each on a book that has it and one that has not."""

import pandas as pd
import pytest

from ltvlab.metrics.failure_patterns import LINES, failure_patterns

PAY = {f"C{n}": [10] * 14 for n in range(40)}
MONTHS = pd.date_range("2025-10-01", "2026-09-01", freq="MS")
WON = {"close_date": "2026-09-10", "is_won": True}


def _offers(customers, *, created="2026-07-05", **more):
    return {
        f"D{n}{created}": {"customer_id": f"C{n}", "pipeline": "upsell", "created_date": created, **more}
        for n in customers
    }  # fmt: skip


def _row(records, pattern):
    return failure_patterns(records, seed=1).set_index("pattern").loc[pattern]


def test_offers_to_unhappy_customers_are_pushing(records):
    """Of 20 offers 10 go to customers that scored 2 at the quarter end before."""
    known = {"2026-06": {f"C{n}": {"nps": 2.0 if n < 10 else 9.0} for n in range(40)}}

    pushed = _row(records(PAY, _offers(range(20)), known=known), "pushy")
    kept = _row(records(PAY, _offers(range(10, 40)), known=known), "pushy")

    assert (pushed["value"], pushed["cases"], pushed["status"]) == (0.5, 20, "act")
    assert (kept["value"], kept["status"]) == (0.0, "good")


def _quadrants(high):
    """Customers of equal value; those of `high` have the higher potential."""
    return {
        "2026-06": {
            f"C{n}": {"margin_12": 10.0 + n, "industry": "IT", "families": 1.0, "employees": 500.0 + n if n in high else 1.0 + n / 99}
            for n in range(40)
        }
    }  # fmt: skip


def test_offering_high_and_low_potential_alike_is_one_approach_for_all(records):
    high = set(range(0, 40, 2))
    alike = _row(records(PAY, _offers(range(20)), known=_quadrants(high)), "one_approach")
    aimed = _row(
        records(PAY, _offers([*range(0, 36, 2), 1, 3]), known=_quadrants(high)), "one_approach"
    )

    assert (alike["value"], alike["cases"]) == (1.0, 40)
    assert alike["status"] in ("act", "watch")
    assert (aimed["value"], aimed["status"]) == (9.0, "good")


def test_sales_to_customers_in_the_pipeline_of_new_ones_are_not_measured(records):
    """Everyone pays since August 2025; a first deal, begun before that, is new business."""
    mixed = _offers(range(20), **WON) | _offers(
        range(20), created="2026-01-05", **WON, pipeline="new"
    )
    first = _offers(range(20), **WON) | _offers(
        range(20), created="2025-07-05", **WON, pipeline="new"
    )

    assert _row(records(PAY, mixed), "unmeasured")[["value", "cases", "status"]].tolist() == [0.5, 40, "act"]  # fmt: skip
    assert _row(records(PAY, first), "unmeasured")[["value", "cases", "status"]].tolist() == [1.0, 20, "good"]  # fmt: skip


def test_customers_without_use_or_score_are_split_data(records):
    known = {"2026-06": {f"C{n}": {"nps": 9.0 if n < 30 else None} for n in range(40)}}
    usage = pd.DataFrame({"customer_id": [f"C{n}" for n in range(10, 40)], "month": pd.Timestamp("2026-05-01")})  # fmt: skip
    given = {"usage": usage, "surveys": pd.DataFrame()}

    row = _row(records(PAY, known=known, **given), "split_data")

    assert (row["value"], row["cases"]) == (0.5, 40)
    assert _row(records(PAY, known=known, usage=usage), "split_data")["lacking"] == "no_signals"


def test_a_year_of_offers_in_one_quarter_is_a_one_off(records):
    once = _offers(range(40), created="2026-03-15") | _offers(range(4), created="2026-09-15")
    steady = {
        name: deal
        for created in ("2025-11-15", "2026-02-15", "2026-05-15", "2026-08-15")
        for name, deal in _offers(range(15), created=created).items()
    }

    assert _row(records(PAY, once), "one_off")[["value", "status"]].tolist() == [40 / 44, "act"]
    assert _row(records(PAY, steady), "one_off")[["value", "status"]].tolist() == [0.25, "good"]


@pytest.mark.parametrize(("kept", "status"), [(40.0, "good"), (39.0, "watch"), (25.0, "watch"), (24.0, "act")])  # fmt: skip
def test_the_share_of_spend_on_customers_says_who_comes_first(records, kept, status):
    spend = pd.concat(
        [pd.DataFrame({"month": MONTHS, "purpose": purpose, "amount": amount})
         for purpose, amount in (("acquisition", 100.0 - kept), ("retention", kept))]
    )  # fmt: skip

    row = _row(records(PAY, spend=spend), "new_first")

    assert (row["value"], row["status"]) == (pytest.approx(kept / 100), status)


def _spend(**months):
    """One amount a month of each purpose, in so many of the last months."""
    return pd.concat(
        [pd.DataFrame({"month": MONTHS[-count:], "purpose": purpose, "amount": 100.0})
         for purpose, count in months.items()]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("months", "lacking"),
    [
        ({"acquisition": 12}, "no_spend"),
        ({"expansion": 12, "retention": 12}, "no_spend"),
        ({"acquisition": 12, "expansion": 12, "retention": 11}, "months_missing"),
        ({"acquisition": 11, "expansion": 12, "retention": 12}, "no_spend"),
    ],
)
def test_spend_that_nobody_booked_is_not_taken_for_none(records, months, lacking):
    """Who books acquisition alone may well spend on customers: that does not put new ones first."""
    row = _row(records(PAY, spend=_spend(**months)), "new_first")

    assert (row["status"], row["lacking"], row["value"]) == ("insufficient", lacking, pytest.approx(float("nan"), nan_ok=True))  # fmt: skip


def test_a_company_that_brings_nothing_of_it_has_six_rows_that_say_so(records):
    table = failure_patterns(records({"A": [1] * 3}, basis="orders"), seed=1)

    assert table["pattern"].tolist() == list(LINES)
    assert set(table["status"]) == {"insufficient"}
    assert (table["lacking"] != "").all()
