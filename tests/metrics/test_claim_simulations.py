"""Simulated companies in which a claim is true, false, or too thin to tell: the verdict must say so.

A few seeds of each run always; a hundred with the slow tests, of which 95 must come out right.
"""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.claim_costs import churn_claims, cost_claims
from ltvlab.metrics.claim_sales import top_fifth_claim, usage_claim, win_claims
from ltvlab.metrics.claims import CLAIMS, verdict
from ltvlab.metrics.sales_records import Records

MONTH = pd.Period("2026-09", "M")
SAID = {"true": "supported", "false": "contradicted", "thin": "cannot_tell"}
DEALS = ["customer_id", "pipeline", "outcome", "source_trigger"]


def _records(*, mrr=None, deals=None, history=None, given=None, reasons=None):
    cells = np.ones((2, 14)) if mrr is None else mrr
    columns = pd.period_range(end=MONTH, periods=cells.shape[1], freq="M")
    frame = pd.DataFrame(cells, index=[f"C{n}" for n in range(len(cells))], columns=columns)
    frame.attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "params"}
    opening = frame.iloc[:, 0] > 0
    customers = pd.DataFrame({"opening": opening, "starting_margin": 1.0, "channel": "Web"})
    book = pd.DataFrame(deals if deals is not None else [], columns=DEALS)
    day = {
        "created": pd.Timestamp("2026-07-05"),
        "closed": pd.Timestamp("2026-08-05"),
        "size": "all",
    }
    book = book.assign(**day, cluster=book["customer_id"])
    return Records(frame, frame, customers, book, history or {}, given or {}, reasons)


def _deals(generator, count, rate, *, pipeline="upsell", trigger="alert", customers=400):
    """Return deals of which a share is won; customers have several each."""
    won = generator.random(count) < rate
    who = generator.integers(0, customers, count)
    return [
        (f"{pipeline}{customer}", pipeline, "won" if yes else "lost", trigger)
        for customer, yes in zip(who, won, strict=True)
    ]


def _expansion_wins(generator, kind, seed):
    count, rate = {"true": (5000, 0.5), "false": (800, 0.2), "thin": (25, 0.5)}[kind]
    deals = _deals(generator, count, rate) + _deals(generator, 2 * count, 0.2, pipeline="new")
    return win_claims(_records(deals=deals), alert="alert", seed=seed)["expansion_wins"]


def _alert_wins(generator, kind, seed):
    count, rate = {"true": (5000, 0.15), "false": (300, 0.40), "thin": (40, 0.15)}[kind]
    deals = _deals(generator, count, rate)
    return win_claims(_records(deals=deals), alert="alert", seed=seed)["alert_wins"]


def _healthy_wins(generator, kind, seed):
    count, rate = {"true": (600, 0.70), "false": (300, 0.40), "thin": (16, 0.70)}[kind]
    deals = _deals(generator, count, rate)
    ids = [f"upsell{n}" for n in range(400)]
    known = pd.DataFrame({"nps": 9.0, "mrr": 1.0}, index=ids)
    found = win_claims(_records(deals=deals, history={MONTH - 3: known}), alert="x", seed=seed)
    return found["healthy_wins"]


def _acquire_to_expand(generator, kind, seed):
    """The chances of a new customer and of a sale are drawn; what was spent is set by the truth."""
    size, truth = {"true": (8_000, 6.0), "false": (1_500, 1.5), "thin": (120, 6.0)}[kind]
    came = np.where(generator.random(size) < 0.2, generator.integers(2, 14, size), 0)
    sold = np.flatnonzero(generator.random(size) < 0.3)
    spend = pd.DataFrame(
        {"month": pd.date_range("2025-10-01", periods=12, freq="MS").repeat(2), "channel": "Web",
         "purpose": ["acquisition", "expansion"] * 12, "amount": [truth * 0.2, 0.3] * 12}
    )  # fmt: skip
    mrr = (np.arange(14) >= came[:, None]).astype("float64")
    deals = [(f"C{n}", "upsell", "won", "") for n in sold]
    records = _records(
        mrr=mrr, deals=deals, given={"spend": spend.assign(amount=spend["amount"] * 1e4)}
    )
    return cost_claims(records, seed=seed)["acquire_to_expand"]


def _five_points(generator, kind, seed):
    """Five points are a good 40 % more life where 16 % leave in a year, 17 % more where 45 % do."""
    size, yearly = {"true": (1200, 0.16), "false": (1200, 0.45), "thin": (60, 0.25)}[kind]
    lasts = generator.geometric(1 - (1 - yearly) ** (1 / 12), size)
    mrr = (np.arange(14) <= lasts[:, None]).astype("float64")
    return churn_claims(_records(mrr=mrr), seed=seed)["five_points_for_life"]


def _usage_threshold(generator, kind, seed):
    size, rates = {
        "true": (1500, (0.3, 0.15)),
        "false": (1500, (0.1, 0.3)),
        "thin": (60, (0.3, 0.2)),
    }[kind]
    over = generator.random(size) < 0.4
    buys = generator.random(size) < np.where(over, *rates)
    ids = np.array([f"C{n}" for n in range(size)])
    known = pd.DataFrame({"usage_share": np.where(over, 0.9, 0.4), "mrr": 1.0}, index=ids)
    sold = {"month": MONTH.ordinal - 1, "reason": "upsell_seats", "amount": 1.0}
    reasons = pd.DataFrame({"customer_id": ids[buys]}).assign(**sold)
    return usage_claim(_records(history={MONTH - 3: known}, reasons=reasons), seed=seed)


def _top_fifth(generator, kind, seed):
    """Sizes are log-normal: at a sigma of 0.84 the best fifth brings half."""
    size, sigma = {"true": (600, 1.2), "false": (600, 0.4), "thin": (40, 0.84)}[kind]
    mrr = np.repeat(generator.lognormal(0, sigma, (size, 1)), 12, axis=1)
    return top_fifth_claim(_records(mrr=mrr), seed=seed)


SIMULATED = {
    "expansion_wins": _expansion_wins, "alert_wins": _alert_wins, "healthy_wins": _healthy_wins,
    "acquire_to_expand": _acquire_to_expand, "five_points_for_life": _five_points,
    "usage_threshold": _usage_threshold, "top_fifth": _top_fifth,
}  # fmt: skip


def _right(claim, kind, seeds):
    simulate = SIMULATED[claim]
    said = [
        verdict(CLAIMS[claim], simulate(np.random.default_rng([seed, 7]), kind, seed))
        for seed in seeds
    ]
    return said.count(SAID[kind])


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("claim", SIMULATED)
def test_the_planted_verdict_is_found(claim, kind):
    assert _right(claim, kind, range(3)) == 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("claim", SIMULATED)
def test_the_planted_verdict_is_found_in_95_of_100_companies(claim, kind):
    assert _right(claim, kind, range(100)) >= 95
