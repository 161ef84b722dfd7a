"""The canonical tables: columns with their kinds, ids, dates, segments and vocabularies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ltvlab.sources.values import Kind

BILLING_PERIODS = ("month", "quarter", "half_year", "year", "week", "day", "term")
EVENT_KINDS = (
    "mail", "meeting", "call", "visit", "pricing_page", "upper_feature", "trial_request",
    "inquiry", "ticket", "help_page", "onboarding_done", "community", "seminar",
    "churn_statement",
)  # fmt: skip
USAGE_METRICS = ("seats", "storage", "logins", "key_feature")


@dataclass(frozen=True, kw_only=True)
class Table:
    """What one canonical table promises.

    `row_id` are the columns that tell its rows apart, where it has such; `dated` is the column
    that decides whether a row lies after the report date; `segments` become Unknown when empty;
    `words` are closed vocabularies, `open_words` are kept and warned about; `taxed` amounts
    follow the tax mode; `blank` are needed columns in which an empty cell is allowed.
    """

    needed: Mapping[str, Kind]
    optional: Mapping[str, Kind] = field(default_factory=dict)
    row_id: tuple[str, ...] = ()
    dated: str = ""
    segments: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_negative: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ordered: tuple[tuple[str, str], ...] = ()
    taxed: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Kind]:
        """Return every column with its kind, needed ones first."""
        return {**self.needed, **self.optional}


TABLES: Mapping[str, Table] = {
    "customers": Table(
        needed={"customer_id": "id"},
        optional={
            "name": "text", "name_kana": "text", "corporate_number": "id", "industry": "text",
            "employees": "number", "annual_revenue": "money", "channel": "text",
            "region": "text", "parent_id": "id", "start_date": "date", "owner": "text",
            "team": "text", "fiscal_year_end_month": "number",
        },
        row_id=("customer_id",),
        segments=("industry", "channel", "region", "owner", "team"),
        not_negative=("employees", "annual_revenue"),
        ranges={"fiscal_year_end_month": (1, 12)},
    ),
    "customer_history": Table(
        needed={"customer_id": "id", "attribute": "text", "value": "text", "valid_from": "date"},
        row_id=("customer_id", "attribute", "valid_from"),
        dated="valid_from",
        blank=("value",),
    ),
    "contracts": Table(
        needed={
            "contract_id": "id", "customer_id": "id", "start_date": "date", "amount": "money",
            "billing_period": "word",
        },
        optional={
            "end_date": "date", "product": "text", "plan": "text", "seats": "number",
            "seat_limit": "number", "list_amount": "money", "currency": "currency",
            "term_months": "number", "auto_renew": "boolean", "cancel_notice_date": "date",
            "notice_days": "number", "cancel_effective_date": "date",
            "original_end_date": "date", "predecessor_id": "id", "end_reason": "text",
            "discount_end_date": "date", "pause_start": "date", "pause_end": "date",
            "kind": "word",
        },
        row_id=("contract_id",),
        dated="start_date",
        segments=("product", "plan"),
        words={
            "billing_period": BILLING_PERIODS,
            "kind": ("recurring", "one_time", "usage", "trial"),
        },
        not_negative=("amount", "list_amount", "seats", "seat_limit", "notice_days"),
        ranges={"term_months": (1, 600)},
        ordered=(("start_date", "end_date"), ("pause_start", "pause_end")),
        taxed=("amount", "list_amount"),
    ),
    "invoices": Table(
        needed={"customer_id": "id", "month": "month", "amount": "money"},
        optional={
            "invoice_id": "id", "product": "text", "currency": "currency",
            "service_start": "date", "service_end": "date", "period_months": "number",
            "due_date": "date", "paid_date": "date", "status": "text", "tax_rate": "number",
            "kind": "word",
        },
        dated="month",
        segments=("product",),
        words={"kind": ("charge", "refund", "credit")},
        ranges={"period_months": (1, 600), "tax_rate": (0, 1)},
        ordered=(("service_start", "service_end"),),
        taxed=("amount",),
    ),
    "orders": Table(
        needed={"customer_id": "id", "date": "date", "amount": "money"},
        optional={
            "order_id": "id", "product": "text", "cost": "money", "quantity": "number",
        },
        dated="date",
        segments=("product",),
        taxed=("amount",),
    ),
    "deals": Table(
        needed={
            "deal_id": "id", "customer_id": "id", "pipeline": "text", "stage": "text",
            "amount": "money", "created_date": "date",
        },
        optional={
            "close_date": "date", "is_won": "boolean", "probability": "number",
            "product": "text", "owner": "text", "team": "text", "previous_amount": "money",
            "list_amount": "money", "reason": "text", "source_trigger": "text",
        },
        row_id=("deal_id",),
        dated="created_date",
        segments=("product", "owner", "team", "pipeline"),
        not_negative=("amount", "previous_amount", "list_amount"),
        taxed=("amount", "previous_amount", "list_amount"),
        # CRMs keep open deals without a company, an amount or a first date.
        blank=("customer_id", "amount", "created_date", "pipeline"),
    ),
    "deal_stages": Table(
        needed={"deal_id": "id", "stage": "text", "entered_at": "moment"}, dated="entered_at"
    ),
    "events": Table(
        needed={"customer_id": "id", "at": "moment", "kind": "word"},
        optional={
            "channel": "text", "direction": "text", "purpose": "text", "response": "text",
            "subject": "text", "sentiment": "text", "severity": "text", "closed_at": "moment",
            "person_role": "text",
        },
        dated="at",
        open_words={"kind": EVENT_KINDS},
        ordered=(("at", "closed_at"),),
    ),
    "usage": Table(
        needed={"customer_id": "id", "month": "month", "metric": "word", "used": "number"},
        optional={"limit": "number", "product": "text"},
        dated="month",
        segments=("product",),
        open_words={"metric": USAGE_METRICS},
        not_negative=("used", "limit"),
    ),
    "surveys": Table(
        needed={"customer_id": "id", "date": "date", "score": "number", "type": "word"},
        optional={
            "wave": "text", "invited": "boolean", "person_id": "id", "person_role": "text",
        },
        dated="date",
        words={"type": ("nps", "csat")},
        ranges={"score": (0, 10)},
        # Someone invited who did not answer has no score.
        blank=("score",),
    ),
    "spend": Table(
        needed={"month": "month", "purpose": "word", "amount": "money"},
        optional={"channel": "text", "hours": "number"},
        dated="month",
        segments=("channel",),
        words={"purpose": ("acquisition", "expansion", "retention")},
        not_negative=("amount", "hours"),
    ),
    "products": Table(
        needed={"product": "text"},
        optional={"family": "text", "gross_margin": "number"},
        row_id=("product",),
        segments=("family",),
        ranges={"gross_margin": (-1, 1)},
    ),
    "plans": Table(
        needed={"plan": "text", "product": "text"},
        optional={
            "tier": "number", "list_price": "money", "limits": "text", "is_option": "boolean",
        },
        row_id=("plan", "product"),
        not_negative=("list_price",),
        taxed=("list_price",),
    ),
    "actions": Table(
        needed={"opportunity_id": "id", "play": "text", "sent_at": "moment"},
        optional={"owner": "text", "outcome": "text", "outcome_at": "moment"},
        dated="sent_at",
        ordered=(("sent_at", "outcome_at"),),
    ),
    "targets": Table(
        needed={"kpi": "word", "month": "month", "target": "number"},
        optional={"segment": "text", "team": "text", "owner": "text"},
        row_id=("kpi", "month", "segment", "team", "owner"),
    ),
    "fx_rates": Table(
        needed={"month": "month", "currency": "currency", "rate": "number"},
        row_id=("month", "currency"),
        ranges={"rate": (1e-9, 1e9)},
    ),
    "merges": Table(
        needed={"customer_id": "id", "into_customer_id": "id", "date": "date"},
        row_id=("customer_id",),
        dated="date",
    ),
}  # fmt: skip

# What a company must bring: customers, and one of these.
REVENUE_TABLES = ("contracts", "invoices", "orders")
