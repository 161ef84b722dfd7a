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
from ltvlab.money import number
from ltvlab.slider_words import lever_note, result_words
from ltvlab.text import escaped, translator

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import HTML, Box, Button, FloatSlider, Output, Textarea


class Span(NamedTuple):
    """How far a slider goes, in which steps, and how its value is written."""

    low: float
    high: float
    step: float
    shown: str


SHARE = Span(-0.5, 0.5, 0.05, "+.0%")
SPANS = {
    "churn": SHARE,
    "new_customers": Span(-10.0, 10.0, 0.5, "+.1f"),
    "win_rate": SHARE,
    "first_price": SHARE,
    "price_rise": Span(0.0, 0.3, 0.01, "+.0%"),
    "price_response": Span(0.0, 10.0, 0.5, ".1f"),
    "expansion": SHARE,
    "contraction": SHARE,
    "moved_spend": Span(0.0, 1.0, 0.05, ".0%"),
    "open_deals": Span(0.0, 1.0, 0.05, ".0%"),
}
# The name under which a scenario from the sliders stands in the params file.
FOUND = "chosen"
USE = "Each slider starts at the rate of the last {window} months. Drag it, use the arrow keys or type a value; beside it stands what it turns."
KEEP = "To keep what you found, put these lines into your params file, in place of the scenarios there. Every report from then on shows it in this chapter with its range, as 'chosen'; rename it as you like."


class Panel(NamedTuple):
    """The parts on the page: sliders with their notes by lever, and what shows the result."""

    sliders: dict[str, FloatSlider]
    notes: dict[str, HTML]
    result: HTML
    picture: Output
    kept: Textarea

    @property
    def levers(self) -> Levers:
        """Return the levers as the sliders stand."""
        return Levers(**{name: slider.value for name, slider in self.sliders.items()})


def scenario_sliders(
    engine: Engine | None,
    history: pd.DataFrame,
    outlook: pd.DataFrame,
    *,
    seed: int,
    language: str,
    scenarios: str = "",
) -> Box | None:
    """Return a slider per lever above a chart of base and choice, and the params lines to keep it.

    `outlook` is the table `scenarios`, whose base is drawn with its bands; the range of what was
    chosen is worked out when asked for, with the report's `seed`, so that a report says the same.
    None inside a run of the report, and where there is no forecast to turn.
    """
    if engine is None or os.environ.get(RUN_FOLDER):
        return None
    panel = _panel(engine, language)
    base = outlook[outlook["scenario"] == "base"]

    def redraw(_: object = None, *, of: int | None = None) -> None:
        levers = panel.levers
        lines = chosen_lines(engine, levers, base, seed=of)
        for name, note in panel.notes.items():
            note.value = escaped(lever_note(name, engine, levers, language))
        panel.result.value = f"<b>{escaped(result_words(lines, levers, language))}</b>"
        panel.kept.value = scenario_fragment(FOUND, levers, scenarios=scenarios)
        _show(panel.picture, lines, history, language)

    def reset(_: object) -> None:
        _listen(panel, redraw, on=False)
        for slider in panel.sliders.values():
            slider.value = 0.0
        _listen(panel, redraw, on=True)
        redraw()

    _listen(panel, redraw, on=True)
    redraw()
    buttons = [
        _button("Back to today's rates", reset, language),
        _button("Work out the range", lambda _: redraw(of=seed), language),
    ]
    return _laid_out(panel, buttons, engine, language)


def _listen(panel: Panel, redraw: Callable, *, on: bool) -> None:
    for slider in panel.sliders.values():
        (slider.observe if on else slider.unobserve)(redraw, names="value")


def _panel(engine: Engine, language: str) -> Panel:
    # Here, not above: only JupyterLab needs it, and it takes a third of a second.
    import ipywidgets as widgets

    spans = _offered(engine)
    return Panel(
        sliders={name: _slider(name, span, language) for name, span in spans.items()},
        notes={name: widgets.HTML() for name in spans},
        result=widgets.HTML(),
        picture=widgets.Output(),
        kept=widgets.Textarea(layout={"width": "60em", "height": "18em"}),
    )


def _offered(engine: Engine) -> dict[str, Span]:
    """Return the levers this company's data can turn, none of them below nothing."""
    lacking = {
        name
        for name, found in (("moved_spend", engine.moved), ("open_deals", engine.open_business))
        if found is None
    }
    spans = {name: span for name, span in SPANS.items() if name not in lacking}
    joined, usual = float(engine.rates.joined.sum()), SPANS["new_customers"]
    low = -(joined // usual.step * usual.step)
    return spans | {"new_customers": usual._replace(low=low, high=max(usual.high, -low))}


def _slider(name: str, span: Span, language: str) -> FloatSlider:
    import ipywidgets as widgets

    return widgets.FloatSlider(
        value=0.0,
        min=span.low,
        max=span.high,
        step=span.step,
        readout_format=span.shown,
        description=translator(language)(name),
        style={"description_width": "18em"},
        layout={"width": "38em"},
        continuous_update=False,
    )


def _button(words: str, pressed: Callable, language: str) -> Button:
    import ipywidgets as widgets

    button = widgets.Button(description=translator(language)(words), layout={"width": "auto"})
    button.on_click(pressed)
    return button


def _laid_out(panel: Panel, buttons: list[Button], engine: Engine, language: str) -> Box:
    import ipywidgets as widgets

    say = translator(language)
    window = number(engine.seen.months, language)
    rows = [widgets.HBox([slider, panel.notes[name]]) for name, slider in panel.sliders.items()]
    return widgets.VBox([
        widgets.HTML(escaped(say(USE).format(window=window))),
        *rows,
        widgets.HBox(buttons),
        panel.result,
        panel.picture,
        widgets.HTML(escaped(say(KEEP))),
        panel.kept,
    ])  # fmt: skip


def _show(picture: Output, lines: pd.DataFrame, history: pd.DataFrame, language: str) -> None:
    import matplotlib.pyplot as plt
    from IPython.display import display

    with picture:
        picture.clear_output(wait=True)
        figure = scenario_lines(lines, history, language=language).figure
        display(figure)
        plt.close(figure)
