"""What must hold within one table: contract, ids, report date, currency, tax, signs, overlaps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from ltvlab.params import Params
from ltvlab.sources.amounts import sign_fits
from ltvlab.sources.contracts import EMPTY_FAULT, broken_cells
from ltvlab.sources.drafts import FAULT_COLUMNS, Draft, with_faults, with_warning, without_rows
from ltvlab.sources.tables import TABLES
from ltvlab.spelling import merged

FAR = pd.Timestamp("2200-01-01")
# A year paid at once, from ten months' price (two months free) to a little above twelve.
YEAR_AT_ONCE = (9.5, 12.5)
FEWEST_INVOICES = 3
# Free text and names of companies: of these two may well differ by a sign.
NOT_SORTED_BY = {"name", "name_kana", "subject", "value"}
MOST_VALUES = 200
# All of an amount but its currency sign or code.
NO_CURRENCY_SIGN = r"[^¥￥\\$＄€£円A-ZＡ-Ｚ]"


def checked(draft: Draft, params: Params, *, as_of: dt.date) -> Draft:
    """Return the draft with every rule of its own table applied."""
    draft = _with_contract_checked(draft)
    draft = _without_later_rows(draft, as_of)
    draft = _with_currency_checked(draft, params)
    draft = _with_ids_checked(draft)
    draft = _with_words_checked(draft)
    if draft.name == "contracts":
        draft = _with_lines_checked(_with_kinds_counted(draft), params)
    if draft.name == "invoices":
        draft = _with_refunds_negative(_with_years_at_once_refused(draft))
    if draft.name == "orders":
        negative = draft.kept["amount"] < 0
        draft = with_warning(draft, "W210", "amount", negative.index[negative])
    return _with_spellings_offered(draft)


def _with_spellings_offered(draft: Draft) -> Draft:
    """Warn of each value that another one equals but for its spelling, with the line that mends it."""
    kept = draft.kept
    for column, kind in TABLES[draft.name].columns.items():
        if kind != "text" or column in NOT_SORTED_BY or column not in kept:
            continue
        values = kept[column].dropna()
        if values.nunique() > MOST_VALUES:
            continue
        for spelled, like in merged(values).items():
            rows = values.index[values == spelled]
            draft = with_warning(draft, "W218", column, rows, example=f"{spelled}: {like}")
    return draft


def _with_contract_checked(draft: Draft) -> Draft:
    cells = broken_cells(draft.rows, draft.name)
    # A cell that could not be read is empty for that reason, and reported once.
    unread = pd.MultiIndex.from_frame(draft.faults[["row", "column"]])
    known = pd.MultiIndex.from_frame(cells[["row", "column"]]).isin(unread)
    cells = cells[~((cells["id"] == EMPTY_FAULT) & known)].assign(detail="")
    faults = pd.concat([draft.faults, cells.astype(FAULT_COLUMNS)], ignore_index=True)
    return replace(draft, faults=faults)


def _without_later_rows(draft: Draft, as_of: dt.date) -> Draft:
    dated = TABLES[draft.name].dated
    if not dated:
        return draft
    after = draft.rows[dated] >= pd.Timestamp(as_of) + pd.Timedelta(days=1)
    return without_rows(draft, draft.rows.index[after], "X201")


def _with_currency_checked(draft: Draft, params: Params) -> Draft:
    for column, kind in TABLES[draft.name].columns.items():
        if kind == "money" and column in draft.texts:
            rows = _in_other_currency(draft, column, params.currency)
            draft = with_faults(draft, rows, column, "E237")
    return draft


def _in_other_currency(draft: Draft, column: str, default: str) -> pd.Index:
    signs = draft.texts[column].str.replace(NO_CURRENCY_SIGN, "", regex=True)
    signed = signs.index[(signs != "") & (draft.left_out == "")]
    if not len(signed):
        return signed
    currency = draft.rows.get("currency", pd.Series(default, index=draft.rows.index))
    pairs = pd.DataFrame({"sign": signs[signed], "currency": currency[signed]}).dropna()
    codes, known = pd.MultiIndex.from_frame(pairs).factorize()
    fits = [sign_fits(sign, code) for sign, code in known]
    readable = draft.rows.loc[pairs.index, column].notna().to_numpy()
    return pairs.index[~np.array(fits, dtype=bool)[codes] & readable]


def _with_ids_checked(draft: Draft) -> Draft:
    row_id = [column for column in TABLES[draft.name].row_id if column in draft.rows]
    kept = draft.kept
    if not row_id:
        same = draft.repeated & (draft.left_out == "") & (draft.source.aggregate is None)
        return with_warning(draft, "W203", "", draft.rows.index[same])
    named = kept[kept[row_id[0]].notna()]
    repeated = named[named.duplicated(row_id, keep=False)]
    copies = repeated.index[repeated.duplicated()]
    draft = without_rows(draft, copies, "X202")
    differing = repeated.drop(copies)
    differing = differing[differing.duplicated(row_id, keep=False)]
    return with_faults(
        draft, differing.index, row_id[0], "E251", _other_row(draft, differing, row_id)
    )


def _other_row(draft: Draft, rows: pd.DataFrame, row_id: list[str]) -> pd.Series:
    """Return, for each row, where the next row of the same id stands."""
    groups = rows.index.to_series().groupby([rows[column] for column in row_id], dropna=False)
    other = groups.shift(-1).fillna(groups.transform("first")).astype("int64")
    places = draft.places.loc[other]
    texts = [
        f"see {place.file} record {place.record}"
        + ("" if pd.isna(place.line) else f", line {place.line}")
        for place in places.itertuples()
    ]
    return pd.Series(texts, index=rows.index, dtype="str")


def _with_words_checked(draft: Draft) -> Draft:
    for column, words in TABLES[draft.name].open_words.items():
        kept = draft.kept[column].dropna()
        draft = with_warning(draft, "W208", column, kept.index[~kept.isin(words)])
    return draft


def _with_kinds_counted(draft: Draft) -> Draft:
    kind = draft.kept.get("kind", pd.Series(dtype="str"))
    once = kind.index[kind.isin(["one_time", "trial"])]
    draft = with_warning(draft, "W217", "kind", once)
    return with_warning(draft, "W216", "kind", kind.index[kind == "usage"])


def _with_lines_checked(draft: Draft, params: Params) -> Draft:
    draft = _with_endless_terms_refused(draft)
    if "end_date" not in draft.rows:
        return draft
    kept = draft.kept
    if params.end_date_convention == "exclusive":
        same_day = kept["start_date"] == kept["end_date"]
        draft = with_warning(draft, "W206", "end_date", kept.index[same_day])
    return with_warning(draft, "W204", "start_date", _overlapping(kept, params))


def _with_endless_terms_refused(draft: Draft) -> Draft:
    """Refuse an amount for a whole term that does not end: nobody can tell what it is a month (D05)."""
    lines = draft.kept
    ends = lines.get("end_date", pd.Series(pd.NaT, index=lines.index))
    paid = (lines["billing_period"] == "term") & (lines["amount"] > 0)
    once = lines.get("kind", pd.Series("", index=lines.index)).isin(["one_time", "usage"])
    return with_faults(draft, lines.index[paid & ends.isna() & ~once], "billing_period", "E259")


def _overlapping(lines: pd.DataFrame, params: Params) -> pd.Index:
    """Return the lines that start before an earlier line of the same product has ended."""
    if "product" not in lines:
        return lines.index[:0]
    end = lines["end_date"].fillna(FAR)
    if params.end_date_convention == "inclusive":
        end = end + pd.Timedelta(days=1)
    ordered = lines.assign(end=end).sort_values(["customer_id", "product", "start_date"])
    keys = [ordered["customer_id"], ordered["product"]]
    latest = ordered["end"].groupby(keys).cummax()
    before = latest.groupby(keys).shift()
    return ordered.index[(ordered["start_date"] < before).to_numpy()].sort_values()


def _with_years_at_once_refused(draft: Draft) -> Draft:
    """Refuse invoices that look like a year paid at once and do not say what they cover (D06)."""
    charges = draft.kept[draft.kept["amount"] > 0]
    covers = [column for column in ("service_start", "period_months") if column in charges]
    keys = [column for column in ("customer_id", "product") if column in charges]
    groups = charges.groupby(keys, dropna=False)["amount"]
    usual, count = groups.transform("median"), groups.transform("size")
    near = (charges["amount"] / usual).between(*YEAR_AT_ONCE) & (count >= FEWEST_INVOICES)
    near &= ~charges[covers].notna().any(axis="columns")
    detail = "usual " + usual.round(2).astype("str")
    return with_faults(draft, charges.index[near], "amount", "E254", detail)


def _with_refunds_negative(draft: Draft) -> Draft:
    if "kind" not in draft.rows:
        return draft
    turned = draft.rows["kind"].isin(["refund", "credit"]) & (draft.rows["amount"] > 0)
    amount = draft.rows["amount"].where(~turned, -draft.rows["amount"])
    kept = draft.rows.index[turned & (draft.left_out == "")]
    return with_warning(
        replace(draft, rows=draft.rows.assign(amount=amount)), "W211", "amount", kept
    )
