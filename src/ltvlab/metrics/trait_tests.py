"""Which traits the best customers have in common: guard, comparison within cohorts, verdict (D27)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.statistics.comparisons import adjusted_p_values
from ltvlab.statistics.strata import stratified_difference

FALSE_FINDINGS = 0.10
FEWEST_WITH = 5
FEWEST_RANKED = 30
# A range that reaches so far does not say that there is nothing.
LARGE = 0.15
# Customers marked alike to this degree cannot be told apart by these data.
ALIKE = 0.9
ORDER = {"found": 0, "cannot_tell": 1, "not_found": 2, "refused": 3}
NAMES = [
    "trait", "level", "share_top", "share_rest", "effect", "low", "high", "q_value", "n",
    "verdict", "lift", "compared", "top_customers", "reason", "inseparable_from",
]  # fmt: skip

EXTRA = ["p_value", "sign_holds", "others"]
# Hidden where fewer than five customers have the level, or lack it.
FIGURES = ("share_top", "share_rest", "effect", "low", "high", "lift")


def trait_table(rows: pd.DataFrame, outcomes: pd.DataFrame, *, by: str = "top") -> pd.DataFrame:
    """Return one row per trait and level: how much more often the best customers have it (D27).

    `by` is the flag of `outcomes` that says who is best: `top`, or `stays` for who still pays.

    `rows` are trait, customer_id, level, known_at. `share_top` and `share_rest` are plain shares;
    `effect` is their difference within start quarters, so that age and season are out of it, with
    its 95 % range; `q_value` is Benjamini–Hochberg over all levels tested. A trait with any row
    known after its customer's landmark is refused. The attrs count the customers.
    """
    known = rows[rows["customer_id"].isin(outcomes.index)]
    late = _late(known, outcomes)
    refused = known.loc[late, "trait"].unique()
    flags = {
        key: marks
        for trait, part in known[~known["trait"].isin(refused)].groupby("trait", sort=True)
        for key, marks in _levels(trait, part).items()
    }
    tested = [_row(key, marks, outcomes, by) for key, marks in flags.items()]
    table = pd.DataFrame(tested + _refusals(known, late, refused), columns=[*NAMES, *EXTRA])
    table = _with_verdicts(table, ranked=len(outcomes))
    table["inseparable_from"] = _alike(table, flags)
    order = table["verdict"].map(ORDER)
    table = table.assign(order=order, size=-table["effect"].abs())
    table = table.sort_values(["order", "q_value", "size", "trait", "level"], ignore_index=True)
    table = table[NAMES]
    table.attrs = dict(outcomes.attrs) | {"ranked": len(outcomes), "tops": int(outcomes[by].sum())}
    return table


def _late(known: pd.DataFrame, outcomes: pd.DataFrame) -> pd.Series:
    landmark = pd.to_datetime(outcomes["landmark"].reindex(known["customer_id"]).to_numpy())
    return pd.Series(pd.to_datetime(known["known_at"]).to_numpy() > landmark, known.index)


def _levels(trait: str, part: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """Return, per level, whether each customer asked for the trait has it."""
    has = pd.crosstab(part["customer_id"], part["level"]).astype("bool")
    if set(has.columns) == {"yes", "no"}:
        has = has[["yes"]]
    elif has.shape[1] == 2 and has.sum(axis=1).eq(1).all():
        # The second of two levels says what the first does, with the sign turned.
        has = has[[has.sum().idxmin()]]
    return {(trait, str(level)): has[level] for level in has.columns}


def _row(
    key: tuple[str, str], marks: pd.Series, outcomes: pd.DataFrame, by: str
) -> dict[str, object]:
    asked = outcomes.loc[marks.index]
    top, has = asked[by].to_numpy(dtype=bool), marks.to_numpy(dtype=bool)
    seen = stratified_difference(top, has, asked["cohort"].to_numpy())
    share_top, share_rest = _share(has[top]), _share(has[~top])
    return {
        "trait": key[0], "level": key[1], "share_top": share_top, "share_rest": share_rest,
        "effect": seen.difference, "low": seen.low, "high": seen.high, "n": int(has.sum()),
        "lift": share_top / share_rest if share_rest > 0 else np.nan, "compared": len(has),
        "top_customers": int(top.sum()), "p_value": seen.p_value,
        "sign_holds": seen.sign_holds, "others": int((~has).sum()),
    }  # fmt: skip


def _share(has: np.ndarray) -> float:
    return float(has.mean()) if len(has) else np.nan


def _refusals(known: pd.DataFrame, late: pd.Series, refused: np.ndarray) -> list[dict[str, object]]:
    """Return a row without figures per refused trait; `n` counts the customers recorded too late."""
    counts = known[late].groupby("trait")["customer_id"].nunique()
    return [
        {"trait": trait, "level": "all", "n": int(counts[trait]), "reason": "known_too_late"}
        for trait in refused
    ]


def _with_verdicts(table: pd.DataFrame, *, ranked: int) -> pd.DataFrame:
    too_late = table["reason"].eq("known_too_late")
    few = (table[["n", "others"]].astype("float64").min(axis=1) < FEWEST_WITH) | (
        ranked < FEWEST_RANKED
    )
    p_values = table["p_value"].astype("float64")
    testable = ~too_late & ~few & p_values.notna()
    q_values = adjusted_p_values(p_values.where(testable).to_numpy(), method="fdr_bh")
    clear = pd.Series(q_values <= FALSE_FINDINGS, table.index)
    holds = table["sign_holds"].eq(True)
    ruled_out = table[["low", "high"]].astype("float64").abs().max(axis=1) < LARGE
    reasons = {
        "known_too_late": too_late,
        "few_customers": few,
        "same_in_every_cohort": p_values.isna(),
        "hangs_on_one": clear & ~holds,
        "": clear,
        "no_large_difference": ruled_out,
    }
    reason = np.select(list(reasons.values()), list(reasons), default="range_too_wide")
    verdicts = {"known_too_late": "refused", "": "found", "no_large_difference": "not_found"}
    verdict = pd.Series(reason, table.index).map(verdicts).fillna("cannot_tell")
    shown = {name: table[name].astype("float64").mask(few | too_late) for name in FIGURES}
    # What is found needs no reason.
    reason = pd.Series(reason, table.index, dtype="object").replace("", np.nan)
    return table.assign(q_value=q_values, reason=reason, verdict=verdict, **shown)


def _alike(table: pd.DataFrame, flags: dict[tuple[str, str], pd.Series]) -> pd.Series:
    """Return, per found level, the other found levels that mark nearly the same customers."""
    nothing = pd.Series("", index=table.index)
    found = table[table["verdict"] == "found"]
    if len(found) < 2:
        return nothing
    keys = list(zip(found["trait"], found["level"], strict=True))
    marks = pd.DataFrame({key: flags[key] for key in keys}, dtype="float64")
    related = marks.corr(min_periods=FEWEST_RANKED).abs().to_numpy()
    named = np.array([f"{trait}: {level}" for trait, level in keys], dtype=object)
    twins = (related >= ALIKE) & ~np.eye(len(keys), dtype=bool)
    return pd.Series([", ".join(named[row]) for row in twins], found.index).reindex(
        table.index, fill_value=""
    )
