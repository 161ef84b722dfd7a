"""What reaches a target, and that it does."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.scenarios.break_even import (
    Target,
    answer_that_eats_a_rise,
    break_even,
    target_of,
)
from ltvlab.metrics.scenarios.engine import expected_mrr, scenario_engine
from ltvlab.metrics.scenarios.levers import Levers


@pytest.fixture
def engine(steady):
    return scenario_engine(*steady(leave=2, join=3, growth=0.01))


def test_each_lever_turned_by_its_change_reaches_the_target(engine):
    target = Target(expected_mrr(engine)[11] * 1.05, 12, planned=True)

    table = break_even(engine, target).set_index("lever")

    for lever, change in table["change"].items():
        assert expected_mrr(engine, Levers(**{lever: change}))[11] == pytest.approx(target.amount)
    assert table.loc["churn_points", "change"] < 0 < table.loc["new_customers", "change"]


def test_without_losses_three_customers_more_are_three_thousand_a_month(steady):
    """After twelve months three customers more a month of 1,000 each are 36,000."""
    engine = scenario_engine(*steady(join=3))
    target = Target(expected_mrr(engine)[11] + 36_000, 12, planned=True)

    table = break_even(engine, target).set_index("lever")

    assert table.loc["new_customers", "change"] == pytest.approx(3.0)
    assert np.isnan(table.loc["churn_points", "change"])


def test_a_target_below_the_forecast_says_how_much_there_is_to_spare(engine):
    table = break_even(engine, Target(expected_mrr(engine)[11] * 0.97, 12, planned=True))

    assert (np.sign(table["change"]).tolist()) == [1.0, -1.0, -1.0, -1.0]


def test_the_target_is_the_setting_then_the_plan_then_one_more_customer(engine):
    months = pd.to_datetime(["2025-03-01", "2025-06-01", "2030-01-01"])
    plan = pd.DataFrame(
        {"kpi": ["MRR", "mrr", "mrr"], "month": months, "target": [150e3, 160e3, 1.0]}
    )

    assert target_of(engine, plan, target_mrr=200e3)[:2] == (200e3, 24)
    assert target_of(engine, plan) == Target(160e3, 5, planned=True)
    assert not target_of(engine, None).planned
    assert break_even(engine, target_of(engine, None)).set_index("lever").loc[
        "new_customers", "change"
    ] == pytest.approx(1.0)


def test_a_plan_for_a_segment_alone_is_no_target_of_the_company(engine):
    plan = pd.DataFrame(
        {
            "kpi": ["mrr"],
            "month": pd.to_datetime(["2025-03-01"]),
            "target": [1.0],
            "segment": ["IT"],
        }
    )

    assert not target_of(engine, plan).planned


def test_at_the_answer_that_eats_it_a_price_rise_brings_nothing(engine):
    rise = Levers(price_rise=0.05, price_response=1)

    response = answer_that_eats_a_rise(engine, rise)

    eaten = expected_mrr(engine, Levers(price_rise=0.05, price_response=response))[-1]
    assert eaten == pytest.approx(expected_mrr(engine)[-1], abs=1e-3)


def test_where_nobody_leaves_no_answer_eats_a_rise(steady):
    engine = scenario_engine(*steady(join=3))

    assert np.isnan(answer_that_eats_a_rise(engine, Levers(price_rise=0.05)))
