"""Scenarios as the params file writes them: read, refused, and written back."""

import pytest

from ltvlab.errors import UsageError
from ltvlab.metrics.scenarios.levers import Levers, parse_scenarios, scenario_fragment
from ltvlab.yaml_files import read_yaml_mapping


def test_scenarios_are_read_in_their_order_with_the_base_first():
    found = parse_scenarios("push: churn -0.2; rise: price_rise 0.05, price_response 2")

    assert found == {
        "base": Levers(),
        "push": Levers(churn=-0.2),
        "rise": Levers(price_rise=0.05, price_response=2.0),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("push: chrun -0.2", "there is no such lever"),
        ("push: churn much", "no number"),
        ("push: churn -1.5", "less than nothing"),
        ("push: moved_spend 2", "share of 0 to 1"),
        ("push", "turns no lever"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_fix(text, message):
    with pytest.raises(UsageError) as refused:
        parse_scenarios(text)

    assert message in str(refused.value.problems[0])
    assert "churn -0.2" in refused.value.problems[0].fix


def test_what_the_sliders_found_reads_back_from_the_params_file(tmp_path):
    """Beside the scenarios there were; one of the same name is replaced."""
    before = "push: churn -0.2; chosen: churn 0.1"
    file = tmp_path / "found.yml"
    found = Levers(first_price=0.1, new_customers=2)

    file.write_text(scenario_fragment("chosen", found, scenarios=before), encoding="utf-8")
    section = read_yaml_mapping(file)["notebooks"]["mrr_scenarios"]

    assert parse_scenarios(section["scenarios"]) == {
        "base": Levers(), "push": Levers(churn=-0.2), "chosen": found,
    }  # fmt: skip
