"""The section map and the chapters agree: what it refuses is silent, and what it shows speaks."""

import numpy as np
import pandas as pd
import pytest

from ltvlab.analyses import mrr_movements, mrr_scenarios
from ltvlab.analyses.segment_ltv import models_in_use
from ltvlab.metrics.movements import movement_table
from ltvlab.metrics.retention import retention_table
from ltvlab.metrics.section_needs import REFUSED, held, section_states
from ltvlab.metrics.segment_values import ltv_by_segment
from ltvlab.metrics.spend_share import share_rows

BOUNDARIES = (
    {"customers": 49}, {"customers": 50}, {"months": 11}, {"months": 12}, {"months": 13},
    {"months": 23}, {"months": 24}, {"losses": 9}, {"losses": 10},
)  # fmt: skip


def _id(shape):
    return " ".join(f"{count} {name}" for name, count in shape.items())


@pytest.fixture
def book(matrix):
    """Return the function to a book of so many customers at its end, with so many lost within a year."""

    def build(*, customers=60, months=36, losses=20):
        rows = {}
        for n in range(customers):
            # Every fifth joins later, so that new business has a course to tell a season from.
            start = n % months if n % 5 == 0 else 0
            rows[f"C{n:03d}"] = np.where(np.arange(months) >= start, 1000.0 + 37 * n, 0.0)
        for n in range(losses):
            left = months - 1 - n % min(10, months - 2)
            rows[f"L{n:03d}"] = np.where(np.arange(months) < left, 900.0 + 41 * n, 0.0)
        mrr = matrix(rows, first=str(pd.Period("2026-09", "M") - months + 1))
        start = mrr.columns[(mrr > 0).to_numpy().argmax(axis=1)]
        opening = start == mrr.columns[0]
        about = {"start_month": start - 24 * opening, "opening": opening, "channel": "Web"}
        about |= {"starting_mrr": 1000.0, "starting_margin": mrr.max(axis=1)}
        about |= {"industry": "IT", "size": "1–49", "product": "P"}
        about |= {"start_quarter": "2024Q1", "start_year": "2024"}
        return mrr, pd.DataFrame(about, index=mrr.index)

    return build


@pytest.fixture
def refused(crm_deals, crm_stages):
    """Return the function from a book to the sections that the map refuses it."""
    files = pd.DataFrame({"table": ["contracts", "spend"], "rows_used": 1})

    def build(mrr, customers):
        nothing = pd.DataFrame()
        data = held(
            mrr, customers, renewals=nothing, deals=(crm_deals({}), crm_stages()), files=files
        )
        states = section_states(data).set_index("section")["state"]
        return states == REFUSED

    return build


@pytest.mark.parametrize("shape", BOUNDARIES, ids=_id)
def test_retention_is_refused_where_the_chapter_judges_none(book, refused, shape):
    mrr, customers = book(**shape)
    rates = retention_table(mrr, customers["opening"], seed=1)
    revenue = mrr_movements.revenue_by_month(mrr)

    finding = mrr_movements.conclude(
        movement_table(mrr, customers["opening"]), rates, revenue, language="en"
    )

    assert refused(mrr, customers)["retention"] == (finding.status == "insufficient")


@pytest.mark.parametrize("shape", BOUNDARIES, ids=_id)
def test_the_forecast_and_its_season_are_refused_where_there_is_none(book, refused, shape):
    mrr, customers = book(**shape)
    engine = mrr_scenarios.forecast_engine(mrr, customers)
    tables = mrr_scenarios.scenario_tables(engine, mrr, customers, seed=1)

    finding = mrr_scenarios.conclude(tables, month="2026-09")

    assert refused(mrr, customers)["mrr_scenarios"] == (finding.status == "insufficient")
    assert refused(mrr, customers)["season"] == tables["season"].empty


@pytest.mark.parametrize("shape", BOUNDARIES, ids=_id)
def test_models_are_refused_where_none_leads(book, refused, shape):
    """A model that the back-tests admit, on a book of yearly terms."""
    mrr, customers = book(**shape)
    tested = pd.DataFrame({"model": ["renewal_model"], "admitted": [True]})

    ltv = ltv_by_segment(
        mrr, mrr * 0.8, customers, annual=mrr, admitted=models_in_use(tested, mrr), ranges=False, seed=1,
    )  # fmt: skip

    leads = ltv.loc[ltv["headline"], "method"].iloc[0]
    assert refused(mrr, customers)["value_models"] == (leads != "renewal_model")


@pytest.mark.parametrize("shape", BOUNDARIES, ids=_id)
def test_the_split_of_spend_is_refused_where_no_band_is_applied(book, refused, shape):
    mrr, customers = book(**shape)
    purposes = ["acquisition", "expansion", "retention"]
    booked = pd.DataFrame({"amount": [5.0, 2.0, 3.0], "hours": np.nan, "months": 12}, purposes)

    row = share_rows(mrr, booked).iloc[0]

    assert refused(mrr, customers)["spend_split"] == (row["verdict"] == "insufficient")
