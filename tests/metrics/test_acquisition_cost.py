"""What a new customer costs, on books that one can add up by hand."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.acquisition_cost import SalesCycle, acquisition_table, sales_cycle
from ltvlab.metrics.acquisition_odds import judged_value
from ltvlab.metrics.segment_values import ltv_by_segment

MONTHS = 14  # 2024-01 to 2025-02; the last twelve are 2024-03 to 2025-02


@pytest.fixture
def book(matrix, people):
    """Return the function to (mrr, margin, customers, ltv): so many old and new per channel.

    Everyone pays 100 a month at a margin of 75; the old from the start, the new from 2024-06;
    the first `lost` of the old leave in 2025-01.
    """

    def build(old=None, new=None, *, lost=0, months=MONTHS, **attrs):
        rows, channels = {}, {}
        for channel, count in (old or {}).items():
            for i in range(count):
                gone = lost > i and channel == next(iter(old))
                rows[f"{channel}old{i:03}"] = [100] * 12 + [0 if gone else 100] * (months - 12)
                channels[f"{channel}old{i:03}"] = channel
        for channel, count in (new or {}).items():
            for i in range(count):
                rows[f"{channel}new{i:03}"] = [0] * 5 + [100] * (months - 5)
                channels[f"{channel}new{i:03}"] = channel
        mrr = matrix(rows, **attrs)
        customers = people(
            mrr, channel=pd.Series(channels), starting_margin=75.0, starting_mrr=100.0
        )
        customers["opening"] = mrr.iloc[:, 0] > 0
        for axis in ("industry", "size", "product", "start_quarter", "start_year"):
            customers[axis] = "one"
        ltv = ltv_by_segment(mrr, mrr * 0.75, customers, ranges=False, seed=1)
        return mrr, mrr * 0.75, customers, ltv

    return build


def _spend(per_month, *, first="2024-01", months=MONTHS, purpose="acquisition"):
    """Return as much spend per channel in every month."""
    rows = [
        (month.to_timestamp(), purpose, channel, float(amount))
        for month in pd.period_range(first, periods=months, freq="M")
        for channel, amount in per_month.items()
    ]
    return pd.DataFrame(rows, columns=["month", "purpose", "channel", "amount"])


def _deals(days, *, pipeline="new", won=True, closed="2024-10-01"):
    close = pd.Timestamp(closed)
    return pd.DataFrame(
        {
            "pipeline": pipeline,
            "is_won": pd.Series([won] * len(days), dtype="object"),
            "created_date": [close - pd.Timedelta(days=d) for d in days],
            "close_date": close,
        }
    )


def _table(book, spend, **settings):
    return acquisition_table(*book, spend=spend, seed=1, **settings).set_index("channel")


def test_cost_per_new_customer_by_channel_and_in_all(book):
    """12 × 100 for 10, 12 × 60 for 12 and 12 × 50 for 5 new customers; 2,520 for 27 in all."""
    table = _table(
        book({"A": 20}, {"A": 10, "B": 12, "C": 5}), _spend({"A": 100, "B": 60, "C": 50})
    )

    assert table["cac"].to_dict() == {"all": 2520 / 27, "A": 120.0, "B": 60.0, "C": 120.0}
    assert table["new_customers"].to_dict() == {"all": 27, "A": 10, "B": 12, "C": 5}
    assert table["payback_months"].to_dict()["A"] == 120 / 75
    assert table.loc["C", "verdict"] == "few_customers"
    assert np.isnan(table.loc["C", "ltv_cac"])


def test_spend_counts_one_sales_cycle_earlier(book):
    """A cycle of two months takes January to December; February alone was dear."""
    spend = _spend({"A": 100})
    spend.loc[spend["month"] == "2024-02-01", "amount"] = 700.0
    known = _deals([61] * 5)

    with_lag = acquisition_table(*book({"A": 20}, {"A": 10}), spend=spend, deals=known, seed=1)

    assert (with_lag.attrs["lag_months"], with_lag.attrs["lag_deals"]) == (2, 5)
    assert (with_lag.attrs["spend_from"], with_lag.attrs["spend_to"]) == ("2024-01", "2024-12")
    assert with_lag["cac"].tolist() == [180.0, 180.0]
    assert _table(book({"A": 20}, {"A": 10}), spend)["cac"].tolist() == [120.0, 120.0]


def test_the_sales_cycle_is_the_median_of_new_business_won_by_the_report_month():
    month = pd.Period("2024-12", freq="M")
    deals = pd.concat(
        [
            _deals([30, 60, 91, 120, 400]),
            _deals([5] * 9, pipeline="upsell"),
            _deals([5] * 9, won=False),
            _deals([5] * 9, closed="2025-01-01"),
        ]
    )

    assert sales_cycle(deals, month) == SalesCycle(3, 5)
    assert sales_cycle(_deals([91] * 4), month) == SalesCycle(0, 0)
    assert sales_cycle(None, month) == SalesCycle(0, 0)


def test_expansion_and_retention_spend_win_no_customer(book):
    others = [_spend({"A": 999}, purpose=purpose) for purpose in ("expansion", "retention")]

    table = _table(book({"A": 20}, {"A": 10}), pd.concat([_spend({"A": 100}), *others]))

    assert table.loc["all", "spend"] == 1200


def test_channels_on_one_side_only_and_spend_without_a_channel_keep_their_rows(book):
    """Fair has spend and nobody new; Word of mouth has customers and no spend."""
    spend = _spend({"A": 100, "Fair": 10, "Unknown": 1})

    table = _table(book({"A": 20}, {"A": 10, "Word of mouth": 3, "Unknown": 2}), spend)

    assert table["verdict"].to_dict() == {
        "all": "at_least_3",
        "A": "at_least_3",
        "Fair": "no_customers",
        "Word of mouth": "no_spend",
        "Unknown": "no_channel",
    }
    assert (table.loc["all", "spend"], table.loc["all", "new_customers"]) == (12 * 111, 15)
    assert table.loc[["Fair", "Word of mouth", "Unknown"], "cac"].isna().all()


def test_money_is_in_minor_units(book, matrix):
    table = _table(book({"A": 20}, {"A": 10}), _spend({"A": 1.5}))
    mrr, *rest = book({"A": 20}, {"A": 10})
    mrr.attrs["currency"] = "USD"

    assert table.loc["all", "spend"] == 18
    assert _table((mrr, *rest), _spend({"A": 1.5})).loc["all", "spend"] == 1800


def _sums(customers, *, opened=25.0, lost=12):
    """One book of alike customers at V07: margin 75, churn 4 % where each is lost once."""
    sums = pd.DataFrame(
        {"margin": 75.0, "active": 1.0, "opened": opened, "lost": 0.0, "new": 1.0, "starting_margin": 75.0},
        index=range(customers),
    )  # fmt: skip
    sums.loc[: lost - 1, "lost"] = 1.0
    return sums


def test_a_ratio_of_exactly_three_is_healthy():
    """V07: 75 at 4 % churn is 1,875, three times 625; a yen more of spend and it is below."""
    exact = judged_value(_sums(12), spend=12 * 625.0, seed=1)
    dearer = judged_value(_sums(12), spend=12 * 625.0 + 1, seed=1)

    assert (exact.ltv, exact.ltv_cac, exact.probability) == (1875.0, 3.0, 1.0)
    assert (exact.verdict, dearer.verdict) == ("at_least_3", "below_3")
    assert dearer.probability == 0.0


def test_a_ratio_near_three_is_not_settled_when_losses_vary():
    value = judged_value(_sums(100, lost=24), spend=100 * 2600.0, seed=1)

    assert value.low < 3 < value.high
    assert 0.1 < value.probability < 0.9
    assert value.verdict == "undecided"


def test_under_ten_losses_the_value_is_a_bound_that_only_decides_upwards():
    """9 losses: Wilson's bound of the life, at most 60 months, and no range."""
    cheap = judged_value(_sums(300, lost=9), spend=300 * 100.0, seed=1)
    dear = judged_value(_sums(300, lost=9), spend=300 * 9000.0, seed=1)

    assert cheap.ltv == dear.ltv == 75 * 60
    assert np.isnan([cheap.low, cheap.high, dear.probability]).all()
    assert (cheap.verdict, dear.verdict) == ("at_least_3", "undecided")
    assert cheap.probability == 1.0


@pytest.mark.parametrize("lost", [10, 11])
def test_below_twelve_losses_nothing_is_called_below_three(lost):
    value = judged_value(_sums(300, lost=lost), spend=300 * 90_000.0, seed=1)

    assert value.high < 3
    assert value.verdict == "undecided"
    assert judged_value(_sums(300, lost=12), spend=300 * 90_000.0, seed=1).verdict == "below_3"


def test_a_book_without_losses_has_no_endless_value(book):
    table = _table(book({"A": 30}, {"A": 10}), _spend({"A": 10}))

    # None of 470 customer-months was lost: at most 0.81 % a month, but never beyond 60 months.
    assert table.loc["all", "ltv"] == 75 * 60
    assert (table.loc["all", "verdict"], table.loc["all", "status"]) == ("at_least_3", "indicative")
    assert np.isfinite(table.select_dtypes("number").to_numpy(dtype="float64")).sum() > 0
    assert not np.isinf(table.select_dtypes("number").to_numpy(dtype="float64")).any()


def test_a_book_that_all_left_has_no_ratio(book):
    mrr, _, customers, ltv = book({"A": 20}, {"A": 10}, lost=20)
    gone = mrr.copy()
    gone.iloc[:, -1] = 0.0
    gone.attrs = mrr.attrs

    table = _table((gone, gone * 0.75, customers, ltv), _spend({"A": 10}))

    assert table["verdict"].tolist() == ["few_customers"] * 2
    assert table["ltv_cac"].isna().all()


@pytest.mark.parametrize(
    ("spend", "months"),
    [
        (_spend({"A": 10}, first="2024-04", months=11), MONTHS),
        (_spend({"A": 10}).drop(7), MONTHS),
        (_spend({"A": 10}), 12),
    ],
)
def test_months_missing_on_either_side_give_no_verdict(book, spend, months):
    table = _table(book({"A": 20}, {"A": 10}, months=months), spend)

    assert table["verdict"].tolist() == ["too_short"] * len(table)
    assert table["status"].tolist() == ["insufficient"] * len(table)
    assert table[["cac", "ltv", "ltv_cac"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("attrs", "verdict"),
    [({"margin_source": "none"}, "no_margin"), ({"basis": "orders"}, "not_recurring")],
)
def test_without_a_margin_or_a_churn_rate_only_the_cost_is_given(book, attrs, verdict):
    table = _table(book({"A": 20}, {"A": 10}, **attrs), _spend({"A": 100}))

    assert table["verdict"].tolist() == [verdict] * 2
    assert table["cac"].tolist() == [120.0, 120.0]
    assert table[["ltv", "ltv_cac", "payback_months", "probability"]].isna().all(axis=None)


def test_without_a_table_of_spend_there_are_no_rows(book):
    table = acquisition_table(*book({"A": 20}, {"A": 10}), spend=None, seed=1)

    assert table.empty
    assert table.attrs["spend_from"] == "2024-03"


def test_the_same_seed_gives_the_same_table(book):
    given = book({"A": 60}, {"A": 12}, lost=14)

    first, second = (_table(given, _spend({"A": 100})) for _ in range(2))

    pd.testing.assert_frame_equal(first, second)
    assert first.loc["all", "low"] < first.loc["all", "ltv_cac"] < first.loc["all", "high"]
    assert first.loc["all", "ltv"] == pytest.approx(75 * (60 * 11 + 46 + 12 * 8) / 14)
