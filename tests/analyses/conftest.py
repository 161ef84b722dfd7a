"""Small matrices, and the customers in them."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def matrix():
    """Return the function from rows of amounts to a monthly matrix."""

    def build(rows, *, first="2025-09", basis="contracts", margin_source="params", **attrs):
        cells = np.array(list(rows.values()), dtype="float64")
        months = pd.period_range(first, periods=cells.shape[1], freq="M", name="month")
        frame = pd.DataFrame(cells, index=pd.Index(list(rows), name="customer_id"), columns=months)
        frame.attrs = {"currency": "JPY", "basis": basis, "margin_source": margin_source} | attrs
        return frame

    return build


@pytest.fixture
def people():
    """Return the function from a matrix to its customers, each starting at its first paid month."""

    def build(mrr, **columns):
        first = (mrr.to_numpy() > 0).argmax(axis=1)
        return pd.DataFrame(
            {"start_month": mrr.columns[first], "opening": False}, index=mrr.index
        ).assign(**columns)

    return build
