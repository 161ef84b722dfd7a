"""Customers from before the data (D07, D24), and those between two month ends (D12), from CSV on."""

import pytest

from ltvlab import load_customers, load_flash, load_matrix
from ltvlab.analyses.mrr_movements import conclude, movements, retention, revenue_by_month
from ltvlab.metrics.cohorts import cohort_logos
from ltvlab.metrics.lifetimes import lifetimes

MONTH = "2026-03"
HEAD = "contract_id,customer_id,product,start_date,end_date,amount,billing_period\n"
# O began in 2023 and pays from the first month of the data; L the same, and leaves in July 2025.
OLD = {
    "customers": "customer_id,start_date\nO,2023-04-01\nL,2023-10-01\nN,\n",
    "contracts": HEAD + "K1,O,P,2025-01-01,,100,month\nK2,L,P,2025-01-01,2025-07-30,50,month\n"
    "K3,N,P,2025-03-10,,70,month\n",
}
# F is in for ten days of May 2025, G for five days and again in November.
BRIEF = {
    "customers": "customer_id\nA\nF\nG\n",
    "contracts": HEAD + "K1,A,P,2025-01-01,,100,month\nK2,F,P,2025-05-10,2025-05-19,30,month\n"
    "K3,G,P,2025-05-20,2025-05-24,900,term\nK4,G,P,2025-11-01,,60,month\n",
}


@pytest.fixture
def read(write_company):
    """Return the function from tables to matrix and customers."""

    def load(tables, month=MONTH, **settings):
        params = write_company(tables, **settings)
        return params, load_matrix(params, month), load_customers(params, month)

    return load


def test_who_started_before_the_data_opens_the_bridge_and_is_never_new(read):
    _, mrr, customers = read(OLD)

    bridge = movements(mrr, customers)

    assert bridge["opening"].iloc[0] == 150
    assert bridge["new"].tolist() == [0, 0, 70] + [0] * 12
    assert customers["opening"].to_dict() == {"L": True, "N": False, "O": True}


def test_an_opening_customer_that_returns_is_a_reactivation(read):
    back = OLD["contracts"] + "K4,L,P,2025-11-01,,40,month\n"
    _, mrr, customers = read(OLD | {"contracts": back})

    bridge = movements(mrr, customers).set_index("month")

    assert bridge["new"].sum() == 70
    assert bridge.loc["2025-11", "reactivation"] == 40


def test_an_opening_customer_is_watched_from_the_age_it_had(read):
    """L was 15 months old in January 2025 and left at 21; O is 35 months old in March 2026."""
    _, mrr, customers = read(OLD)

    spells = lifetimes(mrr, customers)

    assert spells.loc["L"].tolist() == [15, 21, True]
    assert spells.loc["O"].tolist() == [21, 35, False]
    assert spells.loc["N"].tolist() == [0, 12, False]


def test_declared_losses_put_everyone_before_them_into_the_opening_book(read):
    """Losses are complete from June 2025: the book opens at the end of May with all three in it."""
    _, mrr, customers = read(OLD, history_complete_from="2025-06-01")

    bridge = movements(mrr, customers)

    assert (str(mrr.columns[0]), bridge["opening"].iloc[0]) == ("2025-05", 220)
    assert customers["opening"].all()
    assert bridge["new"].sum() == 0
    assert lifetimes(mrr, customers).loc["N"].tolist() == [2, 12, False]


def test_who_left_before_losses_were_recorded_is_in_no_lifetime(read):
    _, mrr, customers = read(OLD, history_complete_from="2025-10-01")

    assert "L" not in lifetimes(mrr, customers).index
    assert movements(mrr, customers)["churn"].sum() == 0


def test_who_joins_and_leaves_between_two_month_ends_has_a_line_of_its_own(read):
    """Two in May 2025, billed 30 and 900; G's return in November is new MRR, its first."""
    params, mrr, customers = read(BRIEF)

    flash = load_flash(params, MONTH)

    assert [(str(row.month), row.customers, row.billed) for row in flash.itertuples()] == [
        ("2025-05", 2, 930.0)
    ]
    bridge = movements(mrr, customers).set_index("month")
    assert bridge.loc["2025-05", ["new", "churn"]].tolist() == [0, 0]
    assert bridge.loc["2025-11", "new"] == 60


def test_flash_customers_count_in_the_size_of_their_cohort(read):
    """May 2025 has two: at age 0 neither pays, at age 6 one does."""
    _, mrr, customers = read(BRIEF, min_customers=2)

    logos = cohort_logos(mrr, customers, grain="month", min_customers=2).set_index(
        ["cohort", "age"]
    )

    assert logos.loc[("2025-05", 0), ["value", "base"]].tolist() == [0.0, 2]
    assert logos.loc[("2025-05", 6), "value"] == 0.5


def test_invoices_of_a_few_days_are_flash_and_credits_are_not(write_company):
    invoices = (
        "customer_id,month,amount,service_start,service_end,kind\n"
        "A,2025-05-01,100,2025-05-01,2025-06-30,charge\nF,2025-05-01,40,2025-05-03,2025-05-09,charge\n"
        "F,2025-05-01,-10,2025-05-03,2025-05-09,credit\n"
    )
    tables = {"customers": BRIEF["customers"], "contracts": None, "invoices": invoices}

    flash = load_flash(write_company(tables), "2025-06")

    assert flash[["customers", "billed"]].to_numpy().tolist() == [[1, 40]]


def test_a_line_of_no_days_makes_no_customer(read):
    """Exclusive ends: from 10 May to 10 May is nothing, so nobody joined."""
    contracts = HEAD + "K1,A,P,2025-01-01,,100,month\nK2,F,P,2025-05-10,2025-05-10,30,month\n"

    params, _, customers = read(BRIEF | {"contracts": contracts}, end_date_convention="exclusive")

    assert customers.index.tolist() == ["A"]
    assert load_flash(params, MONTH).empty


def test_an_order_is_no_flash(write_company):
    orders = "customer_id,date,amount\nA,2026-03-03,100\n"
    params = write_company(
        {"customers": BRIEF["customers"], "contracts": None, "orders": orders}, gross_margin=None
    )

    assert load_flash(params, MONTH).empty


@pytest.mark.parametrize(("month", "said"), [("2026-03", True), ("2026-06", False)])
def test_the_chapter_names_flash_customers_of_the_last_twelve_months(
    read, english_left, month, said
):
    params, mrr, customers = read(BRIEF, month=month)
    given = movements(mrr, customers), retention(mrr, customers, seed=1), revenue_by_month(mrr)

    finding, japanese = (
        conclude(*given, beside={"flash": load_flash(params, month)}, language=language)
        for language in ("en", "ja")
    )

    sentence = (
        "Customers who joined and left between two month ends in the last twelve months: 2, "
        "billed ¥930. They are in no month's MRR, but count in their cohorts."
    )
    facts = {fact.id: fact.value for fact in finding.facts}
    assert (sentence in finding.caveats) == said
    assert (facts["flash.customers"], facts["flash.billed"]) == ((2, 930) if said else (0, 0))
    assert finding.tables["flash"]["customers"].tolist() == [2]
    assert english_left(japanese) == []
