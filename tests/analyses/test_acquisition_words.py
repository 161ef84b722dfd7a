"""What a reader is told of cost, value and the rule of 3: every number from a fact."""

import re

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses._acquisition_words import (
    VERDICTS,
    acquisition_facts,
    acquisition_sentences,
    change_facts,
    change_sentences,
    lag_sentence,
)
from ltvlab.metrics.acquisition_cost import COLUMNS, NOT_APPLICABLE
from ltvlab.metrics.acquisition_cost import VERDICTS as JUDGED

NOTHING = dict.fromkeys(COLUMNS, np.nan)
HEALTHY = {
    "channel": "all", "spend": 24e6, "new_customers": 20, "cac": 1.2e6, "ltv": 3.6e6, "ltv_cac": 3.0,
    "low": 2.1, "high": 4.4, "probability": 0.5, "payback_months": 16.0, "horizon_value": 2.4e6,
    "events": 15, "status": "ok", "verdict": "undecided",
}  # fmt: skip


def _table(*rows, **attrs):
    table = pd.DataFrame([NOTHING | row for row in rows], columns=list(COLUMNS))
    table.attrs = {
        "currency": "JPY", "month": "2025-02", "lag_months": 2, "lag_deals": 7,
        "spend_from": "2024-01", "spend_to": "2024-12",
    } | attrs  # fmt: skip
    return table


def _lacking(verdict, **figures):
    counts = {"channel": "all", "spend": 0.0, "new_customers": 0, "events": 0}
    return _table(counts | {"verdict": verdict, "status": "insufficient"} | figures)


def test_the_cost_the_value_and_the_ratio_are_told_with_their_range():
    said = " ".join(acquisition_sentences(_table(HEALTHY), "en"))

    assert "costs ¥1.2M and is worth ¥3.6M" in said
    assert "LTV/CAC is 3.0 (underlying ratio 2.1 – 4.4)" in said
    assert "pays that back in 16.0 months" in said
    assert "brings ¥2.4M, 2.0 times its cost" in said
    assert said.endswith("Whether that meets the rule of 3 is not settled.")


def test_with_few_losses_the_ratio_is_at_least_so_much():
    bound = HEALTHY | {"events": 9, "low": np.nan, "high": np.nan}

    said = acquisition_sentences(_table(bound), "en")[0]

    assert "at least ¥3.6M" in said
    assert "LTV/CAC is at least 3.0" in said


def test_without_spend_the_reader_learns_what_to_bring():
    assert acquisition_sentences(_table(), "en") == [
        "Bring acquisition spend by month and channel (table spend) to see what a new customer costs."
    ]
    missing = acquisition_sentences(_lacking("too_short"), "en")
    assert missing == [
        "A verdict on LTV/CAC needs thirteen months of revenue, and acquisition spend for every month from 2024-01 to 2024-12."
    ]


def test_channels_that_lack_one_side_or_miss_the_rule_are_named():
    rows = [
        {"channel": name, "verdict": verdict, "spend": 5e5, "new_customers": 0}
        for name, verdict in [
            ("Ads", "below_3"),
            ("Fair", "no_customers"),
            ("Friends", "no_spend"),
            ("Unknown", "no_channel"),
        ]
    ]

    said = acquisition_sentences(_table(HEALTHY, *rows), "en")[-4:]

    assert said == [
        "Below 3: Ads.",
        "Without acquisition spend: Friends.",
        "With spend but no new customer: Fair; their spend counts in the total.",
        "Spend of ¥500k and 0 new customers have no channel, and count in the total only.",
    ]


def test_the_lag_is_told_with_the_deals_behind_it():
    assert "2 months" in lag_sentence(_table(), "en")
    assert "7 won deals" in lag_sentence(_table(), "en")
    assert "no sales cycle is known" in lag_sentence(_table(lag_deals=0, lag_months=0), "en")


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_words_in_both_languages(verdict):
    for row in (
        HEALTHY | {"verdict": verdict},
        {"cac": np.nan, "channel": "all", "events": 0, "verdict": verdict},
    ):
        said = "".join(acquisition_sentences(_table(row), "ja"))
        plain = re.sub(r"LTV|CAC", "", said)
        assert not re.findall(r"[A-Za-z]{3,}", plain)
        assert "nan" not in said


def test_every_verdict_of_the_table_can_be_told():
    reasons = {*JUDGED, *NOT_APPLICABLE, "too_short", "few_customers"}

    assert reasons - {"no_channel"} == set(VERDICTS)


def test_facts_hold_what_is_known_and_nothing_else():
    facts = acquisition_facts(_table(HEALTHY, {"channel": "Ads", "spend": 5.0, "new_customers": 3}))

    ratio = facts["acquisition.ltv_cac.all", "all"]
    assert (ratio.value, ratio.low, ratio.high, ratio.n) == (3.0, 2.1, 4.4, 20)
    assert facts["acquisition.horizon_ratio.all", "all"].value == 2.0
    assert facts["acquisition.spend.channel", "Ads"].value == 5.0
    assert ("acquisition.cac.channel", "Ads") not in facts
    assert facts["acquisition.lag", "all"].value == 2


def test_a_change_is_told_with_its_parts():
    table = pd.DataFrame(
        [("all", "all", 1e6, 9e5, -1e5, 5e4, 0.0, -2e5, 5e4)],
        columns=["axis", "segment", "before", "after", "change", "by_price", "by_frequency", "by_lifetime", "by_margin"],
    )  # fmt: skip
    table.attrs = {"currency": "JPY", "newest_month": "2025-02", "horizon_months": 36}

    assert change_sentences(table, "en") == [
        "Over 36 months a customer's value changed by -¥100k within a year: unit price +¥50k, frequency ¥0, lifetime -¥200k, gross margin +¥50k."
    ]
    assert change_facts(table)["ltv.change.all", "all"].value == -1e5
    assert change_sentences(table.iloc[:0], "ja") == []
