"""Whether what we offer helps customers or burns them: acted on or not, blocked or not, upsold or not."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._selling_facts import selling_facts
from ltvlab.analyses._selling_words import answer, caveats, decision, task, unlock_sentences
from ltvlab.findings import Finding, Status
from ltvlab.metrics.due_contracts import due_contracts
from ltvlab.metrics.gates import GateRules
from ltvlab.metrics.opportunities.known import Known, Rules
from ltvlab.metrics.reasons import customer_reasons
from ltvlab.metrics.selling.acted_on import effects, taken
from ltvlab.metrics.selling.after_upsell import churn_after_upsell
from ltvlab.metrics.selling.audit import followed_offers, gate_audit, left_alone, scores_after
from ltvlab.metrics.selling.comparisons import (
    bunched,
    harmful,
    helpful,
    often_blocked,
    selling_comparisons,
)
from ltvlab.metrics.selling.past_lists import (
    HOLDOUT,
    action_states,
    answered,
    answered_actions,
    offers,
    past_lists,
    standings,
)
from ltvlab.metrics.selling.pitches import pitches, with_gates
from ltvlab.metrics.selling.quarter_ends import quarter_end_discounts, quarter_ends
from ltvlab.text import translator

__all__ = [
    "GateRules",
    "Rules",
    "acted_on_tables",
    "conclude",
    "list_rules",
    "offered_tables",
    "offers_made",
    "pitches",
    "present_book",
    "quarter_end_tables",
    "selling_comparisons",
    "with_gates",
]

SLUG = "selling_effects"
QUESTION = "Does our selling help customers or burn them?"
WINDOW_MONTHS = 6
NO_REASONS = ("customer_id", "month", "reason", "movement", "amount")
Books = Mapping[pd.Period, Known]


def list_rules(settings: Mapping[str, object]) -> tuple[Rules, GateRules]:
    """Return the thresholds of lists and gates, with what the company set for the lists' chapter."""
    given = {name: settings[name] for name in Rules._fields if name in settings}
    gates = {name: settings[name] for name in GateRules._fields if name in settings}
    return Rules(**given), GateRules(**gates)


def present_book(books: Books) -> Known:
    """Return the book of the report month, the last one."""
    return books[max(books)]


def offers_made(books: Books, customers: pd.DataFrame, *, audit_by: str = "team") -> pd.DataFrame:
    """Return one row per offer of more up to the report month; see `pitches`."""
    book = present_book(books)
    return pitches(book.tables, customers, as_of=book.as_of, audit_by=audit_by)


def acted_on_tables(
    books: Books,
    customers: pd.DataFrame,
    rules: Rules = Rules(),  # noqa: B008 – a tuple of thresholds cannot be changed
    *,
    gate_rules: GateRules = GateRules(),  # noqa: B008
    window_months: int = WINDOW_MONTHS,
    holdout: str = HOLDOUT,
) -> dict[str, pd.DataFrame]:
    """Return acted_on, acted_on_mrr, action_states and action_yield; see the functions of each.

    Without `actions` all are empty.
    """
    book = present_book(books)
    actions = book.tables.get("actions", pd.DataFrame())
    lists = past_lists(books, rules, gate_rules=gate_rules)
    if actions.empty or lists.empty:
        return _nothing_acted_on(book)
    done = answered(lists, actions, as_of=book.as_of, holdout=holdout)
    rows = taken(
        offers(lists, done), book.mrr, book.panel, _reasons(book, customers), months=window_months
    )
    tables = {
        "acted_on": effects(rows, "taken"),
        "acted_on_mrr": effects(rows, "mrr_change"),
        "action_states": action_states(done, last_list=book.month.ordinal - window_months),
        "action_yield": answered_actions(book),
    }
    tables["acted_on_mrr"].attrs = dict(book.mrr.attrs)
    return tables


def _nothing_acted_on(book: Known) -> dict[str, pd.DataFrame]:
    empty = effects(pd.DataFrame(columns=["taken", "treatment", "kind"]), "taken")
    money = empty.copy()
    money.attrs = dict(book.mrr.attrs)
    states = pd.DataFrame({"state": [], "actions": []})
    yields = answered_actions(book)
    return {
        "acted_on": empty, "acted_on_mrr": money, "action_states": states, "action_yield": yields,
    }  # fmt: skip


def _reasons(book: Known, customers: pd.DataFrame) -> pd.DataFrame:
    """Return why each customer's MRR moved; orders move for no reason that could be told."""
    if book.basis == "orders":
        return pd.DataFrame(columns=list(NO_REASONS)).astype({"reason": "str", "month": "int64"})
    return customer_reasons(book.panel, book.mrr, customers["opening"])


def offered_tables(
    books: Books,
    customers: pd.DataFrame,
    made: pd.DataFrame,
    *,
    gate_rules: GateRules = GateRules(),  # noqa: B008
) -> dict[str, pd.DataFrame]:
    """Return gate_audit, offers_while_blocked, nps_after_offers and churn_after_upsell.

    `made` are the offers with their gates.
    """
    book = present_book(books)
    # A report month inside a quarter has no list of its own to look back on.
    ended = {end: past for end, past in books.items() if _whole_quarters(end, books)}
    alone = left_alone(standings(ended, gate_rules), made, book.mrr)
    followed = followed_offers(made, book.mrr)
    parts = [part for part in (alone, followed) if len(part)]
    return {
        "gate_audit": gate_audit(made, as_of=book.as_of),
        "offers_while_blocked": pd.concat(parts, ignore_index=True) if parts else followed,
        "nps_after_offers": scores_after(made, book.tables.get("surveys"), as_of=book.as_of),
        "churn_after_upsell": churn_after_upsell(
            book.mrr,
            customers,
            _reasons(book, customers),
            _dues(book),
            last_quarter=max(ended),
        ),
    }


def _whole_quarters(end: pd.Period, books: Books) -> bool:
    return (end.ordinal - min(books).ordinal) % 3 == 0


def _dues(book: Known) -> pd.DataFrame:
    if book.lines.empty:
        kinds = {"customer_id": "str", "month": "period[M]", "status": "str"}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    return due_contracts(book.lines, as_of=book.month, gap_days=book.lines.attrs["gap_days"])


def quarter_end_tables(
    books: Books, customers: pd.DataFrame, *, audit_by: str = "team"
) -> dict[str, pd.DataFrame]:
    """Return quarter_ends and quarter_end_discounts of the expansion deals."""
    book = present_book(books)
    deals = book.tables.get("deals", pd.DataFrame())
    when = {"month": book.month, "fiscal_first_month": customers.attrs["fiscal_first_month"]}
    return {
        "quarter_ends": quarter_ends(deals, **when, audit_by=audit_by),
        "quarter_end_discounts": quarter_end_discounts(deals, **when),
    }


def conclude(tables: Mapping[str, pd.DataFrame], books: Books, *, language: str = "en") -> Finding:
    """Return in one answer what offers were followed by, and what each team changes on Monday."""
    book = present_book(books)
    compared = selling_comparisons(tables)
    facts = selling_facts(tables, compared, str(book.month))
    status = _status(tables, compared)
    missing = _missing(book, tables)
    return Finding(
        slug=SLUG,
        question=translator(language)(QUESTION),
        answer=answer(tables, compared, facts, language),
        decision=decision(status, tables, compared, language),
        task=task(status, tables, compared, language),
        who="every_owner",
        status=status,
        evidence=compared,
        tables={"selling_effects": compared, **tables},
        facts=tuple(facts.values()),
        language=language,
        caveats=(*caveats(compared, facts, language), *unlock_sentences(missing, language)),
    )


def _status(tables: Mapping[str, pd.DataFrame], compared: pd.DataFrame) -> Status:
    if harmful(compared).any():
        return "act"
    if often_blocked(tables["gate_audit"]) or bunched(tables["quarter_ends"]):
        return "watch"
    if helpful(compared).any():
        return "good"
    return "insufficient" if (compared["verdict"] == "insufficient").all() else "watch"


def _missing(book: Known, tables: Mapping[str, pd.DataFrame]) -> dict[str, bool]:
    """Return what the company's data leave open."""
    acted = tables["acted_on"]
    return {
        "actions": tables["action_states"].empty,
        "holdout": bool(len(acted)) and not (acted["compared_with"] == "held_back").any(),
        "offers": tables["gate_audit"].empty,
        "orders": book.basis == "orders",
        "quarter_ends": tables["quarter_ends"].empty,
        "discounts": bool(len(tables["quarter_ends"])) and tables["quarter_end_discounts"].empty,
    }
