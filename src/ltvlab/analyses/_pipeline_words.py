"""What the sales pipeline chapter says: its answer, who does what next Monday, and what to bear in mind."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.analyses._pipeline_facts import FAR_OFF, leading_stale
from ltvlab.findings import Fact, Status
from ltvlab.text import in_sentence, listed, month_label, paragraph, segment_label, translator

Facts = Mapping[str, Fact]
Tables = Mapping[str, pd.DataFrame]

OPEN = {
    "both": "{open} deals worth {amount} are open. Stated odds make that {stated}; the odds that deals in the same stages have had make it {calibrated}.",
    "stated": "{open} deals worth {amount} are open. Stated odds make that {stated}.",
    "calibrated": "{open} deals worth {amount} are open. The odds that deals in the same stages have had make that {calibrated}; no odds are stated.",
    "neither": "{open} deals worth {amount} are open; no odds are stated, and none can be read from closed deals yet.",
}  # fmt: skip
PAST = {
    "both": "At the end of {quarter} stated odds said {said} and calibrated ones {seen}; those deals brought {brought} until now.",
    "calibrated": "At the end of {quarter} such odds said {seen}; those deals brought {brought} until now.",
}  # fmt: skip


def answer(tables: Tables, facts: Facts, language: str) -> str:
    """Return open deals and their forecast, how the last one came out, and how many deals are won."""
    said = [_open(facts, language), _past(tables, facts, language), _won(facts, language),
            _expansion(facts, language), _stale(facts, language)]  # fmt: skip
    return paragraph([sentence for sentence in said if sentence], language)


def _open(facts: Facts, language: str) -> str:
    say = translator(language)
    if not facts["pipeline.open_deals"].value:
        return say("No deal is open.")
    names = {"amount": "open_amount", "stated": "weighted_stated", "calibrated": "weighted_calibrated",
             "open": "open_deals"}  # fmt: skip
    words = _shown({word: facts[f"pipeline.{name}"] for word, name in names.items()}, language)
    kind = _kind("stated" in words, "calibrated" in words)
    return say(OPEN[kind]).format(**words)


def _kind(stated: bool, calibrated: bool) -> str:
    if stated and calibrated:
        return "both"
    return "stated" if stated else "calibrated" if calibrated else "neither"


def _shown(facts: Mapping[str, Fact], language: str) -> dict[str, str]:
    return {word: fact.shown(language) for word, fact in facts.items() if fact.value is not None}


def _past(tables: Tables, facts: Facts, language: str) -> str:
    past = tables["forecast_history"]
    if past.empty:
        return ""
    names = {"said": "by_stated", "seen": "by_calibrated", "brought": "brought"}
    words = _shown({word: facts[f"pipeline.past.{name}"] for word, name in names.items()}, language)
    if "seen" not in words:
        return ""
    quarter = month_label(pd.Period(past["quarter_end"].iloc[-1], "M"), language)
    return translator(language)(PAST[_kind("said" in words, True)]).format(**words, quarter=quarter)


def _won(facts: Facts, language: str) -> str:
    rate = facts["pipeline.win_rate.all"]
    if rate.value is None:
        return ""
    say = translator(language)
    closed = Fact(id="closed", value=rate.n, unit="count", definition="D40", month="").shown(
        language
    )
    return say(
        "Of the {closed} deals closed in twelve months {rate} were won (range {range})."
    ).format(closed=closed, rate=rate.shown(language), range=rate.shown_range(language))


def _expansion(facts: Facts, language: str) -> str:
    say = translator(language)
    ratio, new = facts["pipeline.expansion_ratio"], facts.get("pipeline.win_rate.new")
    if ratio.value is None or new is None or not ratio.shown_range(language):
        return ""
    words = {
        "expansion": facts["pipeline.expansion_rate"].shown(language),
        "new": new.shown(language),
    }
    return say(
        "Deals with existing customers are won {ratio} times as often as with new ones: {expansion} against {new} (range of the ratio {range})."
    ).format(ratio=ratio.shown(language), range=ratio.shown_range(language), **words)


def _stale(facts: Facts, language: str) -> str:
    say = translator(language)
    if not facts["pipeline.stale_deals"].value:
        return ""
    return say("{deals} open deals worth {amount} have stood for more than twice the usual time to a yes.").format(
        deals=facts["pipeline.stale_deals"].shown(language), amount=facts["pipeline.stale_amount"].shown(language)
    )  # fmt: skip


def decision(tables: Tables, facts: Facts, status: Status, language: str) -> str:
    """Return who settles which deals next Monday, and which odds to plan with."""
    say = translator(language)
    if status == "insufficient":
        return say(
            "Close deals in the CRM with their day and outcome; a win rate needs at least five."
        )
    steps = [_monday(tables, facts, language), _plan_with(facts, language)]
    return paragraph([step for step in steps if step], language) or say(
        "Hold the course: no deal stands too long, and every stage is in order."
    )


def task(tables: Tables, facts: Facts, status: Status, language: str) -> str:
    """Return the decision in a line: how many deals are settled first, else the whole of it."""
    if status == "insufficient" or tables["stale_deals"].empty:
        return decision(tables, facts, status, language)
    words = translator(language)("Get a date for the {count} deals that have stood too long, or close them as lost.")  # fmt: skip
    return words.format(count=facts["pipeline.stale_deals"].shown(language))


def _monday(tables: Tables, facts: Facts, language: str) -> str:
    say = translator(language)
    leading = leading_stale(tables["stale_deals"]).to_dict("records")
    if leading:
        one = say("{owner}: {deal} ({value}, open for {days} days)")
        deals = [
            one.format(owner=segment_label(row["owner"], language), deal=row["deal_id"],
                       value=_deal(facts, row, "value", language), days=_deal(facts, row, "days", language))
            for row in leading
        ]  # fmt: skip
        return say(
            "Next Monday each owner gets a date for what has stood too long, or closes it as lost, beginning with {deals}."
        ).format(deals=listed(deals, language))
    owners = tables["pipeline_breaches"]
    if owners.empty:
        return ""
    first = owners.iloc[0]
    deals = Fact(id="deals", value=first["deals"], unit="count", definition="D39", month="").shown(
        language
    )
    return say("Next Monday {owner} puts {deals} deals in order first: {breach}.").format(
        owner=segment_label(first["owner"], language),
        deals=deals,
        breach=in_sentence(first["breach"], language),
    )


def _deal(facts: Facts, row: Mapping[str, object], name: str, language: str) -> str:
    fact = facts[f"pipeline.stale.{row['deal_id']}.{name}"]
    return fact.shown(language) if fact.value is not None else "–"


def _plan_with(facts: Facts, language: str) -> str:
    say = translator(language)
    errors = {
        name: facts.get(f"pipeline.forecast_error.{name}") for name in ("stated", "calibrated")
    }
    known = {
        name: fact for name, fact in errors.items() if fact is not None and fact.value is not None
    }
    if not known:
        return ""
    best = min(known, key=lambda name: abs(known[name].value))
    plan = {
        "stated": "Plan with the stated odds: past forecasts under them differed by {error} from what their deals brought.",
        "calibrated": "Plan with the calibrated odds: past forecasts under them differed by {error} from what their deals brought.",
        "neither": "Do not plan with the weighted amount yet: even the better of past forecasts differed by {error} from what their deals brought.",
    }
    if abs(known[best].value) > FAR_OFF:
        return say(plan["neither"]).format(error=known[best].shown_signed(language))
    return say(plan[best]).format(error=known[best].shown_signed(language))


def caveats(tables: Tables, facts: Facts, language: str) -> tuple[str, ...]:
    """Return what a reader must know of the figures, each only where it concerns this company."""
    say = translator(language)
    shown = {name.removeprefix("pipeline."): fact for name, fact in facts.items()}
    found = [
        (shown["stale_deals"].value and shown["win_rate_if_stale_lost"].value is not None,
         "Open deals do not count in a win rate; if those that stand too long were lost, it would be {win_rate_if_stale_lost}."),
        (shown["quick_wins"].value and shown["win_rate_without_quick"].value is not None,
         "{quick_wins} deals were won within a week of being created, as happens when a deal is entered after the yes; without them the win rate is {win_rate_without_quick}."),
        (shown["guessed"].value,
         "{guessed} open deals have no amount and are valued at what deals of their product are usually won at."),
        (shown["without_odds"].value,
         "{without_odds} open deals stand in a stage without odds that no closed deal is known to have passed; they add nothing to the forecast."),
        (shown["without_customer"].value,
         "{without_customer} deals have no customer; they count like all others, each as a customer of its own."),
        (shown["expansion_ratio"].value is not None and shown["expansion_ratio_same_size"].value is not None,
         "Existing and new customers differ in more than that; among customers of one size the ratio is {expansion_ratio_same_size}."),
    ]  # fmt: skip
    words = {name: _or_dash(fact, language) for name, fact in shown.items() if "." not in name}
    said = [say(text).format(**words) for applies, text in found if applies]
    return (*said, *_spellings(tables, facts, language), *_of_records(tables, language))


def _or_dash(fact: Fact, language: str) -> str:
    return "–" if fact.value is None else fact.shown(language)


def _spellings(tables: Tables, facts: Facts, language: str) -> list[str]:
    pairs = tables["alike_products"]
    if pairs.empty:
        return []
    say = translator(language)
    names = listed((f"{row.spelled} – {row.like}" for row in pairs.itertuples()), language)
    return [
        say(
            "The deals spell products in two ways ({names}): {deals} deals, {amount} of it won. One line under sources.deals.values makes them one."
        ).format(names=names, deals=facts["pipeline.alike_deals"].shown(language), amount=facts["pipeline.alike_amount"].shown(language))
    ]  # fmt: skip


def _of_records(tables: Tables, language: str) -> list[str]:
    say = translator(language)
    found = []
    if tables["win_rates"].attrs["merged"]:
        found.append(
            say("Upsell and cross-sell are read as one pipeline while either has closed fewer than twenty deals in a year.")
        )  # fmt: skip
    if not tables["stage_odds"].attrs["recorded"]:
        found.append(
            say("Changes of stage are not recorded, so odds cannot be read from deals that passed a stage; bring the CRM's stage history.")
        )  # fmt: skip
    if len(tables["forecast_history"]):
        found.append(
            say("Past forecasts take stages and closed deals as they were then, but stated odds and amounts of today: the CRM keeps no earlier ones.")
        )  # fmt: skip
    return found
