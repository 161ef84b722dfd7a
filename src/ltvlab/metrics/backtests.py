"""Belief has to be earned: what each model would have forecast in earlier quarters, beside what came.

The target is the margin that the existing customers bring in the next twelve months, undiscounted
and as booked. A model is admitted when it beats the best plain baseline by a tenth in mean
absolute error and at most origins; the decision changes with each fiscal half-year alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.baselines import BASELINES
from ltvlab.metrics.forecasts import MODELS
from ltvlab.metrics.known_books import Book, book_of, booked_after, known_at
from ltvlab.metrics.renewal_value import renewal_value
from ltvlab.months import YEAR
from ltvlab.statistics.discounting import monthly_discount

QUARTER, HALF_YEAR = 3, 6
FEWEST_ORIGINS = 4
LEAST_IMPROVEMENT = 0.10
# Two sums of the same amounts may differ in their last digit; no forecast wins by that.
SAME = 1e-9
ORIGIN_COLUMNS = ("month", "model", "kind", "customers", "forecast", "actual", "counted")
RESULT_COLUMNS = (
    "model", "origins", "mean_absolute_error", "bias", "best_baseline", "improvement",
    "origins_won", "admitted", "reason",
)  # fmt: skip


def backtest_origins(
    mrr: pd.DataFrame,
    margin: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    annual: pd.DataFrame | None = None,
    lines: pd.DataFrame | None = None,
    fiscal_first_month: int = 4,
    horizon_months: int = 60,
    discount_rate_per_year: float = 0.10,
) -> pd.DataFrame:
    """Return one row per origin and forecaster: month, model, kind, customers, forecast, actual, counted.

    Origins are the ends of fiscal quarters with twelve months before (its own included) and
    twelve after; a forecast sees nothing later than its origin, and is empty where its fit is
    withheld. Money in minor units. `counted` marks origins whose twelve months were over by the
    last fiscal half-year's end. `annual` is the matrix of `annual_amount`, `lines` the table
    `orders`. The attrs name the `models` in question, and how much of each value over
    `horizon_months` lies beyond the ages seen (`share_beyond`).
    """
    book = book_of(mrr, margin, customers, annual=annual, lines=lines)
    models = _models(book)
    months = _origin_columns(book, fiscal_first_month)
    rows = [row for count in months for row in _forecasts(book, count, models)]
    table = pd.DataFrame(rows, columns=list(ORIGIN_COLUMNS[:-1]))
    frozen = half_year_end(mrr.columns[-1], fiscal_first_month=fiscal_first_month)
    over = [month + YEAR <= frozen for month in table["month"]]
    table["counted"] = pd.Series(over, index=table.index, dtype=bool)
    discount = monthly_discount(discount_rate_per_year)
    # The survival value stops where customers were no longer watched.
    beyond = {"survival": 0.0}
    if "renewal_model" in models:
        beyond["renewal_model"] = _share_beyond(book, horizon_months, discount)
    table.attrs = {**mrr.attrs, "models": models, "share_beyond": beyond}
    return table


def half_year_end(month: pd.Period, *, fiscal_first_month: int) -> pd.Period:
    """Return the last month of the last fiscal half-year that is over at the end of `month`."""
    return month - (month.month - fiscal_first_month + 1) % HALF_YEAR


def _origin_columns(book: Book, fiscal_first_month: int) -> list[int]:
    """Return how many columns are known at each origin, the oldest first."""
    columns = book.mrr.columns
    # Contracts run on past the newest data, but what is booked then is a plan.
    newest = min(columns[-1], pd.Period(book.mrr.attrs.get("newest_month", columns[-1]), "M"))
    counts = np.arange(YEAR, newest.ordinal - columns[0].ordinal - YEAR + 2)
    calendar = columns.month.to_numpy()[counts - 1] if len(counts) else np.zeros(0, dtype="int64")
    paying = (book.mrr.to_numpy() > 0).any(axis=0).cumsum() > 0
    ends = (calendar - fiscal_first_month + 1) % QUARTER == 0
    return [int(count) for count in counts[ends] if paying[count - YEAR]]


def _models(book: Book) -> tuple[str, ...]:
    """Return the models of value that a book of this kind can have."""
    if book.by_orders:
        return ("purchase_model",) if book.lines is not None else ()
    terms = ("renewal_model",) if (book.annual.to_numpy() > 0).any() else ()
    return ("survival", *terms)


def _forecasts(book: Book, count: int, models: tuple[str, ...]) -> list[tuple]:
    known = known_at(book, count)
    actual = booked_after(book, count)
    forecasters = [("model", name, MODELS[name]) for name in models]
    forecasters += [("baseline", name, BASELINES[name]) for name in _baselines(book)]
    base = int(known.in_base.sum())
    return [
        (known.origin, name, kind, base, forecast(known), actual)
        for kind, name, forecast in forecasters
    ]


def _baselines(book: Book) -> tuple[str, ...]:
    return tuple(name for name in BASELINES if not (book.by_orders and name == "one_over_churn"))


def _share_beyond(book: Book, horizon_months: int, discount: float) -> float:
    """Return the share of the renewal-based value that lies beyond the ages seen (D17b)."""
    known = known_at(book, book.mrr.shape[1])
    opening = book.customers["opening"].reindex(known.spells.index).to_numpy(dtype=bool)
    spells = known.spells.assign(starting_margin=known.size[known.spell_rows], seen=~opening)
    settings = {"horizon_months": horizon_months, "monthly_discount": discount}
    return renewal_value(spells, **settings).share_beyond


def backtests(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return one row per model and baseline: how far off it was, and whether it is admitted.

    Over the counted origins of `backtest_origins` that it has a forecast for: origins,
    mean_absolute_error and bias (shares of the actual margin), best_baseline (the least mean
    absolute error over the same origins), improvement (1 − error ÷ that baseline's), origins_won
    (nearer than that baseline), admitted, reason, share_beyond. Admitted are models with at
    least 4 origins, 10 % less error, and more than half of the origins won.
    """
    counted = forecasts[forecasts["counted"]]
    guesses = counted.pivot(index="month", columns="model", values="forecast")
    actual = counted.groupby("month")["actual"].first()
    models = forecasts.attrs["models"]
    baselines = [name for name in BASELINES if name in guesses]
    beyond = forecasts.attrs["share_beyond"]
    rows = [_judged(guesses, actual, name, baselines) for name in models]
    rows += [_measured(guesses, actual, name) for name in baselines]
    table = pd.DataFrame(rows, columns=list(RESULT_COLUMNS))
    table.insert(1, "kind", np.where(table["model"].isin(models), "model", "baseline"))
    table["share_beyond"] = [beyond.get(name, np.nan) for name in table["model"]]
    table.attrs = dict(forecasts.attrs)
    return table


def admitted_models(table: pd.DataFrame) -> frozenset[str]:
    """Return the models that `backtests` admits."""
    return frozenset(table.loc[table["admitted"].astype(bool), "model"])


def _measured(guesses: pd.DataFrame, actual: pd.Series, name: str) -> dict:
    """Return how far off a forecaster was, as shares of what came."""
    guess = guesses[name].dropna() if name in guesses else pd.Series(dtype="float64")
    came = actual.reindex(guess.index)
    total = came.abs().sum()
    off = guess - came
    return {
        "model": name,
        "origins": len(guess),
        "mean_absolute_error": off.abs().sum() / total if total else np.nan,
        "bias": off.sum() / total if total else np.nan,
        "best_baseline": None,
        "improvement": np.nan,
        "origins_won": np.nan,
        "admitted": False,
        "reason": "plain_baseline",
    }


def _judged(guesses: pd.DataFrame, actual: pd.Series, name: str, baselines: list[str]) -> dict:
    """Return a model's errors and whether it beats the best baseline over the same origins."""
    found = _measured(guesses, actual, name)
    shared = guesses.dropna(subset=[name, *baselines]) if name in guesses else guesses.iloc[:0]
    if shared.empty:
        unseen = guesses.empty or len(guesses) < FEWEST_ORIGINS
        return found | {"reason": "too_few_origins" if unseen else "no_fit"}
    off = shared.sub(actual.reindex(shared.index), axis=0).abs()
    best = off[baselines].sum().idxmin()
    least = off[best].sum()
    improvement = 1.0 - off[name].sum() / least if least > SAME * actual.abs().sum() else np.nan
    won = int((off[name] < off[best] - SAME * actual.abs().sum()).sum())
    reason = _verdict(len(shared), improvement, won)
    return found | {
        "origins": len(shared),
        "best_baseline": best,
        "improvement": improvement,
        "origins_won": won,
        "admitted": reason == "beats_baselines",
        "reason": reason,
    }


def _verdict(origins: int, improvement: float, won: int) -> str:
    if origins < FEWEST_ORIGINS:
        return "too_few_origins"
    if not improvement >= LEAST_IMPROVEMENT - SAME:
        return "too_little_better"
    return "beats_baselines" if won > origins / 2 else "too_few_won"
