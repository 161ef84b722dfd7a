"""How one canonical table is read from an export: the settings under `sources:`."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

ONE_SIGN = re.compile(r'[^"\r\n\x80-\U0010ffff]')


class Strict(BaseModel):
    """Settings that take no name they do not know, and no value of another type."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, populate_by_name=True
    )


class Lookup(Strict):
    """Fill a column from another file: `column` = `value` of the row whose `key` is `of`."""

    column: str
    of: str
    file: str
    key: str
    value: str
    encoding: str = "auto"


class Unpivot(Strict):
    """Turn the columns `headers` (header → label) into rows: label in `into`, cell in `values`."""

    headers: dict[str, str]
    into: str
    values: str


class Aggregate(Strict):
    """Add up rows that share the columns `by`; `sum` columns are summed, `first` kept once."""

    by: list[str]
    sum: list[str] = []
    first: list[str] = []


class Source(Strict):
    """How one canonical table is read from a file the company exports.

    `where` keeps the rows whose text under a header is one of those listed, so that one file can
    feed several tables: won deals are orders too.
    """

    file: str | list[str]
    preset: str | None = None
    encoding: str = "auto"
    separator: str | None = None
    columns: dict[str, str | list[str]] = {}
    constants: dict[str, str] = {}
    where: dict[str, list[str]] = {}
    values: dict[str, dict[str, str]] = {}
    lookup: list[Lookup] = []
    unpivot: Unpivot | None = None
    aggregate: Aggregate | None = None
    nulls: list[str] = []
    date_format: Literal["auto", "ymd", "dmy", "mdy"] = "auto"
    drop_total_rows: bool = False
    expected_rows: int | None = None
    expected_amount: float | None = None

    @field_validator("separator")
    @classmethod
    def _separator_is_one_sign(cls, separator: str | None) -> str | None:
        # Rows are cut by one byte; what quotes a field or ends a row cannot cut it as well.
        if separator is not None and not ONE_SIGN.fullmatch(separator):
            raise ValueError(
                'a separator is one sign, such as ";" or "\\t" (in double quotes) for a tab'
            )
        return separator
