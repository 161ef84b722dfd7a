"""Tables: fixed columns, files that machines read, and pages that no name can break."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from ltvlab.metrics.movements import MOVEMENTS
from ltvlab.metrics.reasons import GROUPS, REASONS
from ltvlab.metrics.section_needs import NEEDS
from ltvlab.metrics.segment_values import AXES, SUBSCRIPTION_METHODS
from ltvlab.tables import COLUMNS, significant, table, write_csv
from ltvlab.text import known

# Section 9 of the public interface, word for word: others read these files.
PUBLISHED = {
    "mrr_movements": "month, opening, new, reactivation, expansion, contraction, churn, fx, closing, customers",
    "mrr_reasons": "month, movement, reason, amount, customers",
    "retention": "month, nrr, grr, nrr_low, nrr_high, grr_low, grr_high, logo_churn, revenue_churn, quick_ratio, quick_ratio_12, quick_ratio_with_reactivation",
    "arpa": "month, axis, segment, arpa, customers, mix_effect, like_for_like",
    "renewals": "month, due, renewed, pending, rate, gross, net, price_change, of_all_held",
    "gross_movements": "month, gross_up, gross_down, net",
    "segment_ltv_by_month": "month, axis, segment, value, low, high, n, horizon_months, status",
    "segment_ltv": "month, axis, segment, method, headline, value, low, high, n, unit, horizon_months, margin_source, status, share_beyond, note",
    "ltv_components": "month, axis, segment, unit_price, frequency, lifetime_months, gross_margin",
    "cohort_logos": "cohort, age, value, base, complete",
    "cohort_revenue": "cohort, age, value, base, complete",
    "survival": "axis, segment, age, survival, low, high, at_risk",
}
KINDS = {
    "money",
    "rate",
    "odds",
    "count",
    "number",
    "months",
    "probability",
    "day",
    "pipeline",
    "scenario",
    "play",
    "one_line",
    "month",
    "flag",
    "word",
    "segment",
    "shown",
    "text",
}
ODD_NAMES = [
    "<script>alert(1)</script>",
    "None",
    "{{< env X >}}",
    "𠮷野家",
    "$x$ and $y$",
    "A & B",
    '"><svg/onload=x>',
]


class _Cells(HTMLParser):
    """The tags and the texts of cells that a browser would see."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.classes = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.texts.append("")
            self.classes.append(dict(attrs).get("class", ""))

    def handle_data(self, data):
        self.texts[-1] += data


def _movements(currency="JPY", **columns):
    row = {name: [0.0] for name in COLUMNS["mrr_movements"]}
    row |= {"month": [pd.Period("2026-09", "M")], "customers": [3]} | {
        k: [v] for k, v in columns.items()
    }
    frame = pd.DataFrame(row)
    frame.attrs = {"currency": currency}
    return frame


def _written(frame, name, folder):
    write_csv(frame, name, folder / "tables" / f"{name}.csv")
    return (folder / "tables" / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_table_has_the_columns_that_others_rely_on(name):
    assert ", ".join(COLUMNS[name]) == PUBLISHED[name]


def test_every_column_has_a_kind_that_can_be_written():
    assert {kind for kinds in COLUMNS.values() for kind in kinds.values()} <= KINDS


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_column_has_a_label_in_both_languages(language):
    columns = {column for kinds in COLUMNS.values() for column in kinds}

    assert columns - known(language) == set()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_word_of_a_table_is_known_in_both_languages(language):
    """Axes, methods, statuses, sections, states and sources of the margin."""
    words = {
        "all",
        *AXES,
        *SUBSCRIPTION_METHODS,
        "ok",
        "indicative",
        "insufficient",
        "not_applicable",
    }
    words |= {
        "good",
        "watch",
        "act",
        "shown",
        "stamped",
        "refused",
        "products",
        "params",
        "cost",
        "none",
    }
    words |= {*GROUPS, *REASONS, *MOVEMENTS}
    words |= set(NEEDS)

    assert words - known(language) == set()


def test_a_file_holds_exact_money_in_major_units_with_plain_months(tmp_path):
    frame = _movements(opening=1000.0, new=1 / 1024, churn=-250.5, closing=749.5009765625)

    assert _written(frame, "mrr_movements", tmp_path) == (
        b"month,opening,new,reactivation,expansion,contraction,churn,fx,closing,customers\n"
        b"2026-09,1000,0.0009765625,0,0,0,-250.5,0,749.5009765625,3\n"
    )


def test_a_file_in_dollars_counts_dollars_not_cents(tmp_path):
    frame = _movements("USD", opening=123_456.0, fx=-1.0)

    assert b"2026-09,1234.56,0,0,0,0,0,-0.01,0,3\n" in _written(frame, "mrr_movements", tmp_path)


def test_a_missing_figure_is_an_empty_cell_and_a_rate_has_ten_digits(tmp_path):
    rates = pd.DataFrame([dict.fromkeys(COLUMNS["retention"], np.nan)]).astype({"month": "object"})
    rates.loc[0, "month"] = pd.Period("2026-09", "M")
    rates.loc[0, "nrr"] = 2 / 3

    assert (
        _written(rates, "retention", tmp_path).splitlines()[1] == b"2026-09,0.6666666667,,,,,,,,,,"
    )


def test_flags_counts_and_names_are_written_for_machines(tmp_path):
    cohorts = pd.DataFrame(
        {
            "cohort": ["all", "2026-Q1"],
            "age": [0, 12.0],
            "value": [1.0, np.nan],
            "base": [7, 1234],
            "complete": [True, False],
        }
    )

    assert _written(cohorts, "cohort_logos", tmp_path) == (
        b"cohort,age,value,base,complete\nall,0,1,7,true\n2026-Q1,12,,1234,false\n"
    )


def test_columns_of_ours_that_are_not_published_stay_out_of_the_file(tmp_path):
    written = _written(_movements().assign(comparable=True), "mrr_movements", tmp_path)

    assert b"comparable" not in written


def test_a_lacking_column_is_named_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"table mrr_movements lacks its column\(s\) new, fx"):
        _written(_movements().drop(columns=["fx", "new"]), "mrr_movements", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_table_is_written_with_its_header(tmp_path):
    empty = pd.DataFrame(columns=list(COLUMNS["survival"]))

    assert _written(empty, "survival", tmp_path) == b"axis,segment,age,survival,low,high,at_risk\n"


def test_names_survive_the_way_to_the_file_and_back(tmp_path):
    rows = [
        {"axis": "industry", "segment": name, "age": 0, "survival": 1.0, "at_risk": 5}
        for name in [*ODD_NAMES, "a,b", "a\nb"]
    ]
    frame = pd.DataFrame(rows).assign(low=np.nan, high=np.nan)

    write_csv(frame, "survival", tmp_path / "survival.csv")
    read = pd.read_csv(tmp_path / "survival.csv", keep_default_na=False)

    assert read["segment"].tolist() == [*ODD_NAMES, "a,b", "a\nb"]


def test_significant_digits_are_ten_on_every_machine():
    assert significant(1 / 3) == "0.3333333333"
    assert significant(0.1 + 0.2) == "0.3"
    assert significant(np.float64(1.0)) == "1"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_customers_name_is_shown_as_it_is_and_never_as_markup(language):
    frame = pd.DataFrame(
        {"axis": "industry", "segment": ODD_NAMES, "age": 0, "survival": 1.0, "at_risk": 5}
    )

    page = table(frame, "survival", language=language)._repr_html_()
    seen = _Cells(page)

    assert set(seen.tags) == {"table", "thead", "tbody", "tr", "th", "td"}
    assert "{" not in page
    assert [seen.texts[5 + 5 * row + 1] for row in range(len(ODD_NAMES))] == ODD_NAMES


def test_cells_of_figures_carry_the_class_that_aligns_them():
    frame = pd.DataFrame(
        {"axis": ["all"], "segment": ["all"], "age": [12], "survival": [0.9], "at_risk": [10]}
    )

    seen = _Cells(table(frame, "survival", language="en")._repr_html_())

    assert seen.classes == ["", "", "num", "num", "num"] * 2
    assert seen.texts[5:] == ["All customers", "All customers", "12", "90.0%", "10"]


def test_a_missing_figure_shows_as_a_dash():
    """Empty is not zero: a reader must see the difference."""
    frame = pd.DataFrame(
        {
            "axis": ["all"],
            "segment": [None],
            "age": [12],
            "survival": [np.nan],
            "low": [pd.NaT],
            "at_risk": [0],
        }
    )

    assert table(frame, "survival", language="en").cells == (
        ("All customers", "–", "12", "–", "–", "0"),
    )


def test_a_table_shows_the_columns_asked_for_in_that_order_with_units():
    shown = table(
        _movements(closing=1_230_000.0),
        "mrr_movements",
        language="ja",
        columns=["closing", "month"],
    )

    assert shown.columns == ("期末", "月")
    assert shown.cells == (("123万円", "2026-09"),)
    assert shown.classes == ("num", "month")


@pytest.mark.parametrize(
    ("p_value", "shown"), [(0.0004, "< 0.001"), (0.001, "0.001"), (0.2567, "0.257"), (np.nan, "–")]
)
def test_a_tiny_probability_is_never_shown_as_zero(p_value, shown):
    frame = pd.DataFrame(
        {"axis": ["industry"], "segments": [3], "chi_square": [10.04], "p_value": [p_value]}
    )

    assert table(frame, "curve_differences", language="en").cells == (
        ("Industry", "3", "10.0", shown),
    )


def test_a_flag_is_a_tick_or_nothing():
    frame = pd.DataFrame(
        {
            "cohort": ["2026-Q1"] * 2,
            "age": [0, 1],
            "value": [1.0, 1.0],
            "base": [5, 5],
            "complete": [True, False],
        }
    )

    assert [row[-1] for row in table(frame, "cohort_logos", language="en").cells] == ["✓", ""]


@pytest.mark.parametrize(("language", "said"), [("en", "Nothing of the kind"), ("ja", "該当なし")])
def test_a_table_without_rows_shows_its_header_and_says_so(language, said):
    empty = pd.DataFrame(columns=list(COLUMNS["survival"]))

    seen = _Cells(table(empty, "survival", language=language)._repr_html_())

    assert seen.tags.count("th") == 7
    assert seen.texts[7:] == [said]


def test_every_row_is_shown_and_none_is_cut():
    frame = pd.DataFrame(
        {"axis": "all", "segment": "all", "age": range(500), "survival": 1.0, "at_risk": 5}
    )

    shown = table(frame, "survival", language="en")

    assert shown._repr_html_().count("<tr>") == 501
    assert "499" in repr(shown)
