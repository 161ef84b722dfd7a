"""Merges (D04) once more, as plainly as they read: who holds whose history, month by month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from plain_definitions import month_of, month_on

Month = tuple[int, int]
# From a customer's id and a month to the id that its history is counted under in that month.
Holder = Callable[[str, Month], str]


def holder_by_month(made: dict) -> Holder:
    """Return who holds a history in a month: every merge dated in it or before is followed."""
    into = _merges_known(made)

    def held(name: str, month: Month) -> str:
        while name in into and into[name][1] <= month:
            name = into[name][0]
        return name

    return held


def holder_today(made: dict) -> Holder:
    """Return who holds a history as of the report month, whichever month it is asked for."""
    held, today = holder_by_month(made), _report_month(made)
    return lambda name, _: held(name, today)


def _merges_known(made: dict) -> dict[str, tuple[str, Month]]:
    """Return into whom and when each absorbed customer went; later merges are not known yet."""
    return {
        row["customer_id"]: (row["into_customer_id"], month_of(row["date"]))
        for row in made["tables"].get("merges", [])
        if month_of(row["date"]) <= _report_month(made)
    }


def _report_month(made: dict) -> Month:
    year, month = (int(part) for part in made["settings"]["month"].split("-"))
    return year, month


def in_report_currency(cells: dict, held: Holder) -> tuple[dict, dict]:
    """Return MRR and the effect of exchange rates per holder and month (D10).

    A currency has such an effect where somebody whose history the holder has by now paid in it
    the month before.
    """
    mrr, fx = {}, {}
    paid_before = set()
    for customer, currency, month in cells:
        after = month_on(month, 1)
        paid_before.add((held(customer, after), currency, after))
    for (customer, currency, month), (now, at_last) in cells.items():
        name = held(customer, month)
        mrr.setdefault(name, {})
        mrr[name][month] = mrr[name].get(month, 0) + now
        if (name, currency, month) in paid_before:
            fx[name, month] = fx.get((name, month), 0) + now - at_last
    return mrr, fx


def paid_then(mrr: dict, then: Month, now: Month, held: Holder) -> dict:
    """Return what was paid `then` by the id that holds the history `now`."""
    paid = {}
    for customer, row in mrr.items():
        if row.get(then, 0) > 0:
            name = held(customer, now)
            paid[name] = paid.get(name, 0) + row[then]
    return paid


def first_of_each(starts: dict[str, Month], held: Holder) -> dict[str, Month]:
    """Return when each holder started: when the first of those it went on for did."""
    first = {}
    for customer, month in starts.items():
        name = held(customer, month)
        first[name] = min(first.get(name, month), month)
    return first


def known_since(made: dict, held: Holder) -> dict[str, date]:
    """Return the earliest start date written for each holder or for one that went into it."""
    since = {}
    for row in made["tables"]["customers"]:
        if row["start_date"]:
            name = held(row["customer_id"], month_of(row["start_date"]))
            since[name] = min(since.get(name, row["start_date"]), row["start_date"])
    return since
