"""Plan against actual: every KPI with its target, last year, the year to date and its landing (D42)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ltvlab.metrics.kpi_months import WHOLE
from ltvlab.metrics.kpis import KPIS, Kpi
from ltvlab.metrics.landings import Landing, landing, year_start
from ltvlab.metrics.plans import SCOPE
from ltvlab.money import on_grid
from ltvlab.months import YEAR

NUMBERS = (
    "actual", "target", "last_year", "year_to_date", "landing", "attainment", "pace", "landing_low",
    "landing_high", "year_end", "done", "gap", "year_growth",
)  # fmt: skip
# Shares of sums that are equal on paper differ by a float's last digit.
A_HAIR = 1e-9
RATES = ("attainment", "pace", "done", "year_growth")
# What a KPI without any figure lacks.
NEEDS = {
    "upsell_rate_of_proposed": "needs_deals", "cross_sell_rate_of_proposed": "needs_deals",
    "nps": "needs_surveys", "ltv_cac": "needs_spend", "renewal_rate": "needs_terms",
}  # fmt: skip
# What a target that is not the company's whole plan must not be read for.
OF_PLAN = ("attainment", "pace", "done", "gap", "year_end")
OF_ORDERS = ("revenue", "ltv", "nps", "upsell_rate_of_proposed", "cross_sell_rate_of_proposed")


def kpi_table(
    months: pd.DataFrame,
    *,
    month: pd.Period,
    kpis: Mapping[str, Kpi],
    fiscal_first_month: int,
    basis: str,
    seed: int,
    mrr_landing: Landing | None = None,
) -> pd.DataFrame:
    """Return one row per KPI of the company, and per KPI and scope that has a target.

    `attainment` is actual ÷ target, or target ÷ actual where lower is better; `gap` is actual
    less target. `year_to_date` is the change of a level since the year began, or the sum or mean
    of the year's months. `pace` is the share of the year's plan due by now, `done` the share
    reached; `year_end` the target of the year's end, `landing` where the KPI is headed. Statuses:
    good, watch (behind, or headed below), act (behind, and even the upper end of the landing
    misses), insufficient, with a `reason`. `mrr_landing` is where the forecast of the report has
    the company's MRR, so that it is said once.
    """
    start = year_start(month, fiscal_first_month=fiscal_first_month)
    groups = dict(iter(months.groupby(["kpi", *SCOPE], sort=False)))
    whole = [(name, *WHOLE) for name in KPIS]
    keys = whole + [key for key in groups if key[1:] != WHOLE]
    empty = months.iloc[:0]
    rows = [
        dict(zip(["kpi", *SCOPE], key, strict=True))
        | _row(
            groups.get(key, empty),
            kpis[key[0]],
            month=month,
            start=start,
            seed=seed,
            known=mrr_landing if key == ("mrr", *WHOLE) else None,
        )
        for key in keys
    ]
    table = pd.DataFrame(rows).assign(month=month)
    table["reason"] = [_reason(row, basis) for row in table.to_dict("records")]
    table.loc[table["reason"] != "", "status"] = "insufficient"
    table.loc[table["partial"], list(OF_PLAN)] = np.nan
    # What a company of its kind cannot have is no gap in its data, unless it planned for it.
    other = table["reason"].isin(["not_for_orders", "only_orders"]) & table["target"].isna()
    return table[~other].reset_index(drop=True)


def _row(
    rows: pd.DataFrame,
    kpi: Kpi,
    *,
    month: pd.Period,
    start: pd.Period,
    seed: int,
    known: Landing | None,
) -> dict:
    every = pd.period_range(start - YEAR - 1, start + YEAR - 1, freq="M")
    by_month = rows.set_index("month")[["actual", "target"]].reindex(every).astype("float64")
    actual, plan = by_month["actual"], by_month["target"]
    named = [name for name in rows.loc[rows["month"] == month, "responsible"] if name]
    words = {
        "responsible": named[0] if named else kpi.owner, "cadence": kpi.cadence,
        "better": kpi.better, "unit": kpi.unit, "there": bool(rows["there"].all()),
        "partial": bool(rows.loc[rows["month"] == month, "partial"].any()),
    }  # fmt: skip
    landed = known or landing(
        actual[:month], course=kpi.course, start=start, seed=seed, share=kpi.share, least=kpi.least
    )
    figures = dict.fromkeys(NUMBERS, np.nan) | {
        "actual": actual[month], "target": plan[month], "last_year": actual[month - YEAR],
        "year_to_date": _year_to_date(actual, kpi, start, month), "landing": landed.value,
        "landing_low": landed.low, "landing_high": landed.high, "gap": actual[month] - plan[month],
        "attainment": attainment(actual[month], plan[month], kpi.better),
        "year_growth": _year_growth(actual, kpi, start, month),
    }  # fmt: skip
    figures |= _progress(actual, plan, kpi, start=start, month=month)
    if kpi.unit == "money":
        money = [name for name in NUMBERS if name not in RATES]
        figures |= {name: float(on_grid(figures[name])) for name in money}
    return figures | words | {"status": _status(figures, kpi)}


def attainment(actual: float, target: float, better: str) -> float:
    """Return actual ÷ target, or target ÷ actual where lower is better; NaN without a sense (D42)."""
    above, below = (actual, target) if better == "higher" else (target, actual)
    return float(above / below) if below > 0 and above >= 0 else np.nan


def _year_to_date(actual: pd.Series, kpi: Kpi, start: pd.Period, month: pd.Period) -> float:
    year = actual[start:month]
    if kpi.course in ("level", "wave"):
        return float(actual[month] - actual[start - 1])
    return float(year.sum(min_count=1)) if kpi.course == "sum" else float(year.mean())


def _year_growth(actual: pd.Series, kpi: Kpi, start: pd.Period, month: pd.Period) -> float:
    """Return how much more a sum of the year has come to than the same months of last year."""
    before = actual[start - YEAR : month - YEAR]
    if kpi.course != "sum" or before.isna().any() or before.sum() <= 0:
        return np.nan
    return float(actual[start:month].sum() / before.sum() - 1.0)


def _progress(
    actual: pd.Series, plan: pd.Series, kpi: Kpi, *, start: pd.Period, month: pd.Period
) -> dict[str, float]:
    """Return the year-end target, the share of the year's plan due by now, and the share reached."""
    year = plan[start:]
    if kpi.course in ("sum", "average"):
        whole = year.sum(min_count=1)
        end = whole if kpi.course == "sum" else year.mean()
        share = {
            "pace": year[:month].sum(min_count=1),
            "done": actual[start:month].sum(min_count=1),
        }
        return {"year_end": end} | {n: v / whole if whole > 0 else np.nan for n, v in share.items()}
    end, before = year.iloc[-1], actual[start - 1]
    way = end - before
    # A plan of one figure for every month, or for less than there was, has no way to go.
    asks = way > 0 if kpi.better == "higher" else way < 0
    if not asks or year.nunique() < 2:
        return {"year_end": end}
    return {
        "year_end": end,
        "pace": (plan[month] - before) / way,
        "done": (actual[month] - before) / way,
    }


def _status(figures: Mapping[str, float], kpi: Kpi) -> str:
    sign = 1.0 if kpi.better == "higher" else -1.0
    if np.isnan(figures["actual"]) or np.isnan(figures["target"]):
        return "insufficient"
    in_year = kpi.course in ("sum", "average")
    behind = figures["done"] - figures["pace"] if in_year else figures["gap"]
    met = not sign * behind < -A_HAIR
    best = figures["landing_high"] if sign > 0 else figures["landing_low"]
    # Without a range, as in the year's last month, the landing is all that is known.
    best = figures["landing"] if np.isnan(best) else best
    beyond = sign * (best - figures["year_end"]) < -A_HAIR
    headed_below = sign * (figures["landing"] - figures["year_end"]) < -A_HAIR
    if not met and beyond:
        return "act"
    return "watch" if not met or headed_below else "good"


def _reason(row: Mapping[str, object], basis: str) -> str:
    """Return why a row cannot be judged; an empty text where it can."""
    orders = basis == "orders"
    if np.isnan(row["actual"]):
        if orders and row["kpi"] not in OF_ORDERS:
            return "not_for_orders"
        if not orders and row["kpi"] == "revenue":
            return "only_orders"
        if not row["there"]:
            return "no_such_customers"
        return NEEDS.get(str(row["kpi"]), "needs_history")
    if np.isnan(row["target"]):
        return "no_target"
    return "partial_plan" if row["partial"] else ""
