"""The list of known answers agrees with the files it describes."""

from __future__ import annotations

import pandas as pd
import pytest

ID_COLUMNS = {
    "customers.csv": ("customers", "顧客コード"),
    "contracts.csv": ("contracts", "契約番号"),
    "deals.csv": ("deals", "取引ID"),
    "usage.csv": ("usage", "customer_id"),
}


def test_every_entry_says_what_where_how_large_and_what_to_find(planted):
    assert all(
        set(entry) == {"id", "what", "where", "size", "expected"} for entry in planted.values()
    )
    assert all(entry["size"] != 0 for entry in planted.values())


def test_every_id_in_the_list_stands_in_its_file(read, planted):
    for entry in planted.values():
        name, header = ID_COLUMNS.get(entry["where"].get("file"), (None, None))
        if name is None or entry["id"].startswith("ugly_"):
            continue
        listed = entry["where"].get("ids", [])

        assert set(listed) <= set(read(name)[header]), entry["id"]


def test_sizes_are_the_number_of_ids(planted):
    for entry in planted.values():
        if "ids" in entry["where"]:
            assert entry["size"] == len(entry["where"]["ids"]), entry["id"]


@pytest.mark.parametrize("pipeline", ["new", "upsell", "cross_sell", "renewal"])
def test_win_rates_are_those_of_the_deals_file(read, planted, pipeline):
    words = {"new": "新規", "upsell": "アップセル", "cross_sell": "クロスセル", "renewal": "更新"}
    deals = read("deals")
    counts = deals.loc[deals["パイプライン"] == words[pipeline], "受注"].value_counts()
    expected = planted[f"win_rate_{pipeline}"]["expected"]

    assert counts.to_dict() == {
        "はい": expected["won"],
        "いいえ": expected["lost"],
        "": expected["open"],
    }


def test_stages_are_entered_one_after_another(read):
    stages = read("deal_stages")
    entered = pd.to_datetime(stages["ステージ開始日時"])

    assert (entered.groupby(stages["取引ID"]).diff().dropna() > pd.Timedelta(0)).all()


def test_key_feature_use_falls_before_the_notice_of_those_who_leave(read):
    """Compared with the months before the fall: under 70 percent in the month before the notice."""
    lines = read("contracts")
    notice = lines[lines["解約申出日"] != ""].groupby("顧客コード")["解約申出日"].max()
    usage = read("usage").query("metric == 'key_feature'")
    month = pd.PeriodIndex(usage["month"], freq="M")
    ahead = pd.PeriodIndex(pd.to_datetime(usage["customer_id"].map(notice)), freq="M")
    lead = pd.Series(
        [(a - m).n if a is not pd.NaT else None for a, m in zip(ahead, month, strict=True)]
    )
    used = (
        usage["used"].astype(float).groupby([usage["customer_id"], lead.to_numpy()]).sum().unstack()
    )
    whole = used[[1.0, 4.0, 5.0, 6.0]].dropna()

    assert len(whole) > 30
    assert (whole[1.0] / whole[[4.0, 5.0, 6.0]].mean(axis=1)).median() < 0.70


def test_the_readable_list_has_a_heading_for_every_entry(exports, planted):
    text = (exports / "PLANTED.md").read_text(encoding="utf-8")

    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(planted)
