"""YAML files: read strictly, and refused with the line of what is wrong."""

import pytest

from ltvlab import yaml_files
from ltvlab.errors import UsageError
from ltvlab.yaml_files import read_yaml_mapping

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
def yaml_file(tmp_path):
    """Return the function that writes a YAML file and hands back its path."""

    def write(content):
        file = tmp_path / "acme.yml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return file

    return write


@pytest.fixture
def problems(yaml_file):
    """Return the function from a file's text to the problems it is refused for."""

    def refused(content):
        with pytest.raises(UsageError) as error:
            read_yaml_mapping(yaml_file(content))
        return list(error.value.problems)

    return refused


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_byte_order_mark_changes_nothing(yaml_file, mark):
    assert read_yaml_mapping(yaml_file(mark + GOOD.encode("utf-8")))["company"] == "acme"


def test_windows_line_ends_change_nothing(yaml_file):
    assert read_yaml_mapping(yaml_file(GOOD.replace("\n", "\r\n")))["month"] == "2026-09"


def test_a_duplicate_setting_is_refused_with_the_line_of_the_second(problems):
    (problem,) = problems(GOOD + "month: '2026-08'\n")

    assert (problem.id, problem.line) == ("E104", 9)
    assert 'duplicate key "month"' in problem.message
    assert problem.file == "acme.yml"


def test_tabs_are_refused_with_their_line(problems):
    (problem,) = problems(GOOD + "notebooks:\n\tsegment_ltv: {}\n")

    assert (problem.id, problem.line) == ("E104", 10)
    assert "with spaces" in problem.fix


def test_a_shift_jis_file_is_refused_with_the_first_line_that_is_no_utf_8(problems):
    (problem,) = problems(GOOD.encode("cp932"))

    assert (problem.id, problem.line) == ("E104", 2)
    assert "it is not UTF-8" in problem.message


def test_a_day_that_does_not_exist_is_refused_without_quotes_too(problems):
    (problem,) = problems(GOOD + "history_complete_from: 2026-02-30\n")

    assert problem.id == "E104"
    assert "day is out of range for month" in problem.message


def test_aliases_are_refused(problems):
    """They hide what is set where, and four lines of them can fill a memory."""
    (problem,) = problems(GOOD + "churn_note: &note {en: a, ja: b}\nmargin_note: *note\n")

    assert "it uses aliases (*name)" in problem.message


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just text", "# only a comment\n"])
def test_a_file_without_settings_is_refused(problems, content):
    (problem,) = problems(content)

    assert "it holds no `name: value` lines" in problem.message


def test_a_file_beyond_64_kib_is_refused_unread(problems):
    (problem,) = problems(GOOD + "#" * 64 * 1024)

    assert "it is larger than 64 KiB" in problem.message


def test_a_missing_file_is_refused_with_the_nearest_name(yaml_file, tmp_path):
    yaml_file(GOOD)
    folder = tmp_path.name

    with pytest.raises(
        UsageError,
        match=rf"(?s)params file was not found.*E103 no such file.*did you mean {folder}/acme.yml",
    ):
        read_yaml_mapping(tmp_path / "acmee.yml")


def test_a_missing_file_with_nothing_near_it_says_check_the_path(tmp_path):
    with pytest.raises(UsageError, match="check the path"):
        read_yaml_mapping(tmp_path / "no" / "such.yml")


def test_a_file_is_parsed_again_only_when_it_says_something_else(tmp_path, monkeypatch):
    """Every loader asks for the settings, and parsing them takes a quarter of a second."""
    parsed, parser = [], yaml_files.YAML
    monkeypatch.setattr(yaml_files, "YAML", lambda **how: parsed.append(1) or parser(**how))
    file = tmp_path / "own.yml"
    file.write_text("bands: [50, 300]", encoding="utf-8")

    first = read_yaml_mapping(file)
    once = len(parsed)
    again = read_yaml_mapping(file)
    file.write_text("bands: [60, 300]", encoding="utf-8")
    changed = read_yaml_mapping(file)

    assert first == again == {"bands": [50, 300]}
    assert changed == {"bands": [60, 300]}
    assert len(parsed) == 2 * once


def test_what_a_caller_does_to_a_mapping_nobody_else_sees(tmp_path):
    file = tmp_path / "own.yml"
    file.write_text("bands: [50, 300]", encoding="utf-8")

    read_yaml_mapping(file)["bands"].append(1000)

    assert read_yaml_mapping(file) == {"bands": [50, 300]}
