"""The worked numbers of the definitions, V01–V25: one test per vector, each through our own code.

Not here, since they belong to later analyses: V09 30 % rule, V10 pipeline, V12 NPS, V13 renewal
alert, V14 usage, V15 top 20 %. V04's gross ledger, V18 with reactivation and V23's renewal base
are figures that the report does not show yet; V06 and V21 as other vendors count them likewise.
"""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from ltvlab import load_customers, load_matrix
from ltvlab.metrics.cohorts import cohort_logos
from ltvlab.metrics.movements import MOVEMENTS, changes, customer_counts, movement_table
from ltvlab.metrics.retention import retention_table
from ltvlab.metrics.segment_values import ltv_by_segment
from ltvlab.metrics.value_components import ltv_components
from ltvlab.metrics.values import subscription_value
from ltvlab.statistics.discounting import month_weights, monthly_discount
from ltvlab.statistics.intervals import wilson
from ltvlab.statistics.purchases import purchase_summary
from ltvlab.statistics.renewals import fit_renewals, retention_rate, survival
from ltvlab.statistics.survival import survival_curve, survival_from_counts

LINE = "contract_id,customer_id,start_date,end_date,amount,billing_period\n"


@pytest.fixture
def mrr_of(write_company):
    """Return the function from contract lines (CSV text) to each customer's MRR by month."""

    def build(lines, month, *, header=LINE, value="amount", tables=None, **settings):
        names = sorted({line.split(",")[1] for line in lines.splitlines()})
        customers = "customer_id\n" + "\n".join(names) + "\n"
        given = {"customers": customers, "contracts": header + lines} | (tables or {})
        return load_matrix(write_company(given, **settings), month, value=value)

    return build


def _matrix(rows):
    cells = np.array(list(rows.values()), dtype="float64")
    months = pd.period_range("2024-01", periods=cells.shape[1], freq="M")
    frame = pd.DataFrame(cells, index=list(rows), columns=months)
    frame.attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "params"}
    return frame


def _nobody(mrr):
    return pd.Series(False, index=mrr.index)


@pytest.mark.parametrize(
    ("convention", "paid"), [("inclusive", [100, 100, 100]), ("exclusive", [100, 0, 100])]
)
def test_v01_an_inclusive_contract_renewed_next_day_never_stops(mrr_of, convention, paid):
    """Read as exclusive it shows a false churn in March, unless the gap is bridged (D11)."""
    lines = "1,A,2024-04-01,2025-03-31,100,month\n2,A,2025-04-01,2026-03-31,100,month\n"

    mrr = mrr_of(lines, "2025-04", end_date_convention=convention, gap_days=0)

    assert mrr.loc["A", "2025-02":"2025-04"].tolist() == paid


def test_v02_every_amount_comes_to_a_month(mrr_of):
    mrr = mrr_of(
        "1,A,2024-01-01,,1200000,year\n2,B,2024-01-01,,300000,quarter\n"
        "3,C,2024-01-01,,1000,week\n4,D,2024-01-01,2025-01-31,1200000,term\n",
        "2024-12",
    )

    assert mrr["2024-12"].round(2).to_dict() == {
        "A": 100_000, "B": 100_000, "C": 4333.33, "D": 92307.69
    }  # fmt: skip


def test_v03_classes_in_their_order_and_they_close():
    mrr = _matrix({"A": [100, 150, 120, 0, 0, 80]})

    table = movement_table(mrr, _nobody(mrr))

    assert changes(mrr, _nobody(mrr)).kind.tolist() == [[1, 3, 4, 5, 0, 2]]
    assert [table[name].sum() for name in MOVEMENTS] == [100, 80, 50, -30, -120]
    assert table[list(MOVEMENTS)].sum(axis=None) == table["closing"].iloc[-1] == 80


def test_v04_an_upgrade_and_a_downgrade_in_one_month_are_their_net(mrr_of):
    mrr = mrr_of(
        "1,A,2024-01-01,2024-02-09,100,month\n2,A,2024-02-10,2024-02-19,180,month\n"
        "3,A,2024-02-20,,130,month\n",
        "2024-02",
    )

    assert movement_table(mrr, _nobody(mrr))["expansion"].tolist() == [0, 30]


def test_v05_nrr_and_grr_are_point_to_point_and_not_sums_of_movements():
    """80 % and 76 %; the book's summed movements would say 70 % and 94 %."""
    mrr = _matrix(
        {
            "A": [100] * 6 + [70] * 3 + [120] * 4,
            "B": [100] * 12 + [0],
            "C": [200] * 12 + [180],
            "D": [100] * 13,
            "E": [0] * 12 + [90],
            "F": [0] * 11 + [0, 70],
        }
    )
    opening = pd.Series([True] * 4 + [False, True], index=mrr.index)

    last = retention_table(mrr, opening, seed=1).iloc[-1]
    sums = movement_table(mrr, opening)[list(MOVEMENTS)].sum()

    assert (last["nrr"], last["grr"]) == (pytest.approx(0.80), pytest.approx(0.76))
    assert 1 + (sums["churn"] + sums["contraction"]) / 500 == pytest.approx(0.70)
    assert 1 + sums.drop("new").sum() / 500 == pytest.approx(0.94)


def test_v06_logo_churn_is_of_the_opening_customers(mrr_of):
    """6 of 100 leave; of 20 that join in the month two leave within it and count on neither side."""
    lines = [f"{i},C{i},2024-01-01,{'2024-02-10' if i < 6 else ''},10,month" for i in range(100)]
    lines += [
        f"{i},N{i},2024-02-05,{'2024-02-20' if i < 102 else ''},10,month" for i in range(100, 120)
    ]
    mrr = mrr_of("\n".join(lines) + "\n", "2024-02")

    rates = retention_table(mrr, pd.Series(False, index=mrr.index), seed=1)

    assert rates["logo_churn"].iloc[-1] == pytest.approx(0.06)
    assert movement_table(mrr, _nobody(mrr))["customers"].tolist() == [100, 112]


def _recent(opened, lost, margin):
    columns = {"margin": margin, "active": 1.0, "opened": opened, "lost": lost}
    return pd.DataFrame(columns, index=range(np.size(lost)))


@pytest.mark.parametrize(
    ("margin", "churn", "value"), [(75, 0.04, 1875), (75, 0.06, 1250), (100, 0.04, 2500)]
)
def test_v07_margin_over_churn(margin, churn, value):
    lost = (np.arange(1000) < 1000 * churn).astype(float)

    found = subscription_value(_recent(1.0, lost, margin), horizon_months=60, seed=1)

    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("horizon", "rate", "value"),
    [(9999, 0.10, 1575.81), (60, 0.0, 1713.09), (60, 0.10, 1491.32), (9999, 0.0, 1875.0)],
)
def test_v07_discounted_and_capped(horizon, rate, value):
    discount = monthly_discount(rate)
    ages = np.arange(9999)
    weights = month_weights(ages, horizon_months=horizon, monthly_discount=discount)

    assert round(monthly_discount(0.10), 8) == 0.00797414
    assert 75 * 0.96**ages @ weights == pytest.approx(value, abs=0.006)


def test_v08_half_at_1_percent_and_half_at_15_last_26_months_of_60_not_12_and_a_half():
    alive = 0.5 * 0.99 ** np.arange(61) + 0.5 * 0.85 ** np.arange(61)
    at_risk, events = alive[:60], np.append(0, -np.diff(alive[:60]))
    at_risk = np.append(1, at_risk[:-1])
    weights = month_weights(np.arange(60), horizon_months=60, monthly_discount=0.0)
    lost = (np.arange(1000) < 80).astype(float)

    assert survival_from_counts(at_risk, events) @ weights == pytest.approx(25.98, abs=0.005)
    naive = subscription_value(_recent(1.0, lost, 1.0), horizon_months=60, seed=1)
    assert naive.value == pytest.approx(12.5)


def test_v11_wilson_of_6_in_15_and_of_none_in_30():
    assert [round(float(bound), 3) for bound in wilson(6, 15)] == [0.198, 0.643]
    assert round(float(wilson(0, 30)[1]), 3) == 0.114


def test_v16_a_foreign_expansion_is_valued_at_last_months_rate(mrr_of):
    lines = "1,A,2024-01-01,2024-01-31,1000,month,USD\n2,A,2024-02-01,,1100,month,USD\n"
    rates = "month,currency,rate\n2024-01,USD,160\n2024-02,USD,165\n"
    given = {"header": LINE.replace("\n", ",currency\n"), "tables": {"fx_rates": rates}}
    mrr, fx = (mrr_of(lines, "2024-02", value=value, **given) for value in ("amount", "fx"))

    row = movement_table(mrr, _nobody(mrr), fx=fx).iloc[-1]

    assert row[["opening", "expansion", "fx", "closing"]].tolist() == [
        160_000,
        16_000,
        5_500,
        181_500,
    ]


def test_v17_late_entry_counts_a_customer_only_while_watched():
    duration, entry = np.array([5, 10, 12, 6]), np.array([0, 8, 8, 0])
    event = np.array([True, True, False, False])

    naive, late = (
        survival_curve(duration, event, known, minimum_at_risk=1).set_index("age")["survival"]
        for known in (None, entry)
    )

    assert naive[[5, 10]].tolist() == [3 / 4, 3 / 8]
    assert late[[5, 10]].tolist() == [1 / 2, 1 / 4]


def test_v18_the_quick_ratio_leaves_reactivation_out():
    """(50 + 30) / (10 + 30) = 2.0; with the returner's 20 it would be 2.5."""
    mrr = _matrix(
        {
            "N": [0, 0, 50],
            "E": [100, 100, 130],
            "C": [20, 20, 10],
            "X": [30, 30, 0],
            "R": [0, 0, 20],
        }
    )
    opening = pd.Series([False, *[True] * 4], index=mrr.index)

    assert movement_table(mrr, opening)["reactivation"].iloc[-1] == 20
    assert retention_table(mrr, opening, seed=1)["quick_ratio"].iloc[-1] == 2.0


def test_v19_the_high_end_series_of_fader_and_hardie():
    left = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1])
    renewed, churned = np.append(np.arange(7), 7), np.append(np.ones(7), 0)

    fit = fit_renewals(renewed, churned, np.append(-np.diff(left), left[-1]))

    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (0.668, 3.806)
    assert retention_rate(fit.alpha, fit.beta, [1, 2]) == pytest.approx([0.8507, 0.8780], abs=5e-4)
    assert survival(fit.alpha, fit.beta, 12) == pytest.approx(0.378, abs=0.001)


def _basic(params, month, **values):
    mrr, margin, credits = (
        load_matrix(params, month, value=value) for value in ("amount", "margin", "credits")
    )
    ltv = ltv_by_segment(
        mrr, margin, load_customers(params, month), credits=credits, seed=1, **values
    )
    return ltv[ltv["axis"] == "all"].set_index("method"), mrr


def test_v20_a_credit_note_nets_what_was_realised_and_moves_no_mrr(write_company):
    names = [f"C{i}" for i in range(5)]
    contracts = LINE + "".join(
        f"{name},{name},2026-01-01,2026-01-31,100000,month\n" for name in names
    )
    invoices = "customer_id,month,amount,kind\n" + "".join(
        f"{n},2026-02,-40000,credit\n" for n in names
    )
    tables = {"customers": "customer_id\n" + "\n".join(names) + "\n", "contracts": contracts}
    params = write_company(tables | {"invoices": invoices}, gross_margin=1.0)

    ltv, mrr = _basic(params, "2026-02")

    assert ltv.loc["basic", "value"] == 60_000
    assert mrr.sum().tolist() == [500_000, 0]


def test_v20_frequency_is_per_month_so_that_a_life_is_not_counted_twice(write_company):
    """50,000 × one deal in two months × 24 months = 600,000, not 14,400,000."""
    days = [f"{2024 + i // 12}-{i % 12 + 1:02d}-10" for i in range(0, 24, 2)]
    names = [f"C{i}" for i in range(5)]
    orders = "".join(f"{name},{day},50000\n" for name in names for day in days)
    tables = {"customers": "customer_id\n" + "\n".join(names) + "\n", "contracts": None}
    params = write_company(
        tables | {"orders": "customer_id,date,amount\n" + orders}, gross_margin=1.0
    )

    ltv, mrr = _basic(params, "2025-12", cohort_months=24)
    parts = ltv_components(
        ltv.reset_index(), mrr, load_customers(params, "2025-12"),
        orders=load_matrix(params, "2025-12", value="orders"),
    ).iloc[0]  # fmt: skip

    assert ltv["value"].to_dict() == {"basic": 600_000, "cohort": 600_000}
    assert parts[["unit_price", "frequency", "lifetime_months"]].tolist() == [50_000, 0.5, 24]


def test_v22_twelve_months_are_a_year_not_360_days():
    orders = pd.DataFrame(
        {"customer_id": ["A"], "date": pd.to_datetime(["2026-01-01"]), "amount": [1.0]}
    )

    summary = purchase_summary(orders, as_of=pd.Timestamp("2027-01-01").date(), unit="month")

    assert summary["age"].tolist() == pytest.approx([12.0], abs=0.01)


def test_v24_a_mean_over_cohorts_is_a_ratio_of_sums_over_finished_cells():
    """(9 + 28) / (10 + 40) = 74.0 %; with the unfinished third at zero 67.3 %."""
    rows = {f"J{i}": [1, float(i < 9), 0] for i in range(10)}
    rows |= {f"F{i}": [0, 1, float(i < 28)] for i in range(40)}
    rows |= {f"M{i}": [0, 0, 1] for i in range(5)}
    mrr = _matrix(rows)
    first = (mrr.to_numpy() > 0).argmax(axis=1)
    customers = pd.DataFrame({"start_month": mrr.columns[first], "opening": False}, index=mrr.index)

    logos = cohort_logos(mrr, customers, grain="month").set_index(["cohort", "age"])["value"]

    assert logos["all", 1] == pytest.approx(0.74)
    assert round(float(Fraction(9 + 28, 55)), 4) == 0.6727
    assert np.isnan(logos["2024-03", 1])


@pytest.mark.parametrize(("months", "life"), [(0, 53.33), (24, 97.7)])
def test_v25_one_over_churn_reports_the_age_of_the_book(months, life):
    """A steady book of two types; the same after 24 months without new customers."""
    stay = 1000 * np.array([0.99**months / 0.01, 0.85**months / 0.15])
    book = pd.DataFrame(
        {"margin": stay, "active": stay, "opened": stay, "lost": stay * [0.01, 0.15]}
    )

    assert subscription_value(book, horizon_months=60, seed=1).value == pytest.approx(
        life, abs=0.05
    )


def test_counts_stand_beside_money_in_every_movement():
    """V03 in customers: each of the five classes happened to one."""
    mrr = _matrix({"A": [100, 150, 120, 0, 0, 80]})

    counts = customer_counts(mrr, _nobody(mrr))

    assert counts[list(MOVEMENTS)].sum().tolist() == [1, 1, 1, 1, 1]
