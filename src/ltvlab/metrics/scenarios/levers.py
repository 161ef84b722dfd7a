"""What a scenario turns: churn, prices, new business, expansion, and where spend goes (D43)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ltvlab.errors import Problem, UsageError


class Levers(NamedTuple):
    """Changes against the rates of the last twelve months; zero everywhere is the base.

    Shares of today's rate: `churn`, `contraction`, `expansion`, `first_price`, `win_rate`.
    `churn_points` are added to the monthly share of customers lost (0.001 is a tenth of a point);
    `new_customers` are customers more a month; `price_rise` is what existing customers pay more,
    spread over the renewals of a year, and `price_response` by how many times that share losses
    rise meanwhile; `moved_spend` is the share of all acquisition spend of the channel that brings
    least MRR per yen that goes to the one that brings most; `open_deals` takes new business of the
    first months from open deals (1) instead of the usual run (0).
    """

    churn: float = 0.0
    churn_points: float = 0.0
    contraction: float = 0.0
    expansion: float = 0.0
    first_price: float = 0.0
    new_customers: float = 0.0
    win_rate: float = 0.0
    price_rise: float = 0.0
    price_response: float = 0.0
    moved_spend: float = 0.0
    open_deals: float = 0.0


BASE = Levers()
# A share below −1 would be less than nothing.
SHARES = ("churn", "contraction", "expansion", "first_price", "win_rate", "price_rise")
# How losses answer a price rise is no lever of its own: without the rise there is no answer.
LEVERS = tuple(name for name in Levers._fields if name != "price_response")


def turned(levers: Levers) -> tuple[str, ...]:
    """Return the names of the levers that are not at zero."""
    return tuple(name for name in LEVERS if getattr(levers, name) != 0)


def only(levers: Levers, names: tuple[str, ...]) -> Levers:
    """Return the levers named as they stand, and the others at zero."""
    kept = (*names, "price_response") if "price_rise" in names else names
    return Levers(**{name: getattr(levers, name) for name in kept})


def parse_scenarios(text: str) -> dict[str, Levers]:
    """Return scenario → levers of a text such as `retention_push: churn -0.2; …`; base comes first.

    Scenarios are parted by semicolons, levers by commas. Every mistake is named at once.
    """
    problems: list[Problem] = []
    scenarios = {"base": BASE}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, _, settings = (piece.strip() for piece in part.partition(":"))
        scenarios[name] = _parsed(name, settings, problems)
    if problems:
        raise UsageError(f"{len(problems)} lever(s) of the scenarios cannot be used", problems)
    return scenarios


def _parsed(name: str, settings: str, problems: list[Problem]) -> Levers:
    values: dict[str, float] = {}
    for setting in filter(None, (each.strip() for each in settings.split(","))):
        lever, _, figure = setting.partition(" ")
        amount = pd.to_numeric(figure, errors="coerce")
        reason = _fault(lever, amount)
        if reason:
            fix = f"write it like churn -0.2; the levers are {', '.join(Levers._fields)}"
            problems.append(Problem(id="E122", message=reason, column=name, value=setting, fix=fix))
        else:
            values[lever] = float(amount)
    if not values:
        fix = "write it like retention_push: churn -0.2"
        problems.append(Problem(id="E122", message="it turns no lever", value=name, fix=fix))
    return Levers(**values)


def _fault(lever: str, amount: float) -> str:
    if lever not in Levers._fields:
        return "there is no such lever"
    if not np.isfinite(amount):
        return "its value is no number"
    if lever in SHARES and amount < -1:
        return "a share below -1 would be less than nothing"
    return "it is a share of 0 to 1" if lever in ("moved_spend", "open_deals") and not 0 <= amount <= 1 else ""  # fmt: skip


def scenario_fragment(name: str, levers: Levers, *, scenarios: str = "") -> str:
    """Return the lines for the params file that keep a scenario, after the `scenarios` there are.

    Each scenario has a line. One of the same name is replaced; with every lever at zero there is
    none to keep.
    """
    values = levers._asdict().items()
    settings = ", ".join(f"{lever} {value:.6g}" for lever, value in values if value)
    parts = [part.strip() for part in scenarios.split(";") if part.strip()]
    kept = [part for part in parts if part.partition(":")[0].strip() != name]
    lines = ";\n      ".join([*kept, *([f"{name}: {settings}"] if settings else [])])
    return f"notebooks:\n  mrr_scenarios:\n    scenarios: >-\n      {lines}\n"
