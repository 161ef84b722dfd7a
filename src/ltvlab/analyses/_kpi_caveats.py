"""What a reader must know of targets, landings and committed MRR, each where it concerns the company."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.kpis import KPIS
from ltvlab.text import in_sentence, listed, translator

Facts = Mapping[str, Fact]
Tables = Mapping[str, pd.DataFrame]


def caveats(tables: Tables, facts: Facts, language: str) -> tuple[str, ...]:
    """Return what limits the figures: names nobody knows, plans in part, what the landing rests on."""
    return (
        *_of_names(tables["kpi_targets"], language),
        *_of_plans(tables["kpi_targets"], language),
        *_of_landing(tables["kpi_targets"], facts, language),
        *_of_renewals(facts, language),
        *_of_indicators(tables["indicators"], language),
    )


def _of_names(table: pd.DataFrame, language: str) -> list[str]:
    say, found = translator(language), []
    if unknown := table.attrs["unknown"]:
        known = listed(KPIS, language)
        found.append(
            say("These names are no KPIs known here and are judged by nothing: {names}. Known are {known}.").format(
                names=listed(unknown, language), known=known
            )
        )  # fmt: skip
    if percent := table.attrs["in_percent"]:
        found.append(
            say("Targets of {names} are read as percent, as no share is that large.").format(
                names=_named(percent, language)
            )
        )
    return found


def _named(names: tuple[str, ...] | pd.Series, language: str) -> str:
    return listed((in_sentence(name, language) for name in names), language)


def _of_plans(table: pd.DataFrame, language: str) -> list[str]:
    say, reasons = translator(language), table["reason"]
    said = {
        "partial_plan": "In this month fewer people have a target for {names} than in others, so their sum is not the company's plan and nothing is judged by it.",
        "no_such_customers": "Some targets for {names} are set for people, teams or segments that no customer belongs to, so nothing can be held against them; bring owner and team of each customer.",
        "not_for_orders": "Targets for {names} cannot be judged: the company brings orders, which are no recurring contracts.",
        "only_orders": "Targets for {names} cannot be judged: order revenue is measured where orders are brought.",
    }
    return [
        say(said[reason]).format(names=_named(rows["kpi"].drop_duplicates(), language))
        for reason in said
        if len(
            rows := table[(reasons == reason) & (table["there"] | (reason == "no_such_customers"))]
        )
    ]


def _of_landing(table: pd.DataFrame, facts: Facts, language: str) -> list[str]:
    say, found = translator(language), []
    if (table["landing_low"] < table["landing_high"]).any():
        found.append(say("Landings, but for the one of MRR, go on by months like the last twelve; they know no season and nothing that is planned."))  # fmt: skip
    if table.loc[table["kpi"] == "ltv", "last_year"].notna().any():
        found.append(
            say("LTV is compared with last year by one method over the same {months} months, so that longer records are no growth.").format(
                months=facts["kpi.ltv.horizon"].shown(language)
            )
        )  # fmt: skip
    return found


def _of_renewals(facts: Facts, language: str) -> list[str]:
    if "renewals.committed_mrr" not in facts:
        return []
    say = translator(language)
    found = [
        say("Closing MRR still counts what ends on the month's last day; committed MRR leaves out every loss that is known.")
    ]  # fmt: skip
    if facts["renewals.unbound"].value:
        found.append(
            say("{amount} of MRR runs from month to month or without a term and is not in the calendar.").format(
                amount=facts["renewals.unbound"].shown(language)
            )
        )  # fmt: skip
    if facts["renewals.deadlines_90"].value:
        found.append(
            say("For {amount} of MRR the notice deadline lies in the next 90 days.").format(
                amount=facts["renewals.deadlines_90"].shown(language)
            )
        )
    if facts["renewals.co_terms"].value:
        found.append(
            say("{count} customers have terms that end on different days ({amount} of MRR); one talk each could bring them to one.").format(
                count=facts["renewals.co_terms"].shown(language), amount=facts["renewals.co_terms_mrr"].shown(language)
            )
        )  # fmt: skip
    return found


def _of_indicators(table: pd.DataFrame, language: str) -> list[str]:
    missing = table[(table["side"] == "leading") & table["now"].isna()]
    if missing.empty:
        return []
    return [
        translator(language)("These leading indicators cannot be told from what is brought: {names}.").format(
            names=_named(missing["indicator"], language)
        )
    ]  # fmt: skip
