"""Sliders for JupyterLab: turn a lever, see the line move, keep what was found (D43).

A report never shows them: inside a run, and without a forecast, there is nothing to turn.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from ltvlab.charts import scenario_lines
from ltvlab.findings import RUN_FOLDER
from ltvlab.metrics.scenarios.engine import Engine
from ltvlab.metrics.scenarios.levers import Levers, scenario_fragment
from ltvlab.metrics.scenarios.tables import chosen_lines
from ltvlab.text import translator

if TYPE_CHECKING:
    from ipywidgets import Box


class Span(NamedTuple):
    """How far a slider goes, in which steps, and how its value is written."""

    low: float
    high: float
    step: float
    shown: str


SHARE = Span(-0.5, 0.5, 0.05, ".0%")
SPANS = {
    "churn": SHARE,
    "new_customers": Span(-10.0, 10.0, 0.5, "+.1f"),
    "win_rate": SHARE,
    "first_price": SHARE,
    "price_rise": Span(0.0, 0.3, 0.01, ".0%"),
    "price_response": Span(0.0, 10.0, 0.5, ".1f"),
    "expansion": SHARE,
    "contraction": SHARE,
    "moved_spend": Span(0.0, 1.0, 0.05, ".0%"),
}
# The name under which a scenario from the sliders stands in the params file.
FOUND = "chosen"


def scenario_sliders(
    engine: Engine | None, history: pd.DataFrame, *, language: str, scenarios: str = ""
) -> Box | None:
    """Return a slider per lever above a chart of base and choice, and the params lines to keep it.

    None inside a run of the report, and where there is no forecast to turn.
    """
    if engine is None or os.environ.get(RUN_FOLDER):
        return None
    # Here, not above: only JupyterLab needs it, and it takes a third of a second.
    import ipywidgets as widgets

    turned = {name: _slider(name, span, language) for name, span in _offered(engine).items()}
    picture = widgets.Output()
    kept = widgets.Textarea(
        description=translator(language)("Keep"), layout={"width": "100%", "height": "7em"}
    )

    def redraw(_: object = None) -> None:
        levers = Levers(**{name: slider.value for name, slider in turned.items()})
        kept.value = scenario_fragment(FOUND, levers, scenarios=scenarios)
        _show(picture, engine, levers, history, language)

    for slider in turned.values():
        slider.observe(redraw, names="value")
    redraw()
    return widgets.VBox([*turned.values(), picture, kept])


def _offered(engine: Engine) -> dict[str, Span]:
    return {name: span for name, span in SPANS.items() if name != "moved_spend" or engine.moved}


def _slider(name: str, span: Span, language: str) -> object:
    import ipywidgets as widgets

    return widgets.FloatSlider(
        value=0.0,
        min=span.low,
        max=span.high,
        step=span.step,
        readout_format=span.shown,
        description=translator(language)(name),
        style={"description_width": "14em"},
        layout={"width": "36em"},
        continuous_update=False,
    )


def _show(
    picture: object, engine: Engine, levers: Levers, history: pd.DataFrame, language: str
) -> None:
    import matplotlib.pyplot as plt
    from IPython.display import display

    with picture:
        picture.clear_output(wait=True)
        figure = scenario_lines(chosen_lines(engine, levers), history, language=language).figure
        display(figure)
        plt.close(figure)
