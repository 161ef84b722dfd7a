"""Which method the report's headline uses: chosen by rule before looking, and slow to change (D17b)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.months import YEAR

# A book is called annual from one half on; once called so or not, only beyond these it changes.
ANNUAL_FROM, ANNUAL_BELOW, ANNUAL_ABOVE = 0.5, 0.4, 0.6
MODELS = ("renewal_model", "purchase_model")


def annual_share(mrr: pd.DataFrame, annual: pd.DataFrame) -> pd.Series:
    """Return, per month from the twelfth on, the mean share of MRR on yearly terms over a year.

    `annual` holds the part of MRR whose term is twelve months or more. Empty with less history.
    """
    total, bound = mrr.sum(), annual.reindex(columns=mrr.columns, fill_value=0.0).sum()
    share = (bound / total.where(total > 0)).fillna(0.0)
    return share.rolling(YEAR).mean().dropna()


def is_annual(mrr: pd.DataFrame, annual: pd.DataFrame) -> bool:
    """Return whether the book counts as annual: at least half at first, then beyond 0.4 or 0.6.

    The history is replayed from the first month with a year behind it, so the answer depends on
    the data alone and nothing has to be remembered from report to report.
    """
    share = annual_share(mrr, annual)
    if share.empty:
        return False
    said = np.select([share > ANNUAL_ABOVE, share < ANNUAL_BELOW], [1.0, 0.0], np.nan)
    said[0] = share.iloc[0] >= ANNUAL_FROM
    return bool(pd.Series(said).ffill().iloc[-1])


def headline_method(
    mrr: pd.DataFrame,
    *,
    annual: pd.DataFrame | None = None,
    admitted: frozenset[str] = frozenset(),
) -> str:
    """Return the method of the headline: a model where the book asks for it and it was admitted.

    Annual books: the renewal model, else survival on contract months. Orders: the purchase
    model, else the cohort value at equal age.
    """
    if mrr.attrs["basis"] == "orders":
        return "purchase_model" if "purchase_model" in admitted else "cohort"
    annual_book = annual is not None and is_annual(mrr, annual)
    return "renewal_model" if annual_book and "renewal_model" in admitted else "survival"
