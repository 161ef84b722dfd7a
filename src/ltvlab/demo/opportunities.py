"""Plant who is ripe for more, who only looks so, and who must be left in peace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.book import Tables
from ltvlab.demo.company import REPORT_MONTH, STORAGE, first_days, stream
from ltvlab.demo.contracts import paid_months
from ltvlab.demo.names import AWKWARD_NAMES

GROUPS = {
    "ripe_upsell": 14,
    "ripe_cross_sell": 12,
    "near_limit_without_interest": 10,
    "blocked_unhappy": 6,
    "blocked_ticket": 4,
    "blocked_overdue": 3,
    "blocked_recent_contact": 3,
}
NEAR_LIMIT = ("ripe_upsell", "near_limit_without_interest", "blocked_unhappy", "blocked_ticket",
              "blocked_overdue", "blocked_recent_contact")  # fmt: skip
INTERESTED = tuple(name for name in GROUPS if name != "near_limit_without_interest")
INTEREST_KINDS = ("pricing_page", "upper_feature", "inquiry")
LAST_DAY = first_days(REPORT_MONTH + 1) - 1
QUIET_DAYS = 125  # around planted customers nothing else is left to chance for so long
OVERDUE_SERVICE_MONTH = REPORT_MONTH - 2  # July's service is due at the end of August
Groups = dict[str, np.ndarray]


def plant_opportunities(book: Tables, *, seed: int) -> tuple[Tables, Groups]:
    """Return the tables with the groups planted, and each group's customer ids.

    All planted customers are quiet, content and far from their renewal apart from what their
    group says, so that exactly one thing decides whether they belong on a list.
    """
    groups = _choose(book, stream(seed, "opportunities"))
    every = np.concatenate(list(groups.values()))
    near = np.concatenate([groups[name] for name in NEAR_LIMIT])
    planted = book | {
        "usage": _near_limits(book["usage"], near),
        "events": _planted_events(book["events"], groups, every),
        "surveys": _planted_scores(book["surveys"], groups["blocked_unhappy"], every),
        "invoices": _overdue(book["invoices"], groups["blocked_overdue"]),
        "customers": _awkward_names(book["customers"], groups),
    }
    return planted, groups


def _choose(book: Tables, rng: np.random.Generator) -> Groups:
    """Draw the groups among calm customers; cross-sell from holders of Marketing without Sales."""
    calm = _calm_customers(book)
    families = calm["families"]
    fits_cross = families.str.contains("0") & ~families.str.contains("1")
    cross = _pick(calm[fits_cross], GROUPS["ripe_cross_sell"], rng)
    rest = calm[~calm["customer_id"].isin(cross)]
    overdue = _pick(rest[rest["billed_monthly"]], GROUPS["blocked_overdue"], rng)
    rest = rest[~rest["customer_id"].isin(overdue)]["customer_id"].to_numpy()
    others = [name for name in GROUPS if name not in ("ripe_cross_sell", "blocked_overdue")]
    rest = rng.permutation(rest)
    ends = np.cumsum([GROUPS[name] for name in others])
    parts = np.split(rest[: ends[-1]], ends[:-1])
    chosen = dict(zip(others, parts, strict=True))
    chosen |= {"ripe_cross_sell": cross, "blocked_overdue": overdue}
    return {name: np.sort(chosen[name]) for name in GROUPS}


def _calm_customers(book: Tables) -> pd.DataFrame:
    """Return customers that pay, stay, were there a year ago, and have no renewal due soon."""
    lives = book["lives"]
    now = paid_months(book["lines"]).query("paid == @REPORT_MONTH")
    ever = book["lines"].assign(text=book["lines"]["product"].astype(str))
    families = ever.groupby("customer")["text"].agg(lambda held: "".join(sorted(set(held))))
    seats = now[now["product"] < STORAGE].groupby("customer")["seats"].min()
    yearly = (now["annual"] & now["billed_yearly"]).groupby(now["customer"]).any()
    calm = lives.assign(
        families=families,
        seats_now=seats,
        billed_monthly=~yearly.reindex(lives.index, fill_value=True),
    )
    due_in = (calm["start"] - REPORT_MONTH - 1) % 12
    far = ~calm["annual"] | (due_in >= 4)
    gives_notice = book["lines"]["cancel_notice_date"] >= first_days(REPORT_MONTH - 6)
    far = far & ~calm.index.isin(book["lines"].loc[gives_notice, "customer"])
    stays = (calm["exit"] > REPORT_MONTH + 9) & (calm["start"] <= REPORT_MONTH - 14)
    return calm[far & stays & (calm["seats_now"] >= 6)]


def _pick(candidates: pd.DataFrame, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(candidates["customer_id"].to_numpy())[:count]


def _near_limits(usage: pd.DataFrame, near: np.ndarray) -> pd.DataFrame:
    """Let the chosen use 84 to 96 % of their seats in the last three months."""
    chosen = usage["customer_id"].isin(near) & (usage["paid"] > REPORT_MONTH - 3)
    seats = chosen & (usage["metric"] == "seats")
    share = 0.84 + 0.03 * (usage["customer_id"].astype("int64") % 5)
    return usage.assign(used=np.where(seats, np.ceil(usage["limit"] * share), usage["used"]))


def _planted_events(events: pd.DataFrame, groups: Groups, every: np.ndarray) -> pd.DataFrame:
    near_only = groups["near_limit_without_interest"]
    recent = events["at"] >= LAST_DAY - QUIET_DAYS
    mine = recent & events["customer_id"].isin(every)
    shown = (
        mine
        & events["customer_id"].isin(near_only)
        & events["kind"].isin([*INTEREST_KINDS, "trial_request"])
    )
    calmed = events.assign(
        purpose=events["purpose"].mask(mine & (events["purpose"] == "sales"), "success"),
        sentiment=events["sentiment"].mask(mine & (events["sentiment"] == "negative"), "neutral"),
    )[~shown]
    added = [
        _interest(groups),
        _severe_tickets(groups["blocked_ticket"]),
        _contacts(groups["blocked_recent_contact"]),
    ]
    every_event = pd.concat([calmed, *added], ignore_index=True)
    return every_event.sort_values(["at", "customer_id", "kind"], kind="stable", ignore_index=True)


def _interest(groups: Groups) -> pd.DataFrame:
    """Return one sign of interest per interested customer, 12 to 78 days before the report's day."""
    ids = np.concatenate([groups[name] for name in INTERESTED])
    nth = np.arange(len(ids))
    kind = np.array(INTEREST_KINDS)[nth % 3]
    cross = np.isin(ids, groups["ripe_cross_sell"])
    rows = _events(ids, LAST_DAY - 12 - nth * 23 % 67, np.where(cross, "inquiry", kind))
    return rows.assign(
        channel="Web", direction="inbound", subject=np.where(cross, "Nagisa Sales", "")
    )


def _severe_tickets(ids: np.ndarray) -> pd.DataFrame:
    rows = _events(ids, LAST_DAY - 9 - np.arange(len(ids)), "ticket")
    return rows.assign(
        channel="サポート support", direction="inbound", severity="high", sentiment="negative"
    )


def _contacts(ids: np.ndarray) -> pd.DataFrame:
    rows = _events(ids, LAST_DAY - 8 - np.arange(len(ids)), "call")
    return rows.assign(channel="電話 phone", direction="outbound", purpose="sales", response="なし")


def _events(ids: np.ndarray, days: np.ndarray, kind: str | np.ndarray) -> pd.DataFrame:
    at = days.astype("datetime64[m]") + np.timedelta64(11 * 60, "m")
    blank = dict.fromkeys(["purpose", "response", "subject", "sentiment", "severity"], "")
    events = pd.DataFrame({"customer_id": ids, "at": at, "kind": kind, **blank})
    return events.assign(person_role="担当者 User", closed_at=np.datetime64("NaT", "m"))


def _planted_scores(surveys: pd.DataFrame, unhappy: np.ndarray, every: np.ndarray) -> pd.DataFrame:
    """Give every planted customer 9 and 10 in the last two waves; the unhappy fall from 8 to 2."""
    mine = surveys["customer_id"].isin(every) & (surveys["type"] == "nps")
    last, before = surveys["wave"] == "2026H1", surveys["wave"] == "2025H2"
    content = 9 + (surveys["role"] + surveys["customer_id"].astype("int64")) % 2
    fell = surveys["customer_id"].isin(unhappy)
    score = surveys["score"].mask(mine & (last | before), content.astype("float64"))
    score = score.mask(mine & fell & before, 8.0).mask(mine & fell & last, 2.0)
    return surveys.assign(score=score)


def _overdue(invoices: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """Leave July's service unpaid: a month overdue, not yet long enough to count as lost."""
    service = invoices["service_start"].to_numpy().astype("datetime64[M]").astype("int64")
    unpaid = invoices["customer_id"].isin(ids) & (service == OVERDUE_SERVICE_MONTH)
    unpaid = unpaid & (invoices["kind"] == "charge")
    return invoices.assign(
        status=invoices["status"].mask(unpaid, "overdue"),
        paid_date=invoices["paid_date"].mask(unpaid),
    )


def _awkward_names(customers: pd.DataFrame, groups: Groups) -> pd.DataFrame:
    """Give the awkward names to customers that will stand on lists, where they hurt most."""
    places = np.concatenate([groups["ripe_upsell"][:6], groups["ripe_cross_sell"][:2]])
    names = dict(zip(places, AWKWARD_NAMES, strict=False))
    return customers.assign(name=customers["customer_id"].map(names).fillna(customers["name"]))
