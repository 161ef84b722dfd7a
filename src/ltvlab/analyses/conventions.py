"""Why another tool shows another number, and whether MRR agrees with what was invoiced."""

from __future__ import annotations

import pandas as pd

from ltvlab.analyses._convention_facts import convention_facts, figure_fact
from ltvlab.analyses._convention_words import (
    REASONS,
    billing_sentences,
    gap_sentences,
    point_change,
)
from ltvlab.findings import Fact, Finding, Status
from ltvlab.metrics import convention_gaps, reconciliation
from ltvlab.metrics.convention_figures import company_book
from ltvlab.money import major_text
from ltvlab.tables import significant
from ltvlab.text import paragraph, translator

SLUG = "conventions"
QUESTION = "Why does another tool show another number?"
# A tenth of a percentage point: rates are shown no finer.
SEEN = 0.001


def gaps(
    periods: pd.DataFrame, rates: pd.DataFrame, mrr: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Return preset, figure, unit, ours, theirs, convention, part: each gap by what makes it.

    One row per part; the parts of a figure sum to theirs − ours exactly. Money in minor units.
    Empty for a company of orders.
    """
    if mrr.attrs["basis"] == "orders":
        return _empty(convention_gaps.COLUMNS, mrr)
    book = company_book(periods, rates, mrr, customers)
    return _with_attrs(convention_gaps.convention_gaps(book), mrr)


def single_effects(
    periods: pd.DataFrame, rates: pd.DataFrame, mrr: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Return what each convention alone would do to each figure it moves; empty for orders."""
    if mrr.attrs["basis"] == "orders":
        return _empty(convention_gaps.EFFECT_COLUMNS, mrr)
    book = company_book(periods, rates, mrr, customers)
    return _with_attrs(convention_gaps.single_effects(book), mrr)


def invoiced(
    mrr: pd.DataFrame,
    billed: pd.DataFrame,
    rates: pd.DataFrame,
    one_time: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row per month: the way from MRR to what was billed (D02), summing exactly.

    Empty unless contracts and invoices are brought. The attrs say how many one-time contract
    lines no invoice bills (`unbilled`), and what they are worth.
    """
    table = reconciliation.reconciliation(mrr, billed, rates)
    missing = pd.DataFrame() if one_time is None else reconciliation.never_billed(one_time, billed)
    value = float(missing["amount"].sum()) if len(missing) else 0.0
    table.attrs = mrr.attrs | {"unbilled": len(missing), "unbilled_amount": value}
    return table


def gap_words(table: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return the figures that differ, in words: preset, figure, ours, theirs, why, part.

    One row per part, the largest first; tool and figures stand in the first row of each gap.
    """
    columns = ["preset", "figure", "ours", "theirs", "why", "part"]
    moving = table[table["convention"] != convention_gaps.NONE]
    grouped = moving.groupby(["preset", "figure"], sort=False)
    rows = [
        row for _, parts in grouped for row in _gap_rows(parts, table.attrs["currency"], language)
    ]
    return pd.DataFrame(rows, columns=columns)


def effect_words(table: pd.DataFrame, *, language: str) -> pd.DataFrame:
    """Return each convention that moves a figure, in words: why, figure, ours, theirs, gap.

    Rates that read the same with and without it are left out.
    """
    say, currency = translator(language), table.attrs["currency"]
    rows = [
        {
            "why": say(REASONS[row.convention]),
            "figure": say(row.figure),
            **_both(row.ours, row.theirs, row.figure, currency, language),
            "gap": point_change(row.theirs - row.ours, row.unit, currency, language),
        }
        for row in table.itertuples()
        if row.unit != "rate" or abs(row.theirs - row.ours) >= SEEN
    ]
    return pd.DataFrame(rows, columns=["why", "figure", "ours", "theirs", "gap"])


def _both(ours: float, theirs: float, figure: str, currency: str, language: str) -> dict[str, str]:
    return {
        name: figure_fact(name, figure, value, currency=currency).shown(language)
        for name, value in (("ours", ours), ("theirs", theirs))
    }


def _gap_rows(parts: pd.DataFrame, currency: str, language: str) -> list[dict[str, str]]:
    say, first = translator(language), parts.iloc[0]
    ordered = parts.sort_values("part", key=abs, ascending=False, kind="stable")
    rows = [
        {
            "why": say(REASONS[row.convention]),
            "part": point_change(row.part, row.unit, currency, language),
        }
        for row in ordered.itertuples()
    ]
    figures = _both(first["ours"], first["theirs"], first["figure"], currency, language)
    head = {"preset": first["preset"], "figure": say(first["figure"]), **figures}
    empty = dict.fromkeys(head, "")
    return [(head if place == 0 else empty) | row for place, row in enumerate(rows)]


def conclude(
    table: pd.DataFrame, effects: pd.DataFrame, bill: pd.DataFrame, *, language: str = "en"
) -> Finding:
    """Return what other tools would show for the same book, and whether invoices agree with MRR."""
    say = translator(language)
    if table.attrs["basis"] == "orders":
        return _without_contracts(table, language)
    facts = convention_facts(table, bill)
    judged = _judged(bill, facts)
    answer = gap_sentences(table, facts, language) + billing_sentences(bill, facts, language)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=paragraph(answer, language),
        decision=_decision(judged, bill, facts, language),
        who="finance",
        status=STATUS[judged],
        evidence=table,
        tables={
            "convention_gaps": _as_text(table, ("ours", "theirs", "part")),
            "convention_effects": _as_text(effects, ("ours", "theirs")),
        }
        | ({"reconciliation": bill} if len(bill) else {}),
        facts=tuple(facts.values()),
        language=language,
        caveats=_caveats(bill, language),
    )


DECISIONS = {
    "unexplained": "Settle where contracts and invoices disagree before quoting MRR: up to {share} of a month's MRR is unexplained.",
    "one_sided": "Find out why customers with {one_sided} of this month's MRR stand in contracts only or in invoices only.",
    "unbilled": "Ask whether the {count} one-time fees in the contracts ({amount}) were billed: no invoice here has them.",
    "agreed": "Keep one set of definitions; when a figure from another tool is quoted, name its convention beside it.",
}
STATUS: dict[str, Status] = {
    "unexplained": "act", "one_sided": "watch", "unbilled": "watch", "agreed": "good",
}  # fmt: skip


def _judged(bill: pd.DataFrame, facts: dict[str, Fact]) -> str:
    """Return what to settle first, a name of `DECISIONS`."""
    if bill.empty:
        return "agreed"
    tolerated = reconciliation.TOLERATED
    if facts["reconciliation.residual_share"].value > tolerated:
        return "unexplained"
    if facts["reconciliation.one_sided_share"].value > tolerated:
        return "one_sided"
    return "unbilled" if bill.attrs["unbilled"] else "agreed"


def _decision(judged: str, bill: pd.DataFrame, facts: dict[str, Fact], language: str) -> str:
    words = {}
    if len(bill):
        words = {
            "share": facts["reconciliation.residual_share"].shown(language),
            "one_sided": facts["reconciliation.one_sided_share"].shown(language),
            "count": str(bill.attrs["unbilled"]),
            "amount": facts["reconciliation.unbilled_one_time"].shown(language),
        }
    return translator(language)(DECISIONS[judged]).format(**words)


def _caveats(bill: pd.DataFrame, language: str) -> tuple[str, ...]:
    say = translator(language)
    caveats = [
        say(
            "What other tools would show is computed from these contracts by their documented rules; their own exports may differ in data, too."
        ),
        say(
            "Months are calendar months here; Stripe's churn rate looks back thirty days, and rules that users can change stand at their default."
        ),
        say(
            "The value compared is the plain form, amount per customer ÷ churn; the value this report leads with is another one."
        ),
    ]
    if not len(bill):
        caveats.append(
            say("With contracts or invoices alone there is nothing to reconcile MRR against.")
        )
    return tuple(caveats)


def _without_contracts(table: pd.DataFrame, language: str) -> Finding:
    say = translator(language)
    return Finding(
        slug=SLUG,
        question=say(QUESTION),
        answer=say(
            "The tools compared here measure recurring revenue; this company brings orders, so they would have nothing to show."
        ),
        decision=say("Compare order revenue with the accounts instead."),
        status="insufficient",
        evidence=table,
        tables={},
        facts=(),
        language=language,
    )


def _as_text(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the table as it is filed: figures exact, as text, since units differ from row to row."""
    currency = table.attrs["currency"]
    units = {"money": lambda value: major_text(value, currency)}
    written = {
        name: [
            units.get(unit, significant)(value)
            for unit, value in zip(table["unit"], table[name], strict=True)
        ]
        for name in columns
    }
    unit = table["unit"].replace("money", currency)
    return _with_attrs(table.assign(**written, unit=unit), table)


def _with_attrs(table: pd.DataFrame, source: pd.DataFrame) -> pd.DataFrame:
    month = source.attrs.get("month") or str(source.columns[-1])
    table.attrs = source.attrs | {"month": month}
    return table


def _empty(columns: list[str], mrr: pd.DataFrame) -> pd.DataFrame:
    return _with_attrs(pd.DataFrame(columns=columns), mrr)
