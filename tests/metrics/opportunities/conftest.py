"""A small book as of 31 March 2025: what customers are, hold and said, put together by hand."""

import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import Known

AS_OF = pd.Timestamp("2025-03-31")
MONTH = pd.Period("2025-03", "M")
TERM = {
    "contract_id": "K", "customer_id": "A", "product": "Mail", "currency": "JPY", "amount": 1000.0,
    "term_months": 12.0, "term_end": pd.NaT, "notice_deadline": pd.NaT, "auto_renew": True,
    "overdue": False, "notice_given_at": pd.NaT, "leaves_at": pd.NaT,
}  # fmt: skip


def _panel(rows):
    columns = ["customer_id", "family", "first", "last", "amount", "seats"]
    spans = pd.DataFrame(rows, columns=columns)
    months = [range(a, b + 1) for a, b in zip(spans["first"], spans["last"], strict=True)]
    panel = spans.assign(month=months).explode("month").drop(columns=["first", "last"])
    panel = panel.assign(product=panel["family"], plan="Light", is_option=False)
    return panel.assign(margin=panel["amount"] / 2, month=panel["month"].astype("int64"))


def _features(customers, given):
    rows = pd.DataFrame.from_dict(given, orient="index").reindex(customers)
    rows.index.name = "customer_id"
    for name in rows:
        if name.endswith("_at"):
            rows[name] = pd.to_datetime(rows[name])
    return rows.assign(industry=rows.get("industry", "IT"), size=rows.get("size", "small"))


@pytest.fixture
def book():
    """Return the function from holdings, features, terms and tables to what the lists read.

    A holding is customer, family, first and last month before the report month (0 is this one,
    −1 the one before), amount and seats.
    """

    def build(holdings, features=None, *, terms=(), basis="contracts", as_of=AS_OF, **tables):
        at = MONTH.ordinal
        panel = _panel([[c, f, at + a, at + b, m, s] for c, f, a, b, m, s in holdings])
        mrr = panel.pivot_table(
            index="customer_id", columns="month", values="amount", aggfunc="sum", fill_value=0.0
        )
        every = range(min(panel["month"]), at + 1)
        mrr = mrr.reindex(columns=every, fill_value=0.0)
        mrr.columns = pd.PeriodIndex.from_ordinals(list(every), freq="M")
        mrr.attrs = {"currency": "JPY", "basis": basis, "margin_source": "params"}
        rows = _features(mrr.index, features or {})
        by_customer = panel.groupby("customer_id")
        rows["mrr"] = mrr.iloc[:, -1]
        rows["revenue_12"] = mrr.iloc[:, -12:].sum(axis=1)
        rows["margin_12"] = rows["revenue_12"] / 2
        rows["margin_total"] = by_customer["margin"].sum()
        rows["active_months"] = by_customer["month"].nunique()
        rows["last_paid_month"] = by_customer["month"].max()
        ends = pd.DataFrame([{**TERM, **term} for term in terms], columns=list(TERM))
        for name in ("term_end", "notice_deadline", "notice_given_at", "leaves_at"):
            ends[name] = pd.to_datetime(ends[name])
        return Known(rows, ends, tables, panel, mrr, pd.DataFrame(), pd.Timestamp(as_of), MONTH)

    return build
