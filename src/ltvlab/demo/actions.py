"""What was done about rows of earlier lists: talks before renewals, a holdout, and families introduced."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import PRODUCTS, REPORT_MONTH, STORAGE, days_in, first_days
from ltvlab.demo.contracts import paid_months
from ltvlab.demo.endings import NO_DATE

# Lists of these quarter ends were worked on; half a year later what followed is known for most.
LIST_MONTHS = np.arange(REPORT_MONTH - 24, REPORT_MONTH, 3)
# A term that ends sooner can no longer be left where notice is due 30 days before.
DAYS_TO_END = (31, 90)
# How renewals were treated, by whether they came: the difference is the planted effect.
SHARES = {
    "kept": {"talk": 0.58, "holdout": 0.20, "nothing": 0.22},
    "lost": {"talk": 0.28, "holdout": 0.50, "nothing": 0.22},
}
INTRODUCED = 60
STRAY = 6  # actions on rows that no list had
FITTING_SIZE = (260, 1250)
KEPT_AFTER_MONTHS = 6


def draw_actions(
    lines: pd.DataFrame, companies: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what was done about rows of past lists, in order of time; `group`, `kept` and `settled` are hidden.

    Renewals were talked about or, by lot, left alone; customers that were talked to stayed more
    often. That families were introduced changed nothing.
    """
    renewals = _treated(_renewals(lines), rng)
    rows = pd.concat(
        [_renewal_actions(renewals, rng), _introductions(lines, companies, rng)], ignore_index=True
    )
    rows = rows.join(companies.set_index("customer_id")["owner"], on="customer_id")
    rows.loc[rows.index[-STRAY:], "opportunity_id"] = [f"note-{n}" for n in range(1, STRAY + 1)]
    order = ["sent_at", "opportunity_id"]
    return rows.sort_values(order, kind="stable", ignore_index=True)


def _renewals(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the annual terms that the lists had as coming renewals, one per list and product."""
    own = lines["annual"] & ~lines["add_on"] & (lines["product"] != STORAGE)
    rows = paid_months(lines[own])
    last = rows[rows["paid"] % 12 == (rows["anniversary"] - 1) % 12]
    ends = days_in(last["paid"] + 1, last["day"]) - 1
    listed = LIST_MONTHS[np.searchsorted(_last_days(LIST_MONTHS), ends) - 1]
    days = (ends - _last_days(listed)).astype("int64")
    notice = last["cancel_notice_date"].to_numpy().astype("datetime64[D]")
    unannounced = ~(notice <= _last_days(listed))
    soon = (days >= DAYS_TO_END[0]) & (days <= DAYS_TO_END[1]) & unannounced
    settled = listed + KEPT_AFTER_MONTHS <= REPORT_MONTH
    kept = _kept(last, listed, rows) | ~settled
    return last.assign(listed=listed, ends=ends, kept=kept, settled=settled)[soon]


def _last_days(months: np.ndarray) -> np.ndarray:
    return first_days(np.asarray(months) + 1) - 1


def _kept(last: pd.DataFrame, listed: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    paid = pd.MultiIndex.from_frame(rows[["customer", "product", "paid"]])
    then = pd.MultiIndex.from_arrays(
        [last["customer"], last["product"], listed + KEPT_AFTER_MONTHS]
    )
    return then.isin(paid)


def _treated(renewals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    draw = rng.random(len(renewals))
    kept = np.where(renewals["kept"], "kept", "lost")
    talk = np.array([SHARES[name]["talk"] for name in kept])
    held = talk + np.array([SHARES[name]["holdout"] for name in kept])
    group = np.select([draw < talk, draw < held], ["talk", "holdout"], default="nothing")
    return renewals.assign(group=group)[group != "nothing"]


def _renewal_actions(renewals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    talked = (renewals["group"] == "talk").to_numpy()
    sent = _last_days(renewals["listed"]) + np.where(talked, rng.integers(2, 26, len(renewals)), 1)
    ended = renewals["ends"].to_numpy() + 1
    known = talked & renewals["settled"].to_numpy()
    product = PRODUCTS["product"].to_numpy()[renewals["product"]]
    return pd.DataFrame(
        {
            "customer_id": renewals["customer_id"].to_numpy(),
            "opportunity_id": "renewal-" + renewals["customer_id"].to_numpy() + "-" + product,
            "play": np.where(talked, "prepare_renewal", "holdout"),
            "sent_at": sent,
            "outcome": np.where(known, np.where(renewals["kept"], "won", "lost"), ""),
            "outcome_at": np.where(known, ended, NO_DATE),
            "group": renewals["group"].to_numpy(),
            "kept": renewals["kept"].to_numpy(),
            "settled": renewals["settled"].to_numpy(),
        }
    )


def _introductions(
    lines: pd.DataFrame, companies: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return introductions of Sales to holders of Marketing alone that are of a fitting size."""
    held = paid_months(lines)
    held = held.assign(family=PRODUCTS["family"].to_numpy()[held["product"]])
    began = held.groupby(["customer_id", "family"])["paid"].min().unstack()
    only = held[held["paid"].isin(LIST_MONTHS) & (held["family"] == "Marketing")]
    only = only.drop_duplicates(["customer_id", "paid"])
    employees = only["customer_id"].map(companies.set_index("customer_id")["employees"])
    never = only["customer_id"].map(began["Sales"].fillna(np.inf)) > only["paid"]
    fitting = only[never.to_numpy() & employees.between(*FITTING_SIZE).to_numpy()]
    chosen = fitting.iloc[np.sort(rng.permutation(len(fitting))[:INTRODUCED])]
    sent = _last_days(chosen["paid"]) + rng.integers(2, 40, len(chosen))
    return pd.DataFrame(
        {
            "customer_id": chosen["customer_id"].to_numpy(),
            "opportunity_id": "cross_sell-" + chosen["customer_id"].to_numpy() + "-Sales",
            "play": "introduce_family",
            "sent_at": sent,
            "outcome": "",
            "outcome_at": NO_DATE,
            "group": "introduced",
            "kept": True,
            "settled": False,
        }
    )
