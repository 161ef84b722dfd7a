"""Targets in our units, whose they are, and nothing dropped in silence."""

import pandas as pd
import pytest

from ltvlab.metrics.plans import customers_of, plan_of

MONTH = "2026-09"


def targets(*rows, columns=("kpi", "month", "target")):
    table = pd.DataFrame(rows, columns=list(columns))
    return table.assign(month=pd.to_datetime(table["month"]))


def split(*rows):
    return targets(*rows, columns=("kpi", "month", "target", "owner"))


def test_money_is_read_in_major_units_and_rates_as_they_are():
    plan = plan_of(targets(("mrr", MONTH, 1200.5), ("nrr", MONTH, 1.04)), currency="USD")

    assert plan.targets.set_index("kpi")["target"].to_dict() == {"mrr": 120050.0, "nrr": 1.04}


def test_a_name_nobody_knows_is_listed():
    plan = plan_of(targets(("mrr", MONTH, 1.0), ("demos", MONTH, 3.0)), currency="JPY")

    assert plan.unknown == ("demos",)
    assert plan.targets["kpi"].tolist() == ["mrr"]


def test_a_share_beyond_one_is_a_percent_for_all_months_of_its_kpi():
    """1.1 % in one month and 0.9 % in the next are written alike."""
    plan = plan_of(
        targets(("logo_churn", MONTH, 1.1), ("logo_churn", "2026-10", 0.9), ("nrr", MONTH, 1.04)),
        currency="JPY",
    )

    assert plan.targets["target"].tolist() == pytest.approx([0.011, 0.009, 1.04])
    assert plan.in_percent == ("logo_churn",)


def test_one_name_answers_for_the_whole():
    plan = plan_of(split(("mrr", MONTH, 100.0, "Ito")), currency="JPY")

    row = plan.targets.iloc[0]
    assert (row["owner"], row["responsible"], row["target"]) == ("all", "Ito", 100.0)


def test_several_names_share_money_and_their_sum_is_the_companys():
    plan = plan_of(
        split(("revenue", MONTH, 100.0, "Ito"), ("revenue", MONTH, 50.0, "Mori")), currency="JPY"
    )

    found = plan.targets.set_index("owner")["target"].to_dict()
    assert found == {"all": 150.0, "Ito": 100.0, "Mori": 50.0}


def test_several_names_of_a_rate_have_no_sum():
    plan = plan_of(split(("nrr", MONTH, 1.1, "Ito"), ("nrr", MONTH, 1.0, "Mori")), currency="JPY")

    assert plan.targets["owner"].tolist() == ["Ito", "Mori"]


def test_a_whole_that_is_written_is_not_summed_again():
    plan = plan_of(
        split(
            ("mrr", MONTH, 100.0, "Ito"), ("mrr", MONTH, 50.0, "Mori"), ("mrr", MONTH, 140.0, None)
        ),
        currency="JPY",
    )

    assert plan.targets.set_index("owner")["target"]["all"] == 140.0


def test_teams_and_the_people_in_them_are_not_summed_twice():
    rows = targets(
        ("mrr", MONTH, 150.0, "East", None), ("mrr", MONTH, 100.0, "East", "Ito"),
        ("mrr", MONTH, 60.0, "West", None),
        columns=("kpi", "month", "target", "team", "owner"),
    )  # fmt: skip

    whole = plan_of(rows, currency="JPY").targets.query("team == 'all' and owner == 'all'")
    assert whole["target"].tolist() == [210.0]


def test_a_month_in_which_few_people_have_a_target_is_a_plan_in_part():
    people = [("revenue", MONTH, 10.0, f"P{n}") for n in range(5)]
    fewer = [("revenue", "2026-10", 10.0, f"P{n}") for n in range(3)]

    whole = plan_of(split(*people, *fewer), currency="JPY").targets.query("owner == 'all'")

    assert whole["partial"].tolist() == [False, True]


def test_a_month_without_a_figure_has_no_target():
    plan = plan_of(targets(("mrr", MONTH, 1.0), ("mrr", "2026-10", None)), currency="JPY")

    assert plan.targets["month"].astype("str").tolist() == [MONTH]


def test_no_targets_are_a_plan_without_rows():
    assert plan_of(None, currency="JPY").targets.empty


def test_a_segment_is_looked_for_in_every_axis():
    people = pd.DataFrame(
        {"industry": ["IT", "Food"], "size": ["300+", "300+"], "owner": ["Ito", "Mori"]},
        index=["A", "B"],
    )
    scope = {"segment": "300+", "team": "all", "owner": "Mori"}

    assert list(customers_of(people, pd.Series(scope))) == ["B"]
    assert customers_of(people, pd.Series(scope | {"owner": "Sato"})) is None
