"""Small matrices, the customers in them, and a look for English left in a Japanese sentence."""

import re

import numpy as np
import pandas as pd
import pytest

ABBREVIATIONS = re.compile(r"\b(MRR|NRR|GRR|LTV|CAC|ARPA)\b")


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


@pytest.fixture
def english_left():
    """Return the function that lists the English words in a finding's Japanese sentences.

    Abbreviations of metrics are Japanese usage; `data` are values and paths shown as they are.
    """

    def words_of(finding, *, data=()):
        said = "\n".join([finding.question, finding.answer, finding.decision, *finding.caveats])
        for value in data:
            said = said.replace(value, "")
        return re.findall(r"[A-Za-z]{4,}|\b[A-Z]{2,}\b", ABBREVIATIONS.sub("", said))

    return words_of
