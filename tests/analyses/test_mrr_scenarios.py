"""Where MRR is headed, in words: what they rest on, what closes the gap, and when nothing is said."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses.mrr_scenarios import (
    TABLES,
    break_even_words,
    conclude,
    forecast_engine,
    scenario_tables,
)
from ltvlab.errors import UsageError
from ltvlab.table_columns import COLUMNS
from ltvlab.tables import table, write_csv

SCENARIOS = (
    "push: churn -0.2; price_rise: price_rise 0.05, price_response 2; "
    "together: churn -0.2, expansion 0.25; spend_moved: moved_spend 0.2; open_deals: open_deals 1"
)


@pytest.fixture
def book(matrix):
    """Return the function to a book of old customers of 1,000, with leavers and joiners a month."""

    def build(count=100, *, months=25, leave=1, join=2, growth=0.0, **attrs):
        level = 1000.0 * (1 + growth) ** np.arange(months)
        rows = {
            f"A{n:03d}": np.where(
                np.arange(months) <= (n // leave if leave else months), level, 0.0
            )
            for n in range(count)
        }
        for n in range(join * (months - 1)):
            rows[f"N{n:03d}"] = np.where(np.arange(months) >= 1 + n // join, level, 0.0)
        mrr = matrix(rows, first="2024-01", **attrs)
        old = mrr.index.str.startswith("A")
        first = mrr.columns[(mrr > 0).to_numpy().argmax(axis=1)]
        start = pd.PeriodIndex(np.where(old, pd.Period("2020-01", "M"), first), freq="M")
        about = {
            "start_month": start,
            "opening": old,
            "channel": "Referral",
            "starting_mrr": 1000.0,
        }
        return mrr, pd.DataFrame(about, index=mrr.index)

    return build


@pytest.fixture
def found(book):
    """Return the function from a book to its tables and its finding."""

    def build(*, language="en", scenarios=SCENARIOS, target_mrr=0.0, targets=None, **shape):
        mrr, customers = book(**shape)
        engine = forecast_engine(mrr, customers)
        tables = scenario_tables(
            engine,
            mrr,
            customers,
            scenarios=scenarios,
            target_mrr=target_mrr,
            targets=targets,
            seed=1,
        )
        return tables, conclude(tables, month=str(mrr.columns[-1]), language=language)

    return build


def _facts(finding):
    return {fact.id: fact for fact in finding.facts}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_table_has_its_columns_and_can_be_shown_and_written(found, tmp_path, language):
    tables, finding = found(language=language)

    assert set(tables) == set(TABLES) == set(finding.tables)
    for name, frame in tables.items():
        table(frame, name, language=language)
        write_csv(frame, name, tmp_path / f"{name}.csv")
        assert set(COLUMNS[name]) <= set(frame.columns), name


def test_the_answer_gives_expected_mrr_with_its_range_and_the_largest_single_lever(found):
    """124 customers of 1,000 today; two join and one leaves a month."""
    tables, finding = found()

    last = _facts(finding)["scenarios.base.last"]
    assert last.value == tables["scenario_ends"]["mrr"].iloc[0]
    assert last.low < last.value < last.high
    assert "MRR goes from ¥124k to" in finding.answer and "by January 2028" in finding.answer
    assert "Of the scenarios that turn one lever, push adds most" in finding.answer


def test_what_rests_on_spend_or_deals_is_left_out_without_them(found):
    tables, _ = found()

    assert tables["scenario_ends"]["scenario"].tolist() == [
        "base",
        "push",
        "price_rise",
        "together",
    ]


def test_the_effects_of_a_scenario_sum_to_its_difference_from_the_base(found):
    tables, _ = found(growth=0.01)

    sums = tables["scenario_effects"].groupby("scenario")["effect"].sum()
    ends = tables["scenario_ends"].set_index("scenario")["difference"]
    assert all(sums[name] == ends[name] for name in sums.index)


def test_a_target_out_of_reach_asks_to_act_and_says_what_each_lever_would_take(found):
    tables, finding = found(target_mrr=190_000)

    assert finding.status == "act"
    assert "odds of under 1%" in finding.answer
    assert finding.decision.startswith("No single lever is near enough to close the gap")
    change = tables["scenario_break_even"].set_index("lever")["change"]
    assert f"{change['new_customers']:.1f} more new customers a month (now 2.0)" in finding.decision


def test_a_target_no_lever_reaches_says_so(found):
    _, finding = found(target_mrr=900_000)

    assert finding.decision.startswith("No single lever reaches the target.")


def test_a_target_within_reach_names_the_smallest_step(found):
    tables, _ = found()
    near = tables["scenario_ends"]["mrr"].iloc[0] * 1.01

    _, finding = found(target_mrr=near)

    assert finding.decision.startswith("Each of these alone would reach the target: ")
    assert "points less churn a month (now 0.9%)" in finding.decision
    assert "Start with new customers" in finding.decision


def test_a_target_that_is_met_anyway_says_what_there_is_to_spare(found):
    _, finding = found(target_mrr=110_000)

    assert finding.status == "good"
    assert finding.decision.startswith("Hold the course. The target would still be met")
    assert "fewer new customers a month" in finding.decision


def test_without_a_target_levers_are_set_against_one_more_customer_a_month(found):
    _, finding = found()

    assert "Set an MRR target for January 2028" in finding.decision
    assert "1.0 more new customers a month (now 2.0)" in finding.decision


def test_the_plan_is_the_target_where_no_setting_is(found):
    plan = pd.DataFrame(
        {"kpi": ["mrr"], "month": pd.to_datetime(["2026-07-01"]), "target": [130_000.0]}
    )

    _, finding = found(targets=plan)

    assert "The target of ¥130k for July 2026" in finding.answer


def test_a_book_that_shrinks_asks_to_act(found):
    _, finding = found(leave=2, join=0)

    assert finding.status == "act"
    assert finding.decision.startswith("Act on losses")
    assert "1.0 more new customers a month (now 0.0)" in finding.decision


def test_rates_that_triple_a_book_are_shown_no_further_and_not_to_be_planned_on(found):
    tables, finding = found(growth=0.1)

    assert (
        tables["scenarios"].query("scenario == 'base'")["mrr"].max()
        <= 3 * _facts(finding)["mrr.closing"].value
    )
    assert "triple soon after" in finding.answer
    assert finding.status == "watch"
    assert finding.decision.startswith("Do not plan on these rates")


def test_how_far_off_it_would_have_been_is_on_the_page(found):
    tables, finding = found(join=3, leave=0)

    assert tables["scenario_backtest"]["error"].abs().max() < 0.01
    assert any(
        said.startswith("6 months ago this page would have said") for said in finding.caveats
    )
    assert any(
        said.startswith("12 months ago this page would have said") for said in finding.caveats
    )


def test_a_young_book_says_that_it_could_not_have_been_foretold(found):
    _, finding = found(months=14)

    assert any(
        "12 months ago this page would have given no figure" in said for said in finding.caveats
    )
    assert finding.status != "good"


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"count": 49, "join": 0, "leave": 0}, "Paying customers lacking: 1."),
        ({"months": 11}, "Complete months lacking: 1."),
    ],
)
def test_a_small_or_young_book_is_told_what_is_lacking(found, shape, said):
    tables, finding = found(**shape)

    assert finding.status == "insufficient"
    assert said in finding.answer
    assert all(frame.empty for frame in tables.values())
    assert finding.tables == {}


def test_with_the_named_customers_and_months_the_forecast_is_there(found):
    assert found(count=50, join=0, leave=0)[1].status != "insufficient"
    assert found(months=12)[1].status != "insufficient"


def test_orders_carry_no_forecast(found):
    _, finding = found(basis="orders")

    assert finding.status == "insufficient"
    assert finding.decision.startswith("Bring contracts or invoices")


def test_a_lever_nobody_knows_is_refused_also_where_there_is_no_forecast(found):
    with pytest.raises(UsageError, match="lever"):
        found(scenarios="push: chrun 1", months=11)


@pytest.mark.parametrize(
    "shape", [{}, {"target_mrr": 400_000}, {"growth": 0.1}, {"months": 11}, {"leave": 2, "join": 0}]
)
def test_japanese_has_no_english_left(found, english_left, shape):
    _, finding = found(language="ja", **shape)

    assert english_left(finding, data=("push",)) == []


def test_what_evens_out_what_reads_in_points_customers_and_shares(found):
    tables, _ = found(target_mrr=170_000)

    words = break_even_words(tables["scenario_break_even"], language="en").set_index("lever")

    assert words.loc["churn_points", "now"] == "0.85%"
    assert words.loc["churn_points", "change"].endswith("points")
    assert words.loc["new_customers", "change"].startswith("+")
