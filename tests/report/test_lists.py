"""The weekly command: lists as of any day, replaced whole, refused with words."""

import pandas as pd
import pytest

from ltvlab.errors import UsageError
from ltvlab.report.lists import require_day, run_lists


def test_lists_inside_a_month_stand_in_a_folder_of_their_day_that_only_the_owner_opens(in_demo):
    first = run_lists("params/demo.yml", as_of="2026-09-14")
    again = run_lists("params/demo.yml", as_of="2026-09-14")
    folder = in_demo / "reports/demo/lists/2026-09-14"
    table = pd.read_csv(folder / "opportunities.csv", dtype=str)

    assert first == again and all(file.exists() for file in first)
    assert folder.stat().st_mode & 0o777 == 0o700
    # Use is that of August, the last complete month; nobody is asked to act before the day.
    assert table["evidence"].str.contains("used in August 2026").any()
    assert not table["evidence"].str.contains("September 2026").any()
    assert table["propose_by"].dropna().min() >= "2026-09-14"
    days = table["evidence"].str.findall(r"\d{4}-\d\d-\d\d").explode().dropna()
    assert days.max() <= "2026-09-14"


@pytest.mark.parametrize("text", ["2026-9-14", "14.09.2026", "2026-02-30", "", "20260914"])
def test_a_day_in_another_form_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        require_day(text)
