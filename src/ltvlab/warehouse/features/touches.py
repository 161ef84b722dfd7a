"""What happened between a customer and us lately: talks, visits to pages, tickets, interest."""

from __future__ import annotations

import pandas as pd

# Signs of interest in more, as the articles name them: price page, upper feature, inquiry, trial.
INTEREST = ("pricing_page", "upper_feature", "trial_request", "inquiry")
TALKS = ("mail", "meeting", "call", "visit")
SEVERE = ("high", "urgent", "critical")
WINDOWS = (30, 90)
ONBOARDING_DAYS = 30


def touch_features(events: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return one row per customer_id with any event up to the end of `as_of`; kinds never seen have no column.

    `<kind>_30` and `<kind>_90` count events of each kind in the last days, `touches_…` all talks
    that we started; `interest_at`, `interest_kind` and `interest_subject` are of the newest sign
    of interest in 90 days; `severe_ticket_at` is the oldest severe ticket still open;
    `sales_contact_at` the newest outbound contact for sale; `onboarded_at` the first onboarding;
    `churn_statement_at` the newest.
    """
    known = events[events["at"] < as_of + pd.Timedelta(days=1)]
    known = known.assign(age=(as_of - known["at"].dt.normalize()).dt.days)
    parts = [
        *(_counts(known, days) for days in WINDOWS),
        _interest(known),
        _tickets(known, as_of),
        _sales_contacts(known),
        _dates(known),
    ]
    features = pd.concat(parts, axis=1).sort_index().rename_axis("customer_id")
    counts = [name for name in features if name.endswith(("_30", "_90"))]
    return features.fillna(dict.fromkeys(counts, 0.0))


def _counts(events: pd.DataFrame, days: int) -> pd.DataFrame:
    recent = events[events["age"] < days]
    by_kind = pd.crosstab(recent["customer_id"], recent["kind"])
    seen = sorted(events["kind"].unique())
    by_kind = by_kind.reindex(columns=seen, fill_value=0).add_suffix(f"_{days}")
    talks = recent[recent["kind"].isin(TALKS) & (_text(recent, "direction") != "inbound")]
    by_kind.columns.name = None
    return by_kind.join(talks.groupby("customer_id").size().rename(f"touches_{days}"))


def _interest(events: pd.DataFrame) -> pd.DataFrame:
    shown = events[events["kind"].isin(INTEREST) & (events["age"] < max(WINDOWS))]
    shown = shown.assign(subject=_text(shown, "subject"))
    newest = shown.sort_values(["at", "kind"]).drop_duplicates("customer_id", keep="last")
    newest = newest.set_index("customer_id")[["at", "kind", "subject"]]
    return newest.add_prefix("interest_")


def _tickets(events: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    tickets = events[events["kind"] == "ticket"]
    # What was closed after the date was open on it.
    closed = tickets["closed_at"] if "closed_at" in tickets else pd.Series(pd.NaT, tickets.index)
    is_open = ~(closed < as_of + pd.Timedelta(days=1))
    severe = tickets[is_open & _text(tickets, "severity").str.lower().isin(SEVERE)]
    recent = tickets["age"] < max(WINDOWS)
    negative = tickets[recent & (_text(tickets, "sentiment").str.lower() == "negative")]
    return pd.DataFrame(
        {
            "severe_ticket_at": severe.groupby("customer_id")["at"].min(),
            "negative_tickets_90": negative.groupby("customer_id").size(),
        }
    )


def sales_talks(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events in which we spoke to a customer in order to sell."""
    ours = _text(events, "direction").str.lower() == "outbound"
    return events[ours & (_text(events, "purpose").str.lower() == "sales")]


def _sales_contacts(events: pd.DataFrame) -> pd.DataFrame:
    sales = sales_talks(events)
    return sales.groupby("customer_id")[["at"]].max().rename(columns={"at": "sales_contact_at"})


def _dates(events: pd.DataFrame) -> pd.DataFrame:
    at = events.groupby(["customer_id", "kind"])["at"]
    first, newest = at.min().unstack("kind"), at.max().unstack("kind")
    return pd.DataFrame(
        {
            "onboarded_at": _column(first, "onboarding_done"),
            "churn_statement_at": _column(newest, "churn_statement"),
        }
    )


def _column(wide: pd.DataFrame, kind: str) -> pd.Series:
    empty = pd.Series(pd.NaT, index=wide.index, dtype="datetime64[us]")
    return wide.get(kind, empty)


def _text(events: pd.DataFrame, name: str) -> pd.Series:
    """Return a text column, empty where the company does not bring it."""
    blank = pd.Series("", index=events.index, dtype="str")
    return events[name].fillna("").astype("str") if name in events else blank
