"""The joint effect of levers split between them: exactly, and whatever their order."""

import pytest

from ltvlab.metrics.scenarios.effects import effect_table, lever_effects
from ltvlab.metrics.scenarios.engine import expected_mrr, scenario_engine
from ltvlab.metrics.scenarios.levers import Levers

JOINT = Levers(churn=-0.2, expansion=0.3, first_price=0.1, price_rise=0.05, price_response=2)


@pytest.fixture
def engine(steady):
    return scenario_engine(*steady(leave=2, join=3, growth=0.013))


def test_the_parts_sum_to_the_whole_change_exactly(engine):
    parts = lever_effects(engine, JOINT)

    assert sum(parts.values()) == expected_mrr(engine, JOINT)[-1] - expected_mrr(engine)[-1]
    assert set(parts) == {"churn", "expansion", "first_price", "price_rise"}


def test_the_part_of_two_levers_is_the_mean_of_both_orders(engine):
    both = Levers(churn=-0.2, expansion=0.3)
    base, churn, expansion, joint = (
        expected_mrr(engine, levers)[-1]
        for levers in (Levers(), Levers(churn=-0.2), Levers(expansion=0.3), both)
    )

    parts = lever_effects(engine, both)

    assert parts["churn"] == pytest.approx(((churn - base) + (joint - expansion)) / 2, abs=1e-2)
    assert parts["expansion"] == pytest.approx(((expansion - base) + (joint - churn)) / 2, abs=1e-2)


def test_levers_named_in_another_order_have_the_same_parts(engine, monkeypatch):
    """Permuted: the levers are turned in the order of their names turned round."""
    ours = lever_effects(engine, JOINT)

    monkeypatch.setattr("ltvlab.metrics.scenarios.levers.LEVERS", tuple(reversed(Levers._fields)))
    monkeypatch.setattr(
        "ltvlab.metrics.scenarios.effects.turned", lambda levers: tuple(reversed(list(ours)))
    )

    assert lever_effects(engine, JOINT) == pytest.approx(ours, abs=1 / 512)


def test_the_base_has_no_rows_and_one_lever_its_whole_effect(engine):
    table = effect_table(engine, {"base": Levers(), "push": Levers(churn=-0.2)})

    alone = expected_mrr(engine, Levers(churn=-0.2))[-1] - expected_mrr(engine)[-1]
    assert table.to_dict("records") == [{"scenario": "push", "lever": "churn", "effect": alone}]
