"""NPS wave by wave: by person, by account and by money, who answered, and whose score fell (D41)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.metrics.loyalty import known, nps_band
from ltvlab.metrics.nps import NetScore, net_score, weighted_net_score
from ltvlab.warehouse.features.scores import account_scores, nps_answers

DROP_POINTS = 2.0
WAYS = ("person", "account", "money")
BANDS = ("detractor", "passive", "promoter")
COLUMNS = ("wave", "weighting", "nps", "low", "high", "answers", "invited", "response")


def nps_by_wave(
    surveys: pd.DataFrame, mrr: pd.DataFrame, *, as_of: pd.Timestamp, seed: int, waves: int = 2
) -> pd.DataFrame:
    """Return the newest waves three ways: wave, weighting, nps, low, high, answers, invited, response.

    `weighting` is person, account, or money (accounts by what they paid in the wave's last
    month, orders in the year to it). `answers` counts persons or accounts, `invited` the persons asked; `response` is
    the share of them that answered, NaN where the company does not say whom it asked.
    """
    answers = nps_answers(surveys, as_of=as_of)
    ends = answers.groupby("wave")["date"].max().sort_values(kind="stable").tail(waves)
    asked = _asked(surveys, as_of)
    tables = [
        _wave(answers[answers["wave"] == name], name, end, mrr, seed) for name, end in ends.items()
    ]
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(tables, ignore_index=True).merge(
        asked, on="wave", how="left", validate="many_to_one"
    )
    return table[list(COLUMNS)]


def _wave(
    answers: pd.DataFrame, name: str, end: pd.Timestamp, mrr: pd.DataFrame, seed: int
) -> pd.DataFrame:
    accounts = account_scores(answers).set_index("customer_id")["nps"]
    scores: list[NetScore] = [
        net_score(answers["score"]),
        net_score(accounts),
        weighted_net_score(accounts, _paid(mrr, end), seed=seed),
    ]
    return pd.DataFrame(scores).rename(columns={"n": "answers"}).assign(wave=name, weighting=WAYS)


def _paid(mrr: pd.DataFrame, end: pd.Timestamp) -> pd.Series:
    """Return what each customer paid in the wave's last month; orders: in the year to it."""
    months = 12 if mrr.attrs.get("basis") == "orders" else 1
    return mrr.loc[:, : end.to_period("M")].iloc[:, -months:].sum(axis=1)


def _asked(surveys: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return wave, invited (persons) and response; no rows where nobody is marked as invited."""
    rows = surveys[surveys["type"].eq("nps") & (surveys["date"] <= as_of)]
    if "invited" not in rows:
        return pd.DataFrame({"wave": pd.Series(dtype="str"), "invited": [], "response": []})
    quarter = rows["date"].dt.to_period("Q").astype("str")
    wave = rows["wave"].fillna(quarter) if "wave" in rows else quarter
    person = rows.get("person_id", pd.Series(np.nan, index=rows.index))
    # Persons without a name cannot be told apart: each row is one.
    person = person.fillna(pd.Series(rows.index.astype("str"), index=rows.index))
    rows = rows.assign(wave=wave, person=person, answered=rows["score"].notna())
    rows = rows[rows["invited"].fillna(False).astype("bool")]
    persons = rows.groupby(["wave", "customer_id", "person"])["answered"].any()
    by_wave = persons.groupby(level="wave").agg(["size", "mean"])
    return by_wave.set_axis(["invited", "response"], axis=1).reset_index()


def score_drops(features: pd.DataFrame) -> pd.DataFrame:
    """Return nps_before, nps, nps_change per customer_id whose score fell: by 2 points or out of its band."""
    now, before = known(features, "nps"), known(features, "nps_before")
    both = now.notna() & before.notna()
    place = {name: number for number, name in enumerate(("", *BANDS))}
    band_falls = nps_band(now).map(place) < nps_band(before).map(place)
    fell = both & (band_falls | (before - now >= DROP_POINTS))
    table = pd.DataFrame({"nps_before": before, "nps": now, "nps_change": now - before})
    return table[fell].sort_values(["nps_change", "nps"], kind="stable")
