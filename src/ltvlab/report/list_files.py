"""The lists as files, one per owner: CSV for the CRM, XLSX for the desk, neither able to run a formula."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import xlsxwriter

from ltvlab.analyses.opportunities import plain
from ltvlab.money import digits
from ltvlab.text import translator

# The last four are for the answer: filled in, a list is what the table `actions` is read from.
COLUMNS = (
    "opportunity_id", "customer_id", "name", "kind", "product", "play", "channel", "propose_by",
    "evidence", "mrr_delta", "win_probability", "expected_value", "blocked_by", "open_deal_id",
    "owner", "sent_at", "outcome", "outcome_at",
)  # fmt: skip
NUMBERS = ("mrr_delta", "win_probability", "expected_value")
WORDS = ("kind", "play")
# What a spreadsheet takes for the start of a formula, in full width too.
FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
# A file of the same rows is the same file: no clock in it.
CREATED = dt.datetime(2000, 1, 1)


def write_lists(
    opportunities: Path, names: pd.Series, folder: Path, *, currency: str, language: str
) -> list[Path]:
    """Write one CSV and one XLSX per owner of the table file `opportunities`, and return the files.

    `names` are company names by customer_id. CSV is UTF-8 with a mark, so that Excel reads
    Japanese; money is in major units of `currency`, rounded as it is paid.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # As text: a number written again could come out otherwise than it went in.
    table = pd.read_csv(opportunities, dtype=str, keep_default_na=False)
    rows = list_rows(table, names, currency=currency, language=language)
    files = []
    for owner, place in file_names(rows["owner"]).items():
        own = rows[rows["owner"] == owner]
        files += [
            _write_csv(own, folder / f"{place}.csv"),
            _write_xlsx(own, folder / f"{place}.xlsx"),
        ]
    return files


def list_rows(
    table: pd.DataFrame, names: pd.Series, *, currency: str, language: str
) -> pd.DataFrame:
    """Return the rows as text with the columns COLUMNS, kinds and reasons in the reader's words."""
    say = translator(language)
    known = names.astype("object").reindex(table["customer_id"]).fillna("").to_numpy()
    rows = table.assign(name=known, sent_at="", outcome="", outcome_at="")
    for name in WORDS:
        rows[name] = [say(code) for code in rows[name]]
    rows["blocked_by"] = [plain(codes, language) for codes in rows["blocked_by"]]
    for name in ("mrr_delta", "expected_value"):
        rows[name] = [_rounded(value, currency) for value in rows[name]]
    return rows[list(COLUMNS)].astype("str")


def file_names(owners: pd.Series) -> dict[str, str]:
    """Return a safe and unique file name per owner, whatever signs the name has."""
    every = sorted(owners.unique())
    safe = [re.sub(r"[^\w-]+", "_", owner).strip("_")[:60] or "owner" for owner in every]
    # Two names may differ in nothing but what a file system cannot keep apart.
    taken = pd.Series([name.casefold() for name in safe], dtype="str").duplicated(keep=False)
    numbered = zip(every, safe, taken, range(1, len(every) + 1), strict=True)
    return {owner: f"{name}-{place}" if twice else name for owner, name, twice, place in numbered}


def without_formula(text: str) -> str:
    """Return text that a spreadsheet takes for text: an apostrophe before what could be a formula."""
    return f"'{text}" if FORMULA.search(text) else text


def _rounded(amount: str, currency: str) -> str:
    return str(round(Decimal(amount), digits(currency))) if amount else ""


def _write_csv(rows: pd.DataFrame, file: Path) -> Path:
    text = [name for name in COLUMNS if name not in NUMBERS]
    safe = rows.assign(**{name: rows[name].map(without_formula) for name in text})
    safe.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n")
    return file


def _write_xlsx(rows: pd.DataFrame, file: Path) -> Path:
    # Text is written as text, whatever it begins with, and stays so when a cell is edited.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(file), options) as workbook:
        workbook.set_properties({"created": CREATED})
        quoted = workbook.add_format({"quote_prefix": True, "num_format": "@"})
        sheet = workbook.add_worksheet("list")
        sheet.write_row(0, 0, COLUMNS)
        for place, name in enumerate(COLUMNS):
            for line, value in enumerate(rows[name], start=1):
                if name in NUMBERS and value:
                    sheet.write_number(line, place, float(value))
                else:
                    sheet.write_string(line, place, value, quoted)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    return file
