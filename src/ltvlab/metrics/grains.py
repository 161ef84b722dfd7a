"""NRR and GRR at the other grain of customer: by parent, or company by company (D04)."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.retention import shares, year_on_year
from ltvlab.months import YEAR


def grain_rates(mrr: pd.DataFrame, year_ago_rates: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return nrr, grr and customers of the last month at the grain of `mrr`: one row, or none.

    Twelve months, point to point, at the exchange rates of then, as the headline is. Empty where
    no customer has a parent, and before the thirteenth month. The attrs say the `grain`.
    """
    names = ["nrr", "grr", "customers"]
    table = pd.DataFrame(columns=names)
    if not mrr.empty and mrr.shape[1] > YEAR and mrr.attrs["basis"] != "orders":
        window = mrr.iloc[:, -YEAR - 1 :]
        base = year_on_year(window, window if year_ago_rates is None else year_ago_rates)
        if base.then.sum() > 0:
            rates = [shares(kept, base.then)[-1] for kept in (base.nrr, base.grr)]
            table.loc[0] = [*rates, int((base.then > 0).sum())]
    table.attrs = dict(mrr.attrs)
    return table
