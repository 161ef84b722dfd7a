"""Product families bought within a year, for companies that bring orders."""

import pandas as pd

from ltvlab.warehouse.features.holdings import families_bought

MONTH = pd.Period("2024-12", "M")


def _rows(*rows):
    columns = ["customer_id", "family", "month", "amount"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(month=[pd.Period(month, "M").ordinal for month in table["month"]])


def test_families_of_twelve_months_count_once_and_older_or_later_ones_not():
    panel = _rows(
        ("P", "Bikes", "2024-01", 5.0), ("P", "Bikes", "2024-11", 5.0), ("P", "Parts", "2024-12", 1.0),
        ("P", "Gear", "2023-12", 9.0), ("P", "Maps", "2025-01", 9.0),
    )  # fmt: skip

    assert families_bought(panel, month=MONTH).to_dict() == {"P": 2.0}


def test_a_return_is_no_purchase():
    assert families_bought(_rows(("P", "Bikes", "2024-12", -5.0)), month=MONTH).empty
