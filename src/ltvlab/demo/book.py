"""The whole company as typed tables under canonical names, before planting and before export."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.actions import draw_actions
from ltvlab.demo.activity import draw_events
from ltvlab.demo.budget import draw_spend, plan_name, price_list, targets
from ltvlab.demo.company import OWNERS, PRODUCTS, SEAT_LIMIT, STORAGE, days_in, stream
from ltvlab.demo.contracts import draw_lines
from ltvlab.demo.customers import customer_ids, draw_companies, draw_customers
from ltvlab.demo.deals import deal_stages, draw_deals
from ltvlab.demo.endings import NO_DATE
from ltvlab.demo.invoices import draw_invoices
from ltvlab.demo.names import draw_names
from ltvlab.demo.surveys import draw_surveys
from ltvlab.demo.usage import draw_usage

PROSPECTS_PER_CUSTOMER = 0.3
TRIALS, SETUP_FEES = 40, 30
Tables = dict[str, pd.DataFrame]


def draw_book(*, seed: int, customers: int) -> Tables:
    """Return every table of the company; `lives` holds the hidden side of each customer.

    `lines` are the contract lines with the months they are paid for; `contracts` is what the
    contract desk shows of them, with trials and set-up fees.
    """
    lives = draw_customers(seed=seed, customers=customers)
    lines = draw_lines(lives, stream(seed, "contracts"))
    lines = lines.assign(customer_id=lives["customer_id"].to_numpy()[lines["customer"]])
    companies = _companies(lives, seed)
    events = draw_events(lines, lives, stream(seed, "events"))
    deals = _owned_deals(lines, companies, seed)
    return {
        "lives": lives,
        "lines": lines,
        "customers": companies,
        "contracts": _contracts(lines),
        "invoices": draw_invoices(lines, stream(seed, "invoices")),
        "deals": deals,
        "deal_stages": deal_stages(deals),
        "events": events,
        "usage": draw_usage(lines, lives, stream(seed, "usage")),
        "surveys": draw_surveys(lines, lives, events, stream(seed, "surveys")),
        "actions": draw_actions(lines, companies, stream(seed, "actions")),
        **_plans_and_money(lines, lives, seed),
    }


def _plans_and_money(lines: pd.DataFrame, lives: pd.DataFrame, seed: int) -> Tables:
    products, plans = price_list()
    return {
        "products": products,
        "plans": plans,
        "spend": draw_spend(lives, stream(seed, "spend")),
        "targets": targets(lines),
    }


def _companies(lives: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the CRM's companies: the customers, then prospects that never paid."""
    count = round(PROSPECTS_PER_CUSTOMER * len(lives))
    prospects = draw_companies(stream(seed, "prospects"), count, 651, 680)
    prospects = prospects.assign(customer_id=customer_ids(count, first=len(lives) + 1))
    every = pd.concat([lives, prospects], ignore_index=True)
    rng = stream(seed, "names")
    start = days_in(every["start"], every["day"])
    parent = np.where(np.arange(len(every)) % 67 == 66, every["customer_id"].shift(40), "")
    numbers = rng.integers(10**11, 10**12, len(every))
    return every.join(draw_names(every["industry"], rng)).assign(
        # Real corporate numbers never begin with 0: these belong to nobody.
        corporate_number=[f"0{number}" for number in numbers],
        annual_revenue=np.rint(every["employees"] * every["revenue_per_employee"] / 1e6) * 1e6,
        parent_id=parent,
        team=every["owner"].map(OWNERS),
        start_date=np.where(every["exit"].isna(), NO_DATE, start),
    )


def _owned_deals(lines: pd.DataFrame, companies: pd.DataFrame, seed: int) -> pd.DataFrame:
    prospects = np.flatnonzero(companies["exit"].isna())
    deals = draw_deals(lines, prospects, stream(seed, "deals"))
    of_company = companies.loc[deals["customer"], ["customer_id", "owner", "team"]]
    return deals.join(of_company.reset_index(drop=True))


def _contracts(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines as signed, with trials and set-up fees, which are no recurring revenue."""
    per_year = lines["annual"] & lines["billed_yearly"]
    months = np.where(per_year, 12, 1)
    signed = lines.assign(
        product=PRODUCTS["product"].to_numpy()[lines["product"]],
        plan=[plan_name(product, tier) for product, tier in lines[["product", "tier"]].to_numpy()],
        seat_limit=np.where(lines["product"] == STORAGE, np.nan, SEAT_LIMIT[lines["tier"]]),
        amount=lines["monthly"] * months,
        list_amount=lines["monthly_list"] * months,
        billing_period=np.where(per_year, "year", "month"),
        kind="recurring",
    )
    return pd.concat([signed, _trials(signed), _setup_fees(signed)], ignore_index=True)


def _trials(signed: pd.DataFrame) -> pd.DataFrame:
    first = signed[(signed["why"] == "first") & (signed["role"] == "first")].tail(TRIALS)
    start = first["start_date"].to_numpy().astype("datetime64[D]")
    return _beside(first, "T", "trial").assign(
        start_date=start - 21, end_date=start - 1, amount=0.0, list_amount=0.0
    )


def _setup_fees(signed: pd.DataFrame) -> pd.DataFrame:
    first = signed[(signed["why"] == "first") & (signed["role"] == "first")]
    first = first[first["tier"] == 2].tail(SETUP_FEES)
    start = first["start_date"]
    return _beside(first, "S", "one_time").assign(
        end_date=start, amount=300_000.0, list_amount=300_000.0
    )


def _beside(first: pd.DataFrame, letter: str, kind: str) -> pd.DataFrame:
    """Return lines of another kind beside first lines, without their terms and changes."""
    dates = [
        "original_end_date",
        "cancel_notice_date",
        "cancel_effective_date",
        "discount_end_date",
        "pause_start",
        "pause_end",
    ]
    ids = [f"{letter}-{number:05d}" for number in range(1, len(first) + 1)]
    blank = dict.fromkeys(dates, NO_DATE)
    return first.assign(
        contract_id=ids, kind=kind, billing_period="term", predecessor_id="", end_reason="",
        auto_renew=False, term_months=np.nan, **blank,
    )  # fmt: skip
