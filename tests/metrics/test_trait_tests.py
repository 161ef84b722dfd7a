"""Traits of the best: the guard, what age explains, chance, and verdicts."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from ltvlab.metrics.trait_tests import FALSE_FINDINGS, trait_table

START = pd.Timestamp("2024-01-01")
LANDMARK = pd.Timestamp("2024-03-31")


def _outcomes(top, cohort="2024-Q1"):
    index = pd.Index([f"C{number:03d}" for number in range(len(top))], name="customer_id")
    columns = {"top": np.asarray(top, dtype=bool), "cohort": cohort, "landmark": LANDMARK}
    frame = pd.DataFrame(columns, index=index)
    frame.attrs = {"month": "2025-12"}
    return frame


def _rows(outcomes, *, known_at=START, **traits):
    parts = [
        pd.DataFrame(
            {"trait": name, "customer_id": outcomes.index, "level": levels, "known_at": known_at}
        )
        for name, levels in traits.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _row(table, trait):
    return table[table["trait"] == trait].iloc[0]


def test_shares_effect_and_lift_are_those_one_counts_by_hand():
    """Of 10 best 8 are large, of 40 others 10."""
    outcomes = _outcomes([1] * 10 + [0] * 40)
    size = ["large"] * 8 + ["small"] * 2 + ["large"] * 10 + ["small"] * 30

    row = _row(trait_table(_rows(outcomes, size=size), outcomes), "size")

    assert (row["level"], row["n"], row["compared"], row["verdict"]) == ("large", 18, 50, "found")
    assert row[["share_top", "share_rest", "effect", "lift"]].tolist() == pytest.approx(
        [0.8, 0.25, 0.55, 3.2]
    )
    assert row["low"] < 0.55 < row["high"]


@pytest.mark.parametrize(("days_late", "verdict"), [(0, "found"), (1, "refused")])
def test_a_trait_recorded_after_the_outcome_began_is_refused(days_late, verdict):
    """Known on the landmark itself is early enough; one customer a day later spoils the trait."""
    outcomes = _outcomes([1] * 10 + [0] * 40)
    rows = _rows(outcomes, seats=["many"] * 10 + ["few"] * 40)
    rows.loc[7, "known_at"] = LANDMARK + pd.Timedelta(days=days_late)

    row = _row(trait_table(rows, outcomes), "seats")

    assert row["verdict"] == verdict
    if verdict == "refused":
        assert row["reason"] == "known_too_late" and row["n"] == 1
        assert row[["share_top", "effect", "q_value"]].isna().all()


def _age_only_book():
    """The older of a year are best more often, and have the trait more often; else nothing joins them."""
    generator = np.random.default_rng(3)
    quarter = generator.integers(1, 5, 400)
    chance = np.array([0.0, 0.5, 0.2, 0.08, 0.02])[quarter]
    likely = np.array([0.0, 0.9, 0.6, 0.3, 0.1])[quarter]
    outcomes = _outcomes(generator.random(400) < chance, [f"2024-Q{n}" for n in quarter])
    return outcomes, np.where(generator.random(400) < likely, "yes", "no")


def test_a_trait_that_is_only_age_vanishes_within_start_quarters():
    outcomes, old_plan = _age_only_book()
    together = outcomes.assign(cohort="all")
    rows = _rows(outcomes, old_plan=old_plan)

    plain = _row(trait_table(rows, together), "old_plan")
    adjusted = _row(trait_table(rows, outcomes), "old_plan")

    assert plain["verdict"] == "found"
    assert adjusted["verdict"] != "found" and adjusted["low"] < 0 < adjusted["high"]


def test_a_trait_that_is_the_start_quarter_cannot_be_separated_from_it():
    outcomes = _outcomes([1] * 10 + [0] * 50, ["2024-Q1"] * 30 + ["2024-Q2"] * 30)
    rows = _rows(outcomes, campaign=["yes"] * 30 + ["no"] * 30)

    row = _row(trait_table(rows, outcomes), "campaign")

    assert (row["verdict"], row["reason"]) == ("cannot_tell", "same_in_every_cohort")
    assert np.isnan(row["effect"])


def test_perfect_separation_is_found_with_a_finite_range():
    outcomes = _outcomes([1] * 12 + [0] * 48)

    row = _row(trait_table(_rows(outcomes, vip=["yes"] * 12 + ["no"] * 48), outcomes), "vip")

    assert (row["verdict"], row["effect"], row["high"]) == ("found", 1.0, 1.0)
    assert np.isnan(row["lift"])


def test_traits_that_mark_the_same_customers_name_each_other():
    outcomes = _outcomes([1] * 12 + [0] * 48)
    marks = ["yes"] * 12 + ["no"] * 48

    table = trait_table(_rows(outcomes, bundle=marks, two_families=marks), outcomes)

    assert dict(zip(table["trait"], table["inseparable_from"], strict=True)) == {
        "bundle": "two_families: yes", "two_families": "bundle: yes"
    }  # fmt: skip


@pytest.mark.parametrize("marked", [4, 56])
def test_fewer_than_five_with_or_without_a_level_show_no_figure(marked):
    outcomes = _outcomes([1] * 12 + [0] * 48)
    rows = _rows(outcomes, rare=["yes"] * marked + ["no"] * (60 - marked))

    row = _row(trait_table(rows, outcomes), "rare")

    assert (row["verdict"], row["reason"]) == ("cannot_tell", "few_customers")
    assert row[["share_top", "share_rest", "effect", "lift", "q_value"]].isna().all()


def test_under_thirty_customers_nothing_is_found():
    outcomes = _outcomes([1] * 6 + [0] * 23)

    table = trait_table(_rows(outcomes, vip=["yes"] * 6 + ["no"] * 23), outcomes)

    assert table["verdict"].tolist() == ["cannot_tell"]


def test_nothing_found_in_a_wide_range_is_not_called_nothing_there():
    """Alike in 20 best and 80 others: the range reaches 20 points; in 400 and 1,600 it does not."""
    marks = ["yes"] * 10 + ["no"] * 10 + ["yes"] * 40 + ["no"] * 40
    few = _outcomes([1] * 20 + [0] * 80)
    many = _outcomes(np.repeat(few["top"].to_numpy(), 20))

    rows = [
        _row(trait_table(_rows(book, coin=np.repeat(marks, times)), book), "coin")
        for book, times in ((few, 1), (many, 20))
    ]

    assert [row["verdict"] for row in rows] == ["cannot_tell", "not_found"]


def test_no_traits_and_no_customers_give_an_empty_table():
    nobody = _outcomes([])
    table = trait_table(pd.DataFrame(columns=["trait", "customer_id", "level", "known_at"]), nobody)

    assert table.empty and table.attrs["ranked"] == 0


def _finds_something(seed):
    """Return whether 16 traits that mean nothing yield any finding."""
    generator = np.random.default_rng(seed)
    cohort = [f"Q{n}" for n in generator.integers(0, 8, 250)]
    outcomes = _outcomes(generator.random(250) < 0.2, cohort)
    traits = {
        f"trait_{number}": generator.choice(list("abcd"[: 2 + number % 3]), 250)
        for number in range(16)
    }
    return (trait_table(_rows(outcomes, **traits), outcomes)["verdict"] == "found").any()


def _most_by_chance(seeds):
    """Return the number of books with a finding that 10 % each exceed once in twenty times."""
    return binom.ppf(0.95, seeds, FALSE_FINDINGS)


def test_pure_noise_yields_findings_no_more_often_than_stated():
    assert sum(map(_finds_something, range(30))) <= _most_by_chance(30)


@pytest.mark.slow
def test_pure_noise_yields_findings_no_more_often_than_stated_over_200_seeds():
    assert sum(map(_finds_something, range(200))) <= _most_by_chance(200)
