"""Earlier lists and what was done about them: which list an action belongs to, and who was held back."""

import pandas as pd
import pytest

from ltvlab.metrics.selling.past_lists import (
    action_states,
    answered,
    answered_actions,
    offers,
    past_lists,
    standings,
)

MARCH, JUNE = (pd.Period(month, "M") for month in ("2025-03", "2025-06"))
AS_OF = pd.Timestamp("2025-12-31")


def _lists(*rows):
    table = pd.DataFrame(rows, columns=["opportunity_id", "list"])
    ends = {month.ordinal: month.end_time.normalize() for month in (MARCH, JUNE)}
    return table.assign(listed_at=table["list"].map(ends), customer_id="A", kind="renewal")


LISTS = _lists(("r-A", MARCH.ordinal), ("r-B", MARCH.ordinal), ("r-A", JUNE.ordinal))


def _actions(*rows):
    table = pd.DataFrame(rows, columns=["opportunity_id", "sent_at", "play", "outcome"])
    return table.assign(sent_at=pd.to_datetime(table["sent_at"]))


def test_an_action_belongs_to_the_newest_list_before_it():
    """The same id is on both lists; what is done on the day of a list was not begun by it."""
    actions = _actions(
        ("r-A", "2025-04-01", "talk", ""), ("r-A", "2025-06-30", "talk", ""), ("r-A", "2025-07-01", "talk", ""),
    )  # fmt: skip

    found = answered(LISTS, actions, as_of=AS_OF)

    assert found["list"].tolist() == [MARCH.ordinal, MARCH.ordinal, JUNE.ordinal]
    assert found["on_list"].all()


def test_what_no_list_had_what_came_before_them_and_after_the_day_is_told_apart():
    actions = _actions(
        ("r-B", "2025-07-01", "talk", ""), ("r-A", "2025-01-05", "talk", ""),
        ("r-A", "2026-01-01", "talk", ""), ("r-A", "2025-04-02", "Holdout", None),
        ("r-B", "2025-04-02", "talk", "won"), ("r-A", "2025-07-02", "talk", ""),
    )  # fmt: skip

    found = answered(LISTS, actions, as_of=AS_OF)
    states = action_states(found, last_list=MARCH.ordinal).set_index("state")["actions"]

    assert states.to_dict() == {
        "joined": 1, "held_back": 1, "too_early": 1, "not_on_list": 1, "before_lists": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("play", "outcome"), [("holdout", ""), ("talk", "保留"), ("Control group", None)])  # fmt: skip
def test_a_row_that_was_to_be_held_back_counts_so_even_if_somebody_called(play, outcome):
    actions = _actions(("r-A", "2025-04-01", play, outcome), ("r-A", "2025-04-09", "talk", "won"))

    rows = offers(LISTS, answered(LISTS, actions, as_of=AS_OF))

    assert rows["treatment"].tolist() == ["held_back", "left_alone", "left_alone"]


def test_the_companys_own_word_for_held_back_can_be_set():
    actions = _actions(("r-A", "2025-04-01", "kontrolle", ""))

    assert answered(LISTS, actions, as_of=AS_OF, holdout="kontrolle")["is_holdout"].all()
    assert not answered(LISTS, actions, as_of=AS_OF)["is_holdout"].any()


def test_an_action_counts_in_its_own_words_once_its_outcome_is_known(book):
    actions = pd.DataFrame(
        {
            "play": ["call", "call", "mail"],
            "outcome": ["Won", "lost", "won"],
            "outcome_at": pd.to_datetime(["2025-03-01", "2025-03-31", "2025-04-01"]),
        }
    )

    table = answered_actions(book([("A", "Mail", -12, 0, 1.0, 1)], actions=actions))

    assert table["play"].tolist() == ["call", "all"]
    assert table["closed"].tolist() == [2, 2]
    assert len(answered_actions(book([("A", "Mail", -12, 0, 1.0, 1)]))) == 0


def test_past_lists_say_when_they_were_made_and_how_each_row_stood(book):
    uses = {
        "usage_share": 0.9, "usage_metric": "seats", "usage_product": "Mail", "usage_used": 90.0,
        "usage_limit": 100.0, "interest_at": "2025-03-01", "interest_kind": "inquiry",
    }  # fmt: skip
    known = book(
        [("A", "Mail", -12, 0, 1000.0, 100), ("B", "Mail", -12, 0, 1000.0, 100)],
        {"A": {**uses, "nps": 9.0}, "B": {**uses, "nps": 2.0}},
    )

    rows = past_lists({MARCH: known}).set_index("customer_id")
    stood = standings({MARCH: known}).set_index("customer_id")

    assert rows["standing"].to_dict() == {"A": "free", "B": "blocked"}
    assert set(rows["list"]) == {MARCH.ordinal} and set(rows["worth"]) == {"unknown"}
    assert stood["blocked_by"].to_dict() == {"A": "", "B": "unhappy"}


def test_a_book_without_a_list_gives_no_rows(book):
    gone = book([("A", "Mail", -40, -30, 10.0, 1)])

    assert past_lists({MARCH: gone}).empty
    assert past_lists({}).empty
