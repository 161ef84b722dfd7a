"""What the chapter tests of itself: whether signals go before losses, and whether the score ranks."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ltvlab.findings import Fact
from ltvlab.metrics.leading_indicators import COLUMNS, leading_indicators
from ltvlab.metrics.leading_signals import leading_signals
from ltvlab.metrics.leaving_months import SHORTEST_TERM_MONTHS, leaving_months
from ltvlab.metrics.reasons import customer_reasons
from ltvlab.metrics.score_validity import score_validity
from ltvlab.months import YEAR
from ltvlab.text import in_sentence, listed, month_label, translator

RANKED = {
    "ranks": "The score ranked who expanded since {month}: in {ranking} of pairs the one that did had the higher score (range {range}).",
    "ranks_wrongly": "The score ranked who expanded since {month} the wrong way: in only {ranking} of pairs the one that did had the higher score (range {range}). Change its weights.",
    "no_sign": "The score did not rank who expanded since {month}: in {ranking} of pairs the one that did had the higher score (range {range}), and half is chance. Do not choose customers by it alone.",
    "cannot_tell": "Whether the score ranks who expands cannot be told yet: too few did, or did not, since {month}.",
}


def leading(
    tables: Mapping[str, pd.DataFrame], mrr: pd.DataFrame, lines: pd.DataFrame
) -> pd.DataFrame:
    """Return whether each signal goes before losses 1, 3 and 6 months ahead; no rows for orders.

    `tables` are usage, surveys, events and contracts as far as the company brings them, `lines`
    the contract lines with their terms.
    """
    if mrr.attrs["basis"] == "orders":
        return pd.DataFrame(columns=list(COLUMNS))
    signals = leading_signals(tables, mrr.columns, mrr.index)
    bound = lines[lines["term"] >= SHORTEST_TERM_MONTHS].groupby("customer_id").size() > 0
    return leading_indicators(signals, leaving_months(mrr, tables.get("contracts"), lines), bound)


def validity(standings: pd.DataFrame, matrix: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Return how the score of each earlier quarter end ranked who expanded since (D28)."""
    if matrix.attrs["basis"] == "orders":
        return score_validity(standings, matrix)
    opening = pd.Series(False, index=matrix.index)
    return score_validity(standings, matrix, customer_reasons(panel, matrix, opening))


def tested_facts(beside: Mapping[str, pd.DataFrame], *, month: str) -> list[Fact]:
    """Return the hazard ratios that are known, and how the score of a year ago ranked."""
    ratios = beside.get("leading_indicators", pd.DataFrame(columns=list(COLUMNS)))
    known = ratios.dropna(subset=["hazard_ratio"])
    facts = [
        Fact(
            id=f"lead.{row.signal}.{row.lag_months}", value=row.hazard_ratio, low=row.low,
            high=row.high, unit="number", definition="D38", month=month, n=int(row.losses),
        )
        for row in known.itertuples()
    ]  # fmt: skip
    year_ago = _year_ago(beside)
    if year_ago is None or pd.isna(year_ago["ranking"]):
        return facts
    ranking, low, high = (float(year_ago[name]) for name in ("ranking", "low", "high"))
    about = {"unit": "rate", "definition": "D28", "month": month, "n": int(year_ago["customers"])}
    return [*facts, Fact(id="score.ranking", value=ranking, low=low, high=high, **about)]


def _year_ago(beside: Mapping[str, pd.DataFrame]) -> pd.Series | None:
    """Return the row of four quarters before the newest quarter end, else the oldest."""
    table = beside.get("score_validity")
    if table is None or table.empty:
        return None
    # Rows are the quarter ends before the newest, oldest first.
    return table.iloc[max(len(table) - YEAR // 3, 0)]


def tested_sentences(
    beside: Mapping[str, pd.DataFrame], facts: list[Fact], language: str
) -> list[str]:
    """Return what goes before losses here and what does not, and whether the score ranks."""
    by_id = {fact.id: fact for fact in facts}
    return [*_leads(beside, by_id, language), *_ranking(beside, by_id, language)]


def _leads(
    beside: Mapping[str, pd.DataFrame], by_id: Mapping[str, Fact], language: str
) -> list[str]:
    say = translator(language)
    table = beside.get("leading_indicators")
    if table is None or table.empty:
        return []
    found = table[table["lead"] == "leads"]
    firsts = found.drop_duplicates("signal")
    words = say("{signal}: {times} times as many leave, {lag} month(s) later (range {range})")
    named = [
        words.format(
            signal=in_sentence(row.signal, language), lag=row.lag_months,
            times=by_id[f"lead.{row.signal}.{row.lag_months}"].shown(language),
            range=by_id[f"lead.{row.signal}.{row.lag_months}"].shown_range(language),
        )
        for row in firsts.itertuples()
    ]  # fmt: skip
    sentences = (
        [say("Goes before losses here: {signals}.").format(signals=listed(named, language))]
        if named
        else []
    )
    rest = table[~table["signal"].isin(firsts["signal"])]
    told = rest[rest["lead"] != "cannot_tell"]["signal"].unique()
    untold = [name for name in rest["signal"].unique() if name not in told]
    groups = {
        say("Not seen to go before losses here: {signals}."): told,
        say("Too few losses or too few cases to tell: {signals}."): untold,
    }
    return sentences + [
        words.format(signals=listed([in_sentence(name, language) for name in names], language))
        for words, names in groups.items()
        if len(names)
    ]


def _ranking(
    beside: Mapping[str, pd.DataFrame], by_id: Mapping[str, Fact], language: str
) -> list[str]:
    row = _year_ago(beside)
    if row is None:
        return []
    say, fact = translator(language), by_id.get("score.ranking")
    words = say(RANKED[row["ranks"]])
    shown = {"ranking": fact.shown(language), "range": fact.shown_range(language)} if fact else {}
    return [words.format(month=month_label(row["month"], language), **shown)]
