"""Features at quarter ends: which ends, and that each is what was known then."""

import pandas as pd

from ltvlab import (
    load_chapter_settings,
    load_feature_history,
    load_features,
    load_features_on,
    load_past_books,
)

PARAMS = "params/demo.yml"


def test_a_history_holds_the_last_quarter_ends_up_to_the_month(in_demo):
    history = load_feature_history(PARAMS, "2026-09", quarters=3)

    assert [str(month) for month in history] == ["2026-03", "2026-06", "2026-09"]
    pd.testing.assert_frame_equal(
        history[pd.Period("2026-06", "M")], load_features(PARAMS, "2026-09", at="2026-06")
    )


def test_nothing_before_the_first_month_of_the_book_is_asked_for(in_demo):
    history = load_feature_history(PARAMS, "2026-09", quarters=40)

    assert str(min(history)) == "2023-09"
    assert str(max(history)) == "2026-09"


def test_what_was_known_on_a_day_of_its_own_is_what_the_lists_of_that_day_read(in_demo):
    """Two days in one call: at a month's end and inside a month, each as if it were alone."""
    days = ("2026-03-31", "2026-06-17")
    then = {
        "2026-03-31": load_features(PARAMS, "2026-09", at="2026-03"),
        "2026-06-17": load_features(PARAMS, "2026-09", at="2026-05", as_of="2026-06-17"),
    }
    ids = then["2026-03-31"].index
    cases = pd.concat(
        [pd.DataFrame({"case_id": day + ids, "customer_id": ids, "day": pd.Timestamp(day)}) for day in days]
    )  # fmt: skip

    found = load_features_on(PARAMS, "2026-09", cases)

    inside_month = ["renewal_at", "notice_deadline", "auto_renew", "renewal_overdue", "notice_given_at", "leaves_at"]  # fmt: skip
    for day in days:
        mine = found.loc[day + ids].set_index(ids)
        same = [name for name in mine if name in then[day] and name not in inside_month]
        pd.testing.assert_frame_equal(
            mine[same], then[day].loc[ids, same], check_dtype=False, check_names=False
        )
    at_end = found.loc["2026-03-31" + ids, inside_month[:2]].set_index(ids)
    pd.testing.assert_frame_equal(
        at_end, then["2026-03-31"].loc[ids, inside_month[:2]], check_names=False, check_dtype=False
    )


def test_no_case_no_row(small):
    cases = pd.DataFrame({"case_id": [], "customer_id": [], "day": pd.to_datetime([])})

    assert load_features_on(small, "2026-09", cases).empty


def test_past_books_end_with_the_report_month(small):
    books = load_past_books(small, "2026-08", quarters=2)

    assert [str(month) for month in books] == ["2026-03", "2026-06", "2026-08"]
    assert [str(book.mrr.columns[-1]) for book in books.values()] == list(map(str, books))
    assert books[pd.Period("2026-06", "M")].panel["month"].max() == pd.Period("2026-06").ordinal


def test_what_the_params_file_sets_for_a_chapter_is_read_from_it(write_company):
    path = write_company(notebooks={"opportunities": {"lowest_score": 6}})

    assert load_chapter_settings(path, "opportunities") == {"lowest_score": 6}
    assert load_chapter_settings(path, "sales_pipeline") == {}
