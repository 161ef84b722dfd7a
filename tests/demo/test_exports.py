"""The exports are the same bytes every time, look like a CRM's, and stop no intake."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ltvlab.demo import write_exports
from ltvlab.demo.exports import as_written
from ltvlab.demo.layout import Layout
from ltvlab.params import load_params
from ltvlab.sources.quality import read_intake

ROOT = Path(__file__).resolve().parents[2]
WRITE = "import sys, pathlib; from ltvlab.demo import write_exports; write_exports(pathlib.Path(sys.argv[1]), seed=36)"


def hashes(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_another_process_zone_and_hash_seed_writes_the_same_bytes(exports, tmp_path):
    surroundings = os.environ | {"PYTHONHASHSEED": "77", "TZ": "America/Lima", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path)], check=True, env=surroundings)

    assert hashes(tmp_path) == hashes(exports)


def test_writing_again_changes_no_byte_and_another_seed_does(tmp_path):
    first, second, other = (tmp_path / name for name in ("first", "second", "other"))
    write_exports(first, seed=8, customers=100)
    write_exports(second, seed=8, customers=100)
    write_exports(other, seed=9, customers=100)

    assert hashes(first) == hashes(second)
    assert hashes(first)["contracts.csv"] != hashes(other)["contracts.csv"]


def test_encodings_differ_as_they_do_between_systems(exports):
    contracts = (exports / "contracts.csv").read_bytes()

    assert contracts.decode("cp932").startswith("契約番号,")
    with pytest.raises(UnicodeDecodeError):
        contracts.decode("utf-8")
    assert (exports / "customers.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_params_map_every_column_the_files_have(exports, read):
    """The columns left unmapped are listed by intake, as a real export's would be."""
    params = load_params(ROOT / "params" / "demo.yml")
    files = {file.stem for file in exports.glob("*.csv")}
    unmapped = {
        (name, header)
        for name, source in params.sources.items()
        for header in read(name).columns
        if header not in source.columns.values()
        and not (source.unpivot and header in source.unpivot.headers)
    }

    assert set(params.sources) == files
    assert unmapped == {("customers", "Company name"), ("invoices", "契約番号")}


def test_intake_reads_the_exports_without_a_single_problem(exports):
    params = load_params(ROOT / "params" / "demo.yml").model_copy(update={"data": str(exports)})
    intake = read_intake(params, as_of=dt.date(2026, 9, 30), root=ROOT)

    assert intake.problems == ()
    assert intake.quarantine.empty


def test_money_and_dates_are_written_as_the_layout_says():
    layout = Layout(
        headers={"amount": "金額", "day": "日"},
        money=("amount",),
        money_prefix="¥",
        date_format="%Y年%-m月%-d日",
    )
    table = pd.DataFrame(
        {
            "amount": [1234567.0, -500.0, None],
            "day": pd.to_datetime(["2024-04-01", "2024-12-31", None]),
        }
    )
    written = as_written(table, layout)

    assert written["金額"].tolist() == ["¥1,234,567", "△500", ""]
    assert written["日"].tolist() == ["2024年4月1日", "2024年12月31日", ""]
