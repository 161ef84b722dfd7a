"""What the models forecast of published data, beside what came and beside plain baselines.

CDNOW, 1/10 sample (Fader, Hardie & Lee 2005): 39 weeks to calibrate, 39 that followed. Renewals
of two customer groups (Fader & Hardie 2007): years 0 to 7 to fit, 8 to 12 that followed.
"""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ltvlab.statistics.purchases import (
    expected_further_purchases,
    fit_purchases,
    purchase_summary,
)
from ltvlab.statistics.renewals import fit_renewals, survival

DATA = Path(__file__).parents[3] / "shared" / "data"
SAMPLE = DATA / "cdnow" / "CDNOW_sample.txt"
RETENTION = DATA / "sbg" / "retention_table_fader_hardie_2007.csv"
CALIBRATED, WEEKS = datetime.date(1997, 9, 30), 39


@pytest.fixture(scope="module")
def purchases():
    """Return every purchase of the sample: customer and day."""
    if not SAMPLE.is_file():
        pytest.skip("the CDNOW sample is not beside this checkout")
    names = ["master", "customer_id", "date", "cds", "amount"]
    kinds = {"customer_id": str, "date": str}
    lines = pd.read_csv(SAMPLE, sep=r"\s+", header=None, names=names, dtype=kinds)
    return lines.assign(date=pd.to_datetime(lines["date"]))


def test_of_the_purchases_that_followed_bgnbd_misses_less_than_plain_baselines(purchases):
    """1,653 forecast and 1,882 made: 12 % too few. The last quarter's pace says 13 % too many.

    Against that baseline alone the model is 9 % better: it would not be admitted.
    """
    summary = purchase_summary(purchases, as_of=CALIBRATED, unit="week")
    seen = [summary[name].to_numpy() for name in ("repeats", "last_repeat", "age")]
    model = expected_further_purchases(fit_purchases(*seen).rates, *seen, periods=WEEKS).sum()
    days = purchases.groupby(["customer_id", "date"], as_index=False)["amount"].sum()
    began = days["customer_id"].map(days.groupby("customer_id")["date"].min())
    until = pd.Timestamp(CALIBRATED)
    repeats = days[days["date"] > began]
    last_quarter = repeats["date"].between(until - pd.Timedelta(weeks=13), until, inclusive="right")

    came = int((repeats["date"] > until).sum())
    plain = {
        "the last 39 weeks again": int((repeats["date"] <= until).sum()),
        "the last 13 weeks, three times": 3 * int(last_quarter.sum()),
        "everyone at its own pace": float(WEEKS * (seen[0] / seen[2]).sum()),
    }

    assert came == 1882
    assert round(float(model)) == 1653
    assert {name: round(guess) for name, guess in plain.items()} == {
        "the last 39 weeks again": 2457,
        "the last 13 weeks, three times": 2133,
        "everyone at its own pace": 2930,
    }
    assert abs(model - came) == pytest.approx(0.91 * (2133 - came), rel=0.01)


@pytest.mark.parametrize(
    ("group", "model", "pooled", "last_loss"),
    [("regular_pct", 0.015, 0.39, 0.036), ("high_end_pct", 0.028, 0.16, 0.016)],
)
def test_of_the_years_that_followed_sbg_misses_little_and_pooled_churn_much(
    group, model, pooled, last_loss
):
    """Error over years 8 to 12 as a share of those left.

    1 / churn is off by 16 to 39 %, sBG by 1.5 to 3 %. Holding the loss of the last year is the
    hardest to beat: among the high-end customers it beats sBG.
    """
    if not RETENTION.is_file():
        pytest.skip("the retention table is not beside this checkout")
    left = pd.read_csv(RETENTION)[group].to_numpy()
    seen, came = left[:8], left[8:]
    lost, years = -np.diff(seen), np.arange(1, 6)
    fit = fit_renewals(
        np.append(np.arange(7), 7), np.append(np.ones(7), 0), np.append(lost, seen[-1])
    )

    guesses = {
        model: 100 * survival(fit.alpha, fit.beta, 7 + years),
        pooled: seen[-1] * (1 - lost.sum() / seen[:-1].sum()) ** years,
        last_loss: seen[-1] * (seen[-1] / seen[-2]) ** years,
    }

    off = {wanted: np.abs(guess - came).sum() / came.sum() for wanted, guess in guesses.items()}
    assert list(off.values()) == pytest.approx(list(off), rel=0.03)
