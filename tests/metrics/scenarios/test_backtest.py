"""What would have been said earlier: only from what was known then."""

import numpy as np

from ltvlab.metrics.scenarios.backtest import scenario_backtest
from ltvlab.metrics.scenarios.engine import expected_mrr, scenario_engine


def test_a_steady_book_was_foretold_to_the_yen(steady):
    table = scenario_backtest(*steady(months=25, join=3), seed=1).set_index("months_ago")

    assert table.loc[6, "said"] == table.loc[6, "came"]
    assert table.loc[12, "error"] == 0
    assert table.loc[12, "unchanged_error"] < 0


def test_nothing_after_the_origin_is_looked_at(steady):
    """The last six months are wiped out: what was said six months ago stays the same."""
    mrr, customers = steady(months=25, leave=2, join=3, growth=0.01)
    emptied = mrr.copy()
    emptied.iloc[:, -6:] = 7.0
    emptied.attrs = dict(mrr.attrs)

    ours, theirs = (scenario_backtest(m, customers, seed=1).iloc[0] for m in (mrr, emptied))

    assert ours[["month", "said", "low", "high"]].equals(theirs[["month", "said", "low", "high"]])
    assert ours["came"] != theirs["came"]
    assert ours["said"] == expected_mrr(scenario_engine(mrr.iloc[:, :-6], customers))[5]


def test_where_too_little_was_known_nothing_is_said(steady):
    """Eighteen months: twelve were known six months ago, six a year ago."""
    table = scenario_backtest(*steady(months=18, join=3), seed=1).set_index("months_ago")

    assert np.isfinite(table.loc[6, "said"])
    assert np.isnan(table.loc[12, ["said", "low", "high", "error"]].astype(float)).all()
    assert table.loc[12, "came"] > 0


def test_rates_that_were_to_triple_the_book_said_nothing(steady):
    table = scenario_backtest(*steady(months=25, growth=0.2), seed=1).set_index("months_ago")

    assert np.isfinite(table.loc[6, "said"])
    assert np.isnan(table.loc[12, "said"])
