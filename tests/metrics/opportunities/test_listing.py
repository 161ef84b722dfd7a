"""The whole list: gates, stable ids, filters that only take away, and nothing from the future."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.opportunities.known import GATED, KINDS, Rules, known_book
from ltvlab.metrics.opportunities.listing import opportunities

HOLDS = [("A", "Mail", -12, 0, 1000.0, 100), ("B", "Mail", -12, 0, 1000.0, 100)]
USES = {
    "usage_share": 0.9, "usage_metric": "seats", "usage_product": "Mail", "usage_used": 90.0,
    "usage_limit": 100.0, "interest_at": "2025-03-01", "interest_kind": "inquiry", "nps": 9.0,
}  # fmt: skip


def _upsells(found):
    rows = found.rows[found.rows["kind"] == "upsell"]
    return rows.set_index("customer_id")["blocked_by"].to_dict()


def test_a_blocked_customer_stays_visible_with_the_reason(book):
    known = book(HOLDS, {"A": USES, "B": {**USES, "nps": 2.0}})

    assert _upsells(opportunities(known)) == {"A": "", "B": "unhappy"}


def test_a_renewal_and_a_smaller_plan_are_for_the_unhappy_too(book):
    known = book(HOLDS, {"A": {**USES, "nps": 2.0}}, terms=[{"term_end": "2025-04-30"}])
    rows = opportunities(known).rows.set_index("kind")

    assert rows.loc["renewal", "blocked_by"] == ""
    assert set(GATED) == set(KINDS) - {"renewal", "downsell"}


def test_an_id_is_the_same_whatever_the_order_of_the_rows(book):
    known = book(HOLDS, {"A": USES, "B": USES}, terms=[{"term_end": "2025-04-30"}])
    turned = known._replace(
        features=known.features.iloc[::-1], panel=known.panel.iloc[::-1], mrr=known.mrr.iloc[::-1]
    )
    turned.mrr.attrs = dict(known.mrr.attrs)

    rows, again = opportunities(known).rows, opportunities(turned).rows

    assert rows["opportunity_id"].tolist() == again["opportunity_id"].tolist()
    assert "upsell-A-Mail" in rows["opportunity_id"].tolist()
    assert rows["opportunity_id"].is_unique


def test_every_filter_of_a_funnel_only_takes_away(book):
    """Overdue renewals are beside those that end soon, not a filter of them."""
    known = book(HOLDS, {"A": USES, "B": {**USES, "nps": 2.0}})
    funnel = opportunities(known).funnel

    for _, steps in funnel[~funnel["kind"].isin(["renewal", "repeat"])].groupby("kind"):
        assert (np.diff(steps["customers"]) <= 0).all()


def test_a_gate_without_data_blocks_an_unknown_share_not_nobody(book):
    gates = opportunities(book(HOLDS)).gates.set_index("gate")

    assert gates.loc[["unhappy", "any"], "customers"].isna().all()
    assert (
        opportunities(book(HOLDS, {"A": USES})).gates.set_index("gate").loc["unhappy", "share"] == 0
    )


def test_owners_that_nobody_named_share_one_list(book):
    assert opportunities(book(HOLDS, {"A": USES})).rows["owner"].unique().tolist() == ["Unknown"]


@pytest.mark.parametrize(("as_of", "month"), [("2025-03", "2025-03"), ("2025-03-31", "2025-03"), ("2025-04-14", "2025-03")])  # fmt: skip
def test_inside_a_month_use_and_holdings_are_those_of_the_last_complete_one(book, as_of, month):
    known = book(HOLDS)
    again = known_book(*known[:6], as_of=as_of)

    assert again.month == pd.Period(month, "M")
    assert again.as_of == pd.Timestamp("2025-03-31" if as_of == "2025-03" else as_of)
    assert again.mrr.columns[-1] == again.month


def test_a_list_of_an_earlier_day_is_what_it_was_then(book):
    """Later months, lines, deals and talks are there; the list is as if they were not yet."""
    known = book([*HOLDS, ("C", "Desk", -3, 0, 10.0, 1)], {"A": USES}, deals=_dated("created_date"), events=_dated("at"))  # fmt: skip
    lines = pd.DataFrame({"start": pd.to_datetime(["2025-01-01", "2025-02-15"])})

    past = known_book(*known[:5], lines, as_of="2025-01")

    assert past.panel["month"].max() == pd.Period("2025-01", "M").ordinal
    assert [len(past.tables[name]) for name in ("deals", "events")] == [1, 1]
    assert len(past.lines) == 1


def _dated(date):
    days = pd.to_datetime(["2025-01-31 23:00", "2025-02-01 00:00"])
    return pd.DataFrame({"customer_id": ["A", "A"], date: days})


def test_a_book_in_which_nobody_is_left_lists_nobody(book):
    gone = book([("A", "Mail", -40, -30, 10.0, 1)])

    found = opportunities(gone, Rules())

    assert len(found.rows) == 0
    assert set(found.funnel["kind"]) == set(KINDS)
