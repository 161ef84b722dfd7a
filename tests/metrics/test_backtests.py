"""Belief has to be earned: which origins count, who wins, and what no forecast may know."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.metrics.backtests import (
    ORIGIN_COLUMNS,
    admitted_models,
    backtest_origins,
    backtests,
    half_year_end,
)
from ltvlab.tables import write_csv


def origins(actual, *, counted=None, models=("survival",), **guesses):
    """Return the table of `backtest_origins` for forecasts by name, one origin a quarter."""
    counted = counted or [True] * len(actual)
    rows = [
        (pd.Period("2024-03", "M") + 3 * i, name, "model" if name in models else "baseline", 9,
         guess[i], actual[i], counted[i])
        for name, guess in guesses.items()
        for i in range(len(actual))
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(ORIGIN_COLUMNS))
    table.attrs = {"models": models, "share_beyond": {"survival": 0.0}, "currency": "JPY"}
    return table.astype({"counted": bool})


def verdict(table, model="survival"):
    return backtests(table).set_index("model").loc[model]


def constant_churn_book(seed, *, customers=400, months=36, churn=0.03):
    """Return a book in which 1 / churn is the truth and survival a noisy copy of it."""
    generator = np.random.default_rng(seed)
    start = generator.integers(-24, months - 1, customers)
    life = generator.geometric(churn, customers)
    month = np.arange(months)
    paid = (month >= start[:, None]) & (month < (start + life)[:, None])
    price = np.round(np.exp(generator.normal(0, 1, customers)) * 1024)
    columns = pd.period_range("2021-04", periods=months, freq="M", name="month")
    mrr = pd.DataFrame(paid * price[:, None], columns=columns).loc[paid.any(axis=1)]
    mrr.attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "none"}
    starts = pd.PeriodIndex.from_ordinals(columns[0].ordinal + start, freq="M")
    people = pd.DataFrame({"start_month": starts, "opening": start < 0})
    return mrr, people.loc[mrr.index]


def ageing_book(*, customers=3000, months=48, seed=5):
    """Return an annual book whose customers mostly left at the first renewal, or stay on.

    1 / churn reads the survivors' churn into a book full of new customers, and the last value
    sees no churn at all.
    """
    generator = np.random.default_rng(seed)
    start = (months * np.sqrt(generator.random(customers))).astype(int)
    life = 12 * generator.geometric(generator.beta(1.0, 1.5, customers))
    month = np.arange(months)
    paid = (month >= start[:, None]) & (month < (start + life)[:, None])
    price = np.round(np.exp(generator.normal(0, 1, customers)) * 1000)
    columns = pd.period_range("2021-04", periods=months, freq="M", name="month")
    mrr = pd.DataFrame(paid * price[:, None], columns=columns)
    mrr.attrs = {"currency": "JPY", "basis": "contracts", "margin_source": "none"}
    return mrr, pd.DataFrame({"start_month": columns[start], "opening": False}, index=mrr.index)


def test_the_table_adds_up_by_hand():
    """Off by 5 at each of four origins of 100, against 10, 20, 10 and 0: half the error, three won."""
    table = origins(
        [100.0] * 4, survival=[105.0, 95.0, 105.0, 105.0], last_value=[110.0, 120.0, 110.0, 100.0],
        one_over_churn=[50.0] * 4,
    )  # fmt: skip

    model = verdict(table)
    plain = verdict(table, "last_value")

    assert (model["kind"], model["origins"], model["best_baseline"]) == ("model", 4, "last_value")
    assert model["mean_absolute_error"] == pytest.approx(0.05)
    assert model["bias"] == pytest.approx(0.025)
    assert model["improvement"] == pytest.approx(0.5)
    assert (model["origins_won"], model["admitted"]) == (3, True)
    assert (plain["kind"], plain["admitted"], plain["reason"]) == (
        "baseline",
        False,
        "plain_baseline",
    )
    assert plain["mean_absolute_error"] == pytest.approx(0.10)
    assert admitted_models(backtests(table)) == frozenset({"survival"})


@pytest.mark.parametrize(
    ("model", "plain", "reason"),
    [
        # 10 % better exactly, everywhere.
        ([109.0] * 4, [110.0] * 4, "beats_baselines"),
        ([109.1] * 4, [110.0] * 4, "too_little_better"),
        # Better in all by one large origin, but on two of four only.
        ([100.0, 100.0, 111.0, 111.0], [130.0, 130.0, 110.0, 110.0], "too_few_won"),
        ([100.0, 100.0, 100.0, 111.0], [130.0, 130.0, 110.0, 110.0], "beats_baselines"),
        ([101.0] * 3, [130.0] * 3, "too_few_origins"),
        # Nothing is better than exactly right, nor is as good.
        ([100.0] * 4, [100.0] * 4, "too_little_better"),
    ],
)
def test_a_model_is_admitted_for_a_tenth_less_error_on_most_of_four_origins(model, plain, reason):
    found = verdict(origins([100.0] * len(model), survival=model, last_value=plain))

    assert found["reason"] == reason
    assert found["admitted"] == (reason == "beats_baselines")


def test_a_model_is_held_against_baselines_over_the_origins_it_has_itself():
    """Its fit was withheld at the first origin, where the baseline was far off."""
    table = origins([100.0] * 5, survival=[np.nan] + [109.5] * 4, last_value=[900.0] + [110.0] * 4)

    found = verdict(table)

    assert (found["origins"], found["reason"]) == (4, "too_little_better")


def test_a_model_without_any_fit_says_so():
    assert (
        verdict(origins([1.0] * 4, survival=[np.nan] * 4, last_value=[2.0] * 4))["reason"]
        == "no_fit"
    )


def test_origins_not_yet_counted_change_nothing():
    """Frozen half a year: two more origins are over, and would admit the model."""
    table = origins(
        [100.0] * 6, counted=[True] * 4 + [False] * 2, survival=[109.5] * 4 + [100.0] * 2,
        last_value=[110.0] * 4 + [500.0] * 2,
    )  # fmt: skip

    assert verdict(table)["reason"] == "too_little_better"
    assert verdict(table.assign(counted=True))["reason"] == "beats_baselines"


def test_errors_without_any_margin_to_measure_them_by_are_empty():
    found = verdict(origins([0.0] * 4, survival=[5.0] * 4, last_value=[9.0] * 4))

    assert np.isnan(found["mean_absolute_error"])
    assert np.isnan(found["bias"])


@pytest.mark.parametrize(
    ("month", "first", "end"),
    [
        ("2026-09", 4, "2026-09"), ("2026-10", 4, "2026-09"), ("2027-02", 4, "2026-09"),
        ("2027-03", 4, "2027-03"), ("2024-12", 1, "2024-12"), ("2020-05", 7, "2019-12"),
    ],
)  # fmt: skip
def test_a_decision_stands_from_one_half_years_end_to_the_next(month, first, end):
    assert half_year_end(pd.Period(month, "M"), fiscal_first_month=first) == pd.Period(end, "M")


def test_reports_of_one_half_year_decide_alike():
    """From September to February the same origins count; in March two more do."""
    mrr, people = constant_churn_book(1, customers=60, months=36)
    decided = {}
    for months in (30, 35, 36):
        part = mrr.iloc[:, :months]
        part = part[(part > 0).any(axis=1)]
        part.attrs = mrr.attrs
        table = backtest_origins(part, part, people.loc[part.index])
        decided[str(part.columns[-1])] = tuple(
            table.loc[table["counted"], "month"].unique().astype(str)
        )

    assert decided["2023-09"] == decided["2024-02"] == ("2022-03", "2022-06", "2022-09")
    assert decided["2024-03"] == (*decided["2024-02"], "2022-12", "2023-03")


def test_origins_are_quarter_ends_with_a_year_before_and_a_year_after(matrix, people):
    """From January 2024 to March 2026: the first December has twelve months, the last March has."""
    mrr = matrix({f"C{i}": [10] * 27 for i in range(6)})

    table = backtest_origins(mrr, mrr, people(mrr))

    assert sorted(table["month"].astype(str).unique()) == ["2024-12", "2025-03"]
    assert table["actual"].unique().tolist() == [720.0]


def test_what_is_contracted_beyond_the_newest_data_is_no_outcome(matrix, people):
    mrr = matrix({f"C{i}": [10] * 27 for i in range(6)})
    mrr.attrs["newest_month"] = "2026-02"

    table = backtest_origins(mrr, mrr, people(mrr))

    assert table["month"].astype(str).unique().tolist() == ["2024-12"]


def test_months_before_the_first_customer_are_no_history(matrix, people):
    mrr = matrix({f"C{i}": [0] * 3 + [10] * 27 for i in range(6)})

    table = backtest_origins(mrr, mrr, people(mrr))

    assert table["month"].astype(str).unique().tolist() == ["2025-03", "2025-06"]


def test_where_the_last_value_is_exactly_right_no_model_is_believed(matrix, people):
    mrr = matrix({f"C{i:02d}": [10 * (i + 1)] * 48 for i in range(40)})

    table = backtests(backtest_origins(mrr, mrr, people(mrr), annual=mrr)).set_index("model")

    assert table.loc["last_value", "mean_absolute_error"] == 0.0
    assert table.loc["survival", "mean_absolute_error"] == pytest.approx(0.0)
    assert table.loc["survival", "reason"] == "too_little_better"
    assert table.loc["renewal_model", "reason"] == "no_fit"
    assert not table["admitted"].any()


def test_in_an_ageing_annual_book_the_models_win():
    """1 / churn takes the losses of all for those of first-year customers, who cannot leave yet."""
    mrr, people = ageing_book()

    table = backtests(backtest_origins(mrr, mrr, people, annual=mrr)).set_index("model")

    assert admitted_models(table.reset_index()) == frozenset({"survival", "renewal_model"})
    assert table.loc["survival", "improvement"] > 0.5
    assert table.loc["renewal_model", "mean_absolute_error"] < 0.02
    assert table.loc["one_over_churn", "bias"] > 0.08
    assert table.loc["last_value", "bias"] > 0.2
    assert 0 < table.loc["renewal_model", "share_beyond"] < 0.3


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), doubled=st.booleans())
def test_nothing_that_comes_later_changes_a_forecast(seed, doubled):
    """What follows the first origin is shuffled, doubled or stopped, and newcomers arrive."""
    generator = np.random.default_rng(seed)
    mrr, people = constant_churn_book(seed, customers=80, months=26)
    annual = mrr.mul(generator.random(len(mrr)) < 0.6, axis=0)
    before = _first_origin(mrr, people, annual)

    # Those who start later may start at another time, or never.
    known = (mrr.iloc[:, :12] > 0).any(axis=1)
    other = mrr.copy()
    later = other.iloc[:, 12:].to_numpy()
    later = generator.permuted(later, axis=1) * (2 if doubled else generator.random() < 0.5)
    other.iloc[:, 12:] = later
    newcomer = pd.DataFrame(5e6, index=[10**6], columns=mrr.columns)
    newcomer.iloc[:, :12] = 0.0
    other = pd.concat([other, newcomer])
    other = other[(other > 0).any(axis=1)]
    other.attrs = mrr.attrs
    start = other.columns[(other.to_numpy() > 0).argmax(axis=1)]
    late = pd.DataFrame({"start_month": start, "opening": False}, index=other.index)
    people = pd.concat([people[known], late.drop(index=people.index[known], errors="ignore")])

    assert _first_origin(other, people, annual).equals(before)


def _first_origin(mrr, people, annual):
    table = backtest_origins(mrr, mrr, people, annual=annual)
    first = table[table["month"] == table["month"].min()]
    return first.set_index("model")["forecast"]


def test_later_orders_change_no_forecast(matrix, people):
    generator = np.random.default_rng(1)
    cells = generator.integers(0, 2, (60, 30)) * generator.integers(1, 90, (60, 30))
    mrr = matrix({f"C{i:02d}": row for i, row in enumerate(cells)}, basis="orders")
    lines = mrr.stack().rename("amount").reset_index().query("amount > 0")
    lines = lines.assign(date=pd.PeriodIndex(lines["month"]).to_timestamp())
    customers = people(mrr).assign(opening=False)
    tripled = mrr.copy()
    tripled.iloc[:, 12:] *= 3
    tripled.attrs = mrr.attrs
    late = lines["date"] >= "2025-01-01"
    more = lines.assign(amount=lines["amount"].where(~late, 3 * lines["amount"]))

    one = backtest_origins(mrr, mrr, customers, lines=lines)
    other = backtest_origins(tripled, tripled, customers, lines=more)

    first = one["month"] == one["month"].min()
    assert set(one.loc[first, "model"]) == {"purchase_model", "last_value", "same_age_cohort_mean"}
    assert one.loc[first, "forecast"].equals(other.loc[first, "forecast"])
    assert not one.loc[~first, "forecast"].equals(other.loc[~first, "forecast"])


def test_doubling_all_amounts_doubles_money_and_changes_no_verdict():
    mrr, people = constant_churn_book(3)
    double = mrr * 2
    double.attrs = mrr.attrs

    one, two = (backtest_origins(book, book, people) for book in (mrr, double))

    assert two["forecast"].tolist() == pytest.approx((2 * one["forecast"]).tolist())
    pd.testing.assert_frame_equal(backtests(one), backtests(two), check_exact=False, rtol=1e-9)


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"A": [10] * 40},
        {"A": [10]},
        {f"C{i}": [10] * 11 + [0] * 29 for i in range(9)},
        {"Big": [1e9] * 40} | {f"C{i}": [1] * 20 + [0] * 20 for i in range(12)},
    ],
    ids=["nobody", "one customer", "one month", "all gone", "one holds nearly all"],
)
@pytest.mark.parametrize("basis", ["contracts", "orders"])
def test_a_thin_book_gets_words_and_no_belief(matrix, people, tmp_path, rows, basis):
    months = len(next(iter(rows.values()), [0] * 40))
    mrr = matrix(rows or {"A": [0] * months}, basis=basis)
    mrr = mrr[(mrr > 0).any(axis=1)]
    mrr.attrs = matrix({"A": [1]}, basis=basis).attrs
    day = pd.Timestamp("2024-01-15")
    lines = pd.DataFrame({"customer_id": mrr.index, "date": day, "amount": 10.0})

    forecasts = backtest_origins(mrr, mrr, people(mrr), annual=mrr, lines=lines)
    table = backtests(forecasts)

    assert len(table)
    assert not admitted_models(table)
    assert set(table.loc[table["kind"] == "model", "reason"]) <= {
        "too_few_origins", "no_fit", "too_little_better", "too_few_won",
    }  # fmt: skip
    figures = table[["mean_absolute_error", "bias", "improvement"]].astype("float64")
    assert not np.isinf(figures).any(axis=None)
    for name, frame in (("backtests", table), ("backtest_origins", forecasts)):
        write_csv(frame, name, tmp_path / f"{name}.csv")


@pytest.mark.slow
def test_equally_good_forecasters_are_admitted_as_often_as_the_glossary_says():
    """Yearly outcomes of quarterly origins share three quarters, so luck repeats itself."""
    generator = np.random.default_rng(1)

    def off(count):
        return np.convolve(generator.normal(size=count + 3), np.full(4, 0.5), "valid")

    def admitted(count, noise):
        rule = off(count)
        model = off(count) if noise is None else rule + noise * off(count)
        return verdict(origins([100.0] * count, survival=100 + model, last_value=100 + rule))[
            "admitted"
        ]

    runs = {(4, None): 0.34, (5, None): 0.41, (8, None): 0.35, (4, 0.3): 0.22, (8, 0.3): 0.18}
    rates = {run: np.mean([admitted(*run) for _ in range(400)]) for run in runs}

    # Three binomial standard errors of 400 runs.
    assert rates == pytest.approx(runs, abs=0.074)


@pytest.mark.slow
def test_where_churn_is_constant_survival_is_admitted_as_seldom_as_the_glossary_says():
    """There it is a noisy copy of 1 / churn: nothing to be gained by believing it."""
    books = [constant_churn_book(seed) for seed in range(200)]

    found = np.mean(
        ["survival" in admitted_models(backtests(backtest_origins(m, m, p))) for m, p in books]
    )

    assert found == pytest.approx(0.19, abs=0.085)
