"""Every id an intake can print: errors, warnings and exclusions, each with what to do."""

from __future__ import annotations

from typing import NamedTuple

from ltvlab.errors import Problem


class Fault(NamedTuple):
    """What is wrong, and what mends it."""

    message: str
    fix: str


# Structure: the file as a whole cannot be trusted, so `--quarantine` does not help.
STRUCTURE = {
    "E201": Fault("the file was not found", "put the file there, or change `file` in the params"),
    "E202": Fault("this is not a CSV, TSV or Parquet file", "save it as CSV (UTF-8) and give that file"),
    "E203": Fault("the bytes are in no encoding this file can have", "export the file again as UTF-8, or declare `encoding` in the params"),
    "E204": Fault("the text was damaged before it came here (U+FFFD)", "export the file again from its system"),
    "E205": Fault("the file is empty", "export the file again"),
    "E206": Fault("the file has a header and no rows", "export the file again, or take this source out of the params"),
    "E207": Fault("title rows stand above the header", "delete the lines above the header, or export without a title"),
    "E208": Fault("the separator is ambiguous", "declare `separator` in the params"),
    "E209": Fault("the rows have another number of fields than the header", "add the missing header name, or export the file again"),
    "E210": Fault("two columns have the same header", "rename one of the two columns, or export it once"),
    "E211": Fault("a quote is never closed", 'close the quote that opens on this line, or write quotes inside a field as ""'),
    "E212": Fault("a quote stands in the middle of a field", 'put the whole field in quotes and write the inner quote as ""'),
    "E213": Fault("the Parquet file is damaged", "export or copy the file again"),
    "E214": Fault("the file changed while it was read", "wait until it is written completely and run again"),
    "E215": Fault("there is no such preset", "use one of the presets in params/presets"),
    "E216": Fault("a column is missing", "name its header under `columns` in the params"),
    "E217": Fault("more than one source for one column", "keep one of them under `columns` in the params"),
    "E218": Fault("there is no such column in this table", "use a column of the table, or take the line out"),
    "E219": Fault("a lookup key has more than one value", "make the key unique in the lookup file"),
    "E220": Fault("the same rows are given twice", "name each file once in the params"),
    "E221": Fault("a total row stands at the end", "delete the row, or set `drop_total_rows: true` to check and leave it out"),
    "E222": Fault("the rows are not as many as expected", "export the file again, or correct `expected_rows`"),
    "E223": Fault("the amounts do not add up to what is expected", "export the file again, or correct `expected_amount`"),
    "E224": Fault("the total row differs from the sum of the rows", "export the file again: rows are missing or doubled"),
    "E225": Fault("too many rows would be set aside", "mend the rows, or raise `quarantine_limit` in the params"),
    "E226": Fault("several currencies and no exchange rates", "add a `fx_rates` source with month, currency and rate"),
    "E227": Fault("a table every company needs is missing", "add `customers` and one of `contracts`, `invoices` and `orders` under `sources`"),
    "E228": Fault("the columns are not told apart: the whole header is read as one", "export the file again with commas, or declare its sign as `separator` in the params"),
}  # fmt: skip

# Rows: `--quarantine` sets them aside, counted.
ROWS = {
    "E231": Fault("the row has fewer fields than the header", "add the missing separators, or export the file again"),
    "E232": Fault("the row has more fields than the header", "put the field that holds a separator in quotes"),
    "E233": Fault("the row holds control characters", "remove them (often NUL bytes of a broken export)"),
    "E234": Fault("the amount is not a number", "write it as 1234.5 or 1,234.5, without words or units"),
    "E235": Fault("the commas do not group three digits each", "write 1,234,567 or 1234567, with a point for decimals"),
    "E236": Fault("the amount is too large to be added up exactly", "check the currency and the unit of the export"),
    "E237": Fault("the amount is written in another currency than its row says", "correct the currency column or the amount"),
    "E238": Fault("this is not a number", "write it as 1234.5"),
    "E239": Fault("the date cannot be read", "write it as 2026-04-01"),
    "E240": Fault("day and month could be swapped", "declare `date_format: dmy` or `mdy`, or export dates as 2026-04-01"),
    "E241": Fault("there is no such day", "correct the date"),
    "E242": Fault("the date lies outside 1990 to 2100", "correct the date, or leave it empty"),
    "E243": Fault("the month cannot be read", "write it as 2026-04"),
    "E244": Fault("this is neither yes nor no", "write true or false, はい or いいえ, 1 or 0"),
    "E245": Fault("this value is not in the vocabulary", "map it under `values` in the params"),
    "E246": Fault("a needed value is empty", "fill it in, or take the row out of the export"),
    "E247": Fault("the amount is negative", "record it as a refund or credit, or correct it"),
    "E248": Fault("it ends before it starts", "correct one of the two dates"),
    "E249": Fault("the currency is unknown", "write its ISO 4217 code, e.g. JPY"),
    "E250": Fault("the value is outside its range", "correct the value"),
    "E251": Fault("the same id stands on another row with other content", "keep one row per id"),
    "E252": Fault("the customer is not in the customers table", "add the customer to its export, or correct the id"),
    "E253": Fault("the deal is not in the deals table", "add the deal to its export, or correct the id"),
    "E254": Fault("the invoice is about twelve times the usual: is it a year paid at once?", "give service_start and service_end, or period_months"),
    "E255": Fault("the lookup file has no such key", "add the key to the lookup file"),
    "E256": Fault("the parents lead in a circle", "correct one parent of the circle, or leave it empty"),
    "E257": Fault("the customer is merged into itself", "name the customer that remains, or take the row out"),
    "E258": Fault("the merges lead in a circle", "take out the merge that did not happen"),
    "E259": Fault("the amount is for a whole term that has no end", "fill in end_date, or name the billing period the amount is for"),
}  # fmt: skip

ERRORS = STRUCTURE | ROWS

WARNINGS = {
    "W201": "Ids were cleaned of width variants, spaces or invisible characters",
    "W202": "Far dates such as 9999-12-31 were read as an open end",
    "W203": "Identical rows without an id of their own were kept",
    "W204": "Lines of one product overlap and are added up",
    "W205": "More than 10% of customers have no value here",
    "W206": "Contracts start and end on the same day",
    "W207": "Ids look damaged by a spreadsheet (1E+05)",
    "W208": "Values outside the vocabulary are kept; no rule reads them",
    "W209": "Products are not in the products table",
    "W210": "Negative order amounts are counted as returns",
    "W211": "Refunds and credits written without a minus were turned negative",
    "W212": "The lookup file lacks some keys; these rows stay empty",
    "W213": "Deals have no customer",
    "W214": "The text looks wrongly decoded",
    "W215": "Parents are not in the customers table; each is a group of its own",
    "W216": "Lines billed by use stand beside MRR, not in it",
    "W217": "One-time and trial lines are left out of MRR",
    "W218": "Two spellings of what looks like one value; make them one under `values` of the source",
}

EXCLUSIONS = {
    "X201": "dated after the report date",
    "X202": "exact duplicate of a row with the same id",
    "X203": "blank row",
    "X204": "footer line of the export",
    "X205": "total row, checked against the sum",
    "X206": "empty cell of a wide table",
    "X207": "belongs to another table, as `where` says",
}


def problem(fault_id: str, *, detail: str = "", fix: str = "", **place: object) -> Problem:
    """Return the problem of that id, at its place; `detail` follows the message.

    `fix` replaces the catalogue's advice where the place allows a better one.
    """
    fault = ERRORS[fault_id]
    message = f"{fault.message}: {detail}" if detail else fault.message
    return Problem(id=fault_id, message=message, fix=fix or fault.fix, **place)
