"""What the KPI chapter says: are we on plan, what the gap is made of, and who does what about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ltvlab.analyses._kpi_caveats import caveats
from ltvlab.analyses._kpi_shown import owner_label
from ltvlab.findings import Fact, Status
from ltvlab.metrics.kpis import KPIS
from ltvlab.metrics.plans import SCOPE
from ltvlab.text import in_sentence, listed, month_label, paragraph, translator

__all__ = ["answer", "caveats", "decision"]

Facts = Mapping[str, Fact]
Tables = Mapping[str, pd.DataFrame]
# The KPI that a company's year is told by, the first that it has.
MAIN = ("mrr", "revenue")
ACTUAL = {"mrr": "mrr.closing", "revenue": "revenue.month"}
STANDS = {
    "mrr": "MRR is {actual} at the end of {month}.",
    "revenue": "Customers ordered {actual} in {month}, {year_to_date} in the fiscal year so far.",
}
AGAINST = {
    "mrr": "MRR is {actual} at the end of {month}, {attainment} of its target of {target}.",
    "revenue": "Customers ordered {actual} in {month} against a target of {target}, and {year_to_date} in the fiscal year so far.",
}
COUNTS = {
    "act": "On plan: {good} of {judged} KPIs with a target. Missing the year even at the best end of the range: {act}.",
    "watch": "On plan: {good} of {judged} KPIs with a target. The others are behind, or headed to miss the year.",
    "good": "On plan: all {judged} KPIs with a target, and none is headed to miss the year.",
}
LEVERS = {
    "churn_points": "{change} less churn",
    "new_customers": "{change} more new customers",
    "first_price": "first prices {change} higher",
    "expansion": "{change} more expansion",
}
# The table has all of them; a sentence of six amounts is read by nobody.
LARGEST_PARTS = 3
NONE_NEAR = "No single lever is near enough to reach the MRR target of {end}; the chapter on scenarios says what each would take, and how several add up."


def answer(tables: Tables, facts: Facts, language: str) -> str:
    """Return how many KPIs are on plan, where the year lands, the gap by driver, and what is committed."""
    told = [_counts(facts, language), _stands(facts, language), _way(facts, language),
            _lands(tables, facts, language), _made_of(tables, facts, language),
            _committed(facts, language)]  # fmt: skip
    return paragraph([sentence for sentence in told if sentence], language)


def shown(facts: Facts, name: str, language: str) -> str:
    """Return a fact as words; an empty text where it is not there or has no value."""
    fact = facts.get(name)
    return "" if fact is None or fact.value is None else fact.shown(language)


def _counts(facts: Facts, language: str) -> str:
    say = translator(language)
    names = ("judged", "good", "watch", "act")
    words = {name: shown(facts, f"kpi.{name}", language) for name in names}
    if not facts["kpi.judged"].value:
        return say("No KPI can be judged against a target.")
    kind = "act" if facts["kpi.act"].value else "watch" if facts["kpi.watch"].value else "good"
    return say(COUNTS[kind]).format(**words)


def _main(facts: Facts) -> str:
    there = [name for name in MAIN if (fact := facts.get(ACTUAL[name])) and fact.value is not None]
    return there[0] if there else ""


def _words(facts: Facts, name: str, language: str) -> dict[str, str]:
    of = ("target", "attainment", "pace", "done", "landing", "year_end", "gap", "year_to_date")
    words = {what: shown(facts, f"kpi.{name}.{what}", language) for what in of}
    return words | {"actual": shown(facts, ACTUAL[name], language)}


def _stands(facts: Facts, language: str) -> str:
    name = _main(facts)
    if not name:
        return ""
    say = translator(language)
    words = _words(facts, name, language)
    month = month_label(pd.Period(facts[ACTUAL[name]].month, "M"), language)
    against = words["target"] and words["attainment"] and words["year_to_date"]
    first = (say(AGAINST[name]) if against else say(STANDS[name])).format(**words, month=month)
    growth = facts.get(f"kpi.{name}.year_growth")
    if growth is None or growth.value is None:
        return first
    more = say("Against the same months of last year the fiscal year so far is {growth}.")
    return paragraph([first, more.format(growth=growth.shown_signed(language))], language)


def _way(facts: Facts, language: str) -> str:
    name = _main(facts)
    words = _words(facts, name, language) if name else {}
    if not (words.get("done") and words.get("pace")):
        return ""
    say = translator(language)
    return say(
        "Of the way that the plan goes this fiscal year {done} is done; {pace} was due by now."
    ).format(**words)


def _lands(tables: Tables, facts: Facts, language: str) -> str:
    name, say = _main(facts), translator(language)
    landing = facts.get(f"kpi.{name}.landing")
    if landing is None or landing.value is None or not landing.shown_range(language):
        return ""
    end = month_label(pd.Period(tables["kpi_targets"].attrs["year_end"], "M"), language)
    words = _words(facts, name, language) | {"end": end, "range": landing.shown_range(language)}
    sum_of_year = KPIS[name].course == "sum"
    first = (
        say("The fiscal year to {end} is headed for {landing} (range {range}).")
        if sum_of_year
        else say("It is headed for {landing} at the end of {end} (range {range}).")
    )
    if not words["year_end"]:
        return first.format(**words)
    return paragraph(
        [first.format(**words), say("The target there is {year_end}.").format(**words)], language
    )


def _made_of(tables: Tables, facts: Facts, language: str) -> str:
    gaps = tables["kpi_gaps"]
    rows = gaps[(gaps["kpi"] == "mrr") & (gaps["part"] != 0)] if len(gaps) else gaps
    gap = facts.get("kpi.mrr.gap")
    if rows.empty or gap is None or not gap.value:
        return ""
    say, one = translator(language), "{driver} {part}"
    rows = rows.reindex(rows["part"].abs().sort_values(ascending=False, kind="stable").index)
    parts = [
        one.format(driver=in_sentence(name, language), part=facts[f"kpi.mrr.gap.{name}"].shown_signed(language))
        for name in rows["driver"].head(LARGEST_PARTS)
    ]  # fmt: skip
    words = {"gap": gap.shown_signed(language), "parts": listed(parts, language)}
    if gaps.attrs["compared"]:
        return say("The difference to the plan is {gap}; its largest parts, set against the same months of last year: {parts}.").format(**words)  # fmt: skip
    return say("The difference to the plan is {gap}; its largest parts: {parts}.").format(**words)


def _committed(facts: Facts, language: str) -> str:
    wall = next((fact for name, fact in facts.items() if name.startswith("renewals.wall")), None)
    if wall is None or not facts["renewals.due_12"].value:
        return ""
    say = translator(language)
    names = ("committed_mrr", "known_losses", "due_12")
    words = {name: shown(facts, f"renewals.{name}", language) for name in names}
    words["wall"], words["month"] = (
        wall.shown(language),
        month_label(pd.Period(wall.segment, "M"), language),
    )
    due = say(
        "Terms worth {due_12} of MRR end in the next twelve months, most in {month} ({wall})."
    )
    if not facts["renewals.known_losses"].value:
        return due.format(**words)
    lost = say(
        "Notices already received take {known_losses} off, so committed MRR is {committed_mrr}."
    )
    return paragraph([lost.format(**words), due.format(**words)], language)


def decision(tables: Tables, facts: Facts, status: Status, language: str) -> str:
    """Return what closes the gap, and who answers for what misses the year."""
    say = translator(language)
    if status == "insufficient":
        return _what_to_bring(tables, language)
    told = [_closers(tables, facts, language), _owners(tables, status, language)]
    return paragraph([sentence for sentence in told if sentence], language) or say(
        "Hold the course: every KPI with a target is on plan."
    )


def task(tables: Tables, facts: Facts, status: Status, language: str) -> str:
    """Return the decision in a line: what misses the year, else what closes the gap."""
    owners = _owners(tables, status, language) if status != "insufficient" else ""
    return owners or decision(tables, facts, status, language)


def _what_to_bring(tables: Tables, language: str) -> str:
    say, table = translator(language), tables["kpi_targets"]
    if table.attrs["brought"]:
        return say("Bring targets for the whole company and for the report month; the notes in the chapter on KPIs say what the present ones lack.")  # fmt: skip
    have = table[table["actual"].notna()]["kpi"].drop_duplicates()
    return say("Bring a table of targets with KPI, month and target. These can be judged here: {names}.").format(
        names=listed((in_sentence(name, language) for name in have), language)
    )  # fmt: skip


def _closers(tables: Tables, facts: Facts, language: str) -> str:
    say, rows = translator(language), tables["gap_closers"]
    if rows.empty:
        return ""
    end = month_label(pd.Period(tables["kpi_targets"].attrs["year_end"], "M"), language)
    near = rows.loc[rows["enough"].astype("bool"), "lever"]
    if near.empty:
        return say(NONE_NEAR).format(end=end)
    sizes = {name: facts[f"kpi.closer.{name}.change"] for name in near}
    levers = [
        say(LEVERS[name]).format(change=replace(fact, value=abs(fact.value)).shown(language))
        for name, fact in sizes.items()
    ]
    return say("To reach the MRR target of {end}, each of these would be enough alone: {levers}.").format(
        end=end, levers="; ".join(levers) if language == "en" else "、".join(levers)
    )  # fmt: skip


def _owners(tables: Tables, status: Status, language: str) -> str:
    say, table = translator(language), tables["kpi_targets"]
    whole = table[(table[SCOPE] == "all").all(axis=1)]
    rows = whole[whole["status"] == status] if status in ("act", "watch") else whole.iloc[:0]
    if rows.empty:
        return ""
    one = say("{kpi} ({owner}, {cadence})")
    names = [
        one.format(kpi=in_sentence(row["kpi"], language), owner=owner_label(row["responsible"], language),
                   cadence=say(row["cadence"]))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    said = (
        say("Change the course or the target at the next review of what misses the year: {kpis}.")
        if status == "act"
        else say("Say at the next review what brings these back on plan: {kpis}.")
    )
    return said.format(kpis=listed(names, language))
