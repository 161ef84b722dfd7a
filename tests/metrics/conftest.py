"""Small matrices: one row a customer, one column a month."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def matrix():
    """Return the function from rows of amounts to a monthly matrix that starts in January 2024."""

    def build(rows, *, first="2024-01", basis="contracts", margin_source="params"):
        cells = np.array(list(rows.values()), dtype="float64")
        months = pd.period_range(first, periods=cells.shape[1], freq="M", name="month")
        frame = pd.DataFrame(cells, index=pd.Index(list(rows), name="customer_id"), columns=months)
        frame.attrs = {"currency": "JPY", "basis": basis, "margin_source": margin_source}
        return frame

    return build


@pytest.fixture
def people():
    """Return the function from a matrix to its customers, each starting at its first paid month."""

    def build(mrr, **columns):
        first = (mrr.to_numpy() > 0).argmax(axis=1)
        frame = pd.DataFrame(
            {
                "start_month": mrr.columns[first],
                "opening": False,
                "starting_margin": mrr.max(axis=1),
            },
            index=mrr.index,
        )
        return frame.assign(**columns)

    return build
