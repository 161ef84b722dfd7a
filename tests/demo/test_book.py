"""The company is one a board would believe, counted from the exports with plain pandas."""

from __future__ import annotations

import pandas as pd

MONTHS = pd.period_range("2023-10", "2026-09", freq="M")


def churned(mrr: pd.DataFrame) -> pd.Series:
    before = mrr.shift(1, axis=1)
    return ((before > 0) & (mrr == 0)).sum() / (before > 0).sum()


def test_planted_mrr_is_what_the_contract_lines_add_up_to(mrr, planted):
    booked = pd.DataFrame(planted["booked_mrr"]["expected"])

    assert mrr.sum().round().tolist() == booked["mrr"].tolist()
    assert (mrr > 0).sum().tolist() == booked["customers"].tolist()


def test_mrr_grows_from_about_60_to_about_120_million_yen(mrr):
    total = mrr.sum() / 1e6

    assert 50 < total[MONTHS[0]] < 70
    assert 100 < total[MONTHS[-1]] < 130


def test_250_to_300_of_400_customers_still_pay_at_the_end(mrr):
    assert len(mrr) == 400
    assert 250 <= (mrr[MONTHS[-1]] > 0).sum() <= 300


def test_one_to_two_percent_of_customers_leave_per_month_more_in_the_stretch(mrr):
    rate = churned(mrr)[1:]
    heavy = rate.loc["2025-02":"2025-07"]

    assert 0.009 < rate.mean() < 0.02
    assert heavy.mean() > 1.5 * rate.drop(heavy.index).mean()


def test_twelve_month_nrr_stays_in_a_believable_range(mrr):
    base = mrr.shift(12, axis=1)[MONTHS[12:]]
    nrr = mrr[MONTHS[12:]].where(base > 0, 0).sum() / base.sum()

    assert nrr.between(0.93, 1.12).all()
    assert 0.95 < nrr.iloc[-1] < 1.10


def test_more_than_half_of_mrr_is_on_annual_terms(planted):
    shares = [row["annual_share"] for row in planted["booked_mrr"]["expected"]]

    assert min(shares) > 0.55


def test_april_is_the_month_most_contracts_start_in(read):
    customers = read("customers")
    starts = customers.loc[customers["初回課金日"] >= "2023-10", "初回課金日"].str[5:7]

    assert starts.value_counts().idxmax() == "04"


def test_start_date_is_the_first_paid_day(read):
    customers = read("customers").set_index("顧客コード")["初回課金日"]
    lines = read("contracts").query("契約種別 == '定期'")
    first = lines.groupby("顧客コード")["契約開始日"].min().str.replace("/", "-")

    assert customers[customers != ""].to_dict() == first.to_dict()


def test_customers_from_before_the_export_were_alive_when_it_began(read, mrr, planted):
    """Nobody who left before October 2023 is in the files: that is the late entry to correct."""
    old = planted["left_truncation"]["where"]["ids"]
    starts = read("customers").set_index("顧客コード")["初回課金日"]

    assert (mrr.loc[old, MONTHS[0]] > 0).all()
    assert (starts[old] < "2023-10").all()
    assert starts[old].min() < "2020"


def test_gross_margins_are_those_of_a_software_company(read):
    assert read("products")["粗利率"].astype(float).between(0.70, 0.85).all()
