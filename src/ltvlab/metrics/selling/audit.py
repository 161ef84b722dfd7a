"""Who should have been left alone and was offered more all the same, and what followed (D38)."""

from __future__ import annotations

import pandas as pd

from ltvlab.metrics.gates import GATES
from ltvlab.metrics.selling.followed import BESIDE, EVERYONE, followed, verdict, with_enough
from ltvlab.months import month_number
from ltvlab.statistics.matching import Matched, matched_difference
from ltvlab.warehouse.features.scores import account_scores, nps_answers

AUDIT_MONTHS = 12
AFTER = (6, 12)
FOLLOWING = ("left", "pays_less")
# What is judged; the other rows stand beside it.
JUDGED = ("any", "left", 12)
COLUMNS = [
    "gate", "compared_with", "outcome", "months", "while_blocked", "other", "difference", "low", "high",
    "n_blocked", "n_other", "customers", "rarer", "verdict",
]  # fmt: skip


def gate_audit(made: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return responsible, gate, offers, blocked, share, customers of the last twelve months.

    `blocked` are the offers made although the gate blocked the customer the day before, `offers`
    all of the team; the gate `any` is any of them, `everyone` every one. An offer that two
    gates blocked is in two rows.
    """
    recent = made[made["pitched_at"] > as_of - pd.DateOffset(months=AUDIT_MONTHS)]
    every = pd.concat([recent.assign(responsible=EVERYONE), recent], ignore_index=True)
    flags = every.assign(any=every["blocked"])
    names = ["any", *GATES]
    long = flags.melt(["responsible", "customer_id", "case_id"], names, "gate", "is_blocked")
    groups = long.groupby(["responsible", "gate"])
    hit = long[long["is_blocked"].astype("bool")].groupby(["responsible", "gate"])
    table = pd.DataFrame({"offers": groups.size(), "blocked": hit.size()}).fillna(0)
    table["customers"] = hit["customer_id"].nunique()
    table = table.fillna(0).astype("int64").reset_index()
    table = table.assign(share=table["blocked"] / table["offers"])
    return _in_order(table[(table["gate"] == "any") | (table["blocked"] > 0)], names)


def _in_order(table: pd.DataFrame, gates: list[str]) -> pd.DataFrame:
    place = table["gate"].map({gate: nth for nth, gate in enumerate(gates)})
    ordered = table.assign(place=place, last=table["responsible"] != EVERYONE)
    ordered = ordered.sort_values(["last", "responsible", "place"], ignore_index=True)
    return ordered[["responsible", "gate", "offers", "blocked", "share", "customers"]]


def followed_offers(made: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return what followed offers to blocked customers, against offers to free ones (COLUMNS).

    Seen from the end of the month before the offer; leaving, and paying less or nothing, 6 and 12
    months on. For single gates only leaving within 12 months. Deals and talks are compared apart,
    and each by its half-year. A blocked customer is in trouble anyway: this is no effect of the offer.
    """
    if mrr.attrs.get("basis") == "orders" or made.empty:
        return pd.DataFrame(columns=COLUMNS)
    month = month_number(made["pitched_at"]) - 1
    stratum = made["source"] + " " + (month // 6).astype("str")
    after = {months: followed(mrr, made["customer_id"], month, months=months) for months in AFTER}
    wanted = [("any", name, months) for name in FOLLOWING for months in AFTER]
    wanted += [(gate, "left", max(AFTER)) for gate in GATES]
    rows = []
    for gate, outcome, months in wanted:
        is_blocked = made["blocked"] if gate == "any" else made[gate]
        chosen = is_blocked | ~made["blocked"]
        found = matched_difference(
            is_blocked[chosen],
            after[months].loc[chosen, outcome],
            stratum[chosen],
            made.loc[chosen, "customer_id"],
        )
        if found.n_first or gate == "any":
            rows.append(_row(gate, "offered_while_free", outcome, months, found))
    return pd.DataFrame(rows, columns=COLUMNS)


def scores_after(
    made: pd.DataFrame, surveys: pd.DataFrame | None, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return how NPS moved after offers to blocked customers, against free ones (COLUMNS).

    The move is a customer's newest score within 6 or 12 months after the offer less the newest before it, in points, for those that answered both times.
    """
    if made.empty or surveys is None or surveys.empty:
        return pd.DataFrame(columns=COLUMNS)
    scores = account_scores(nps_answers(surveys, as_of=as_of))
    rows = []
    for months in AFTER:
        moved = _score_change(made, scores, months)
        stratum = made["source"] + " " + moved["before"].round().astype("str")
        found = matched_difference(made["blocked"], moved["change"], stratum, made["customer_id"])
        rows.append(_row("any", "offered_while_free", "nps_change", months, found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _score_change(made: pd.DataFrame, scores: pd.DataFrame, months: int) -> pd.DataFrame:
    ordered = scores.assign(at=scores["nps_at"].astype("datetime64[us]")).sort_values("at")
    asked = made.assign(until=made["pitched_at"] + pd.DateOffset(months=months), row=made.index)
    before, after = (
        pd.merge_asof(
            asked.sort_values(day, kind="stable"),
            ordered[["customer_id", "at", "nps"]],
            left_on=day,
            right_on="at",
            by="customer_id",
        ).set_index("row")
        for day in ("day", "until")
    )
    later = after["nps"].where(after["at"] > after["pitched_at"])
    table = pd.DataFrame({"before": before["nps"], "change": later - before["nps"]})
    return table.reindex(made.index)


def left_alone(standing: pd.DataFrame, made: pd.DataFrame, mrr: pd.DataFrame) -> pd.DataFrame:
    """Return what followed blocked customers that were offered more, against those left alone.

    `standing` has customer_id, list (the number of a quarter's last month), size and `blocked_by`
    as of then. Offered is an offer in the next three months; seen from the end of those, when
    both still paid, so that nobody counts as left alone for having left. Within the same list,
    size and reasons.
    """
    if mrr.attrs.get("basis") == "orders" or standing.empty or made.empty:
        return pd.DataFrame(columns=COLUMNS)
    held = standing[standing["blocked_by"] != ""].reset_index(drop=True)
    month = month_number(made["pitched_at"])
    # The three months after a quarter's end, by the end's number.
    offered = pd.MultiIndex.from_arrays([made["customer_id"], (month - 1 - _turn(standing)) // 3])
    asked = pd.MultiIndex.from_arrays([held["customer_id"], (held["list"] - _turn(standing)) // 3])
    is_offered = asked.isin(offered)
    stratum = held.groupby(["list", "size", "blocked_by"], dropna=False).ngroup()
    rows = []
    for months in AFTER:
        after = followed(mrr, held["customer_id"], held["list"] + 3, months=months)
        found = matched_difference(is_offered, after["left"], stratum, held["customer_id"])
        rows.append(_row("any", "blocked_left_alone", "left", months, found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _turn(standing: pd.DataFrame) -> int:
    """Return which of the three months of a quarter its lists are of, as a remainder."""
    return int(standing["list"].iloc[0]) % 3


def _row(
    gate: str, compared_with: str, outcome: str, months: int, found: Matched
) -> dict[str, object]:
    found = with_enough(found)
    figures = {
        "while_blocked": found.mean_first, "other": found.mean_second, "difference": found.difference,
        "low": found.low, "high": found.high, "n_blocked": found.n_first, "n_other": found.n_second,
        "customers": found.customers, "rarer": found.events,
    }  # fmt: skip
    is_judged = (gate, outcome, months) == JUDGED
    judged = verdict(found.low, found.high, found.events) if is_judged else BESIDE
    named = {"gate": gate, "compared_with": compared_with, "outcome": outcome, "months": months}
    return {**named, **figures, "verdict": judged}
