"""What must hold for any book (definitions, section 8): on matrices, and on files read as a report's.

Elsewhere: the bridge closes in any order (metrics/test_movements), reasons sum to movements
(metrics/test_reasons), Kaplan–Meier without late entry is the plain one (statistics/test_survival),
sBG falls (statistics/test_renewals). Merges and the parent grain (D04) would join `CHANGES`.
"""

from __future__ import annotations

import copy
import random
from datetime import date

import numpy as np
import pandas as pd
import pytest
import random_books
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ltvlab import load_customers, load_matrix
from ltvlab.metrics.cohorts import cohort_logos
from ltvlab.metrics.movements import MOVEMENTS, customer_counts, movement_table
from ltvlab.metrics.retention import retention_table

MONTHS = 14
CELLS = st.lists(st.sampled_from([0, 0, 100, 100, 250, 99.5, 7]), min_size=MONTHS, max_size=MONTHS)
BOOKS = st.lists(CELLS, min_size=2, max_size=8)
RATES = ["nrr", "grr", "logo_churn", "revenue_churn", "quick_ratio"]
RESULTS = ["opening", *MOVEMENTS, "closing", "customers"]
MANY = settings(max_examples=20, deadline=None)


def _matrix(rows):
    months = pd.period_range("2024-01", periods=MONTHS, freq="M")
    frame = pd.DataFrame(
        rows, index=[f"C{i}" for i in range(len(rows))], columns=months, dtype=float
    )
    frame.attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "params"}
    return frame


def _nobody(mrr):
    return pd.Series(False, index=mrr.index)


def _rates(mrr):
    return retention_table(mrr, _nobody(mrr), seed=1)[RATES]


@MANY
@given(BOOKS)
def test_grr_is_at_most_nrr_and_one_in_every_month(rows):
    rates = _rates(_matrix(rows)).dropna(subset=["nrr"])

    assert (rates["grr"] <= np.minimum(1, rates["nrr"]) + 1e-12).all()
    assert rates["logo_churn"].dropna().between(0, 1).all()


@MANY
@given(BOOKS, st.integers(1, 7))
def test_the_movements_of_segments_sum_to_those_of_all(rows, cut):
    mrr = _matrix(rows)
    parts = [mrr.iloc[:cut], mrr.iloc[cut:]]

    tables = [movement_table(part, _nobody(part))[RESULTS] for part in parts]
    counts = [customer_counts(part, _nobody(part)).drop(columns="month") for part in parts]

    pd.testing.assert_frame_equal(sum(tables), movement_table(mrr, _nobody(mrr))[RESULTS])
    pd.testing.assert_frame_equal(
        sum(counts), customer_counts(mrr, _nobody(mrr)).drop(columns="month")
    )


@MANY
@given(BOOKS)
def test_doubling_doubles_money_and_leaves_rates(rows):
    mrr = _matrix(rows)
    doubled = _matrix(mrr.to_numpy() * 2)
    once, twice = (
        movement_table(book, _nobody(book)).drop(columns="month") for book in (mrr, doubled)
    )

    pd.testing.assert_frame_equal(
        twice.drop(columns="customers"), once.drop(columns="customers") * 2
    )
    assert twice["customers"].tolist() == once["customers"].tolist()
    pd.testing.assert_frame_equal(_rates(doubled), _rates(mrr), rtol=1e-9)


@MANY
@given(BOOKS, st.floats(1, 3), st.integers(1, 1000))
def test_a_customer_that_stays_at_the_books_rate_or_above_never_lowers_nrr(rows, above, size):
    mrr = _matrix(rows)
    before = _rates(mrr)["nrr"].iloc[-1]
    assume(np.isfinite(before))
    now = np.ceil(size * max(before, 0.01) * above * 1024) / 1024
    row = [size] * (MONTHS - 1) + [now]

    after = _rates(_matrix([*rows, row]))["nrr"].iloc[-1]

    assert after >= before - 1e-12


@MANY
@given(BOOKS, st.randoms(use_true_random=False))
def test_names_and_order_change_no_rate_and_no_cohort(rows, chance):
    mrr = _matrix([row for row in rows if any(row)] or [[1] * MONTHS])
    turned = mrr.rename(index=lambda name: f"Z{9 - int(name[1:])}").sample(
        frac=1, random_state=chance.randint(0, 99)
    )

    pd.testing.assert_frame_equal(_rates(turned), _rates(mrr))
    pd.testing.assert_frame_equal(*(cohort_logos(book, _people(book)) for book in (turned, mrr)))


def _people(mrr):
    first = (mrr.to_numpy() > 0).argmax(axis=1)
    return pd.DataFrame({"start_month": mrr.columns[first], "opening": False}, index=mrr.index)


# From files: one company of 120 customers, changed in ways that must not matter, or in a known way.


def _shuffled(made):
    for rows in made["tables"].values():
        random.Random(1).shuffle(rows)


def _renamed(made):
    """Give every customer and contract another name that sorts the other way round."""
    for rows in made["tables"].values():
        for row in rows:
            for name in {"customer_id", "contract_id", "predecessor_id"} & set(row):
                row[name] = row[name].translate(str.maketrans("0123456789", "9876543210"))


def _with_later_rows(made):
    lines = made["tables"]["contracts"]
    for number, line in enumerate(lines[:40]):
        later = {"contract_id": f"later{number}", "start_date": date(2025, 3, 1), "end_date": ""}
        lines.append(line | later | {"billing_period": "month", "pause_start": "", "pause_end": ""})


def _split(made):
    """Write lines that no other line replaces as two of half the amount."""
    lines = made["tables"]["contracts"]
    once = {line["contract_id"]: line for line in lines if line["auto_renew"] == "no"}
    for name, line in once.items():
        halves = {each: line[each] / 2 for each in ("amount", "list_amount") if line[each]}
        same = [other for other in lines if other["contract_id"] == name]
        for other in same:
            other.update(halves)
        lines.append(line | {"contract_id": f"{name}-half"})


def _doubled(made):
    for line in made["tables"]["contracts"]:
        line["amount"] *= 2
        line["list_amount"] = line["list_amount"] and line["list_amount"] * 2


def _four_years_on(made):
    """Shift every date by four years, so that leap days stay leap days."""
    made["settings"]["month"] = (
        f"{int(made['settings']['month'][:4]) + 4}{made['settings']['month'][4:]}"
    )
    for rows in made["tables"].values():
        for row in rows:
            row.update(
                {
                    name: day.replace(year=day.year + 4)
                    for name, day in row.items()
                    if isinstance(day, date)
                }
            )


CHANGES = {
    "as it is": lambda made: None, "shuffled": _shuffled, "renamed": _renamed,
    "later rows": _with_later_rows, "split": _split, "doubled": _doubled,
    "four years on": _four_years_on,
}  # fmt: skip


@pytest.fixture(scope="module")
def read_as(tmp_path_factory):
    """Return MRR and customers of the same company under each change."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LTVLAB_WAREHOUSE", raising=False)
        for name, change in CHANGES.items():
            made = copy.deepcopy(random_books.company(0))
            change(made)
            root = tmp_path_factory.mktemp("book")
            patch.setenv("LTVLAB_ROOT", str(root))
            params, month = random_books.write(made, root), made["settings"]["month"]
            found[name] = load_matrix(params, month), load_customers(params, month)
    return found


@pytest.mark.parametrize("change", ["shuffled", "later rows"])
def test_rows_in_another_order_or_after_the_report_date_change_no_cell(read_as, change):
    pd.testing.assert_frame_equal(read_as[change][0], read_as["as it is"][0])
    pd.testing.assert_series_equal(
        read_as[change][1]["start_month"], read_as["as it is"][1]["start_month"]
    )


def test_other_names_change_nothing_but_the_order_of_rows(read_as):
    (mrr, people), (turned, others) = read_as["as it is"], read_as["renamed"]
    back = turned.rename(
        index=lambda name: name.translate(str.maketrans("9876543210", "0123456789"))
    )

    pd.testing.assert_frame_equal(back.sort_index(), mrr)
    pd.testing.assert_frame_equal(cohort_logos(turned, others), cohort_logos(mrr, people))


def test_four_years_on_the_same_figures_stand_four_years_later(read_as):
    (mrr, people), (later, others) = read_as["as it is"], read_as["four years on"]

    assert (later.columns == mrr.columns + 48).all()
    assert (later.to_numpy() == mrr.to_numpy()).all()
    assert (
        pd.PeriodIndex(others["start_month"]) == pd.PeriodIndex(people["start_month"]) + 48
    ).all()


@pytest.mark.parametrize(("change", "factor"), [("split", 1), ("doubled", 2)])
def test_split_or_doubled_lines_keep_counts_and_money_within_the_grid(read_as, change, factor):
    """A line is rounded to 1/1024 in its own currency (at most 160 yen a dollar) and once converted."""
    (mrr, people), (other, others) = read_as["as it is"], read_as[change]
    lines = 2 * 5
    table, changed = (
        customer_counts(book, who["opening"]).drop(columns="month")
        for book, who in ((mrr, people), (other, others))
    )

    assert (other.index == mrr.index).all()
    assert np.abs(other - factor * mrr).max(axis=None) <= factor * lines * (1 + 160) / 1024
    assert ((other > 0) == (mrr > 0)).all(axis=None)
    names = ["opening", "new", "reactivation", "churn"]
    pd.testing.assert_frame_equal(changed[names], table[names])
