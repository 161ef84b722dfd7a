"""Renewal rates on the base that was asked, beside the base of everybody."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.renewal_rates import renewals_table, twelve_months

MONTHS = 24


def _annual_book(customers=120, lost=2, pending=0):
    """Return contracts of which a twelfth ends each month of 2025, `lost` of January's for good."""
    rows, held = [], {}
    for i in range(customers):
        start = pd.Timestamp("2024-02-01") + pd.DateOffset(months=i % 12)
        gone = i % 12 == 0 and i // 12 < lost
        due = start + pd.DateOffset(years=1)
        rows.append((i, f"L{i}", f"C{i}", start, due if gone else pd.NaT, due))
        held[f"C{i}", "F"] = [100.0] * 13 + [0.0 if gone else 100.0] * 11
    lines = pd.DataFrame(
        rows, columns=["line", "contract_id", "customer_id", "start", "end", "first_due"]
    ).assign(
        predecessor_id=None, family="F", repeats=True, term=12, cancelled=True, amount=100.0, list_amount=100.0,
        discount_end=pd.NaT,
    )  # fmt: skip
    lines.attrs = {"gap_days": 31}
    return lines, pd.DataFrame(
        held.values(), index=pd.MultiIndex.from_tuples(held), columns=_months()
    )


def _months():
    return pd.period_range("2024-01", periods=MONTHS, freq="M", name="month")


def test_losses_are_read_on_those_that_were_asked_and_on_all():
    """V23: 10 of 120 come due, 2 of them are lost: 20 % of those asked, 1.7 % of all."""
    table = renewals_table(*_annual_book()).set_index("month")

    january = table.loc["2025-01"]
    assert january[["due", "renewed", "pending", "lost"]].tolist() == [10, 8, 0, 2]
    assert january["rate"] == pytest.approx(0.8)
    assert january["of_all_held"] == pytest.approx(2 / 120)
    assert table.loc["2025-02", "rate"] == 1.0


def test_every_month_has_its_row_and_none_due_means_no_rate():
    table = renewals_table(*_annual_book())

    assert len(table) == MONTHS
    assert table["due"].head(12).tolist() == [0] * 12
    assert table[["rate", "gross", "net", "price_change"]].head(12).isna().all(axis=None)


def _line(number, customer, amount, **given):
    usual = {
        "line": number, "contract_id": f"L{number}", "predecessor_id": None, "customer_id": customer, "family": "F",
        "start": "2024-01-01", "end": None, "first_due": None, "repeats": False, "term": 12, "cancelled": False,
        "amount": amount, "list_amount": amount, "discount_end": None,
    }  # fmt: skip
    return usual | given


def _book_of_prices():
    """Return five contracts due in December 2024: dearer, cheaper, same, lost, and one pending."""
    ended = {"end": "2025-01-01", "first_due": "2025-01-01"}
    given = [
        _line(number, customer, 100.0, **ended)
        for number, customer in enumerate(["up", "down", "same", "lost", "late"])
    ]
    given[3]["cancelled"] = True
    new = {"start": "2025-01-01"}
    given += [
        _line(5, "up", 130.0, **new),
        _line(6, "down", 90.0, **new),
        _line(7, "same", 100.0, **new),
    ]
    lines = pd.DataFrame(given)
    dates = ("start", "end", "first_due", "discount_end")
    lines = lines.assign(**{name: pd.to_datetime(lines[name]) for name in dates})
    lines.attrs = {"gap_days": 31}
    held = pd.DataFrame(100.0, index=range(5), columns=_months()[:13])
    return lines, held


def test_money_is_read_gross_net_and_among_the_renewed():
    """Of 400 decided: 290 without what was added, 320 with it; 320 for what was 300."""
    table = renewals_table(*_book_of_prices()).set_index("month").loc["2024-12"]

    assert table[["due", "renewed", "pending", "lost"]].tolist() == [5, 3, 1, 1]
    assert table["rate"] == pytest.approx(3 / 4)
    assert table["gross"] == pytest.approx(290 / 400)
    assert table["net"] == pytest.approx(320 / 400)
    assert table["price_change"] == pytest.approx(320 / 300 - 1)


def test_twelve_months_are_a_ratio_of_sums():
    """120 asked and 2 lost in a year: 98.3 %, whatever the months say."""
    year = twelve_months(renewals_table(*_annual_book()))

    assert year["rate"] == pytest.approx(118 / 120)
    assert year["of_all_held"] == pytest.approx(2 / (120 + 11 * 118 + 2))


def test_a_company_without_contract_lines_has_no_renewals():
    lines, held = _annual_book()
    lines.attrs = {}

    assert renewals_table(lines.iloc[:0], held).empty


def test_a_book_in_which_nothing_comes_due_says_so_in_counts():
    lines, held = _annual_book()
    monthly = lines.assign(term=1)
    monthly.attrs = lines.attrs

    table = renewals_table(monthly, held)

    assert table["due"].sum() == 0
    assert np.isnan(twelve_months(table)["rate"])
