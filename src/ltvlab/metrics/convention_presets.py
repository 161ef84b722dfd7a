"""Tools whose figures leaders hold beside ours: how each sets the switches, and where it says so.

A figure is compared only where the tool defines it. What a tool lets its users configure stands
here at its documented default; a switch on which it says nothing stays as ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ltvlab.metrics.conventions import OURS, Conventions

MOVEMENTS = ("mrr", "customers", "new_mrr", "churned_mrr")


class Preset(NamedTuple):
    """A tool: its switches, the figures it defines, and per switch that differs its source."""

    name: str
    conventions: Conventions
    figures: tuple[str, ...]
    sources: Mapping[str, str]


CHARTMOGUL = Preset(
    "ChartMogul",
    OURS._replace(
        late_renewals="strict",
        free="kept",
        netting="event",
        churn_window="previous_6",
        retention="movements",
        margin=False,
    ),
    (*MOVEMENTS, "logo_churn", "revenue_churn", "nrr", "grr", "ltv"),
    {
        "late_renewals": "help.chartmogul.com 203299912: a customer without a subscription has churned",
        "free": "help.chartmogul.com 15384089786524, free customer handling: Active by default",
        "netting": "help.chartmogul.com 203299912 and 4416682609426: one movement per event",
        "churn_window": "help.chartmogul.com 203359061: mean of the previous six months, excluding the current",
        "retention": "help.chartmogul.com 203359341: movements over MRR at the start, reactivation included",
        "margin": "help.chartmogul.com 203359061: ARPA ÷ churn rate",
    },
)
STRIPE = Preset(
    "Stripe",
    OURS._replace(
        late_renewals="strict", discounts="list", netting="event", churn_base="opening_and_new"
    ),
    (*MOVEMENTS, "logo_churn"),
    {
        "late_renewals": "docs.stripe.com analytics glossary: a cancelled subscription is churn",
        "discounts": "support.stripe.com billing-analytics: only coupons that last forever lower MRR",
        "netting": "docs.stripe.com view-metrics: every MRR change of a customer is logged",
        "churn_base": "support.stripe.com calculating-subscriber-churn-rate-in-billing",
    },
)
DBT = Preset(
    "dbt mrr-playbook",
    OURS._replace(snapshot="month_start", late_renewals="strict"),
    MOVEMENTS,
    {
        "snapshot": "dbt-labs/mrr-playbook f7921cf models/customer_revenue_by_month.sql",
        "late_renewals": "dbt-labs/mrr-playbook f7921cf models/mrr.sql: a month without a period is churn",
    },
)
PRESETS = (CHARTMOGUL, STRIPE, DBT)
