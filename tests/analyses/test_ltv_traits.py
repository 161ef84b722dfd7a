"""What the best customers have in common, said to leaders."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses import ltv_traits

MONTH = "2025-12"


def _features(customers, *, best_size="300+"):
    """Return customers of one start quarter; the first fifth brings most and is of `best_size`."""
    index = pd.Index([f"C{n:03d}" for n in range(customers)], name="customer_id")
    top = np.arange(customers) < customers // 5
    return pd.DataFrame(
        {
            "margin_total": np.where(top, 1000.0, 100.0) - np.arange(customers) / 1000,
            "active_months": 12, "mrr": np.where(np.arange(customers) % 3, 10.0, 0.0),
            "start_month": pd.PeriodIndex(["2024-01"] * customers, freq="M"),
            "start_year": "FY2023", "start_quarter": "2024-Q1", "opening": False,
            "starting_mrr": 50.0, "first_paid_month": pd.Period("2024-01", "M").ordinal,
            "last_paid_month": pd.Period("2025-12", "M").ordinal, "first_basket": "A",
            "product": "A", "families": 1.0, "industry": "Retail",
            "size": np.where(top, best_size, "1–49"),
        },
        index=index,
    )  # fmt: skip


def _concluded(matrix, customers=60, *, basis="contracts", language="en", more=None, **changes):
    features = _features(customers, **changes).assign(**more or {})
    mrr = matrix({name: [10.0] * 4 for name in features.index}, basis=basis)
    ranked = ltv_traits.trait_outcomes(features, month=MONTH)
    known = ltv_traits.known_traits(features, ranked, brought={})
    beside = {
        "traits_of_staying": ltv_traits.traits_of_staying(known, ranked, mrr),
        "before_sales": ltv_traits.before_sales(mrr),
    }
    table = ltv_traits.traits(known, ranked)
    best = ltv_traits.best_customers(ranked, mrr)
    return ltv_traits.conclude(table, best, beside=beside, language=language)


def test_a_trait_found_is_named_with_its_shares_and_a_test_in_acquisition(matrix):
    """All twelve best are large, nobody else is."""
    finding = _concluded(matrix)

    assert finding.status == "good"
    assert finding.answer == (
        "To be among the best customers of a start year is associated with "
        "size 300+ (100.0% of the best, 0.0% of the others)."
    )
    assert finding.decision.startswith("Test in acquisition: aim the next campaign at size 300+")
    shares = {fact.id: fact.value for fact in finding.facts if fact.segment == "size: 300+"}
    assert shares["traits.best.share_top"] == 1.0 and shares["traits.best.share_rest"] == 0.0


def test_traits_that_mark_the_same_customers_are_named_with_what_they_mark(matrix):
    """The twelve best are the large ones and those of the fair; nobody else is either."""
    fair = np.where(np.arange(60) < 12, "Fair", "Web")

    finding = _concluded(matrix, more={"channel": fair})

    together = [caveat for caveat in finding.caveats if caveat.startswith("These data cannot")]
    assert together == [
        "These data cannot separate the following, as they mark nearly the same customers: "
        "channel Fair and size 300+."
    ]


def test_without_a_trait_the_course_is_held(matrix):
    finding = _concluded(matrix, best_size="1–49")

    assert finding.status == "watch"
    assert finding.answer.startswith("No trait that was known early")
    assert finding.decision.startswith("Hold the course")


def test_too_few_customers_are_said_so(matrix):
    finding = _concluded(matrix, 20)

    assert finding.status == "insufficient"
    assert finding.answer.startswith("Too few customers")


def test_a_start_year_of_four_ranks_nobody(matrix):
    finding = _concluded(matrix, 4)

    assert finding.status == "insufficient" and finding.tables["best_customers"].empty


def test_what_is_known_only_later_is_named_as_refused(matrix):
    said = " ".join(_concluded(matrix).caveats)

    assert "Not used, since it is known only later: families held today." in said
    assert "Bring deals with their created and close dates" in said


def test_companies_of_orders_have_no_table_of_staying(matrix):
    assert _concluded(matrix, basis="orders").tables["traits_of_staying"].empty


def test_nothing_is_said_to_drive_anything(matrix):
    finding = _concluded(matrix)
    said = " ".join([finding.answer, finding.decision, *finding.caveats])

    assert "drive" not in said and "associated with" in said


@pytest.mark.parametrize("best_size", ["300+", "1–49"])
def test_japanese_is_japanese(matrix, english_left, best_size):
    assert english_left(_concluded(matrix, language="ja", best_size=best_size)) == []


def test_best_customers_come_with_the_largest_margin_first(matrix):
    best = _concluded(matrix).tables["best_customers"]

    assert best["customer_id"].tolist() == [f"C{n:03d}" for n in range(12)]
    assert best.attrs["currency"] == "JPY"


def test_a_page_shows_the_strongest_and_every_refusal(matrix):
    table = _concluded(matrix).tables["traits"]
    long = pd.concat([table[table["verdict"] != "refused"]] * 20 + [table.tail(1)])

    shown = ltv_traits.strongest(long.reset_index(drop=True))

    assert len(shown) == 13 and shown["verdict"].iloc[-1] == "refused"
