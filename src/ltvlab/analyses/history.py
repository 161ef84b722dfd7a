"""What this report says otherwise than earlier ones said, and why."""

from __future__ import annotations

import pandas as pd

from ltvlab.analyses._convention_words import point_change
from ltvlab.analyses._history_facts import history_facts
from ltvlab.analyses._history_words import answer, caveats, decision
from ltvlab.findings import Finding, Status
from ltvlab.metrics.restatements import NOT_SPLIT
from ltvlab.money import EMPTY, digits, major_text, money, number, rate
from ltvlab.tables import significant
from ltvlab.text import translator

SLUG = "history"
QUESTION = "What changed in what we said before?"
# What leadership knows by name; the rest of the figures is in the table as filed.
SHOWN = ("closing", "revenue", "customers", "nrr", "grr")
MONTHS_SHOWN = 13
# The end of the bridge is what everyone calls MRR.
LABELS = {"closing": "MRR"}
# Half a percent of the figure that an earlier report led with asks for a look.
WORTH_A_LOOK = 0.005
RULES = ("changed_code", "changed_definition", "changed_params", NOT_SPLIT)
AMOUNTS = ("before", "after", "change", "part")
HEAD = ["since", "month", "figure"]


def by_cause(restated: pd.DataFrame) -> pd.DataFrame:
    """Return since, cause, figures: how many past figures each cause changed."""
    keys = ["since", "cause"]
    counted = restated.groupby(keys, sort=False).size().rename("figures").reset_index()
    return counted.sort_values(["since", "figures"], ascending=[True, False], ignore_index=True)


def changes_in_words(restated: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return the changes of the best known figures in the newest months, a row per cause.

    Columns: since, month, figure, said_then, reads_now, cause, part, as a reader sees them; the two
    values stand in the first row of each change.
    """
    months = sorted(set(restated["month"]), reverse=True)[:MONTHS_SHOWN]
    rows = restated[restated["figure"].isin(SHOWN) & restated["month"].isin(months)]
    words = [_change_row(row, restated.attrs["currency"], language) for row in rows.itertuples()]
    table = pd.DataFrame(words, columns=[*HEAD, "said_then", "reads_now", "cause", "part"])
    again = table.duplicated(HEAD)
    return table.assign(
        **{name: table[name].mask(again, "") for name in ("said_then", "reads_now")}
    )


def facts_in_words(facts: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return facts of this month that its earlier report stated otherwise: id, segment, both values."""
    rows = [
        {
            "id": row.id,
            "segment": row.segment,
            "said_then": _filed(row.before, row.unit, language),
            "reads_now": _filed(row.after, row.unit, language),
        }
        for row in facts[facts["since"] == "same_month"].itertuples()
    ]
    return pd.DataFrame(rows, columns=["id", "segment", "said_then", "reads_now"])


def _filed(value: float, unit: str, language: str) -> str:
    if pd.isna(value):
        return EMPTY
    if unit in ("rate", "count", "months", "number"):
        return _shown(value, unit, "", language)
    return money(value * 10 ** digits(unit), unit, language, compact=True)


def _change_row(row: object, currency: str, language: str) -> dict[str, str]:
    return {
        "since": row.since,
        "month": row.month,
        "figure": translator(language)(LABELS.get(row.figure, row.figure)),
        "said_then": _shown(row.before, row.unit, currency, language),
        "reads_now": _shown(row.after, row.unit, currency, language),
        "cause": row.cause,
        "part": _part(row.part, row.unit, currency, language),
    }


def _part(value: float, unit: str, currency: str, language: str) -> str:
    if unit == "money":
        return ("+" if value > 0 else "") + money(value, currency, language)
    return point_change(value, unit, currency, language)


def _shown(value: float, unit: str, currency: str, language: str) -> str:
    if unit == "money":
        return money(value, currency, language)
    if unit == "rate":
        return rate(value, language)
    return number(value, language, decimals=0 if unit in ("count", "months") else 1)


def conclude(
    compared: pd.DataFrame,
    restated: pd.DataFrame,
    facts: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    language: str = "en",
) -> Finding:
    """Return what this report says otherwise than earlier ones, split by cause (D45).

    The tables are those of `load_history`.
    """
    stated = history_facts(compared, restated, facts, rows)
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        answer=answer(compared, stated, language),
        decision=decision(compared, restated, language),
        who="analysts",
        status=_status(compared, restated),
        evidence=restated,
        tables={
            "restatements": _as_text(restated),
            "changed_facts": facts,
            "changed_rows": rows,
        },
        facts=tuple(stated.values()),
        language=language,
        caveats=caveats(compared, stated, language),
    )


def _status(compared: pd.DataFrame, restated: pd.DataFrame) -> Status:
    if compared.empty:
        return "insufficient"
    moved = (compared["after"] - compared["before"]).abs() > WORTH_A_LOOK * compared["before"].abs()
    return "watch" if moved.any() or set(restated["cause"]) & set(RULES) else "good"


def _as_text(restated: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is filed: figures exact, as text, since units differ from row to row."""
    currency = restated.attrs["currency"]
    written = {
        name: [
            major_text(value, currency) if unit == "money" else significant(value)
            for unit, value in zip(restated["unit"], restated[name], strict=True)
        ]
        for name in AMOUNTS
    }
    unit = restated["unit"].replace("money", currency)
    return restated.assign(**written, unit=unit)
