"""Expected value: odds × change × margin × months, with bounds that hold it."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import Rules
from ltvlab.metrics.opportunities.worth import expected_months, with_worth

HOLDS = [("A", "Mail", -12, 0, 1000.0, 10)]


def _row(kind, *, delta=100.0, months=np.nan, play="x"):
    return pd.DataFrame(
        {"kind": [kind], "play": [play], "product": ["Mail"], "mrr_delta": [delta], "months": [months]}
    )  # fmt: skip


ODDS = pd.DataFrame(
    {"probability": [0.5], "low": [0.4], "high": [0.6], "n": [10]},
    index=pd.Index(["cross_sell"], name="offer"),
)


def test_a_book_without_losses_keeps_its_customers_for_the_horizon(book):
    assert expected_months(book(HOLDS), Rules())["months"] == 36.0


def test_one_loss_in_twenty_months_of_customers_shortens_the_stay(book):
    """Over a horizon of two months at 1/20 a month: 1 + 19/20."""
    known = book([("A", "Mail", -12, 0, 1.0, 1), ("B", "Mail", -12, -5, 1.0, 1)])

    assert expected_months(known, Rules(horizon_months=2))["months"] == pytest.approx(1.95)


def test_the_value_is_odds_times_change_times_margin_times_months(book):
    """0.5 × 100 × half margin × 36."""
    row = with_worth(_row("cross_sell"), ODDS, book(HOLDS), Rules()).iloc[0]

    assert row["expected_value"] == 900.0
    assert row["low"] < 900.0 < row["high"]


def test_a_sale_below_cost_keeps_its_bounds_in_order(book):
    row = with_worth(_row("cross_sell", delta=-100.0), ODDS, book(HOLDS), Rules()).iloc[0]

    assert row["low"] < row["expected_value"] < row["high"] < 0


@pytest.mark.parametrize(("kind", "play"), [("upsell", "x"), ("downsell", "x"), ("renewal", "hear_why")])  # fmt: skip
def test_without_a_past_of_such_offers_there_is_no_value(book, kind, play):
    row = with_worth(_row(kind, play=play), ODDS, book(HOLDS), Rules()).iloc[0]

    assert np.isnan(row["expected_value"])
