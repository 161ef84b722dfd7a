"""Cohort triangles: who still pays, and how much, at each age; unfinished cells stay empty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.months import calendar_quarter, fiscal_year

# The row of all cohorts together stands while it rests on this share of all customers.
FEWEST_OF_ALL = 0.2


def by_age(matrix: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return `matrix` with months turned into ages: row customers seen from their start.

    Customers that started before the first month are left out, since those of their cohort who
    had left by then are unknown (D24). Ages that lie after the last month are empty.
    """
    seen = customers.index[~customers["opening"].to_numpy(dtype=bool)]
    start = pd.PeriodIndex(customers.loc[seen, "start_month"]).astype("int64").to_numpy()
    column = (start - matrix.columns[0].ordinal)[:, None] + np.arange(matrix.shape[1])
    cells = matrix.reindex(seen).fillna(0.0).to_numpy()
    inside = column < matrix.shape[1]
    aligned = np.take_along_axis(cells, np.where(inside, column, 0), axis=1)
    return pd.DataFrame(np.where(inside, aligned, np.nan), index=seen)


def cohort_names(customers: pd.DataFrame, *, grain: str, fiscal_first_month: int = 4) -> pd.Series:
    """Return each customer's cohort: the month, quarter or fiscal year of its first paid month (D21)."""
    starts = pd.PeriodIndex(customers["start_month"])
    names = {
        "month": lambda: starts.astype(str),
        "quarter": lambda: calendar_quarter(starts),
        "fiscal_year": lambda: fiscal_year(starts, first_month=fiscal_first_month),
    }
    return pd.Series(np.asarray(names[grain](), dtype="object"), index=customers.index)


def cohort_logos(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, grain: str = "quarter", min_customers: int = 5
) -> pd.DataFrame:
    """Return the share of each cohort's customers that pay at each age (D21).

    Columns cohort, age (months), value, base (customers), complete. A cell is complete once its
    last member has reached the age (D16); otherwise, and below `min_customers`, `value` is
    empty. Rows of cohort `all` are ratios of sums over complete cells (V24), shown while they
    rest on a fifth of the customers.
    """
    ages = by_age(mrr, customers)
    cohort = cohort_names(customers.loc[ages.index], grain=grain)
    ones = pd.Series(1.0, index=ages.index)
    return _with_attrs(_triangle(_paying(ages), ones, cohort, min_customers), mrr)


def cohort_revenue(
    mrr: pd.DataFrame, customers: pd.DataFrame, *, grain: str = "quarter", min_customers: int = 5
) -> pd.DataFrame:
    """Return each cohort's MRR at each age as a share of its MRR at age 0; columns as above.

    `base` stays the number of customers. For orders the share is of the first month's revenue.
    """
    ages = by_age(mrr, customers)
    cohort = cohort_names(customers.loc[ages.index], grain=grain)
    return _with_attrs(_triangle(ages, ages[0], cohort, min_customers), mrr)


def cohort_margin(
    margin: pd.DataFrame, customers: pd.DataFrame, *, grain: str = "quarter", min_customers: int = 5
) -> pd.DataFrame:
    """Return the margin that each cohort has brought up to each age, per customer acquired (D17c).

    Columns as above; `value` is in minor units, ages count in full: age 0 is the first month.
    """
    ages = by_age(margin, customers).cumsum(axis=1, skipna=False)
    ones = pd.Series(1.0, index=ages.index)
    cohort = cohort_names(customers.loc[ages.index], grain=grain)
    return _with_attrs(_triangle(ages, ones, cohort, min_customers), margin)


def at_ages(triangle: pd.DataFrame, ages: tuple[int, ...] = (3, 6, 12)) -> pd.DataFrame:
    """Return the finished cells of each cohort at a few ages, to follow one age across cohorts."""
    chosen = triangle["age"].isin(ages) & triangle["value"].notna() & (triangle["cohort"] != "all")
    cells = triangle[chosen].reset_index(drop=True)
    return _with_attrs(cells, triangle)


def side_by_side(triangle: pd.DataFrame, ages: tuple[int, ...] = (3, 6, 12, 24)) -> pd.DataFrame:
    """Return one row per cohort with its value after each of `ages` months, empty where unfinished.

    Columns cohort, base, then m3, m6 and so on: `m12` is the value of the first twelve months.
    """
    ends = triangle[triangle["age"].isin([age - 1 for age in ages])]
    wide = ends.pivot(index="cohort", columns="age", values="value").rename(
        columns=lambda age: f"m{age + 1}"
    )
    wide = wide.reindex(columns=[f"m{age}" for age in ages])
    base = triangle.groupby("cohort")["base"].max()
    table = wide.join(base).dropna(how="all", subset=list(wide.columns)).reset_index()
    return _with_attrs(table, triangle)


def _paying(ages: pd.DataFrame) -> pd.DataFrame:
    return ages.gt(0).astype("float64").where(ages.notna())


def _triangle(
    cells: pd.DataFrame, base: pd.Series, cohort: pd.Series, min_customers: int
) -> pd.DataFrame:
    customers = cohort.value_counts().sort_index()
    complete = cells.notna().groupby(cohort).all().to_numpy()
    above = cells.groupby(cohort).sum().to_numpy()
    below = np.broadcast_to(base.groupby(cohort).sum().to_numpy()[:, None], above.shape)
    shown = complete & (customers.to_numpy()[:, None] >= min_customers) & (below > 0)
    rows = _long(customers.index, above, below, shown, complete, customers.to_numpy())
    finished = complete & (below > 0)
    counted = finished * customers.to_numpy()[:, None]
    # At high ages the oldest cohorts alone are left, and their customers are not everyone's.
    fewest = max(FEWEST_OF_ALL * customers.sum(), min_customers)
    finished &= counted.sum(axis=0) >= fewest
    overall = _long(
        pd.Index(["all"]),
        np.where(finished, above, 0.0).sum(axis=0, keepdims=True),
        np.where(finished, below, 0.0).sum(axis=0, keepdims=True),
        finished.any(axis=0, keepdims=True),
        finished.any(axis=0, keepdims=True),
        counted.sum(axis=0, keepdims=True),
    )
    return pd.concat([overall, rows], ignore_index=True)


def _long(
    names: pd.Index,
    above: np.ndarray,
    below: np.ndarray,
    shown: np.ndarray,
    complete: np.ndarray,
    base: np.ndarray,
) -> pd.DataFrame:
    value = np.divide(above, below, out=np.full(above.shape, np.nan), where=shown & (below > 0))
    base = np.broadcast_to(base if base.ndim == 2 else base[:, None], above.shape)
    ages = np.arange(above.shape[1])
    return pd.DataFrame(
        {
            "cohort": np.repeat(np.asarray(names, dtype="object"), len(ages)),
            "age": np.tile(ages, len(names)),
            "value": value.ravel(),
            "base": base.ravel().astype("int64"),
            "complete": complete.ravel(),
        }
    )


def _with_attrs(table: pd.DataFrame, source: pd.DataFrame) -> pd.DataFrame:
    table.attrs = dict(source.attrs)
    return table
