"""Where spend brings least and most, and what moving it would bring."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.scenarios.evidence import evidence
from ltvlab.metrics.scenarios.spending import moved_spend


@pytest.fixture
def seen(steady):
    """Return the evidence of 24 joiners through two channels, twelve each, of 1,000 a month."""
    mrr, customers = steady(join=2)
    channel = pd.Series(np.where(np.arange(len(mrr)) % 2, "Mail", "Fair"), index=mrr.index)
    return evidence(mrr, customers.assign(channel=channel))


def _spend(**amounts):
    rows = [
        {
            "month": month.to_timestamp(),
            "purpose": "acquisition",
            "channel": channel,
            "amount": amount,
        }
        for channel, amount in amounts.items()
        for month in pd.period_range("2024-01", "2025-01", freq="M")
    ]
    return pd.DataFrame(rows)


def test_spend_goes_from_the_dear_channel_to_the_cheap_one(seen):
    """Both bring 12,000; a fair costs 300 a month, mail 100: all of it moved brings three times 12,000."""
    moved = moved_spend(_spend(Fair=300, Mail=100), seen, currency="JPY")
    new = seen.new.sum(axis=0)[None] / seen.months

    assert (seen.channels[moved.source], seen.channels[moved.target]) == ("Fair", "Mail")
    assert (moved.source_spend, moved.target_spend) == (3600, 1200)
    assert moved.gained(new).sum() * 12 == pytest.approx(3 * 12_000 - 12_000)


@pytest.mark.parametrize(
    "spend",
    [None, _spend(Fair=300), _spend(Fair=300, Post=10), _spend(Fair=300).drop(columns="channel")],
)
def test_without_spend_in_two_channels_that_bring_customers_nothing_is_moved(seen, spend):
    assert moved_spend(spend, seen, currency="JPY") is None


def test_spend_on_customers_one_has_is_no_acquisition(seen):
    spend = _spend(Fair=300, Mail=100).assign(purpose="retention")

    assert moved_spend(spend, seen, currency="JPY") is None


def test_a_channel_of_nine_new_customers_says_too_little(steady):
    mrr, customers = steady(join=2)
    names = np.where(mrr.index.isin([f"N{n:04d}" for n in range(9)]), "Mail", "Fair")

    seen = evidence(mrr, customers.assign(channel=names))

    assert moved_spend(_spend(Fair=300, Mail=100), seen, currency="JPY") is None
