"""What customers say of us: the newest NPS score of each company, and how it moved."""

from __future__ import annotations

import pandas as pd

# Role names that decide; others are mapped to one of them by `values:` in params.
DECIDERS = ("decision", "decider", "決裁", "役員", "executive")
VALID_DAYS = 365


def score_features(surveys: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return one row per customer_id with an NPS answer in the year up to `as_of` (D41).

    `nps` is the lowest score of its decision makers in its newest wave, where roles are known,
    else the mean score; `nps_before` the same in the wave before, `nps_change` the difference,
    `nps_at` the newest answer's date. One answer per person and wave: the latest.
    """
    answers = nps_answers(surveys, as_of=as_of)
    answers = answers[answers["date"] > as_of - pd.Timedelta(days=VALID_DAYS)]
    by_wave = account_scores(answers)
    newest = by_wave.groupby("customer_id").tail(1).set_index("customer_id")
    before = by_wave.groupby("customer_id")["nps"].shift(1)
    change = by_wave.assign(nps_before=before).groupby("customer_id").tail(1)
    features = newest[["nps", "nps_at"]].join(change.set_index("customer_id")["nps_before"])
    return features.assign(nps_change=features["nps"] - features["nps_before"])


def nps_answers(surveys: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the latest valid NPS answer per person and wave, in order of time."""
    given = surveys["type"].eq("nps") & surveys["score"].notna() & surveys["score"].mod(1).eq(0)
    answers = surveys[given & (surveys["date"] <= as_of)]
    wave = wave_names(answers)
    person = answers["person_id"].fillna("") if "person_id" in answers else ""
    answers = answers.assign(wave=wave, person_id=person)
    answers = answers.sort_values(["date", "customer_id", "person_id", "score"], kind="stable")
    named = answers["person_id"].ne("")
    keys = ["customer_id", "person_id", "wave"]
    # Answers without a name cannot be told apart: each stands for a person of its own.
    return answers[~named | ~answers.duplicated(keys, keep="last")]


def wave_names(answers: pd.DataFrame) -> pd.Series:
    """Return the wave each answer belongs to: the one it names, else the quarter it was given in."""
    quarter = answers["date"].dt.to_period("Q").astype("str")
    return answers["wave"].fillna(quarter) if "wave" in answers else quarter


def account_scores(answers: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, wave, nps and nps_at per company and wave, in order of time."""
    role = answers["person_role"] if "person_role" in answers else pd.Series("", answers.index)
    decides = role.fillna("").str.lower().str.contains("|".join(DECIDERS))
    keys = ["customer_id", "wave"]
    scores = answers.groupby(keys).agg(nps=("score", "mean"), nps_at=("date", "max"))
    deciders = answers[decides].groupby(keys)["score"].min().rename("decider")
    scores = scores.join(deciders).reset_index()
    scores["nps"] = scores["decider"].fillna(scores["nps"])
    order = ["customer_id", "nps_at", "wave"]
    return scores.drop(columns="decider").sort_values(order, ignore_index=True)
