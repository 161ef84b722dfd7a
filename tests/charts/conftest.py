"""Every chart test closes its figures and treats a missing glyph as an error."""

import warnings

import matplotlib.pyplot as plt
import pandas as pd
import pytest


@pytest.fixture(autouse=True)
def _strict():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Sockets of notebook kernels that earlier tests ran are collected whenever it suits Python.
        warnings.simplefilter("ignore", ResourceWarning)
        yield
    plt.close("all")


@pytest.fixture(params=["en", "ja"])
def language(request) -> str:
    return request.param


@pytest.fixture
def movements() -> pd.DataFrame:
    """Two months one can add up: 1,000 + 650 new and grown − 200 lost = 1,450."""
    table = pd.DataFrame(
        {
            "month": pd.period_range("2026-08", periods=2, freq="M"),
            "opening": [1000.0, 1350.0],
            "new": [300.0, 100.0],
            "reactivation": [0.0, 50.0],
            "expansion": [150.0, 50.0],
            "contraction": [-100.0, 0.0],
            "churn": [0.0, -100.0],
            "fx": [0.0, 0.0],
            "closing": [1350.0, 1450.0],
            "customers": [3, 4],
        }
    )
    table.attrs["currency"] = "JPY"
    return table
