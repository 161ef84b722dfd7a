"""The demo's exports, written once, and read back as text with nothing but pandas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ltvlab.demo import write_exports

SEED = 36
ENCODINGS = {"contracts": "cp932", "spend": "cp932", "customers": "utf-8-sig"}


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_exports(folder, seed=SEED)
    return folder


@pytest.fixture(scope="session")
def read(exports: Path) -> Callable[[str], pd.DataFrame]:
    """Return a reader of one export: every cell as text, blank rows and duplicates left out."""

    def cleaned(name: str) -> pd.DataFrame:
        encoding = ENCODINGS.get(name, "utf-8")
        file = exports / f"{name}.csv"
        texts = pd.read_csv(file, dtype="str", keep_default_na=False, encoding=encoding)
        texts = texts[(texts != "").any(axis=1)]
        if "顧客コード" in texts:
            texts = texts.assign(顧客コード=texts["顧客コード"].str.strip())
        return texts.drop_duplicates(ignore_index=True)

    return cleaned


@pytest.fixture(scope="session")
def planted(exports: Path) -> dict[str, dict]:
    """Return the entries of planted.json by id."""
    entries = json.loads((exports / "planted.json").read_text(encoding="utf-8"))["entries"]
    assert len({entry["id"] for entry in entries}) == len(entries)
    return {entry["id"]: entry for entry in entries}


@pytest.fixture(scope="session")
def mrr(read: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Return customer × month-end MRR, counted from the contract lines alone.

    A line pays on a month's last day when it has begun and not ended. An auto-renewing line
    ends where it is cancelled or where its successor begins.
    """
    lines = read("contracts")
    lines = lines[lines["契約種別"] == "定期"]
    date = {name: pd.to_datetime(lines[name], format="%Y/%m/%d", errors="coerce") for name in DATES}
    successor = lines.assign(start=date["契約開始日"]).groupby("更新元契約番号")["start"].min()
    replaced = lines["契約番号"].map(successor) - pd.Timedelta(days=1)
    cancelled = date["解約日"]
    fixed = date["契約終了日"].fillna(pd.Timestamp("2099-12-31"))
    running = cancelled.fillna(replaced).fillna(pd.Timestamp("2099-12-31"))
    end = fixed.where(lines["自動更新"] == "いいえ", running)
    # A renewal signed late leaves a gap that no customer fell into.
    late = replaced.gt(end) & replaced.lt(end + pd.Timedelta(days=31))
    end = end.where(~late, replaced)
    months = pd.period_range("2023-10", "2026-09", freq="M")
    paid = {month: _paid_in(lines, date, end, month) for month in months}
    return pd.DataFrame(paid).groupby(lines["顧客コード"]).sum()


DATES = ("契約開始日", "契約終了日", "解約日", "割引終了日", "休止開始日", "休止終了日")


def _paid_in(lines: pd.DataFrame, date: dict, end: pd.Series, month: pd.Period) -> pd.Series:
    last = month.end_time.normalize()
    months = lines["請求単位"].map({"月": 1, "年": 12})
    amount = amounts(lines["契約金額（税抜）"]).where(
        ~(date["割引終了日"] < last), amounts(lines["定価（税抜）"])
    )
    active = (date["契約開始日"] <= last) & (end >= last)
    paused = (date["休止開始日"] <= last) & (date["休止終了日"] >= last)
    return (amount / months).where(active & ~paused, 0.0)


def amounts(texts: pd.Series) -> pd.Series:
    """Return amounts written with yen signs, commas or full-width digits as numbers."""
    plain = texts.str.normalize("NFKC").str.replace("[¥,円]", "", regex=True)
    return pd.to_numeric(plain.str.replace("△", "-"))
