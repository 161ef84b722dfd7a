"""Bridge, rates and cohorts once more, as plainly as their definitions: dictionaries and loops."""

from __future__ import annotations

from fractions import Fraction

from plain_definitions import month_of, month_on
from plain_merges import Holder, paid_then

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")


def months_shown(mrr: dict, settings: dict) -> list[tuple[int, int]]:
    """Return the months of the report: from the first paid one, or one before losses are known."""
    last = tuple(int(part) for part in settings["month"].split("-"))
    months = [min(month for row in mrr.values() for month in row)]
    if settings["history_complete_from"]:
        year, month, _ = (int(part) for part in settings["history_complete_from"].split("-"))
        months = [max(months[0], month_on((year, month), -1))]
    while months[-1] < last:
        months.append(month_on(months[-1], 1))
    return months


def there_before(made: dict, starts: dict, since: dict, first: tuple[int, int]) -> set[str]:
    """Return the customers that are known to have started before the first month (D07, D24).

    `since` holds the start date of those of whom one is written.
    """
    declared = made["settings"]["history_complete_from"] is not None
    before = set()
    for name, start in starts.items():
        known = name in since and month_of(since[name]) < first
        if start < first or (start == first and (declared or known)):
            before.add(name)
    return before


def bridge(mrr: dict, fx: dict, opening: set[str], months: list, held: Holder) -> list[dict]:
    """D07–D10, month by month and customer by customer; last month as held by now (D04)."""
    table, paid_ever = [], set(opening)
    for month in months:
        paid = paid_then(mrr, month_on(month, -1), month, held) if month != months[0] else {}
        ever = {held(name, month) for name in paid_ever}
        row = dict.fromkeys(("opening", *MOVEMENTS, "fx", "closing", "customers"), Fraction(0))
        row["counts"] = dict.fromkeys(MOVEMENTS, 0)
        for customer in {**mrr, **paid}:
            q = mrr.get(customer, {}).get(month, 0)
            p = q if month == months[0] and customer in ever else paid.get(customer, 0)
            effect = fx.get((customer, month), 0) if p > 0 and q > 0 and month != months[0] else 0
            name = movement(p, q - effect, ever=customer in ever)
            if name:
                row[name] += q - effect - p
                row["counts"][name] += abs(q - effect - p) >= Fraction(1, 2)
            row["opening"] += p
            row["fx"] += effect
            row["closing"] += q
            row["customers"] += q > 0
            if q > 0:
                paid_ever.add(customer)
        table.append(row)
    return table


def movement(p: Fraction, q: Fraction, *, ever: bool) -> str | None:
    """V03: the order of the tests is part of the definition."""
    if p == 0 and q > 0:
        return "reactivation" if ever else "new"
    if p > 0 and q == 0:
        return "churn"
    if q > p:
        return "expansion"
    return "contraction" if q < p else None


def rates(mrr: dict, table: list[dict], months: list, held: Holder) -> list[dict]:
    """D22, D23, D25: yearly and monthly rates of every month, None where there is nothing to divide by."""
    found = []
    for at, month in enumerate(months):
        year_ago, month_ago = month_on(month, -12), month_on(month, -1)
        then = paid_then(mrr, year_ago, month, held) if year_ago in months else {}
        now = {c: mrr.get(c, {}).get(month, 0) for c in then}
        paid = paid_then(mrr, month_ago, month, held)
        lost = [c for c in paid if mrr.get(c, {}).get(month, 0) == 0]
        window = table[at - 2 : at + 1] if at >= 2 else []
        won = sum(row["new"] + row["expansion"] for row in window)
        fell = -sum(row["contraction"] + row["churn"] for row in window)
        fallen = -(table[at]["contraction"] + table[at]["churn"])
        found.append(
            {
                "nrr": ratio(sum(now.values()), sum(then.values())),
                "grr": ratio(sum(min(now[c], then[c]) for c in then), sum(then.values())),
                "logo_churn": ratio(len(lost), len(paid)) if at else None,
                "revenue_churn": ratio(fallen, table[at]["opening"]) if at else None,
                "quick_ratio": ratio(won, fell) if window else None,
            }
        )
    return found


def ratio(above, below) -> Fraction | None:
    return Fraction(above) / Fraction(below) if below > 0 else None


def cohorts(mrr: dict, starts: dict, opening: set[str], months: list, *, fewest: int = 5) -> dict:
    """D16, D21: by (cohort, age) the shares of customers and of first-month MRR, and completeness."""
    members: dict[str, list] = {}
    for name, (year, month) in starts.items():
        if name not in opening:
            members.setdefault(f"{year}-Q{(month + 2) // 3}", []).append(name)
    everyone, cells = sum(len(names) for names in members.values()), {}
    for age in range(len(months)):
        whole = {"logos": [0, 0], "revenue": [0, 0]}
        counted = {"logos": 0, "revenue": 0}
        for cohort, names in members.items():
            complete = all(month_on(starts[name], age) <= months[-1] for name in names)
            now = [mrr.get(name, {}).get(month_on(starts[name], age), 0) for name in names]
            first = [mrr.get(name, {}).get(starts[name], 0) for name in names]
            sums = {
                "logos": (sum(q > 0 for q in now), len(names)),
                "revenue": (sum(now), sum(first)),
            }
            for kind, (above, below) in sums.items():
                shown = complete and len(names) >= fewest
                cells[kind, cohort, age] = (
                    ratio(above, below) if shown else None,
                    len(names),
                    complete,
                )
                if complete and below > 0:
                    whole[kind][0] += above
                    whole[kind][1] += below
                    counted[kind] += len(names)
        for kind, (above, below) in whole.items():
            enough = counted[kind] >= max(everyone / 5, fewest)
            cells[kind, "all", age] = (ratio(above, below) if enough else None, None, None)
    return cells
