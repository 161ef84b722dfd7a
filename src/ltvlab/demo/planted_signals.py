"""Planted answers on behaviour: what leads churn, who is ripe, who is blocked, what deals win."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.actions import STRAY
from ltvlab.demo.activity import SIGNAL_DAYS, SIGNAL_SHARE
from ltvlab.demo.book import Tables
from ltvlab.demo.company import EXPORT_DAY, REPORT_MONTH, month_of
from ltvlab.demo.deals import LOST_PER_WON
from ltvlab.demo.endings import draw_notices
from ltvlab.demo.opportunities import GROUPS, Groups
from ltvlab.demo.planted_drivers import Entry, entry
from ltvlab.demo.surveys import UNHAPPY_DROP, UNHAPPY_MONTHS
from ltvlab.demo.usage import FALL, LEAD_MONTHS

GROUP_STORIES = {
    "ripe_upsell": ("Over 80 % of their seats, interest in the last 90 days, content", "listed for upsell, nothing blocks"),
    "ripe_cross_sell": ("Marketing without Sales, asked about Sales, content", "listed for cross-sell, nothing blocks"),
    "near_limit_without_interest": ("Over 80 % of their seats, no sign of interest", "not listed for upsell"),
    "blocked_unhappy": ("As ripe for upsell, but NPS fell from 8 to 2", "blocked: unhappy"),
    "blocked_ticket": ("As ripe for upsell, but a severe ticket is open", "blocked: severe ticket"),
    "blocked_overdue": ("As ripe for upsell, but July's service is unpaid", "blocked: overdue invoice"),
    "blocked_recent_contact": ("As ripe for upsell, but a sales call within 30 days", "blocked: contacted lately"),
}  # fmt: skip


def signal_entries(book: Tables, groups: Groups) -> list[Entry]:
    """Return what behaviour tells in advance, the opportunity groups, and the win rates."""
    return [
        _usage_leads(),
        _about_to_announce(book),
        _scores_fall(),
        _interest_leads(),
        *(_group(name, groups[name]) for name in GROUPS),
        *_win_rates(book["deals"]),
        _stale(book["deals"]),
        _acted_on(book["actions"]),
    ]


def _usage_leads() -> Entry:
    what = f"Key feature, logins and seats in use fall {LEAD_MONTHS} months before a notice, to these shares of the usual"
    expected = {"lead_months": LEAD_MONTHS, "shares": list(FALL)}
    return entry(
        "usage_leads_churn", what, expected, size="every leaver", file="usage.csv", column="used"
    )


def _about_to_announce(book: Tables) -> Entry:
    """Return customers whose use already falls and whose notice lies after the export's day."""
    lines = book["lines"]
    announced = draw_notices(lines, book["lives"])
    falls = month_of(announced) - LEAD_MONTHS <= REPORT_MONTH
    coming = falls & (announced > EXPORT_DAY) & (lines["until"] == lines["exit"]).to_numpy()
    whole = lines["exit"].to_numpy() == book["lives"]["exit"].to_numpy()[lines["customer"]]
    ids = sorted(lines.loc[coming & whole & ~lines["replaced"], "customer_id"].unique())
    what = "Customers that will announce to leave within three months; nothing but use shows it yet"
    return entry(
        "about_to_announce",
        what,
        "use falls against the book",
        size=len(ids),
        file="usage.csv",
        ids=ids,
    )


def _scores_fall() -> Entry:
    what = "NPS follows a hidden satisfaction that also lowers the hazard, and falls before a loss"
    expected = {"months_before": UNHAPPY_MONTHS, "points": UNHAPPY_DROP}
    return entry(
        "scores_lead_churn", what, expected, size="every leaver", file="surveys.csv", column="点数"
    )


def _interest_leads() -> Entry:
    what = "Price page, upper feature or inquiry comes before an upsell"
    expected = {"share_of_upsells": SIGNAL_SHARE, "days_before": list(SIGNAL_DAYS)}
    return entry(
        "interest_leads_upsell",
        what,
        expected,
        size="every upsell",
        file="events.csv",
        column="種類",
    )


def _group(name: str, ids: np.ndarray) -> Entry:
    what, expected = GROUP_STORIES[name]
    files = "usage.csv, events.csv, surveys.csv, invoices.csv"
    return entry(name, what, expected, size=len(ids), file=files, ids=ids.tolist())


def _win_rates(deals: pd.DataFrame) -> list[Entry]:
    counts = pd.crosstab(deals["pipeline"], deals["outcome"])
    return [
        entry(
            f"win_rate_{pipeline}",
            f"Deals of the pipeline {pipeline}: won, lost, open, and the rate they were drawn with",
            {
                **{outcome: int(counts.loc[pipeline, outcome]) for outcome in ("won", "lost", "open")},
                "rate": float(counts.loc[pipeline, "won"] / counts.loc[pipeline, ["won", "lost"]].sum()),
                "drawn_rate": 1 / (1 + LOST_PER_WON[pipeline]) if pipeline in LOST_PER_WON else "renewals of the contracts",
            },
            size=int(counts.loc[pipeline].sum()),
            file="deals.csv",
        )
        for pipeline in counts.index
    ]  # fmt: skip


def _acted_on(actions: pd.DataFrame) -> Entry:
    """Return what talking before a renewal did, against renewals held back by lot."""
    settled = actions[actions["settled"]]
    kept = settled.groupby("group")["kept"].agg(["mean", "size"])
    what = "Renewals of earlier lists that were talked about were kept more often than those held back by lot; introducing a family changed nothing"
    expected = {
        "kept_after_a_talk": float(kept.loc["talk", "mean"]),
        "kept_when_held_back": float(kept.loc["holdout", "mean"]),
        "talks": int(kept.loc["talk", "size"]),
        "held_back": int(kept.loc["holdout", "size"]),
        "on_no_list": STRAY,
    }
    return entry("acted_on", what, expected, size=len(actions), file="actions.csv")


def _stale(deals: pd.DataFrame) -> Entry:
    ids = deals.loc[deals["stale"], "deal_id"].tolist()
    what = "Open deals nobody has touched for eleven months or more"
    return entry(
        "stale_deals", what, "stale, neither won nor lost", size=len(ids), file="deals.csv", ids=ids
    )
