"""Sliders: there in JupyterLab, never in a run, quick, and what they find can be kept."""

import time

import ipywidgets as widgets
import numpy as np
import pandas as pd
import pytest
import yaml

from ltvlab import sliders
from ltvlab.metrics.scenarios.break_even import Target
from ltvlab.metrics.scenarios.engine import scenario_engine
from ltvlab.metrics.scenarios.levers import BASE, Levers, parse_scenarios
from ltvlab.metrics.scenarios.paths import bands, simulated_mrr
from ltvlab.metrics.scenarios.pipeline import OpenBusiness
from ltvlab.metrics.scenarios.spending import Moved
from ltvlab.metrics.scenarios.tables import mrr_by_month, scenario_table
from ltvlab.money import money
from ltvlab.slider_words import NOTES, lever_note

SEED = 5


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
def outlook(book):
    return scenario_table(book[0], {"base": BASE}, Target(1.0, 1, planned=False), seed=SEED)[0]


@pytest.fixture
def shown(book, outlook, monkeypatch):
    monkeypatch.delenv("LTVLAB_RUN_DIR", raising=False)
    return sliders.scenario_sliders(
        *book, outlook, seed=SEED, language="en", scenarios="push: churn -0.2"
    )


def of_kind(box, kind):
    """Return the widgets of a kind in the order in which a reader meets them."""
    found = [box] if isinstance(box, kind) else []
    return found + [each for child in getattr(box, "children", ()) for each in of_kind(child, kind)]


def words(box):
    return [html.value for html in of_kind(box, widgets.HTML)]


def pressed(box, name):
    next(button for button in of_kind(box, widgets.Button) if button.description == name).click()


def found_scenarios(box):
    (kept,) = of_kind(box, widgets.Textarea)
    settings = yaml.safe_load(kept.value)["notebooks"]["mrr_scenarios"]
    return parse_scenarios(settings["scenarios"])


def test_a_run_of_the_report_never_has_them(book, outlook, monkeypatch):
    monkeypatch.setenv("LTVLAB_RUN_DIR", "run")

    assert sliders.scenario_sliders(*book, outlook, seed=SEED, language="en") is None


def test_without_a_forecast_there_is_nothing_to_turn(book, outlook, monkeypatch):
    monkeypatch.delenv("LTVLAB_RUN_DIR", raising=False)

    assert sliders.scenario_sliders(None, book[1], outlook, seed=SEED, language="en") is None


def test_every_slider_is_a_lever_at_zero_and_spend_and_deals_are_there_only_where_known(shown):
    turned = of_kind(shown, widgets.FloatSlider)

    assert [slider.value for slider in turned] == [0.0] * (len(sliders.SPANS) - 2)
    assert set(sliders.SPANS) <= set(Levers._fields)


def test_no_slider_takes_away_more_new_customers_than_there_are(shown):
    assert of_kind(shown, widgets.FloatSlider)[1].min == 0.0


def test_beside_a_slider_stands_what_it_turns_from_where_to_where(shown):
    assert any("1.19% of customers lost a month → 1.19%" in each for each in words(shown))

    of_kind(shown, widgets.FloatSlider)[0].value = 0.5

    assert any("1.19% of customers lost a month → 1.79%" in each for each in words(shown))


def test_turning_one_redraws_in_less_than_a_second_and_writes_what_to_keep(shown):
    churn = of_kind(shown, widgets.FloatSlider)[0]

    started = time.perf_counter()
    churn.value = -0.3

    assert time.perf_counter() - started < 1
    assert found_scenarios(shown) == {
        "base": BASE, "push": Levers(churn=-0.2), "chosen": Levers(churn=-0.3),
    }  # fmt: skip


def test_the_result_names_base_and_choice_and_the_range_when_asked_for(book, shown):
    """The same range as the report will show, once the lines are kept."""
    of_kind(shown, widgets.FloatSlider)[0].value = -0.5
    quick = next(each for each in words(shown) if "If nothing changes" in each)
    pressed(shown, "Work out the range")
    whole = next(each for each in words(shown) if "If nothing changes" in each)

    paths = simulated_mrr(book[0], Levers(churn=-0.5), seed=SEED)
    low, high = (money(bands(paths)[name][-1], "JPY", "en", compact=True) for name in ("low", "high"))  # fmt: skip
    assert "more." in quick
    assert "Its 95% range" not in quick
    assert f"Its 95% range is {low} – {high}." in whole


def test_back_to_today_turns_all_back_with_one_redraw(shown, monkeypatch):
    for slider in of_kind(shown, widgets.FloatSlider)[4:7]:
        slider.value = 0.2
    drawn = []
    monkeypatch.setattr(sliders, "_show", lambda *_: drawn.append(1))

    pressed(shown, "Back to today's rates")

    assert [slider.value for slider in of_kind(shown, widgets.FloatSlider)] == [0.0] * 8
    assert len(drawn) == 1
    assert found_scenarios(shown) == {"base": BASE, "push": Levers(churn=-0.2)}
    assert any("Every slider is at today" in each for each in words(shown))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_lever_says_what_it_turns(book, language):
    """With spend and deals too, whose figures stand in yen; a lever without evidence shows none."""
    engine = book[0]._replace(
        moved=Moved(0, 0, 1_200_000.0, 1.0), open_business=OpenBusiness(2, 500.0, 3, 12.0)
    )
    levers = Levers(price_rise=0.1, price_response=2.0, moved_spend=0.5, open_deals=1.0)

    notes = {name: lever_note(name, engine, levers, language) for name in sliders.SPANS}

    assert "20.0%" in notes["price_response"]
    assert "–" in notes["first_price"]
    assert ("¥600k" if language == "en" else "60万円") in notes["moved_spend"]
    assert ("¥500" if language == "en" else "500円") in notes["open_deals"]
    assert set(NOTES) == set(sliders.SPANS)
