"""The params file: strict, and every mistake shown with its place and what to write instead."""

import datetime as dt

import pandas as pd
import pytest

from ltvlab.errors import UsageError
from ltvlab.params import Params, load_params, unknown_name

GOOD = """\
company: acme
name: {en: Acme Inc., ja: 株式会社アクメ}
month: "2026-09"
sources:
  customers: {file: customers.csv}
  contracts:
    file: contracts.csv
    columns: {amount: 金額}
"""


@pytest.fixture
def params_file(tmp_path):
    """Return the function that writes a params file and hands back its path."""

    def write(content, name="acme.yml"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return file

    return write


@pytest.fixture
def problems(params_file):
    """Return the function from a params file's text to the problems it is refused for."""

    def refused(content):
        with pytest.raises(UsageError) as error:
            load_params(params_file(content))
        assert error.value.exit_code == 2
        return list(error.value.problems)

    return refused


def test_a_good_file_gives_its_settings_and_the_defaults(params_file):
    params = load_params(params_file(GOOD))

    assert params.name.in_language("ja") == "株式会社アクメ"
    assert params.name.in_language("en") == "Acme Inc."
    assert (params.currency, params.language, params.size_bands) == ("JPY", "en", [50, 300])
    assert params.sources["contracts"].columns == {"amount": "金額"}
    assert params.data_folder == "data/acme/raw"


@pytest.mark.parametrize(
    ("wrong", "place", "near"),
    [
        ("monht: '2026-09'", "monht", "month"),
        ("curency: JPY", "curency", "currency"),
        ("min_customer: 5", "min_customer", "min_customers"),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_nearest_name(problems, wrong, place, near):
    """A setting that is silently ignored leaves its default in the report."""
    (problem,) = problems(GOOD + wrong + "\n")

    assert (problem.id, problem.column, problem.value) == ("E105", place, place)
    assert problem.fix == f"did you mean {near}?"


@pytest.mark.parametrize(
    ("wrong", "place", "near"),
    [
        ("    colums: {amount: 金額}\n", "sources.contracts.colums", "columns"),
        (
            "    lookup: [{column: a, of: b, fil: c, key: d, value: e, file: f}]\n",
            "sources.contracts.lookup.0.fil",
            "file",
        ),
        (
            "    unpivot: {headers: {M01: a}, into: m, values: v, vlues: x}\n",
            "sources.contracts.unpivot.vlues",
            "values",
        ),
        ("    aggregate: {by: [a], smu: [b]}\n", "sources.contracts.aggregate.smu", "sum"),
    ],
)
def test_a_misspelt_setting_of_a_source_is_measured_against_the_settings_there(
    problems, wrong, place, near
):
    (problem,) = problems(GOOD + wrong)

    assert (problem.id, problem.column) == ("E105", place)
    assert problem.fix == f"did you mean {near}?"


def test_where_nothing_is_near_the_settings_there_are_are_listed():
    problem = unknown_name("zzz", ["month", "company"], file="acme.yml")

    assert problem.fix == "use one of: company, month"


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("gap_days: '31'", "gap_days", "valid integer"),
        ("gap_days: 93", "gap_days", "less than or equal to 92"),
        ("gross_margin: .nan", "gross_margin", "finite number"),
        ("gross_margin: 1.2", "gross_margin", "less than or equal to 1"),
        ("min_customers: 1", "min_customers", "greater than or equal to 2"),
        ("currency: XQZ", "currency", "there is no such currency"),
        ("time_zone: Asia/Tokio", "time_zone", "there is no such time zone"),
        ("time_zone: ../etc/passwd", "time_zone", "there is no such time zone"),
        ("language: jp", "language", "'en' or 'ja'"),
        ("fiscal_year_first_month: 13", "fiscal_year_first_month", "less than or equal to 12"),
        ("size_bands: [300, 50]", "size_bands", "bands must ascend, each once"),
        ("size_bands: [50, 50]", "size_bands", "bands must ascend, each once"),
        ("size_bands: [0, 50]", "size_bands.0", "greater than 0"),
        ("history_complete_from: '2026-02-30'", "history_complete_from", "day"),
        ("notebooks: [a]", "notebooks", "valid dictionary"),
        ("renderer: word", "renderer", "'auto', 'quarto' or 'builtin'"),
    ],
)
def test_a_value_of_the_wrong_kind_or_size_is_refused_with_its_place(
    problems, line, place, message
):
    """'31' in quotes is a text: a number that is none is never guessed at."""
    (problem,) = problems(GOOD + line + "\n")

    assert (problem.id, problem.column) == ("E106", place)
    assert message in problem.message
    assert problem.fix == "change this setting"


@pytest.mark.parametrize(
    ("right", "wrong", "fix"),
    [
        ('month: "2026-09"', "month: '2026/9'", "write it like 2026-09"),
        ("company: acme", "company: Acme/JP", "small letters, digits and hyphens"),
        ("company: acme", "company: acme\ncurrency: yen", "write its ISO 4217 code, e.g. JPY"),
    ],
)
def test_a_form_is_shown_by_example_and_not_as_a_pattern(problems, right, wrong, fix):
    (problem,) = problems(GOOD.replace(right, wrong))

    assert (problem.id, problem.message) == ("E106", "it is written in another form")
    assert fix in problem.fix


@pytest.mark.parametrize("separator", ["semicolon", "''", r"'\t'", r'"\n"', "'\"'", "、"])
def test_a_separator_is_one_sign_that_can_cut_a_row(problems, separator):
    (problem,) = problems(GOOD + f"    separator: {separator}\n")

    assert problem.column == "sources.contracts.separator"
    assert "one sign" in problem.message


@pytest.mark.parametrize("separator", ["';'", '"\\t"', "'|'"])
def test_any_other_single_sign_may_separate(params_file, separator):
    assert load_params(params_file(GOOD + f"    separator: {separator}\n"))


@pytest.mark.parametrize("month", ["2026-9", "2026/09", "2026-13", "September 2026"])
def test_a_month_in_another_form_is_refused(problems, month):
    (problem,) = problems(GOOD.replace("2026-09", month))

    assert (problem.column, problem.value) == ("month", month)


def test_yaml_1_1_words_stay_what_they_look_like(params_file):
    """`no` is no boolean, `012` no octal number, `1:30` no count of minutes."""
    words = GOOD + "    constants: {product: no, plan: on, kind: '012', owner: yes, team: 1:30}\n"

    params = load_params(params_file(words))

    assert params.sources["contracts"].constants == {
        "product": "no", "plan": "on", "kind": "012", "owner": "yes", "team": "1:30"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../x", "Acme", "a" * 41, "{x}", ""])
def test_a_company_that_is_no_folder_name_is_refused(problems, name):
    (problem,) = problems(GOOD.replace("company: acme", f"company: '{name}'"))

    assert problem.column == "company"


def test_python_objects_are_no_settings(problems):
    assert problems(GOOD + "data: !!python/object/apply:os.system ['true']\n")[0].id in (
        "E104",
        "E106",
    )


def test_all_mistakes_are_shown_at_once(problems):
    wrong = GOOD.replace("name:", "nmae:") + "monht: 1\ngap_days: x\ncurrency: yen\n"

    places = {problem.column for problem in problems(wrong)}

    assert places == {"name", "nmae", "monht", "gap_days", "currency"}


def test_a_setting_that_lacks_is_asked_for(problems):
    (problem,) = problems(GOOD.replace("name: {en: Acme Inc., ja: 株式会社アクメ}\n", ""))

    assert (problem.column, problem.value, problem.fix) == ("name", "", "add this setting")


def test_a_table_we_do_not_know_is_refused(problems):
    (problem,) = problems(GOOD + "  custmers: {file: a.csv}\n")

    assert "custmers" in problem.column


def test_a_relative_path_is_counted_from_the_project_root(params_file, monkeypatch, tmp_path):
    params_file(GOOD)
    monkeypatch.setenv("LTVLAB_ROOT", str(tmp_path))

    assert load_params("acme.yml").company == "acme"


@pytest.mark.parametrize(
    ("tables", "basis"),
    [
        (("orders", "invoices", "contracts"), "contracts"),
        (("orders", "invoices"), "invoices"),
        (("orders",), "orders"),
        ((), ""),
    ],
)
def test_the_basis_is_the_first_of_contracts_invoices_and_orders(tables, basis):
    sources = {name: {"file": f"{name}.csv"} for name in ("customers", *tables)}

    assert _params(sources=sources).basis == basis


def test_the_month_asked_for_wins_over_the_files_own():
    assert _params(month="2026-09").report_month("2026-08") == pd.Period("2026-08", "M")
    assert _params(month="2026-09").report_month() == pd.Period("2026-09", "M")
    assert _params().report_month() is None
    with pytest.raises(UsageError, match="a month is written YYYY-MM"):
        _params().report_month("2026-9")


def test_a_date_is_read_from_its_text():
    assert _params(history_complete_from="2023-10-01").history_complete_from == dt.date(2023, 10, 1)


def _params(**settings):
    usual = {
        "company": "acme",
        "name": {"en": "Acme", "ja": "アクメ"},
        "sources": {"customers": {"file": "customers.csv"}},
    }
    return Params.model_validate(usual | settings)


def test_how_contracts_become_months_has_the_usual_conventions_as_defaults(params_file):
    params = load_params(params_file(GOOD))

    chosen = (params.gap_days, params.past_due_days, params.paused, params.churn_timing)
    assert chosen == (31, 90, "churn", "service_end")
    assert load_params(params_file(GOOD + "past_due_days: null\n")).past_due_days is None


@pytest.mark.parametrize(
    "line", ["past_due_days: 366", "past_due_days: -1", "paused: maybe", "churn_timing: never"]
)
def test_a_convention_that_does_not_exist_is_refused(problems, line):
    assert [problem.column for problem in problems(f"{GOOD}{line}\n")] == [line.split(":")[0]]
