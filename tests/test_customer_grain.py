"""Merges and parents from CSV to the bridge: no customer moves because its id does (D04)."""

import pandas as pd
import pytest

from ltvlab import load_customers, load_flash, load_matrix, load_panel, load_tables
from ltvlab.analyses.mrr_movements import conclude, movements, reasons, retention, revenue_by_month
from ltvlab.errors import DataError
from ltvlab.metrics.cohorts import cohort_logos
from ltvlab.metrics.concentration import book_concentration
from ltvlab.metrics.grains import grain_rates
from ltvlab.metrics.lifetimes import lifetimes

MONTH = "2026-03"
HEAD = "contract_id,customer_id,product,start_date,end_date,amount,billing_period\n"
# A pays 100 and B 200 from January 2025; A is merged into B in June 2025.
MERGED = {
    "customers": "customer_id,industry,start_date\nA,Retail,2025-01-01\nB,Food,2025-02-01\n",
    "contracts": HEAD + "K1,A,P,2025-01-01,,100,month\nK2,B,P,2025-02-01,,200,month\n",
    "merges": "customer_id,into_customer_id,date\nA,B,2025-06-15\n",
}
# H is the head of S and T; S leaves in June 2025, T grows by 50 then; U stands alone.
FAMILY = {
    "customers": "customer_id,name,industry,parent_id\nH,Head,Food,\nS,South,Retail,H\nT,Third,Retail,S\nU,Uno,,\n",
    "contracts": HEAD
    + "K1,S,P,2025-01-01,2025-06-14,100,month\nK2,T,P,2025-01-01,2025-05-31,100,month\n"
    + "K3,T,P,2025-06-01,,150,month\nK4,U,P,2025-01-01,,100,month\n",
}
FEW = {"fiscal_year_first_month": 1, "min_customers": 2}


@pytest.fixture
def booked(write_company):
    """Return the function from tables to what the MRR chapter reads, as booked."""

    def load(tables, month=MONTH, **settings):
        params = write_company(tables, **settings)
        return params, {
            "mrr": load_matrix(params, month, view="booked"),
            "customers": load_customers(params, month, view="booked"),
            "fx": load_matrix(params, month, value="fx", view="booked"),
        }

    return load


def _row(table, month):
    return table.set_index("month").loc[pd.Period(month, "M")]


def test_from_its_month_on_a_merge_moves_mrr_over_and_is_no_movement(booked):
    _, book = booked(MERGED)

    bridge = movements(**book)

    assert book["mrr"].loc["A", "2025-04":"2025-07"].tolist() == [100, 100, 0, 0]
    assert book["mrr"].loc["B", "2025-04":"2025-07"].tolist() == [200, 200, 300, 300]
    assert bridge["new"].tolist() == [100, 200] + [0] * 13
    moved = bridge[["reactivation", "expansion", "contraction", "churn", "fx"]]
    assert not moved.to_numpy().any()
    assert bridge["closing"].tolist() == [100] + [300] * 14
    assert bridge["customers"].tolist() == [1, 2, 2, 2, 2] + [1] * 10


def test_a_change_in_the_month_of_a_merge_is_told_apart_from_it(booked):
    """A drops 100 for Q 40 and B keeps 200: together 300 become 240, a contraction of 60."""
    contracts = (
        HEAD + "K1,A,P,2025-01-01,2025-06-10,100,month\nK2,B,P,2025-01-01,,200,month\n"
        "K3,A,Q,2025-06-20,,40,month\n"
    )
    params, book = booked(MERGED | {"contracts": contracts}, gap_days=0)

    bridge = _row(movements(**book), "2025-06")
    why = reasons(load_panel(params, MONTH, view="booked"), **book)

    assert bridge[["contraction", "expansion", "churn", "new"]].tolist() == [-60, 0, 0, 0]
    june = why[why["month"] == pd.Period("2025-06", "M")]
    assert dict(zip(june["reason"], june["amount"], strict=True)) == {
        "cross_sell": 40,
        "price": -100,
    }


def test_who_goes_into_a_customer_that_never_paid_brings_its_history(booked):
    """B pays for the first time with A's contract, and again after a break: a return, not a start."""
    contracts = HEAD + "K1,A,P,2025-01-01,2025-08-31,100,month\nK2,B,P,2025-12-01,,100,month\n"
    _, book = booked(MERGED | {"contracts": contracts})

    bridge = movements(**book)

    assert bridge["new"].tolist() == [100] + [0] * 14
    assert _row(bridge, "2025-09")["churn"] == -100
    assert _row(bridge, "2025-12")["reactivation"] == 100


def test_who_left_before_its_merge_makes_the_holders_first_payment_a_return(booked):
    contracts = HEAD + "K1,A,P,2025-01-01,2025-03-31,100,month\nK2,B,P,2025-07-01,,100,month\n"
    _, book = booked(MERGED | {"contracts": contracts})

    bridge = movements(**book)

    assert (_row(bridge, "2025-04")["churn"], _row(bridge, "2025-07")["reactivation"]) == (
        -100,
        100,
    )


def test_who_was_absorbed_before_the_first_month_opens_the_bridge_with_its_holder(booked):
    """A has paid since January and is B's from April; B signs in July; all is known from June on."""
    contracts = HEAD + "K1,A,P,2025-01-01,,100,month\nK2,B,P,2025-07-10,,200,month\n"
    tables = MERGED | {
        "customers": "customer_id\nA\nB\n",
        "contracts": contracts,
        "merges": MERGED["merges"].replace("06-15", "04-15"),
    }
    _, book = booked(tables, history_complete_from="2025-06-01")

    bridge = movements(**book)

    assert bridge["opening"].tolist() == [100, 100, 100] + [300] * 8
    assert (bridge["new"].sum(), _row(bridge, "2025-07")["expansion"]) == (0, 200)


def test_who_left_before_the_first_month_is_still_part_of_its_holders_history(booked):
    """A paid until March and went into B in July, known from June on: B's start in August is a return."""
    contracts = HEAD + "K1,A,P,2025-01-01,2025-03-31,100,month\nK2,B,P,2025-08-01,,200,month\n"
    tables = MERGED | {
        "customers": "customer_id\nA\nB\nC\n",
        "contracts": contracts + "K3,C,P,2025-01-01,,50,month\n",
        "merges": MERGED["merges"].replace("06-15", "07-15"),
    }
    _, book = booked(tables, history_complete_from="2025-06-01")

    bridge = movements(**book)

    assert (_row(bridge, "2025-08")["reactivation"], bridge["new"].sum()) == (200, 0)


def test_a_year_is_compared_with_what_both_paid_before_the_merge(booked):
    """A year ago 300 by two, now 270 by one: NRR and GRR 90 %, and one customer in the base."""
    contracts = (
        HEAD + "K1,A,P,2025-01-01,2025-11-30,100,month\nK2,B,P,2025-01-01,,200,month\n"
        "K3,B,P,2025-12-01,,70,month\n"
    )
    _, book = booked(MERGED | {"contracts": contracts}, gap_days=0)

    last = retention(**book, seed=1).iloc[-1]
    june = _row(retention(**book, seed=1), "2025-06")

    assert (last["nrr"], last["grr"], last["base_year"]) == (0.9, 0.9, 1)
    assert (june["logo_churn"], june["base_month"]) == (0, 1)


def test_what_hangs_on_one_customer_is_of_the_same_nrr(booked):
    """A and B paid 300 a year ago, C 100; today B pays 300 for both and C 50: 87.5 %."""
    tables = MERGED | {
        "customers": "customer_id\nA\nB\nC\n",
        "contracts": HEAD + "K1,A,P,2025-01-01,,100,month\nK2,B,P,2025-01-01,,200,month\n"
        "K3,C,P,2025-01-01,2025-12-31,100,month\nK4,C,P,2026-01-01,,50,month\n",
    }
    _, book = booked(tables)

    figures = book_concentration(book["mrr"], book["customers"]["opening"]).set_index("figure")

    assert figures.loc["nrr", ["value", "lowest", "highest"]].tolist() == [0.875, 0.5, 1.0]
    assert retention(**book, seed=1)["nrr"].iloc[-1] == 0.875


def test_chains_of_merges_lead_to_the_last_one(booked):
    """A goes into B in June, B into C in October; whoever is left holds all 300."""
    tables = {
        "customers": "customer_id\nA\nB\nC\n",
        "contracts": HEAD + "K1,A,P,2025-01-01,,100,month\nK2,B,P,2025-01-01,,200,month\n",
        "merges": "customer_id,into_customer_id,date\nA,B,2025-06-15\nB,C,2025-10-01\n",
    }
    _, book = booked(tables)

    bridge, last = movements(**book), retention(**book, seed=1).iloc[-1]

    assert book["mrr"].loc["C", "2025-09":"2025-11"].tolist() == [0, 300, 300]
    assert not bridge[["expansion", "contraction", "churn", "reactivation"]].to_numpy().any()
    assert (last["nrr"], last["base_year"]) == (1.0, 1)


def test_whoever_was_absorbed_before_passes_on_what_it_is_given_later(booked):
    """B has gone into C already when A goes into B: A's history is C's from that month on."""
    tables = MERGED | {
        "customers": "customer_id\nA\nB\nC\n",
        "merges": "customer_id,into_customer_id,date\nA,B,2025-10-01\nB,C,2025-06-15\n",
    }
    _, book = booked(tables)

    assert book["mrr"].loc["C", "2025-05":"2025-10"].tolist() == [0, 200, 200, 200, 200, 300]
    assert book["mrr"].loc["B", "2025-06":].sum() == 0
    assert not movements(**book)[["expansion", "churn"]].to_numpy().any()


def test_a_merge_after_the_report_month_is_left_out_and_counted(booked):
    params, book = booked(MERGED, month="2025-05")

    assert book["mrr"].loc["A"].tolist() == [100] * 5
    assert "merges" not in book["mrr"].attrs
    excluded = load_tables(params, "2025-05", names=["intake_excluded"])["intake_excluded"]
    assert excluded[["table", "reason", "rows"]].to_numpy().tolist() == [["merges", "X201", 1]]


def test_in_lists_cohorts_and_lifetimes_the_two_are_one_customer(booked):
    """It keeps the surviving row's features, and begins when the first of the two did."""
    params, _ = booked(
        MERGED | {"surveys": "customer_id,date,score,type\nA,2025-03-01,9,nps\n"}, **FEW
    )
    mrr, customers = load_matrix(params, MONTH), load_customers(params, MONTH)

    assert mrr.loc["B"].tolist() == [100] + [300] * 14
    assert mrr.index.tolist() == customers.index.tolist() == ["B"]
    assert (customers.loc["B", "industry"], str(customers.loc["B", "start_month"])) == (
        "Food", "2025-01",
    )  # fmt: skip
    assert lifetimes(mrr, customers).loc["B"].tolist() == [0, 14, False]
    tables = load_tables(params, MONTH)
    assert set(tables["contracts"]["customer_id"]) == set(tables["surveys"]["customer_id"]) == {"B"}
    assert load_panel(params, MONTH)["amount"].sum() == mrr.to_numpy().sum()


@pytest.mark.parametrize(
    ("merges", "message"),
    [
        ("A,A,2025-06-01\n", "E257 the customer is merged into itself"),
        ("A,X,2025-06-01\n", "E252 the customer is not in the customers table"),
        ("X,A,2025-06-01\n", "E252 the customer is not in the customers table"),
        ("A,B,2025-06-01\nB,A,2025-07-01\n", r"(?s)2 problem.*record 1,.*E258 the merges lead in a circle.*record 2"),
        ("A,B,2025-06-01\nA,C,2025-07-01\n", "E251 the same id stands on another row"),
    ],
)  # fmt: skip
def test_a_merge_that_cannot_be_is_refused(write_company, merges, message):
    tables = MERGED | {
        "customers": "customer_id\nA\nB\nC\n",
        "merges": "customer_id,into_customer_id,date\n" + merges,
    }

    with pytest.raises(DataError, match=message):
        load_matrix(write_company(tables), MONTH)


def test_parents_in_a_circle_are_all_named(write_company):
    customers = "customer_id,parent_id\nA,B\nB,A\nC,A\nD,D\n"

    with pytest.raises(DataError, match="E256 the parents lead in a circle") as error:
        load_matrix(write_company(MERGED | {"customers": customers, "merges": None}), MONTH)

    assert [(p.record, p.value) for p in error.value.problems] == [(1, "B"), (2, "A")]


def test_parents_that_only_a_merge_closes_to_a_circle_are_refused(write_company):
    tables = MERGED | {"customers": "customer_id,parent_id\nA,\nB,C\nC,A\n"}

    with pytest.raises(
        DataError, match="E273 with the merges followed, the parents lead in a circle"
    ):
        load_matrix(write_company(tables, customer_grain="parent"), MONTH)


def test_a_child_that_takes_in_its_own_parent_stands_for_the_family(write_company):
    tables = MERGED | {"customers": "customer_id,parent_id\nA,\nB,A\n"}

    mrr = load_matrix(write_company(tables, customer_grain="parent"), MONTH)

    assert mrr.loc["B"].tolist() == [100] + [300] * 14


def test_by_parent_a_family_is_one_customer_whose_members_neither_come_nor_go(booked):
    params, book = booked(FAMILY, customer_grain="parent", **FEW)

    assert book["mrr"].loc["H", "2025-04":"2025-07"].tolist() == [200, 200, 150, 150]
    assert book["mrr"].index.tolist() == ["H", "U"]
    june = _row(movements(**book), "2025-06")
    assert (june["contraction"], june["churn"]) == (-50, 0)
    assert load_customers(params, MONTH).loc["H", ["name", "industry"]].tolist() == ["Head", "Food"]
    logos = cohort_logos(load_matrix(params, MONTH), load_customers(params, MONTH), min_customers=2)
    assert set(logos["base"]) == {2}
    assert set(load_tables(params, MONTH)["contracts"]["customer_id"]) == {"H", "U"}


def test_a_parent_that_is_no_customer_is_a_group_of_its_own_and_counted(write_company):
    customers = "customer_id,name,parent_id\nS,South,X\nT,Third,X\nU,Uno,\n"
    params = write_company(FAMILY | {"customers": customers}, customer_grain="parent")

    loaded = load_customers(params, MONTH)
    warnings = load_tables(params, MONTH, names=["intake_warnings"])["intake_warnings"]

    assert loaded[["name", "industry"]].to_numpy().tolist() == [
        ["Uno", "Unknown"],
        ["X", "Unknown"],
    ]
    assert load_matrix(params, MONTH).index.tolist() == ["U", "X"]
    assert warnings.set_index("id").loc["W215", ["table", "rows"]].tolist() == ["customers", 2]


@pytest.fixture
def finding(booked):
    """Return the function from tables to the finding of the MRR chapter."""

    def concluded(tables, *, language="en", **settings):
        params, book = booked(tables, **settings)
        at_then = load_matrix(params, MONTH, value="year_ago_rates", view="booked")
        other = [
            load_matrix(params, MONTH, value=value, view="other_grain")
            for value in ("amount", "year_ago_rates")
        ]
        return conclude(
            movements(**book),
            retention(**book, year_ago_rates=at_then, seed=1),
            revenue_by_month(book["mrr"]),
            beside={"grains": grain_rates(*other), "flash": load_flash(params, MONTH)},
            language=language,
        )

    return concluded


def _facts(finding):
    return {fact.id: (fact.value, fact.n) for fact in finding.facts}


def test_both_grains_are_named_where_they_differ(finding):
    """S leaves with 100 while T grows by 80: a loss and a gain, or one family that fell by 20."""
    tables = FAMILY | {
        "contracts": FAMILY["contracts"].replace("K3,T,P,2025-06-01,,150", "K3,T,P,2025-06-01,,180")
    }

    one = finding(tables)

    facts = _facts(one)
    assert facts["retention.nrr"][0] == pytest.approx(280 / 300)
    assert facts["retention.grr"][0] == pytest.approx(200 / 300)
    assert facts["retention.nrr_parent"] == (pytest.approx(280 / 300), 2)
    assert facts["retention.grr_parent"] == (pytest.approx(280 / 300), 2)
    assert one.caveats[0] == (
        "Counted by parent company, NRR is 93.3% against 93.3% and GRR 93.3% against 66.7%: "
        "the headline counts every customer by itself."
    )


def test_by_parent_the_other_grain_is_company_by_company(finding):
    said = finding(FAMILY, customer_grain="parent")

    facts = _facts(said)
    assert facts["retention.grr"][0] == pytest.approx(250 / 300)
    assert facts["retention.grr_company"] == (pytest.approx(200 / 300), 3)
    assert said.caveats[0].startswith("Counted company by company, NRR is 83.3% against 83.3%")


def test_grains_that_agree_within_a_point_have_facts_and_no_sentence(finding):
    contracts = HEAD + "K1,S,P,2025-01-01,,100,month\nK4,U,P,2025-01-01,,100,month\n"

    agreed = finding(FAMILY | {"contracts": contracts})

    assert _facts(agreed)["retention.nrr_parent"] == (1.0, 2)
    assert not any("parent" in caveat for caveat in agreed.caveats)


def test_without_parents_nothing_is_said_of_them(finding):
    said = finding(MERGED)

    assert not [fact for fact in _facts(said) if "parent" in fact or "company" in fact]
    assert not any("parent" in caveat for caveat in said.caveats)


def test_an_empty_column_of_parents_is_no_family(finding):
    customers = "customer_id,parent_id\nA,\nB,\n"

    assert "retention.nrr_parent" not in _facts(finding(MERGED | {"customers": customers}))
