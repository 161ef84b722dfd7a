"""Why a value changed: the parts sum to it, and both ends are what the reports would say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.metrics.segment_values import ltv_by_segment
from ltvlab.metrics.value_changes import ltv_changes
from ltvlab.metrics.value_drivers import EFFECTS

MONTHS = 30


def _book(customers=60, *, seed=1, basis="contracts", price_growth=0.0, months=MONTHS):
    """Return (mrr, margin, customers, orders): starts spread over the months, two channels."""
    rng = np.random.default_rng(seed)
    start, stay = rng.integers(0, months - 2, customers), rng.geometric(0.04, customers)
    ages = np.arange(months)
    paid = (ages >= start[:, None]) & (ages < (start + stay)[:, None])
    price = np.rint(rng.lognormal(6, 0.5, customers)) * (1 + price_growth * start)
    names = [f"C{i:03}" for i in range(customers)]
    columns = pd.period_range("2024-01", periods=months, freq="M", name="month")
    mrr = pd.DataFrame(paid * price[:, None], index=names, columns=columns)
    mrr.attrs = {"currency": "JPY", "basis": basis, "margin_source": "params"}
    features = pd.DataFrame(
        {
            "start_month": columns[start], "opening": False, "starting_mrr": price,
            "starting_margin": price * 0.8, "products_held": 1 + (np.arange(customers) % 2),
            "channel": np.where(np.arange(customers) % 2, "Web", "Fair"),
        },
        index=names,
    )  # fmt: skip
    for axis in ("industry", "size", "product"):
        features[axis] = "one"
    features["start_quarter"] = features["start_year"] = "one"
    return mrr, mrr * 0.8, features, (mrr > 0).astype("float64")


def _changes(book, **given):
    mrr, margin, customers, orders = book
    ltv = ltv_by_segment(mrr, margin, customers, ranges=False, seed=1)
    return ltv_changes(ltv, mrr, margin, customers, orders=orders, seed=1, **given)


def test_both_ends_are_what_the_reports_of_their_months_say():
    """The book of twelve months ago, over the shorter horizon of the two."""
    mrr, margin, customers, _ = book = _book()
    cut = mrr.columns[-13]
    known = customers[customers["start_month"] <= cut]
    then = ltv_by_segment(
        mrr.loc[known.index, :cut], margin.loc[known.index, :cut], known, ranges=False, seed=1
    )
    then = then[then["headline"]].set_index(["axis", "segment"])
    horizon = int(then.loc[("all", "all"), "horizon_months"])
    now = ltv_by_segment(mrr, margin, customers, horizon_months=horizon, ranges=False, seed=1)
    now = now[now["headline"]].set_index(["axis", "segment"])

    table = _changes(book)

    rows = table.set_index(["axis", "segment"])
    assert table.attrs["horizon_months"] == horizon < 30
    for place in (("all", "all"), ("channel", "Web")):
        assert rows.loc[place, "before"] == pytest.approx(then.loc[place, "value"], abs=0.01)
        assert rows.loc[place, "after"] == pytest.approx(now.loc[place, "value"], abs=0.01)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["contracts", "orders"]))
def test_the_parts_sum_to_the_change_exactly(seed, basis):
    table = _changes(_book(seed=seed, basis=basis))

    assert (table[list(EFFECTS)].sum(axis=1) == table["change"]).all()
    assert (table["after"] - table["before"] == table["change"]).all()


def test_dearer_new_customers_show_as_unit_price():
    """Prices at the start rise with every month; margins and products held do not change."""
    rows = _changes(_book(200, price_growth=0.1)).set_index("segment")

    everyone = rows.loc["all"]
    assert everyone["by_price"] > 0.8 * everyone["change"] > 0
    assert everyone["by_margin"] == pytest.approx(0, abs=0.01)


def test_when_customers_started_is_no_segment_that_changes():
    assert set(_changes(_book())["axis"]) == {"all", "industry", "size", "product", "channel"}


@pytest.mark.parametrize("months", [3, 12, 13, 23])
def test_a_short_history_has_no_change(months):
    table = _changes(_book(months=months))

    assert table.empty
    assert table.attrs["currency"] == "JPY"


def test_a_book_that_began_this_year_has_no_change():
    mrr, margin, customers, orders = _book()
    young = customers["start_month"] > mrr.columns[-13]

    assert _changes((mrr[young], margin[young], customers[young], orders[young])).empty


def test_twice_the_same():
    pd.testing.assert_frame_equal(_changes(_book()), _changes(_book()))
