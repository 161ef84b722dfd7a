"""What moving acquisition spend from one channel to another would bring (D20, D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.metrics.scenarios.evidence import Evidence
from ltvlab.money import to_minor
from ltvlab.months import YEAR

# Of a channel with fewer new customers in a year, a yen's worth is a guess.
FEWEST_NEW = 10


class Moved(NamedTuple):
    """The channels that bring least and most MRR per yen (places in the rates), and their spend.

    Spend is that of twelve months, in minor units; each further yen is taken to bring what the
    last year's yen brought.
    """

    source: int
    target: int
    source_spend: float
    target_spend: float

    def gained(self, new: np.ndarray) -> np.ndarray:
        """Return MRR a month, draws × strata, if all spend of the one channel went to the other."""
        more = new[:, self.target] * (self.source_spend / self.target_spend)
        return more - new[:, self.source]


def moved_spend(spend: pd.DataFrame | None, seen: Evidence, *, currency: str) -> Moved | None:
    """Return where spend brings least and most new MRR per yen; None where too little is known.

    Both channels need spend in the window and ten new customers. New MRR of the window is set
    against the spend of the same months.
    """
    if spend is None or "channel" not in spend:
        return None
    month = spend["month"].dt.to_period("M")
    inside = (month > seen.month - YEAR) & (month <= seen.month)
    bought = spend[inside & spend["purpose"].eq("acquisition")]
    minor = pd.Series(to_minor(bought["amount"], currency), index=bought.index)
    by_channel = minor.groupby(bought["channel"]).sum()
    spent = by_channel.reindex(list(seen.channels)).to_numpy(float)
    customers = seen.joined.sum(axis=(0, 2))
    known = (spent > 0) & (customers >= FEWEST_NEW)
    if known.sum() < 2:
        return None
    brought = np.divide(
        seen.new.sum(axis=(0, 2)), spent, out=np.full(len(spent), np.nan), where=known
    )
    source, target = int(np.nanargmin(brought)), int(np.nanargmax(brought))
    return Moved(source, target, float(spent[source]), float(spent[target]))
