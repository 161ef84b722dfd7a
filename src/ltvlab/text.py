"""Words in the reader's language: the gettext catalogue, months, and text made safe for a page."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

import pandas as pd
from babel.dates import format_date, format_skeleton
from babel.messages.pofile import read_po

LANGUAGES = ("en", "ja")
# Any text that stands for a value nobody gave; shown translated, so it needs one spelling.
UNKNOWN = "Unknown"
OTHER = "Other"
# Bought together at the start in so many ways that each would be a segment of its own.
MANY = "More than three together"
# The pipelines this project knows; a company's own are shown under its own names.
PIPELINES = {
    "new": "pipeline_new", "upsell": "pipeline_upsell", "cross_sell": "pipeline_cross_sell",
    "expansion": "pipeline_expansion", "renewal": "pipeline_renewal", "all": "pipeline_all",
}  # fmt: skip
# The scenarios this project names; others keep the name they have in the params file.
SCENARIOS = {
    "base": "scenario_base", "retention_push": "scenario_retention_push",
    "cross_sell_push": "scenario_cross_sell_push", "price_rise": "scenario_price_rise",
    "downside": "scenario_downside", "open_deals": "scenario_open_deals",
    "spend_moved": "scenario_spend_moved", "together": "scenario_together", "chosen": "scenario_chosen",
}  # fmt: skip
# Levels of traits that this project names, where a segment is otherwise the company's own word.
OWN_LEVELS = frozenset(
    {
        UNKNOWN, OTHER, MANY, "all", "everyone", "yes", "lowest third", "middle third",
        "highest third",
        "mail", "meeting", "call", "visit", "pricing_page", "upper_feature", "trial_request",
        "inquiry", "ticket", "help_page", "onboarding_done", "community", "seminar",
        "churn_statement", "came_back", "open_deals",
    }
)  # fmt: skip
# What HTML lets through, but Quarto ({{< >}}), a formula ($) or raw code (`) would act on.
MARKUP = {ord(mark): f"&#{ord(mark)};" for mark in "{}$`"}


def translator(language: str) -> Callable[[str], str]:
    """Return the function that turns an English message of the catalogue into `language`.

    In English a message stands for itself, unless it is a code such as `start_quarter`, which
    en.po spells out. Elsewhere a message that the catalogue lacks is an error of ours, never
    shown half-translated.
    """
    catalogue = _catalogue(language)
    if language == "en":
        return lambda message: catalogue.get(message, message)

    def translated(message: str) -> str:
        if message not in catalogue:
            raise KeyError(f"locale/{language}.po has no translation of {message!r}")
        return catalogue[message]

    return translated


@cache
def _catalogue(language: str) -> dict[str, str]:
    with files("ltvlab").joinpath("locale", f"{language}.po").open("rb") as file:
        entries = read_po(file, locale=language)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def known(language: str) -> frozenset[str]:
    """Return the English messages that the catalogue of `language` translates."""
    return frozenset(_catalogue(language))


def in_sentence(code: str, language: str) -> str:
    """Return the label of a code as it stands inside a sentence: no capital but in abbreviations."""
    label = translator(language)(code)
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def segment_label(value: str, language: str) -> str:
    """Return a segment's name: data as it is, except the names this project gives itself."""
    return translator(language)(value) if value in OWN_LEVELS else value


def pipeline_label(value: str, language: str) -> str:
    """Return a sales pipeline's name: as the company writes it, unless it is one of ours."""
    return (
        translator(language)(PIPELINES[value])
        if value in PIPELINES
        else segment_label(value, language)
    )


def scenario_label(value: str, language: str) -> str:
    """Return a scenario's name: as the params file writes it, unless it is one of ours."""
    return translator(language)(SCENARIOS[value]) if value in SCENARIOS else value


def play_label(value: str, language: str) -> str:
    """Return a play's name: as the company writes it, unless it is one of ours."""
    code = "all_plays" if value == "all" else value
    return translator(language)(code) if code in known(language) else value


def month_label(month: pd.Period, language: str) -> str:
    """Return a month as the language writes it: September 2026, 2026年9月."""
    pattern = "y年M月" if language == "ja" else "MMMM y"
    return format_date(month.start_time.date(), format=pattern, locale=language)


def day_label(day: dt.date, language: str) -> str:
    """Return a day of the coming weeks, without its year: Oct 5, 10月5日."""
    return format_skeleton("MMMd", day, locale=language)


def listed(words: Iterable[str], language: str) -> str:
    """Return words in one phrase: a, b and c; a、b、c."""
    words = list(words)
    if language == "ja" or len(words) < 2:
        return "、".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def paragraph(sentences: Iterable[str], language: str) -> str:
    """Return sentences as running text; Japanese sets no space between them."""
    return ("" if language == "ja" else " ").join(sentences)


def escaped(text: object) -> str:
    """Return text that no HTML reader takes for markup, and no other for a shortcode or mathematics."""
    return html.escape(str(text), quote=True).translate(MARKUP)
