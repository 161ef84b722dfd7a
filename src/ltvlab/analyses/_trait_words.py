"""What the best customers have in common, in facts and sentences for leaders."""

from __future__ import annotations

import pandas as pd

from ltvlab.findings import Fact, Status
from ltvlab.text import in_sentence, listed, paragraph, segment_label, translator

MOST_NAMED = 3
# Part of what a customer brings, and so no news about whom to look for.
PRICE = "first_price"
# What can be aimed at before a customer is won; the rest happens afterwards.
ACQUIRED = (
    "industry", "size", "region", "channel", "first_basket", "first_family", "two_families",
    "first_touch", "first_touch_channel", "met_before_purchase", "long_sales_cycle",
)  # fmt: skip
BEST = "best"
STAYING = "staying"
NOBODY = "Too few customers have paid in three months or more to say what the best have in common."
NOTHING = (
    "No trait that was known early sets the best customers of a start year apart in these data."
)
FOUND = "To be among the best customers of a start year is associated with {traits}."
STAYS = "To stay is associated with {traits}."
HOLD = "Hold the course: do not narrow acquisition to a trait that these data do not show."
READ = (
    "Hold the course and read the list of the best customers by name: they are too few for rates."
)
AIM = "Test in acquisition: aim the next campaign at {traits}, and compare its customers with the others after a year."
CARE = "Test in the first 90 days: see to {traits} for half of the new customers, and compare them with the others after a year."


def trait_facts(
    table: pd.DataFrame, staying: pd.DataFrame | None
) -> dict[tuple[str, str, str], Fact]:
    """Return the shares and the difference of every trait found as facts, and the customers ranked."""
    about = {"definition": "D27", "month": table.attrs["month"]}
    counts = {name: table.attrs[name] for name in ("ranked", "tops", "too_young", "in_small_year")}
    facts = {
        (BEST, name, ""): Fact(id=f"traits.{name}", value=count, unit="count", **about)
        for name, count in counts.items()
    }
    for group, rows in ((BEST, table), (STAYING, staying)):
        if rows is not None:
            facts |= _found_facts(group, rows[rows["verdict"] == "found"], about)
    return facts


def _found_facts(
    group: str, rows: pd.DataFrame, about: dict[str, str]
) -> dict[tuple[str, str, str], Fact]:
    return {
        (group, name, _segment(row)): Fact(
            id=f"traits.{group}.{name}", value=row[name], unit="rate", segment=_segment(row),
            n=row["n"], low=row["low"] if name == "effect" else None,
            high=row["high"] if name == "effect" else None, **about,
        )
        for row in rows.to_dict("records")
        for name in ("share_top", "share_rest", "effect")
    }  # fmt: skip


def _segment(row: dict) -> str:
    return f"{row['trait']}: {row['level']}"


def answer(
    table: pd.DataFrame,
    staying: pd.DataFrame | None,
    facts: dict[tuple[str, str, str], Fact],
    status: Status,
    language: str,
) -> str:
    """Return what goes with being among the best, and with staying; or that nothing is clear."""
    say = translator(language)
    if status == "insufficient":
        return say(NOBODY)
    best, stays = named_traits(table), named_traits(staying)
    sentences = [say(FOUND).format(traits=_shares(best, BEST, facts, language))] if best else []
    sentences += (
        [say(STAYS).format(traits=_shares(stays, STAYING, facts, language))] if stays else []
    )
    return paragraph(sentences, language) if sentences else say(NOTHING)


def named_traits(table: pd.DataFrame | None) -> list[dict]:
    """Return at most three found levels that the best have more often, without the first price, largest first."""
    if table is None:
        return []
    found = table[(table["verdict"] == "found") & (table["effect"] > 0) & (table["trait"] != PRICE)]
    return (
        found.sort_values("effect", ascending=False, kind="stable")
        .head(MOST_NAMED)
        .to_dict("records")
    )


def _shares(
    rows: list[dict], group: str, facts: dict[tuple[str, str, str], Fact], language: str
) -> str:
    say = translator(language)
    form = (
        say("{name} ({top} of the best, {rest} of the others)")
        if group == BEST
        else say("{name} ({top} of those who stay, {rest} of those who left)")
    )
    return listed(
        (
            form.format(
                name=_name(row, language),
                top=facts[group, "share_top", _segment(row)].shown(language),
                rest=facts[group, "share_rest", _segment(row)].shown(language),
            )
            for row in rows
        ),
        language,
    )


def _name(row: dict, language: str) -> str:
    trait = in_sentence(row["trait"], language)
    return trait if row["level"] == "yes" else f"{trait} {segment_label(row['level'], language)}"


def decision(
    table: pd.DataFrame, staying: pd.DataFrame | None, status: Status, language: str
) -> str:
    """Return what to test in acquisition and in the first 90 days, or to hold the course."""
    return paragraph(_steps(table, staying, status, language), language)


def task(table: pd.DataFrame, staying: pd.DataFrame | None, status: Status, language: str) -> str:
    """Return the decision in a line: the first of its tests."""
    return _steps(table, staying, status, language)[0]


def _steps(
    table: pd.DataFrame, staying: pd.DataFrame | None, status: Status, language: str
) -> list[str]:
    say = translator(language)
    if status == "insufficient":
        return [say(READ)]
    rows = {_segment(row): row for row in [*named_traits(table), *named_traits(staying)]}.values()
    aims = [_name(row, language) for row in rows if row["trait"] in ACQUIRED]
    care = [_name(row, language) for row in rows if row["trait"] not in ACQUIRED]
    tests = [say(AIM).format(traits=listed(aims, language))] if aims else []
    tests += [say(CARE).format(traits=listed(care, language))] if care else []
    return tests or [say(HOLD)]


def caveats(
    table: pd.DataFrame,
    staying: pd.DataFrame | None,
    facts: dict[tuple[str, str, str], Fact],
    language: str,
) -> list[str]:
    """Return who was ranked and asked, what was refused, and how far a finding may be trusted."""
    say = translator(language)
    counts = {name: facts[BEST, name, ""].shown(language) for name in ("ranked", "tops", "too_young", "in_small_year")}  # fmt: skip
    sentences = [
        say(
            "{ranked} customers that paid in three months or more are ranked by realised margin; {tops} of them are the top fifth of their start year."
        ).format(**counts)
    ]
    if table.attrs["too_young"] + table.attrs["in_small_year"]:
        sentences += [say("Not ranked: {too_young} customers with fewer months, {in_small_year} of start years with fewer than five.").format(**counts)]  # fmt: skip
    return [*sentences, *_about_traits(table, staying, language)]


def _about_traits(table: pd.DataFrame, staying: pd.DataFrame | None, language: str) -> list[str]:
    say = translator(language)
    refused = [in_sentence(name, language) for name in table.query("verdict == 'refused'")["trait"]]
    twins = table[table["inseparable_from"] != ""].sort_values(["trait", "level"])
    alike = listed([_name(row, language) for row in twins.to_dict("records")], language)
    found = table["verdict"].eq("found")
    any_found = found.any() or (staying is not None and staying["verdict"].eq("found").any())
    price = (found & table["trait"].eq(PRICE)).any()
    said = {
        "What happened in the first 90 days is asked only of customers whose start lies in the records and whose first 90 days are over; industry, size, region and channel are as the customers table has them today.": True,
        "Not used, since it is known only later: {traits}. Who bought more had to stay to buy.": refused,
        "The first price is part of what a customer brings, so it says how the value arises, not whom to look for.": price,
        "These data cannot separate the following, as they mark nearly the same customers: {alike}.": len(
            twins
        ),
        "Of ten traits found about one may be chance; each is a reason to test, no proof of a cause.": any_found,
    }
    words = {"traits": listed(refused, language), "alike": alike}
    return [say(text).format(**words) for text, holds in said.items() if holds]
