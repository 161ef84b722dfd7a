"""What came in, what was left out and why, and which sections the data allow."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics.section_needs import Held, held, section_states
from ltvlab.money import number
from ltvlab.sources.faults import EXCLUSIONS
from ltvlab.text import in_sentence, listed, month_label, translator

__all__ = [
    "conclude",
    "coverage",
    "excluded_rows",
    "fill",
    "held",
    "input_warnings",
    "rows_read",
    "segment_fill",
]
SLUG = "data_quality"
INTAKE = ("intake_files", "intake_excluded", "intake_warnings", "intake_columns")
QUESTION = "What came in, and what does it allow?"
TABLES = {
    "contracts": "table_contracts", "deals": "table_deals", "deal_stages": "table_deal_stages",
    "events": "table_events", "invoices": "table_invoices", "spend": "table_spend",
    "surveys": "table_surveys", "usage": "table_usage", "targets": "table_targets",
    "actions": "table_actions",
}  # fmt: skip
LACKS = {
    "recurring": "contracts, or invoices with service periods",
    "margin": "cost per order, or gross margin per product",
    "months": "{count} more months",
    "customers": "{count} more paying customers, and until then names rather than rates",
    "ranked": "{count} more customers that paid in three months",
    "losses": "{count} more customers that left within twelve months",
    "renewals": "{count} more contracts that came due and are decided",
    "closed_deals": "{count} more deals closed within twelve months",
}
STALE_MONTHS = 3
# A segment that many customers lack says little about those that have it (D02).
MOSTLY_FILLED = 0.9
SEGMENT_COLUMNS = ("industry", "employees", "annual_revenue", "channel", "region", "owner")


def rows_read(files: pd.DataFrame) -> pd.DataFrame:
    """Return one row per file: rows read, used, excluded and quarantined; read is their sum."""
    columns = {f"rows_{name}": name for name in ("read", "used", "excluded", "quarantined")}
    table = files.rename(columns=columns)
    return table[["table", "file", "encoding", *columns.values()]].sort_values(
        ["table", "file"], ignore_index=True
    )


def excluded_rows(excluded: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return one row per table and reason for which rows were left out, in the reader's words."""
    say = translator(language)
    return excluded.assign(reason=[say(EXCLUSIONS[reason]) for reason in excluded["reason"]])


def input_warnings(warnings: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return one row per kind of surprise in a table's column, with the rows it concerns."""
    say = translator(language)
    return warnings.assign(message=[say(message) for message in warnings["message"]])


def fill(columns: pd.DataFrame) -> pd.DataFrame:
    """Return one row per mapped column with the share of rows in which it is filled (0–1)."""
    mapped = columns[columns["status"] == "mapped"]
    return mapped[["table", "column", "filled"]].sort_values(
        ["filled", "table", "column"], ignore_index=True
    )


def segment_fill(columns: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the intake's columns that the segments of the report are read from."""
    return columns[(columns["table"] == "customers") & columns["column"].isin(SEGMENT_COLUMNS)]


def coverage(data: Held, *, language: str) -> pd.DataFrame:
    """Return one row per section: shown, stamped or refused, and exactly what would unlock more (D34)."""
    say = translator(language)
    states = section_states(data)
    reasons = [
        say("needs {things}").format(
            things=listed((_thing(*lack, language) for lack in lacks), language)
        )
        if lacks
        else ""
        for lacks in states["lacks"]
    ]
    return states.drop(columns="lacks").assign(reason=reasons)


def _thing(what: str | tuple[str, ...], count: int, language: str) -> str:
    say = translator(language)
    if isinstance(what, tuple):
        names = [in_sentence(TABLES[name], language) for name in what]
        return (
            say("one of {tables}").format(tables=listed(names, language))
            if len(names) > 1
            else names[0]
        )
    return say(LACKS[what]).format(count=number(count, language))


def conclude(
    rows: pd.DataFrame,
    warnings: pd.DataFrame,
    filled: pd.DataFrame,
    sections: pd.DataFrame,
    mrr: pd.DataFrame,
    *,
    language: str = "en",
) -> Finding:
    """Return whether the inputs carry the report: what was read, left out, and is missing."""
    say = translator(language)
    facts = _facts(rows, mrr)
    status = _status(rows, filled, mrr)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=_answer(facts, mrr, language),
        decision=_decision(rows, filled, mrr, language),
        who="analysts",
        status=status,
        evidence=rows,
        tables={
            "rows_read": rows,
            "input_warnings": warnings,
            "fill": filled,
            "coverage": sections,
        },
        facts=tuple(facts.values()),
        language=language,
        caveats=_caveats(mrr, language),
    )


def _facts(rows: pd.DataFrame, mrr: pd.DataFrame) -> dict[str, Fact]:
    month = str(mrr.columns[-1])
    counts = {
        f"rows.{name}": int(rows[name].sum())
        for name in ("read", "used", "excluded", "quarantined")
    }
    counts |= {"months": mrr.shape[1], "customers": len(mrr)}
    return {
        name: Fact(id=f"data.{name}", value=value, unit="count", definition="D02", month=month)
        for name, value in counts.items()
    }


def _status(rows: pd.DataFrame, filled: pd.DataFrame, mrr: pd.DataFrame) -> Status:
    if rows["quarantined"].sum() or _is_stale(mrr):
        return "act"
    return "watch" if len(_thin(filled)) else "good"


def _thin(filled: pd.DataFrame) -> pd.DataFrame:
    segments = segment_fill(filled)
    return segments[segments["filled"] < MOSTLY_FILLED]


def _answer(facts: dict[str, Fact], mrr: pd.DataFrame, language: str) -> str:
    words = {name.split(".")[-1]: fact.shown(language) for name, fact in facts.items()}
    words["last"] = month_label(mrr.columns[-1], language)
    return translator(language)(
        "{read} rows were read: {used} used, {excluded} left out, {quarantined} set aside; "
        "they cover {months} months to {last} and {customers} paying customers."
    ).format(**words)


def _is_stale(mrr: pd.DataFrame) -> bool:
    """Say whether no row is dated in the quarter before the report month: contracts run on, data do not."""
    newest = pd.Period(mrr.attrs.get("newest_month", mrr.columns[-1]), "M")
    return mrr.columns[-1].ordinal - newest.ordinal >= STALE_MONTHS


def _decision(rows: pd.DataFrame, filled: pd.DataFrame, mrr: pd.DataFrame, language: str) -> str:
    say = translator(language)
    if _is_stale(mrr):
        newest = month_label(pd.Period(mrr.attrs["newest_month"], "M"), language)
        return say(
            "Bring a newer export or report on an earlier month: the newest row is from {newest}, and nothing after it can be known."
        ).format(newest=newest)
    if rows["quarantined"].sum():
        return say(
            "Mend the rows in internal/quarantine.csv at their source before the next report."
        )
    thin = _thin(filled)
    if len(thin):
        worst = thin.iloc[0]
        share = Fact(
            id="share", value=float(worst["filled"]), unit="rate", definition="D02", month=""
        ).shown(language)
        return say(
            "Fill {column} in the customer records: {share} have it, and its segments are read from those alone."
        ).format(column=in_sentence(worst["column"], language), share=share)
    return say("Go on: nothing in the inputs stands against the figures that follow.")


def _caveats(mrr: pd.DataFrame, language: str) -> tuple[str, ...]:
    say = translator(language)
    bases = {
        "contracts": "MRR is read from contracts.",
        "invoices": "MRR is read from invoices, each spread over its service period.",
        "orders": "Revenue is read from orders.",
    }
    sources = {
        "products": "Gross margin comes from the product list.",
        "params": "Gross margin comes from the params file.",
        "cost": "Gross margin comes from the cost of each order line.",
        "none": "No gross margin is known: values are revenue.",
    }
    return (say(bases[mrr.attrs["basis"]]), say(sources[mrr.attrs["margin_source"]]))
