"""Several currencies from CSV to the bridge and the rates: what customers did, and what rates did (D10)."""

import pytest

from ltvlab import load_customers, load_flash, load_matrix
from ltvlab.analyses.mrr_movements import conclude, movements, retention, revenue_by_month
from ltvlab.errors import DataError

HEAD = "contract_id,customer_id,start_date,end_date,amount,billing_period,currency\n"
RATES = "month,currency,rate\n"


@pytest.fixture
def book(write_company):
    """Return the function from tables to what the MRR chapter reads."""

    def load(contracts, rates, month, **tables):
        given = {"contracts": HEAD + contracts, "fx_rates": RATES + rates} | tables
        params = write_company(given, gap_days=0)
        values = {"mrr": "amount", "fx": "fx", "year_ago_rates": "year_ago_rates"}
        read = {
            name: load_matrix(params, month, value=value, view="booked")
            for name, value in values.items()
        }
        return read | {"customers": load_customers(params, month, view="booked")}

    return load


def _bridge(book):
    return movements(book["mrr"], book["customers"], fx=book["fx"])


def _rates(book):
    return retention(
        book["mrr"], book["customers"], fx=book["fx"], year_ago_rates=book["year_ago_rates"], seed=1
    )


def test_a_rise_in_dollars_is_apart_from_the_rise_of_the_dollar(book):
    """V16: 1,000 dollars at 160, then 1,100 at 165: 16,000 expansion, 5,500 by the rate."""
    lines = "K1,C1,2026-01-01,2026-01-31,1000,month,USD\nK2,C1,2026-02-01,,1100,month,USD\n"

    bridge = _bridge(book(lines, "2026-01,USD,160\n2026-02,USD,165\n", "2026-02"))

    assert bridge["opening"].tolist() == [0, 160_000]
    assert bridge[["expansion", "fx", "closing"]].iloc[1].tolist() == [16_000, 5_500, 181_500]


def test_a_customers_currencies_are_handled_one_by_one(book):
    """Dollars stop at 100 (−1,000), euros start at 150 (+3,000): together an expansion of 2,000."""
    lines = (
        "K1,C1,2026-01-01,2026-01-31,10,month,USD\nK2,C1,2026-02-01,,20,month,EUR\n"
        "K3,C1,2026-01-01,,500,month,JPY\n"
    )
    rates = "2026-01,USD,100\n2026-02,USD,120\n2026-01,EUR,140\n2026-02,EUR,150\n"

    bridge = _bridge(book(lines, rates, "2026-02"))

    assert bridge[["expansion", "fx", "closing"]].iloc[1].tolist() == [2_000, 0, 3_500]


def test_who_leaves_goes_at_the_rate_it_opened_the_month_with(book):
    lines = "K1,C1,2026-01-01,2026-01-31,10,month,USD\nK2,C2,2026-01-01,,10,month,USD\n"

    bridge = _bridge(book(lines, "2026-01,USD,100\n2026-02,USD,120\n", "2026-02"))

    assert bridge[["churn", "fx", "closing"]].iloc[1].tolist() == [-1_000, 200, 1_200]


# From January 2025 to January 2026 the dollar goes from 100 to 150 and the euro from 160 to 120.
YEAR = "2025-01,USD,100\n2025-01,EUR,160\n2025-07,USD,130\n2026-01,USD,150\n2026-01,EUR,120\n"
# C1 keeps 10 dollars and raises 5 euros to 10; C2 leaves with 20 dollars; C3 keeps 1,000 yen.
LINES = (
    "K1,C1,2025-01-01,,10,month,USD\nK2,C1,2025-01-01,2025-06-30,5,month,EUR\n"
    "K3,C1,2025-07-01,,10,month,EUR\nK4,C2,2025-01-01,2025-07-31,20,month,USD\n"
    "K5,C3,2025-01-01,,1000,month,JPY\n"
)


def test_a_years_rates_are_those_of_its_beginning(book):
    """Then 1,000 + 800, 2,000 and 1,000. Now, at the rates of then, 1,000 + 1,600 and 1,000.

    In today's money it is 1,500 + 1,200 and 1,000: who left is worth nothing either way.
    """
    last = _rates(book(LINES, YEAR, "2026-01")).iloc[-1]

    assert last["nrr"] == pytest.approx(3_600 / 4_800)
    assert last["grr"] == pytest.approx(2_800 / 4_800)
    assert last["nrr_reported"] == pytest.approx(3_700 / 4_800)
    assert last["grr_reported"] == pytest.approx(2_800 / 4_800)


def test_reported_rates_are_a_sentence_where_exchange_rates_moved(book, english_left):
    read = book(LINES, YEAR, "2026-01")
    given = _bridge(read), _rates(read), revenue_by_month(read["mrr"])

    finding, japanese = (conclude(*given, language=language) for language in ("en", "ja"))

    facts = {fact.id: fact.value for fact in finding.facts}
    assert facts["retention.nrr_reported"] == pytest.approx(3_700 / 4_800)
    assert finding.caveats[0] == (
        "With what exchange rates changed, NRR is 77.1% and GRR 58.3%; "
        "the headline holds the rates of twelve months ago."
    )
    assert english_left(japanese) == []


def test_a_book_of_one_currency_is_the_same_to_the_bit(small):
    mrr = load_matrix(small, "2026-09")
    at_then = load_matrix(small, "2026-09", value="year_ago_rates")

    assert at_then.reindex(mrr.index).equals(mrr)
    rates = retention(mrr, load_customers(small, "2026-09"), seed=1, year_ago_rates=at_then)
    plain = retention(mrr, load_customers(small, "2026-09"), seed=1)
    assert rates.equals(plain)
    assert rates["nrr"].equals(rates["nrr_reported"])


def test_rates_that_stand_still_add_no_sentence(book):
    read = book("K1,C1,2025-01-01,,10,month,USD\n", "2025-01,USD,100\n", "2026-02")

    finding = conclude(_bridge(read), _rates(read), revenue_by_month(read["mrr"]))

    assert _rates(read).iloc[-1][["nrr", "nrr_reported"]].tolist() == [1, 1]
    assert not any("exchange" in caveat for caveat in finding.caveats)


def test_a_currency_newer_than_a_year_is_valued_at_its_first_known_rate(book):
    """C1 turns 10 dollars (1,000) into 10 euros, whose rate is known from July 2025 on: 1,600."""
    lines = "K1,C1,2025-01-01,2025-07-31,10,month,USD\nK2,C1,2025-08-01,,10,month,EUR\n"
    rates = "2025-01,USD,100\n2025-07,EUR,160\n2026-01,EUR,120\n"

    last = _rates(book(lines, rates, "2026-01")).iloc[-1]

    assert (last["nrr"], last["nrr_reported"]) == (pytest.approx(1.6), pytest.approx(1.2))


def test_money_before_its_currencys_first_rate_stops_the_run(book):
    """Otherwise 10 dollars would be 10 yen until then."""
    lines = "K1,C1,2025-03-01,,10,month,USD\n"

    with pytest.raises(DataError, match=r"(?s)E274 no exchange rate is known for 2025-03.*'USD'"):
        book(lines, "2025-06,USD,100\n", "2026-01")


def test_a_merge_brings_its_currency_along(book):
    """A's 10 dollars go over to B in February: the rate of that month moves B's MRR, not B itself."""
    read = book(
        "K1,A,2026-01-01,,10,month,USD\nK2,B,2026-01-01,,500,month,JPY\n",
        "2026-01,USD,100\n2026-02,USD,120\n",
        "2026-02",
        customers="customer_id\nA\nB\n",
        merges="customer_id,into_customer_id,date\nA,B,2026-02-10\n",
    )

    bridge = _bridge(read)

    assert bridge[["opening", "expansion", "churn", "fx", "closing"]].iloc[1].tolist() == [
        1_500, 0, 0, 200, 1_700,
    ]  # fmt: skip


def test_what_a_flash_customer_was_billed_is_converted_too(write_company):
    contracts = HEAD + "K1,C1,2026-01-01,,10,month,USD\nK2,C2,2026-02-03,2026-02-20,10,month,USD\n"
    rates = RATES + "2026-01,USD,100\n2026-02,USD,120\n"

    flash = load_flash(write_company({"contracts": contracts, "fx_rates": rates}), "2026-02")

    assert flash[["customers", "billed"]].to_numpy().tolist() == [[1, 1_200]]
