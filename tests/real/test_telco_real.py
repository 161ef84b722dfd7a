"""How long 7,043 telephone customers stay by contract (IBM's Telco sample), beside statsmodels' curves."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from ltvlab.statistics.survival import log_rank, restricted_mean, survival_curve

FILE = Path(__file__).parents[3] / "shared" / "data" / "telco" / "Telco-Customer-Churn.csv"
# From the shortest stay to the longest.
TERMS = ["Month-to-month", "One year", "Two year"]
AGES = [12, 24, 60]


@pytest.fixture(scope="module")
def subscribers():
    """Return contract, tenure (whole months), lost, and total_charges as written, per customer."""
    if not FILE.is_file():
        pytest.skip("the real data of telco are not beside this checkout")
    rows = pd.read_csv(FILE)
    return pd.DataFrame(
        {
            "contract": rows["Contract"],
            "tenure": rows["tenure"],
            "lost": rows["Churn"].map({"Yes": True, "No": False}),
            "total_charges": rows["TotalCharges"].str.strip(),
        }
    )


@pytest.fixture(scope="module")
def curves(subscribers):
    return {term: _curve(subscribers[subscribers["contract"] == term]) for term in TERMS}


def _curve(rows):
    curve = survival_curve(rows["tenure"].to_numpy(), rows["lost"].to_numpy())
    return curve.set_index("age", drop=False)


def _log_rank(rows):
    return log_rank(*(rows[name].to_numpy() for name in ("tenure", "lost", "contract")))


@pytest.mark.parametrize("term", TERMS)
def test_survival_at_1_2_and_5_years_is_that_of_statsmodels(subscribers, curves, term):
    rows = subscribers[subscribers["contract"] == term]
    peer = SurvfuncRight(rows["tenure"].to_numpy(), rows["lost"].to_numpy().astype(int))
    # Its ages are those of losses alone: before the first of them everyone is there.
    steps = np.concatenate([[1.0], peer.surv_prob])
    expected = steps[np.searchsorted(peer.surv_times, AGES, side="right")]

    assert curves[term].loc[AGES, "survival"].tolist() == pytest.approx(expected, abs=1e-9)


def test_the_longer_the_contract_the_longer_they_stay(curves):
    monthly, yearly, two_years = (curves[term] for term in TERMS)

    assert two_years.loc[:24, "survival"].eq(1).all()
    for shorter, longer in ((monthly, yearly), (yearly, two_years)):
        beside = longer.reindex(shorter.index)
        assert (shorter["survival"] <= beside["survival"]).all()
        # In the sixth year the ranges are apart, not the estimates alone.
        assert (shorter["high"] < beside["low"]).loc[60:].all()
    months = [restricted_mean(curves[term], 60) for term in TERMS]
    assert [round(each, 1) for each in months] == [33.5, 57.3, 59.9]


def test_by_month_under_a_third_is_left_after_5_years_by_two_years_nearly_all(curves):
    left = [round(curves[term].loc[60, "survival"], 4) for term in TERMS]

    assert left == [0.2972, 0.8318, 0.9862]


def test_log_rank_tells_all_three_and_every_two_of_them_apart(subscribers):
    chi_square, p_value = _log_rank(subscribers)

    assert chi_square > 2000
    # Too small for a floating point number.
    assert p_value < 1e-300
    for pair in combinations(TERMS, 2):
        assert _log_rank(subscribers[subscribers["contract"].isin(pair)])[1] < 1e-20, pair


def test_the_eleven_without_a_bill_move_no_curve_and_no_log_rank(subscribers, curves):
    """Tenure 0 and no total charged: nobody of them left, and nobody was ever at risk."""
    new = subscribers["tenure"] == 0
    rest = subscribers[~new]

    assert new.sum() == 11
    assert (new == (subscribers["total_charges"] == "")).all()
    assert not subscribers.loc[new, "lost"].any()
    assert [curves[term].loc[1, "at_risk"] for term in TERMS] == [3875, 1472, 1685]
    for term in TERMS:
        pd.testing.assert_frame_equal(_curve(rest[rest["contract"] == term]), curves[term])
    assert _log_rank(rest) == pytest.approx(_log_rank(subscribers), rel=1e-12)


def test_no_curve_goes_on_where_fewer_than_five_are_at_risk(curves):
    """By month seven are watched in month 71, two in the last; by longer contracts enough."""
    assert [curve.index[-1] for curve in curves.values()] == [71, 72, 72]
    assert min(curve["at_risk"].min() for curve in curves.values()) >= 5
