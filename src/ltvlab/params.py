"""The params file: every setting of a company, strictly typed, each mistake with its place."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import pandas as pd
from pydantic import Field, ValidationError, field_validator

from ltvlab.errors import Problem, UsageError
from ltvlab.money import digits
from ltvlab.months import parse_month
from ltvlab.source_settings import Aggregate, Lookup, Source, Strict, Unpivot
from ltvlab.yaml_files import read_yaml_mapping

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Share = Annotated[float, Field(ge=0, le=1)]
# What a setting with a form of its own must look like; pydantic would show a pattern.
FORMS = {
    "company": "use small letters, digits and hyphens, at most 40; `name` is what readers see",
    "currency": "write its ISO 4217 code, e.g. JPY",
    "month": "write it like 2026-09",
}
TableName = Literal[
    "customers", "customer_history", "contracts", "invoices", "orders", "deals", "deal_stages",
    "events", "usage", "surveys", "spend", "products", "plans", "actions", "targets", "fx_rates",
    "merges",
]  # fmt: skip


class Names(Strict):
    """A display name in the languages of the report."""

    en: str
    ja: str

    def in_language(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


class AnalystNote(Names):
    """What the analyst says of one month, signed, in both languages."""

    month: Month
    author: Annotated[str, Field(min_length=1)]


class KpiSetting(Strict):
    """Who answers for a KPI, and how often it is looked at."""

    owner: str = ""
    cadence: Literal["monthly", "quarterly", "half_yearly", "yearly"] | None = None


class Params(Strict):
    """One company's settings. Defaults are the project's own choices (marked *ours* in the docs)."""

    company: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    name: Names
    month: Month | None = None
    language: Literal["en", "ja"] = "en"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "JPY"
    time_zone: str = "Asia/Tokyo"
    fiscal_year_first_month: Annotated[int, Field(ge=1, le=12)] = 4
    end_date_convention: Literal["inclusive", "exclusive"] = "inclusive"
    tax_mode: Literal["exclusive", "inclusive"] = "exclusive"
    tax_rate: Share = 0.10
    customer_grain: Literal["company", "parent"] = "company"
    history_complete_from: dt.date | None = None
    # Longest gap that is a late renewal and no loss; 0 is strict: every gap is a loss and a return.
    gap_days: Annotated[int, Field(ge=0, le=92)] = 31
    # An unpaid invoice takes its product out of MRR so many days after it was due; null: never.
    past_due_days: Annotated[int, Field(ge=0, le=365)] | None = 90
    # Whether what pauses leaves MRR (churn) or stays in it (kept).
    paused: Literal["churn", "kept"] = "churn"
    # A loss is dated to the end of paid service, or to the day of its notice.
    churn_timing: Literal["service_end", "notice"] = "service_end"
    gross_margin: Share | None = None
    margin_note: Names | None = None
    size_bands: list[Annotated[int, Field(gt=0)]] = Field(default=[50, 300])
    min_customers: Annotated[int, Field(ge=2)] = 5
    renderer: Literal["auto", "quarto", "builtin"] = "auto"
    churn_note: Names | None = None
    # Shown as a signed box on the summary of its month, and in no other.
    note: AnalystNote | None = None
    # Owners and cadences of KPIs, where they differ from the project's own (GLOSSARY D42).
    kpis: dict[str, KpiSetting] = Field(default={})
    data: str | None = None
    demo_seed: int | None = None
    quarantine_limit: Share = 0.01
    sources: dict[TableName, Source]
    notebooks: dict[str, dict[str, Any]] = Field(default={})

    @field_validator("history_complete_from", mode="before")
    @classmethod
    def _date_from_text(cls, value: object) -> object:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    @field_validator("currency")
    @classmethod
    def _currency_exists(cls, currency: str) -> str:
        try:
            digits(currency)
        except UsageError as error:
            raise ValueError("there is no such currency; use its ISO 4217 code") from error
        return currency

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("there is no such time zone; write it like Asia/Tokyo") from error
        return zone

    @field_validator("size_bands")
    @classmethod
    def _bands_ascend(cls, bands: list[int]) -> list[int]:
        if bands != sorted(set(bands)):
            raise ValueError("the bands must ascend, each once")
        return bands

    def report_month(self, month: str | None = None) -> pd.Period | None:
        """Return the month asked for, else the file's own, else None."""
        chosen = month or self.month
        return parse_month(chosen) if chosen else None

    @property
    def basis(self) -> str:
        """Return what MRR or revenue is read from: the first of contracts, invoices, orders."""
        return next(
            (name for name in ("contracts", "invoices", "orders") if name in self.sources), ""
        )

    @property
    def data_folder(self) -> str:
        """Return the folder the source files are counted from."""
        return self.data or f"data/{self.company}/raw"


def load_params(path: str | Path) -> Params:
    """Return the settings of a params file, or refuse it with every mistake at once."""
    return _validated(read_yaml_mapping(path), str(path))


def _validated(raw: Mapping[str, Any], name: str) -> Params:
    try:
        return Params.model_validate(raw)
    except ValidationError as error:
        problems = [_problem(item, name) for item in error.errors(include_url=False)]
        raise UsageError(f"{len(problems)} setting(s) in {name} cannot be used", problems) from None


def _problem(item: Mapping[str, Any], name: str) -> Problem:
    place = ".".join(str(part) for part in item["loc"] if part != "[key]")
    if item["type"] == "extra_forbidden":
        return unknown_name(str(item["loc"][-1]), _fields_at(item["loc"]), file=name, place=place)
    form = FORMS.get(place, "") if item["type"] == "string_pattern_mismatch" else ""
    missing = item["type"] == "missing"
    return Problem(
        id="E106",
        message="it is written in another form" if form else _sentence(item["msg"]),
        file=name,
        column=place,
        value="" if missing else str(item.get("input", ""))[:80],
        fix=form or ("add this setting" if missing else "change this setting"),
    )


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def _fields_at(location: tuple[Any, ...]) -> list[str]:
    models = {
        "lookup": Lookup,
        "unpivot": Unpivot,
        "aggregate": Aggregate,
        "name": Names,
        "kpis": KpiSetting,
    }
    named = [models[part] for part in location[:-1] if part in models]
    model = named[-1] if named else (Source if location[0] == "sources" else Params)
    return list(model.model_fields)


def unknown_name(name: str, known: list[str], *, file: str, place: str = "") -> Problem:
    """Return the problem "there is no such setting", with the nearest name there is."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return Problem(
        id="E105",
        message="there is no such setting",
        file=file,
        column=place or name,
        value=name,
        fix=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(sorted(known))}",
    )
