"""Books of sixty customers and more, of which every rate can be told by counting."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.scenarios.rates import Rates


@pytest.fixture
def steady(matrix, people):
    """Return the function to a book of customers that pay the same, some joining and leaving each month.

    The first `count` customers were there before; in each of `months` columns after the first
    `leave` of them are gone and `join` new ones are there. Returns matrix and customers.
    """

    def build(count=100, *, months=13, leave=0, join=0, amount=1000.0, growth=0.0):
        factor = amount * (1 + growth) ** np.arange(months)
        rows = {}
        for number in range(count):
            gone = 1 + number // leave if leave else months
            rows[f"A{number:04d}"] = np.where(np.arange(months) < gone, factor, 0.0)
        for number in range(join * (months - 1)):
            there = np.arange(months) >= 1 + number // join
            rows[f"N{number:04d}"] = np.where(there, factor, 0.0)
        mrr = matrix(rows)
        old = mrr.index.str.startswith("A")
        start = people(mrr)["start_month"].where(~old, pd.Period("2020-01", "M"))
        customers = pd.DataFrame(
            {"start_month": pd.PeriodIndex(start), "opening": old}, index=mrr.index
        )
        return mrr, customers.assign(channel="Referral", starting_mrr=amount)

    return build


@pytest.fixture
def constant():
    """Return the function to rates that are the same for everyone."""

    def build(engine, *, churn=0.0, expansion=0.0, contraction=0.0, new=0.0):
        cell = np.ones((1, 1, 1))
        flow = np.ones((1, 1))
        rates = Rates(
            churn * cell, expansion * cell, contraction * cell, new * cell, flow, 0.0 * flow
        )
        seen = engine.seen._replace(stratum=np.zeros(len(engine.seen.held), dtype="int64"))
        return engine._replace(rates=rates, seen=seen)

    return build
