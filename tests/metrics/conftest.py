"""Small matrices: one row a customer, one column a month."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.convention_views import Book


@pytest.fixture
def matrix():
    """Return the function from rows of amounts to a monthly matrix that starts in January 2024."""

    def build(rows, *, first="2024-01", basis="contracts", margin_source="params"):
        cells = np.array(list(rows.values()), dtype="float64")
        months = pd.period_range(first, periods=cells.shape[1], freq="M", name="month")
        frame = pd.DataFrame(cells, index=pd.Index(list(rows), name="customer_id"), columns=months)
        frame.attrs = {"currency": "JPY", "basis": basis, "margin_source": margin_source}
        return frame

    return build


@pytest.fixture
def people():
    """Return the function from a matrix to its customers, each starting at its first paid month."""

    def build(mrr, **columns):
        first = (mrr.to_numpy() > 0).argmax(axis=1)
        frame = pd.DataFrame(
            {
                "start_month": mrr.columns[first],
                "opening": False,
                "starting_margin": mrr.max(axis=1),
            },
            index=mrr.index,
        )
        return frame.assign(**columns)

    return build


@pytest.fixture
def shop():
    """Return the function that draws a shop's purchase history from BG/NBD and Gamma–Gamma rates.

    r 0.6, alpha 4, a 0.8, b 2.5; p 6, q 4, gamma 15; first purchases over half the months.
    """
    return _shop


def _shop(*, customers, seed, months=24, rates=(0.6, 4.0, 0.8, 2.5), spending=(6.0, 4.0, 15.0)):
    generator = np.random.default_rng(seed)
    rate = generator.gamma(rates[0], 1 / rates[1], customers)
    leaves = generator.beta(rates[2], rates[3], customers)
    age = months - generator.uniform(0, months / 2, customers)
    gaps = generator.exponential(1 / rate[:, None], (customers, 200)).cumsum(axis=1)
    stays = generator.random((customers, 200)) >= leaves[:, None]
    # Who leaves does so after a purchase: the one at which the coin fell counts.
    alive_before = np.hstack([np.ones((customers, 1), bool), np.cumprod(stays, axis=1)[:, :-1] > 0])
    made = (gaps <= age[:, None]) & alive_before
    repeats = made.sum(axis=1)
    last = np.where(repeats > 0, np.where(made, gaps, 0).max(axis=1), 0.0)
    p, q, gamma = spending
    scale = generator.gamma(q, 1 / gamma, customers)
    each = generator.gamma(p, 1 / scale[:, None], (customers, 201))
    spend = np.where(repeats > 0, (each[:, 1:] * made).sum(axis=1) / np.maximum(repeats, 1), np.nan)
    revenue = each[:, 0] + np.nan_to_num(spend) * repeats
    return pd.DataFrame(
        {
            "repeats": repeats, "last_repeat": last, "age": age, "spend": spend,
            "first_spend": each[:, 0], "revenue": revenue, "margin": 0.4 * revenue, "seen": True,
        }
    )  # fmt: skip


PERIOD = {
    "currency": "JPY", "list_amount": np.nan, "discount_end": pd.NaT, "pause_start": pd.NaT,
    "pause_end": pd.NaT, "notice": pd.NaT, "bridged": False, "gross_margin": 1.0,
}  # fmt: skip
DATES = ("start", "end", "discount_end", "pause_start", "pause_end", "notice")


@pytest.fixture
def paid_book():
    """Return the function from lines (customer, start, exclusive end, amount) to a book of them."""

    def build(lines, *, first="2024-01", months, opening=False, **columns):
        periods = pd.DataFrame(lines, columns=["customer_id", "start", "end", "amount"])
        periods["end"] = periods["end"].fillna("9999-12-31")
        periods = periods.assign(**PERIOD | columns)
        for name in DATES:
            written = ["NaT" if pd.isna(day) else str(day) for day in periods[name]]
            periods[name] = np.array(written, dtype="datetime64[s]")
        started = pd.Series(opening, index=periods["customer_id"].unique())
        rates = pd.DataFrame(columns=["currency", "month", "rate"])
        return Book(
            periods.astype({"amount": "float64"}),
            rates,
            started,
            pd.period_range(first, periods=months, freq="M", name="month"),
        )

    return build


@pytest.fixture
def records(matrix, people, deal_view):
    """Return the function from amounts, deals and what was known at quarter ends to sales records.

    The matrix ends in September 2026 and starts so many months before; `known` is quarter end →
    customer_id → features. Every customer known pays; margin is half of MRR.
    """
    from ltvlab.metrics.sales_records import Records

    def build(
        rows, deals=None, *, known=None, reasons=None, basis="contracts", opening=False, **given
    ):
        months = len(next(iter(rows.values())))
        first = str(pd.Period("2026-09", "M") - months + 1)
        mrr = matrix(rows, first=first, basis=basis)
        margin = mrr / 2
        margin.attrs = dict(mrr.attrs)
        customers = people(mrr, channel="Web").assign(opening=opening)
        usual = {"mrr": 1.0, "margin_12": 1.0, "industry": "IT", "families": 1.0}
        history = {
            pd.Period(month, "M"): pd.DataFrame.from_dict(
                {name: usual | given for name, given in features.items()}, orient="index"
            )
            for month, features in (known or {}).items()
        }
        return Records(mrr, margin, customers, deal_view(deals or {})[0], history, given, reasons)

    return build
