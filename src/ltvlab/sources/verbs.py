"""The verbs of a source: where, unpivot, template, lookup, values, each from text to text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ltvlab.errors import DataError
from ltvlab.source_settings import Lookup, Unpivot
from ltvlab.sources.faults import problem
from ltvlab.sources.headers import find_header, matched_form, nearest
from ltvlab.sources.values import clean_id

PART = re.compile(r"\{([^{}]+)\}")


def unpivoted(
    rows: pd.DataFrame, places: pd.DataFrame, verb: Unpivot, *, file: str
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return one row per filled cell of the wide columns, its places, and how many were empty.

    The label of a cell's column stands in `verb.into`, its text in `verb.values`.
    """
    labels = {
        header_of(wanted, rows.columns, file=file): label for wanted, label in verb.headers.items()
    }
    kept = [header for header in rows.columns if header not in labels]
    long = rows.melt(
        id_vars=kept, value_vars=list(labels), var_name=verb.into, value_name=verb.values,
        ignore_index=False,
    ).sort_index(kind="stable")  # fmt: skip
    long[verb.into] = long[verb.into].map(labels)
    filled = long[verb.values].str.strip() != ""
    long = long[filled]
    return (
        long.reset_index(drop=True),
        places.loc[long.index].reset_index(drop=True),
        int((~filled).sum()),
    )


def chosen_rows(rows: pd.DataFrame, where: Mapping[str, Iterable[str]], *, file: str) -> pd.Series:
    """Return which rows have, under each header of `where`, one of its texts; case is no matter."""
    chosen = pd.Series(True, index=rows.index)
    for header, texts in where.items():
        wanted = {matched_form(text) for text in texts}
        codes, distinct = pd.factorize(rows[header_of(header, rows.columns, file=file)])
        fits = np.array([matched_form(str(text)) in wanted for text in distinct], dtype=bool)
        chosen &= fits[codes]
    return chosen


def header_of(wanted: str, headers: Iterable[str], *, file: str, column: str = "") -> str:
    """Return the header that reads like `wanted`, or refuse the file with the nearest one."""
    found = find_header(wanted, headers)
    if found is None:
        near = nearest(wanted, headers)
        fix = f"did you mean {near}?" if near else f"the file has: {', '.join(headers)}"
        missing = problem("E216", file=file, header=wanted, column=column, fix=fix)
        raise DataError("A column is missing", [missing])
    return found


def is_template(source: str) -> bool:
    """Say whether a column's source is a template such as `{Year}-{month_no}`."""
    return bool(PART.search(source))


def from_template(rows: pd.DataFrame, template: str, *, file: str, column: str) -> pd.Series:
    """Return the template filled from each row; empty where one of its parts is empty."""
    pieces = PART.split(template)
    text = pd.Series(pieces[0], index=rows.index, dtype="str")
    empty = pd.Series(False, index=rows.index)
    for name, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        part = rows[header_of(name, rows.columns, file=file, column=column)].str.strip()
        empty |= part == ""
        text = text + part + literal
    return text.mask(empty, "")


def looked_up(
    keys: pd.Series, verb: Lookup, lookup_rows: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    """Return the value of each key, and which non-empty keys the lookup file lacks."""
    key = lookup_rows[header_of(verb.key, lookup_rows.columns, file=verb.file)].map(clean_id)
    value = lookup_rows[header_of(verb.value, lookup_rows.columns, file=verb.file)]
    pairs = pd.DataFrame({"key": key, "value": value}).drop_duplicates()
    _require_one_value(pairs, verb)
    codes, distinct = pd.factorize(keys)
    found = pd.Series(distinct, dtype="str").map(clean_id).map(pairs.set_index("key")["value"])
    values = pd.Series(found.to_numpy()[codes], index=keys.index, dtype="str")
    return values.fillna(""), values.isna() & (keys.str.strip() != "")


def _require_one_value(pairs: pd.DataFrame, verb: Lookup) -> None:
    twice = pairs[pairs["key"].duplicated(keep=False)]
    if len(twice):
        both = twice[twice["key"] == twice["key"].iloc[0]]["value"].tolist()
        found = problem(
            "E219", file=verb.file, header=verb.key, column=verb.column,
            value=str(twice["key"].iloc[0]), detail=" and ".join(both[:2]),
        )  # fmt: skip
        raise DataError("A lookup is ambiguous", [found])


def translated_values(texts: pd.Series, values: Mapping[str, str]) -> pd.Series:
    """Return texts with each mapped value replaced; other texts stay as they are."""
    forms = {matched_form(source): canonical for source, canonical in values.items()}
    codes, distinct = pd.factorize(texts)
    replaced = [forms.get(matched_form(str(text)), text) for text in distinct]
    return pd.Series(pd.array(replaced, dtype="str")[codes], index=texts.index)


def blanked(rows: pd.DataFrame, nulls: Iterable[str]) -> pd.DataFrame:
    """Return the rows with every text that stands for "nothing" emptied."""
    words = list(nulls)
    if not words:
        return rows
    return rows.apply(lambda column: column.mask(column.str.strip().isin(words), ""))
