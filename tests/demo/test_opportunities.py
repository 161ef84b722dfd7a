"""Who is planted as ripe is ripe in the files, who is blocked is blocked, and nobody else is."""

from __future__ import annotations

import pandas as pd

NEAR_LIMIT = [
    "ripe_upsell", "near_limit_without_interest", "blocked_unhappy", "blocked_ticket",
    "blocked_overdue", "blocked_recent_contact",
]  # fmt: skip
INTEREST = ["pricing_page", "upper_feature", "inquiry"]


def ids(planted: dict, name: str) -> set[str]:
    return set(planted[name]["where"]["ids"])


def interested(read) -> set[str]:
    """Return who showed interest in the 90 days to the end of September 2026."""
    events = read("events")
    recent = (events["日時"] >= "2026-07-03") & (events["日時"] < "2026-10-01")
    return set(events.loc[recent & events["種類"].isin(INTEREST), "顧客コード"])


def last_scores(read) -> pd.Series:
    surveys = read("surveys").query("調査 == 'NPS' and 点数 != '' and 回 == '2026H1'")
    return surveys["点数"].astype(float).groupby(surveys["顧客コード"]).min()


def test_only_planted_customers_use_more_than_80_percent_of_a_limit(read, planted):
    usage = read("usage").query("month == '2026-09' and limit != ''")
    share = usage["used"].astype(float) / usage["limit"].astype(float)
    near = set(usage.loc[share > 0.80, "customer_id"])

    assert near == set().union(*(ids(planted, name) for name in NEAR_LIMIT))


def test_ripe_customers_showed_interest_and_are_content(read, planted):
    for name in ("ripe_upsell", "ripe_cross_sell"):
        assert ids(planted, name) <= interested(read)
        assert (last_scores(read)[sorted(ids(planted, name))] >= 9).all()


def test_customers_near_a_limit_without_interest_showed_none(read, planted):
    assert not ids(planted, "near_limit_without_interest") & interested(read)


def test_cross_sell_candidates_hold_marketing_and_never_held_sales(read, planted):
    lines = read("contracts")
    held = lines.groupby("顧客コード")["商品"].agg(set)[sorted(ids(planted, "ripe_cross_sell"))]

    assert all("Nagisa Marketing" in products for products in held)
    assert not any("Nagisa Sales" in products for products in held)


def test_each_blocked_group_has_its_own_reason_and_no_ripe_customer_has_one(read, planted):
    events, invoices, scores = read("events"), read("invoices"), last_scores(read)
    severe = events[(events["重要度"] == "high") & (events["完了日時"] == "")]
    sold_to = events[(events["目的"] == "sales") & events["日時"].between("2026-08-31", "2026-10")]
    ripe = ids(planted, "ripe_upsell") | ids(planted, "ripe_cross_sell")

    assert set(severe["顧客コード"]) == ids(planted, "blocked_ticket")
    assert set(invoices.loc[invoices["状態"] == "延滞", "顧客コード"]) == ids(
        planted, "blocked_overdue"
    )
    assert set(scores[scores == 2].index) >= ids(planted, "blocked_unhappy")
    assert set(sold_to["顧客コード"]) >= ids(planted, "blocked_recent_contact")
    assert not ripe & set(sold_to["顧客コード"])


def test_planted_customers_stay_and_have_no_renewal_within_90_days(read, mrr, planted):
    every = sorted(set().union(*(ids(planted, name) for name in [*NEAR_LIMIT, "ripe_cross_sell"])))
    lines = read("contracts")
    leaving = lines.loc[lines["解約申出日"] >= "2026/07", "顧客コード"]

    assert (mrr.loc[every].iloc[:, -1] > 0).all()
    assert not set(every) & set(leaving)
