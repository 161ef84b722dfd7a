"""The definitions once more, as slowly and plainly as they read: dates, fractions and loops.

Nothing here comes from ltvlab. A month is (year, month); money is a fraction of minor units.
Every id stands for itself here; `plain_merges` says who holds its history (D04).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction

NEVER = date(9999, 12, 31)
ENDS = ("end_date", "cancel_effective_date", "discount_end_date", "pause_end")
MONTHS_BILLED = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def month_on(month: tuple[int, int], steps: int) -> tuple[int, int]:
    turned = month[0] * 12 + month[1] - 1 + steps
    return turned // 12, turned % 12 + 1


def month_end(month: tuple[int, int]) -> date:
    return date(*month, monthrange(*month)[1])


def day_on(day: date, months: int) -> date:
    month = month_on(month_of(day), months)
    return date(*month, min(day.day, monthrange(*month)[1]))


def on_grid(minor: Fraction) -> Fraction:
    """The money rule: minor units in steps of 1/1024, halves up."""
    return Fraction(int(minor * 1024 + Fraction(1, 2)), 1024)


def sound_lines(rows: list[dict], *, inclusive: bool, as_of: date) -> list[dict]:
    """Return each recurring line once, known on `as_of` (D02), with half-open dates (D03)."""
    once = {row["contract_id"]: dict(row) for row in rows}
    lines = [line for line in once.values() if line["start_date"] <= as_of]
    lines = [line for line in lines if line["kind"] in ("", "recurring")]
    for line in lines:
        for name in ENDS:
            line[name] = line[name] + timedelta(days=int(inclusive)) if line[name] else None
        line["monthly"] = on_grid(monthly(line, line["amount"]))
        line["monthly_list"] = on_grid(monthly(line, line["list_amount"] or line["amount"]))
    return lines


def monthly(line: dict, amount: float) -> Fraction:
    """D05: what a line comes to per month."""
    amount, billing = Fraction(amount), line["billing_period"]
    if billing in MONTHS_BILLED:
        return amount / MONTHS_BILLED[billing]
    if billing in ("week", "day"):
        return amount * (52 if billing == "week" else 365) / 12
    for months in range(1, 600):
        if day_on(line["start_date"], months) == line["end_date"]:
            return amount / months
    return amount / (line["end_date"] - line["start_date"]).days * 365 / 12


def is_coupon(line: dict) -> bool:
    """A discount that ends within the first bill, and within eleven months, is a one-time gift."""
    start, until, billing = line["start_date"], line["discount_end_date"], line["billing_period"]
    if not until or until >= line["to"] or until > day_on(start, 11):
        return False
    if billing in MONTHS_BILLED:
        return until <= day_on(start, MONTHS_BILLED[billing])
    days = {"week": 7, "day": 1}
    billed = start + timedelta(days[billing]) if billing in days else line["end_date"]
    return bool(billed) and until <= billed


def term(line: dict) -> int:
    """Return the months of one term: as said, else the whole months of its length, else its billing."""
    if line["term_months"]:
        return line["term_months"]
    for months in range(1, 600):
        if day_on(line["start_date"], months) == line["end_date"]:
            return months
    if line["billing_period"] in MONTHS_BILLED:
        return MONTHS_BILLED[line["billing_period"]]
    days = (line["end_date"] - line["start_date"]).days
    return max(1, round(Fraction(days * 12, 365)))


def last_day_after(line: dict, lines: list[dict], *, gap_days: int) -> date:
    """Return the first day the line is no longer paid for: D11 for what renews by itself."""
    cancel = line["cancel_effective_date"] or NEVER
    if line["auto_renew"] != "yes":
        return min(line["end_date"] or NEVER, cancel)
    later = [other for other in lines if other["start_date"] > line["start_date"]]
    named = [
        other["start_date"] for other in later if other["predecessor_id"] == line["contract_id"]
    ]
    if named or cancel < NEVER:
        return min([*named, cancel])
    if not line["end_date"]:
        return NEVER
    near, found = min(gap_days, term(line) * 365 // 144), [NEVER]
    for other in later:
        if (other["customer_id"], other["product"]) == (line["customer_id"], line["product"]):
            for step in range(0, 120):
                renewal = day_on(line["end_date"], step * term(line))
                if abs((other["start_date"] - renewal).days) <= near:
                    found.append(other["start_date"])
    return min(found)


def with_bridges(lines: list[dict], families: dict, *, gap_days: int) -> list[dict]:
    """D11: over a short gap in a customer's family, what ended there is paid on."""
    bridges = []
    kinds = {(line["customer_id"], families[line["product"]]) for line in lines}
    for customer, family in sorted(kinds):
        held = [
            line for line in lines
            if line["customer_id"] == customer and families[line["product"]] == family
            and line["monthly"] > 0 and line["to"] > line["from"]
        ]  # fmt: skip
        for line in held:
            later = [other["from"] for other in held if other["from"] >= line["to"]]
            covered = any(other["from"] < line["to"] < other["to"] for other in held)
            if later and not covered and 0 < (min(later) - line["to"]).days <= gap_days:
                bridges.append(line | {"from": line["to"], "to": min(later)})
    return lines + bridges


def paid_cells(made: dict) -> tuple[dict, dict]:
    """Return money by customer, currency and month, and each customer's first paid month."""
    tables, settings = made["tables"], made["settings"]
    as_of = month_end(tuple(int(part) for part in settings["month"].split("-")))
    inclusive = settings["end_date_convention"] == "inclusive"
    families = {row["product"]: row["family"] for row in tables["products"]}
    rates = {
        (row["currency"], month_of(row["month"])): Fraction(row["rate"])
        for row in tables["fx_rates"]
    }
    gap = settings["gap_days"]
    lines = sound_lines(tables["contracts"], inclusive=inclusive, as_of=as_of)
    for line in lines:
        line["from"], line["to"] = line["start_date"], last_day_after(line, lines, gap_days=gap)
        if is_coupon(line):
            line["monthly"] = line["monthly_list"]
    cells, starts = {}, {}
    for line in with_bridges(lines, families, gap_days=gap) if gap else lines:
        first = first_paid_day(line)
        if first is not None and first <= as_of:
            name = line["customer_id"]
            starts[name] = min(starts.get(name, NEVER), first)
        month = month_of(line["from"])
        while month_end(month) <= as_of:
            add_line(cells, line, month, rates)
            month = month_on(month, 1)
    return cells, {name: month_of(day) for name, day in starts.items()}


def first_paid_day(line: dict) -> date | None:
    """Return the first day on which a line is paid for, if there is one (D12, D14, D21)."""
    day = line["from"]
    while day < min(line["to"], line["from"] + timedelta(days=800)):
        if amount_on(line, day) > 0:
            return day
        day += timedelta(days=1)
    return None


def amount_on(line: dict, day: date) -> Fraction:
    """D06, D15: what a line pays per month on one day, in its own currency."""
    if not line["from"] <= day < line["to"]:
        return Fraction(0)
    if line["pause_start"] and line["pause_start"] <= day < (line["pause_end"] or NEVER):
        return Fraction(0)
    over = line["discount_end_date"] and day >= line["discount_end_date"]
    return line["monthly_list"] if over else line["monthly"]


def add_line(cells: dict, line: dict, month: tuple[int, int], rates: dict) -> None:
    """Add a line's amount at this month's rate and at last month's to its cell (D10)."""
    amount, currency = amount_on(line, month_end(month)), line["currency"] or "JPY"
    if amount == 0:
        return
    now, last = (rates.get((currency, at), Fraction(1)) for at in (month, month_on(month, -1)))
    key = line["customer_id"], currency, month
    before = cells.get(key, (0, 0))
    cells[key] = before[0] + on_grid(amount * now), before[1] + on_grid(amount * last)
