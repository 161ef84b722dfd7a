"""Sliders: there in JupyterLab, never in a run, quick, and what they find can be kept."""

import time

import numpy as np
import pandas as pd
import pytest

from ltvlab import sliders
from ltvlab.metrics.scenarios.engine import scenario_engine
from ltvlab.metrics.scenarios.levers import Levers, parse_scenarios
from ltvlab.metrics.scenarios.tables import mrr_by_month


@pytest.fixture
def book():
    months = pd.period_range("2024-01", periods=14, freq="M")
    cells = np.full((60, 14), 1000.0)
    cells[:8, 7:] = 0.0
    mrr = pd.DataFrame(cells, index=[f"C{n:02d}" for n in range(60)], columns=months)
    mrr.attrs = {"currency": "JPY", "basis": "contracts"}
    customers = pd.DataFrame(
        {"start_month": months[:1].repeat(60), "opening": True}, index=mrr.index
    )
    return scenario_engine(mrr, customers), mrr_by_month(mrr)


@pytest.fixture
def shown(book, monkeypatch):
    monkeypatch.delenv("LTVLAB_RUN_DIR", raising=False)
    return sliders.scenario_sliders(*book, language="en", scenarios="push: churn -0.2")


def test_a_run_of_the_report_never_has_them(book, monkeypatch):
    monkeypatch.setenv("LTVLAB_RUN_DIR", "run")

    assert sliders.scenario_sliders(*book, language="en") is None


def test_without_a_forecast_there_is_nothing_to_turn(book, monkeypatch):
    monkeypatch.delenv("LTVLAB_RUN_DIR", raising=False)

    assert sliders.scenario_sliders(None, book[1], language="en") is None


def test_every_slider_is_a_lever_at_zero_and_spend_is_there_only_where_it_is_known(shown):
    *turned, _, _ = shown.children

    assert [slider.value for slider in turned] == [0.0] * (len(sliders.SPANS) - 1)
    assert set(sliders.SPANS) <= set(Levers._fields)


def test_turning_one_redraws_in_less_than_a_second_and_writes_what_to_keep(shown):
    churn, kept = shown.children[0], shown.children[-1]

    started = time.perf_counter()
    churn.value = -0.3

    assert time.perf_counter() - started < 1
    line = next(line for line in kept.value.splitlines() if line.strip().startswith("scenarios:"))
    found = parse_scenarios(line.split('"')[1])
    assert found["chosen"] == Levers(churn=-0.3)
    assert found["push"] == Levers(churn=-0.2)
