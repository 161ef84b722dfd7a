"""The facts of the history: what earlier reports said, what the same months read now, and why."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact

DEFINITION = "D45"


def history_facts(
    compared: pd.DataFrame, restated: pd.DataFrame, facts: pd.DataFrame, rows: pd.DataFrame
) -> dict[str, Fact]:
    """Return, per earlier report, the figure it led with then and now, its causes, and counts, by id."""
    stated = [
        fact
        for report in compared.to_dict("records")
        for fact in _of_report(report, *(_since(report, t) for t in (restated, facts, rows)))
    ]
    currency = restated.attrs.get("currency", "")
    return {name: _fact(name, currency=currency, **given) for name, given in stated}


def _since(report: dict, table: pd.DataFrame) -> pd.DataFrame:
    return table[table["since"] == report["since"]]


def _of_report(
    report: dict, restated: pd.DataFrame, facts: pd.DataFrame, rows: pd.DataFrame
) -> list[tuple[str, dict]]:
    change = report["after"] - report["before"]
    amounts = {"before": report["before"], "after": report["after"], "change": change}
    amounts |= {f"by_cause.{cause}": part for cause, part in _parts(report, restated).items()}
    counts = {
        "figures": len(restated.drop_duplicates(["table", "figure", "month"])),
        "facts": len(facts),
        "one_sided": report["one_sided"],
        "rows": int(rows[["rows_late", "rows_changed", "rows_gone"]].to_numpy().sum()),
    }
    place = f"history.{report['since']}"
    return [
        (f"{place}.{name}", {"value": float(value), "unit": unit, "month": report["month"]})
        for unit, values in (("money", amounts), ("count", counts))
        for name, value in values.items()
    ]


def _parts(report: dict, restated: pd.DataFrame) -> dict[str, float]:
    """Return the parts of the change of the figure that the earlier report led with."""
    led = (restated["figure"] == report["figure"]) & (restated["month"] == report["month"])
    return dict(zip(restated.loc[led, "cause"], restated.loc[led, "part"], strict=True))


def _fact(name: str, *, value: float, unit: str, month: str, currency: str) -> Fact:
    return Fact(
        id=name, value=value, unit=unit, definition=DEFINITION, month=month, currency=currency
    )
