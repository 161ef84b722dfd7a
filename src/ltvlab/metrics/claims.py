"""The figures that articles on customer value state as facts, each held against the own figure (D44)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

# On fewer cases the range would hang on a handful of them.
FEWEST_EVENTS = 12
VERDICTS = ("supported", "contradicted", "cannot_tell")
COLUMNS = (
    "claim", "unit", "claim_low", "claim_high", "value", "low", "high", "cases", "events", "verdict",
    "lacking",
)  # fmt: skip


class Claim(NamedTuple):
    """A statement that a figure lies between `low` and `high`, both of which still agree with it."""

    low: float
    high: float
    unit: str


def _about(figure: float, unit: str) -> Claim:
    """Return the claim of one round figure: no range lies inside a point, so a fifth either way (ours)."""
    return Claim(round(figure * 0.8, 9), round(figure * 1.2, 9), unit)


# `top_fifth` is ours: the articles build on the best 20 % without saying what they bring.
CLAIMS: dict[str, Claim] = {
    "acquire_to_expand": Claim(5.0, 7.0, "number"),
    "acquire_to_keep": _about(5.0, "number"),
    "expansion_wins": Claim(2.0, 3.0, "number"),
    "ltv_cac": Claim(3.0, np.inf, "number"),
    "churned_to_new": Claim(0.0, 0.30, "rate"),
    "five_points_for_life": Claim(0.25, np.inf, "rate"),
    "five_points_in_five_years": Claim(0.25, np.inf, "rate"),
    "alert_wins": _about(0.15, "rate"),
    "healthy_wins": _about(0.70, "rate"),
    "usage_threshold": Claim(1.0, np.inf, "number"),
    "top_fifth": Claim(0.5, np.inf, "rate"),
}


class Measured(NamedTuple):
    """An own figure with its 95 % range, what was counted, and the cases that carry it.

    `n` counts customers or deals; `events` the scarcest of what the figure is made of. A bound
    may be infinite. `lacking` says why there is no figure; `verdict` is one that another chapter
    has already given by its own rule.
    """

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    n: int = 0
    events: int = 0
    lacking: str = ""
    verdict: str = ""


def claims_table(measured: Mapping[str, Measured]) -> pd.DataFrame:
    """Return one row per claim of `measured`, with the columns COLUMNS.

    claim_low and claim_high bound the claim, value, low and high the own figure (95 %); an empty
    bound beside a known one is none at all. Money nowhere: all are ratios and shares.
    """
    rows = [_row(name, CLAIMS[name], own) for name, own in measured.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def verdict(claim: Claim, own: Measured) -> str:
    """Return supported where the whole range lies in the claim, contradicted where it lies outside.

    cannot_tell where it crosses a bound, has none, or rests on fewer than twelve events.
    """
    if own.events < FEWEST_EVENTS or np.isnan(own.low) or np.isnan(own.high):
        return "cannot_tell"
    if own.low >= claim.low and own.high <= claim.high:
        return "supported"
    return "contradicted" if own.high < claim.low or own.low > claim.high else "cannot_tell"


def _row(name: str, claim: Claim, own: Measured) -> dict[str, object]:
    few = not own.lacking and own.events < FEWEST_EVENTS
    said = own.verdict or verdict(claim, own)
    return {
        "claim": name,
        "unit": claim.unit,
        "claim_low": finite(claim.low),
        "claim_high": finite(claim.high),
        "value": finite(own.value),
        "low": finite(own.low),
        "high": finite(own.high),
        "cases": own.n,
        "events": own.events,
        "verdict": said,
        "lacking": own.lacking or ("few_events" if few and said == "cannot_tell" else ""),
    }


def finite(figure: float) -> float:
    """Return a figure as it is; a bound that is none is left empty."""
    return float(figure) if np.isfinite(figure) else np.nan
