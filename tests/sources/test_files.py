"""Files are read as text, whatever their encoding, separator and line ends."""

import pandas as pd
import pytest

from ltvlab.errors import DataError
from ltvlab.sources.files import read_file

TEXT = "顧客ID,会社名,メモ\n001,㈱髙﨑①,NA\n002,Beta,\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
    ],
)
def test_every_encoding_and_line_end_gives_the_same_rows(tmp_path, content, encoding):
    (tmp_path / "a.csv").write_bytes(content)

    read = read_file(tmp_path / "a.csv")

    assert read.encoding == encoding
    assert read.rows.columns.tolist() == ["顧客ID", "会社名", "メモ"]
    assert read.rows.values.tolist() == [["001", "㈱髙﨑①", "NA"], ["002", "Beta", ""]]


def test_a_declared_shift_jis_is_read_as_cp932(tmp_path):
    """Files called Shift_JIS hold ㈱ and ①, which that encoding does not know."""
    (tmp_path / "a.csv").write_bytes(TEXT.encode("cp932"))

    assert read_file(tmp_path / "a.csv", encoding="shift_jis").encoding == "cp932"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(tmp_path, separator):
    text = f'a{separator}b\n1{separator}"x,y;z\t"\n2{separator}w\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")

    read = read_file(tmp_path / "a.csv")

    assert read.separator == separator
    assert read.rows["b"].tolist() == ["x,y;z\t", "w"]


def test_an_ambiguous_separator_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b;c\n1,2;3\n", encoding="utf-8")

    with pytest.raises(DataError, match="comma and semicolon fit alike") as error:
        read_file(tmp_path / "a.csv")
    assert error.value.problems[0].id == "E208"
    assert read_file(tmp_path / "a.csv", separator=";").rows.columns.tolist() == ["a,b", "c"]


def test_quotes_line_breaks_and_doubled_quotes_are_read_as_written(tmp_path):
    text = 'a,b\n"1\n2","say ""hi"""\n,\n3,"x,y"\n\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")

    read = read_file(tmp_path / "a.csv")

    assert read.rows.values.tolist() == [["1\n2", 'say "hi"'], ["3", "x,y"]]
    assert read.places["record"].tolist() == [1, 3]
    assert read.places["line"].tolist() == [2, 5]
    assert read.excluded == {"X203": 1}
    assert read.rows_read == 3


def test_a_file_without_a_last_line_break_keeps_its_last_row(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4", encoding="utf-8")

    assert read_file(tmp_path / "a.csv").rows["b"].tolist() == ["2", "4"]


def test_a_salesforce_footer_is_left_out_and_counted(tmp_path):
    footer = '\n\n"Opportunities"\n"Copyright (c) 2000-2026 salesforce.com, inc."\n"Confidential Information"\n'
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n" + footer, encoding="utf-8")

    read = read_file(tmp_path / "a.csv")

    assert read.rows["a"].tolist() == ["1", "3"]
    assert read.excluded == {"X204": 3}
    assert read.broken.empty


def test_a_row_called_total_with_an_id_of_its_own_is_a_row(tmp_path):
    (tmp_path / "a.csv").write_text("id,name\n1,Acme\n2,Total\n", encoding="utf-8")

    assert len(read_file(tmp_path / "a.csv").rows) == 2


def test_parquet_is_read_as_the_text_of_its_values(tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["001", None],
            "amount": [0.1, 1e20],
            "day": pd.to_datetime(["2026-04-01", None]),
            "at": pd.to_datetime(["2026-03-31T15:30:00Z", None]),
            "yes": [True, False],
            "n": [1, 2],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")

    rows = read_file(tmp_path / "a.parquet").rows

    assert rows["id"].tolist() == ["001", ""]
    assert rows["amount"].tolist() == ["0.1", "100000000000000000000"]
    assert rows["day"].tolist()[1] == "" and rows["day"].tolist()[0].startswith("2026-04-01")
    assert rows["at"].tolist()[0].endswith("Z")
    assert rows["yes"].tolist() == ["true", "false"]
    assert rows["n"].tolist() == ["1", "2"]


def test_a_truncated_parquet_is_refused(tmp_path):
    pd.DataFrame({"a": range(100)}).to_parquet(tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(DataError, match="the Parquet file is damaged"):
        read_file(tmp_path / "a.parquet")


def test_a_file_written_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    read_bytes = type(path).read_bytes

    def growing(self):
        content = read_bytes(self)
        with self.open("ab") as file:
            file.write(b"3,4\n")
        return content

    monkeypatch.setattr(type(path), "read_bytes", growing)

    with pytest.raises(DataError, match="changed while it was read") as error:
        read_file(path)
    assert error.value.problems[0].id == "E214"


def test_a_folder_is_refused_by_its_path(tmp_path):
    (tmp_path / "a.csv").mkdir()

    with pytest.raises(DataError, match="it is a folder"):
        read_file(tmp_path / "a.csv")
