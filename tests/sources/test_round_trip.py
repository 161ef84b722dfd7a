"""However a clean table is spelled in a file, it is read back the same."""

import csv
import datetime as dt
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ltvlab.params import Params
from ltvlab.sources.quality import read_intake

AS_OF = dt.date(2040, 1, 1)
COLUMNS = {"contract_id": "契約番号", "customer_id": "顧客ＩＤ", "product": "製品", "start_date": "開始日",
           "amount": "金額", "billing_period": "周期", "auto_renew": "自動更新"}  # fmt: skip
NAMES = st.text("ABC株式会社髙﨑①㈱～, ;\"'\n\t製品", max_size=12).map(lambda text: f"x{text}x")
AMOUNT_SPELLINGS = [
    lambda a: f"{a:.2f}",
    lambda a: f"{a:,.2f}",
    lambda a: f"¥{a:,.2f}",
    lambda a: f"￥{a:,.2f}".translate(str.maketrans("0123456789,.", "０１２３４５６７８９，．")),
    lambda a: f"{a:,.2f}円",
    lambda a: f"JPY {a:.2f}",
    lambda a: f"{a:.2f} JPY",
]
DATE_SPELLINGS = [
    lambda d: d.isoformat(),
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.isoformat()}T09:30:00+09:00",
    lambda d: f"{d - dt.timedelta(days=1)} 15:00:00Z",
]
YES, NO = ["はい", "○", "TRUE", "1", "Yes"], ["いいえ", "×", "false", "0", "No"]
LINE = st.fixed_dictionaries(
    {
        "product": NAMES,
        "start_date": st.dates(dt.date(1991, 1, 1), dt.date(2039, 12, 31)),
        "amount": st.integers(0, 10**10).map(lambda cents: cents / 100),
        "billing_period": st.sampled_from(["month", "year", "half_year"]),
        "auto_renew": st.booleans(),
    }
)
FILE = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16"]),
        "separator": st.sampled_from([",", ";", "\t"]),
        "line_end": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "blank_lines": st.integers(0, 3),
    }
)


def spelled(draw, line: dict, number: int) -> list[str]:
    return [
        f"{draw(st.sampled_from(['', ' ', chr(0x3000)]))}K{number:05d}",
        draw(st.sampled_from(["C1", "Ｃ１", "C1 "])),
        line["product"],
        draw(st.sampled_from(DATE_SPELLINGS))(line["start_date"]),
        draw(st.sampled_from(AMOUNT_SPELLINGS))(line["amount"]),
        draw(st.sampled_from([str.upper, str.title, str]))(line["billing_period"]),
        draw(st.sampled_from(YES if line["auto_renew"] else NO)),
    ]


def written(rows: list[list[str]], how: dict) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, delimiter=how["separator"], lineterminator=how["line_end"], quoting=how["quoting"]
    )
    writer.writerows([list(COLUMNS.values()), *rows])
    whole = text.getvalue() + how["line_end"] * how["blank_lines"]
    # In a cp932 file the yen sign is the byte of the backslash.
    return (whole.replace("¥", "\\") if how["encoding"] == "cp932" else whole).encode(
        how["encoding"]
    )


def read(content: bytes, separator: str) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        (Path(folder) / "c.csv").write_text("customer_id\nC1\n", encoding="utf-8")
        (Path(folder) / "k.csv").write_bytes(content)
        contracts = {"file": "k.csv", "columns": COLUMNS, "separator": separator}
        params = Params.model_validate(
            {"company": "trip", "name": {"en": "t", "ja": "t"}, "data": ".",
             "sources": {"customers": {"file": "c.csv"}, "contracts": contracts}}
        )  # fmt: skip
        return read_intake(params, as_of=AS_OF, root=Path(folder)).tables["contracts"]


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=8), how=FILE, data=st.data())
def test_every_spelling_of_a_table_reads_back_the_same(lines, how, data):
    rows = [spelled(data.draw, line, number) for number, line in enumerate(lines)]

    contracts = read(written(rows, how), how["separator"])

    assert contracts["contract_id"].tolist() == [f"K{number:05d}" for number in range(len(lines))]
    assert set(contracts["customer_id"]) == {"C1"}
    assert contracts["product"].tolist() == [line["product"] for line in lines]
    assert [day.date() for day in contracts["start_date"]] == [line["start_date"] for line in lines]
    assert contracts["amount"].tolist() == [line["amount"] for line in lines]
    assert contracts["billing_period"].tolist() == [line["billing_period"] for line in lines]
    assert contracts["auto_renew"].tolist() == [line["auto_renew"] for line in lines]
