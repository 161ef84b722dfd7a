"""Satisfaction: half-yearly NPS waves with people who do not answer, and CSAT after tickets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import LAST_MONTH, OPEN, days_in
from ltvlab.demo.contracts import paid_months

WAVES = {652: "2024H1", 658: "2024H2", 664: "2025H1", 670: "2025H2", 676: "2026H1"}
ROLES = ("決裁者 Decision maker", "担当者 User")
RESPONSE_RATE = 0.58
CSAT_RATE = 0.35
UNHAPPY_MONTHS = 5  # before a notice, scores fall
UNHAPPY_DROP = 2.6


def draw_surveys(
    lines: pd.DataFrame, customers: pd.DataFrame, events: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row per person invited to a wave, without a score where nobody answered.

    Decision makers answer a point below users, and scores follow the planted satisfaction.
    """
    paid = paid_months(lines)[["customer", "paid"]].drop_duplicates()
    asked = paid[paid["paid"].isin(WAVES)]
    asked = asked.merge(pd.DataFrame({"role": range(len(ROLES))}), how="cross")
    asked = asked.sort_values(["paid", "customer", "role"], ignore_index=True)
    nps = _scored(asked, customers, rng)
    surveys = pd.concat([nps, _csat(events, customers, rng)], ignore_index=True)
    ids = customers["customer_id"].to_numpy()[surveys["customer"]]
    person = [f"P{id_}-{role + 1}" for id_, role in zip(ids, surveys["role"], strict=True)]
    named = surveys.assign(
        customer_id=ids,
        person_id=person,
        person_role=np.array(ROLES)[surveys["role"]],
        invited="はい",
    )
    return named.sort_values(["date", "customer_id", "person_id"], kind="stable", ignore_index=True)


def _scored(asked: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    satisfaction = customers["satisfaction"].to_numpy()[asked["customer"]]
    exits = customers["exit"].to_numpy()[asked["customer"]]
    left = np.where(exits < LAST_MONTH, exits, OPEN) - asked["paid"]
    drop = UNHAPPY_DROP * ((left > 0) & (left <= UNHAPPY_MONTHS))
    typical = 7.4 + 1.1 * satisfaction - drop - 0.6 * (asked["role"] == 0)
    score = np.clip(np.rint(typical + rng.normal(0, 1.2, len(asked))), 0, 10)
    answered = rng.random(len(asked)) < RESPONSE_RATE
    return asked.assign(
        score=np.where(answered, score, np.nan),
        type="nps",
        wave=asked["paid"].map(WAVES),
        date=days_in(asked["paid"], rng.integers(8, 26, len(asked))),
    )


def _csat(events: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    tickets = events[(events["kind"] == "ticket") & (rng.random(len(events)) < CSAT_RATE)]
    satisfaction = customers["satisfaction"].to_numpy()[tickets["customer"]]
    score = np.clip(np.rint(3.7 + 0.6 * satisfaction + rng.normal(0, 0.8, len(tickets))), 1, 5)
    date = tickets["closed_at"].to_numpy().astype("datetime64[D]") + 1
    return pd.DataFrame(
        {
            "customer": tickets["customer"].to_numpy(),
            "role": 1,
            "score": score,
            "type": "csat",
            "wave": "",
            "date": date,
        }
    )
