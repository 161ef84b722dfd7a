"""What happened with each customer: talks, page views, tickets, seminars, notices to leave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import EXPORT_DAY, EXPORT_FROM, REPORT_MONTH, days_in, first_days
from ltvlab.demo.contracts import paid_months

# Events per customer and month; and how satisfaction pulls on them, on the log.
RATES = {
    "mail": (0.55, 0.0), "call": (0.16, 0.0), "meeting": (0.14, 0.1), "visit": (0.05, 0.1),
    "pricing_page": (0.05, 0.0), "upper_feature": (0.05, 0.2), "trial_request": (0.012, 0.1),
    "inquiry": (0.05, 0.0), "ticket": (0.16, -0.35), "help_page": (0.30, -0.2),
    "community": (0.06, 0.3), "seminar": (0.05, 0.2),
}  # fmt: skip
CHANNELS = {
    "mail": "メール mail", "call": "電話 phone", "meeting": "オンライン online", "visit": "訪問 visit",
    "pricing_page": "Web", "upper_feature": "製品 product", "trial_request": "Web", "inquiry": "Web",
    "ticket": "サポート support", "help_page": "Web", "community": "Web", "seminar": "会場 venue",
    "onboarding_done": "製品 product", "churn_statement": "メール mail",
}  # fmt: skip
OUTGOING = ("mail", "call", "visit", "meeting")
PURPOSES = ["onboarding", "support", "success", "sales"]
ROLES = ["決裁者 Decision maker", "担当者 User", "管理者 Administrator"]
RESPONSE_CHANCE = {"mail": 0.22, "call": 0.45, "meeting": 0.85, "visit": 0.9}
# Interest rises before seats or tiers are added: the signal behind past upsells.
SIGNAL_DAYS = (20, 80)
SIGNAL_SHARE = 0.6


def draw_events(
    lines: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row per event, in order of time."""
    held = paid_months(lines, last_month=REPORT_MONTH + 1)[["customer", "paid"]].drop_duplicates(
        ignore_index=True
    )
    parts = [_at_rate(held, customers, kind, rng) for kind in RATES]
    parts += [_onboardings(customers), _signals(lines, rng), _churn_statements(lines, customers)]
    events = pd.concat(parts, ignore_index=True)
    events = events[events["at"] <= EXPORT_DAY]
    events = events.sort_values(["at", "customer", "kind"], kind="stable", ignore_index=True)
    return _described(events, customers, rng)


def _at_rate(
    held: pd.DataFrame, customers: pd.DataFrame, kind: str, rng: np.random.Generator
) -> pd.DataFrame:
    rate, pull = RATES[kind]
    satisfaction = customers["satisfaction"].to_numpy()[held["customer"]]
    count = rng.poisson(rate * np.exp(pull * satisfaction))
    rows = held.loc[held.index.repeat(count)].reset_index(drop=True)
    return _moments(
        rows["customer"], first_days(rows["paid"]) + rng.integers(0, 28, len(rows)), kind
    )


def _moments(customer: pd.Series, day: np.ndarray, kind: str) -> pd.DataFrame:
    return pd.DataFrame({"customer": np.asarray(customer), "at": day, "kind": kind})


def _onboardings(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the day onboarding was done: within 30 days, or 40 to 110 days after the start."""
    quick = (customers["onboarded_in_30_days"] == "yes").to_numpy()
    spread = np.arange(len(customers)) * 29
    after = np.where(quick, 9 + spread % 20, 40 + spread % 71)
    done = days_in(customers["start"], customers["day"]) + after
    begun = done >= first_days(EXPORT_FROM)
    return _moments(customers.index[begun], done[begun], "onboarding_done")


def _signals(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the interest shown before an add-on, an upgrade or more seats."""
    bought = lines[lines["why"].isin(["add_on", "upgrade", "more_seats"])]
    bought = bought[rng.random(len(bought)) < SIGNAL_SHARE]
    day = bought["start_date"].to_numpy().astype("datetime64[D]")
    day = day - rng.integers(*SIGNAL_DAYS, len(bought))
    kind = rng.choice(["pricing_page", "upper_feature", "inquiry"], len(bought))
    return pd.DataFrame({"customer": bought["customer"].to_numpy(), "at": day, "kind": kind})


def _churn_statements(lines: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the notices that end a customer; giving up one product of several is none."""
    last = lines["until"].to_numpy() == customers["exit"].to_numpy()[lines["customer"]]
    leaving = lines[lines["leaves"] & last].drop_duplicates("customer")
    day = leaving["cancel_notice_date"].to_numpy().astype("datetime64[D]")
    return _moments(leaving["customer"], day, "churn_statement")


def _described(
    events: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the events with channel, direction, purpose, response, mood and severity."""
    kind, count = events["kind"], len(events)
    talk, ticket = kind.isin(OUTGOING).to_numpy(), (kind == "ticket").to_numpy()
    mood = customers["satisfaction"].to_numpy()[events["customer"]] + rng.standard_normal(count)
    sentiment = np.select([mood < -1.1, mood > 0.8], ["negative", "positive"], default="neutral")
    answered = rng.random(count) < kind.map(RESPONSE_CHANCE).fillna(0.0)
    minutes = rng.integers(9 * 60, 18 * 60, count).astype("timedelta64[m]")
    at = events["at"].to_numpy().astype("datetime64[m]") + minutes
    days_open = rng.integers(1, 12, count).astype("timedelta64[D]")
    closed = np.where(ticket, at + days_open, np.datetime64("NaT"))
    return events.assign(
        at=at,
        customer_id=customers["customer_id"].to_numpy()[events["customer"]],
        channel=kind.map(CHANNELS),
        direction=np.where(talk, "outbound", "inbound"),
        purpose=np.where(talk, rng.choice(PURPOSES, count, p=[0.15, 0.25, 0.40, 0.20]), ""),
        response=np.where(talk, np.where(answered, "あり", "なし"), ""),
        subject="",
        sentiment=np.where(ticket, sentiment, ""),
        severity=np.where(ticket, rng.choice(["low", "medium"], count, p=[0.7, 0.3]), ""),
        closed_at=closed,
        person_role=rng.choice(ROLES, count),
    )
