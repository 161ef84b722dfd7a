"""What was done about earlier lists: talks, a holdout, and what became of the renewals."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.demo.actions import SHARES, STRAY
from ltvlab.demo.book import draw_book


@pytest.fixture(scope="module")
def actions():
    return draw_book(seed=36, customers=400)["actions"]


def test_renewals_were_treated_by_lot_as_often_as_planted(actions):
    """Within three standard errors of the shares that each was drawn with."""
    drawn = actions[actions["settled"]]
    for kept, name in ((True, "kept"), (False, "lost")):
        rows = drawn[drawn["kept"] == kept]
        shares = SHARES[name]
        expected = shares["talk"] / (shares["talk"] + shares["holdout"])
        reach = 3 * np.sqrt(expected * (1 - expected) / len(rows))
        assert abs((rows["group"] == "talk").mean() - expected) < reach


def test_who_was_held_back_has_no_outcome_and_was_not_called(actions):
    held = actions[actions["group"] == "holdout"]

    assert set(held["play"]) == {"holdout"} and set(held["outcome"]) == {""}
    assert held["outcome_at"].isna().all()


def test_an_outcome_comes_after_what_was_done(actions):
    known = actions[actions["outcome_at"].notna()]

    assert (pd.to_datetime(known["outcome_at"]) > pd.to_datetime(known["sent_at"])).all()
    assert set(known["outcome"]) == {"won", "lost"}


def test_a_few_actions_are_on_rows_that_no_list_had(actions):
    assert actions["opportunity_id"].str.startswith("note-").sum() == STRAY
