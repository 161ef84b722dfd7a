"""Paths: the project root, and the folders of a company, whatever it is called."""

import pytest

from ltvlab.errors import SetupError, UsageError
from ltvlab.paths import CompanyFolders, project_root, resolve


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return the root of an empty project."""
    monkeypatch.delenv("LTVLAB_ROOT", raising=False)
    root = tmp_path / "データ project"
    (root / "notebooks" / "deep").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    return root


def test_the_root_is_found_upwards_from_any_folder_of_the_project(project):
    assert project_root(project) == project_root(project / "notebooks" / "deep") == project


def test_the_working_folder_is_where_the_search_starts(project, monkeypatch):
    """A notebook opened in JupyterLab runs in notebooks/."""
    monkeypatch.chdir(project / "notebooks")

    assert project_root() == project
    assert resolve("params/demo.yml") == project / "params" / "demo.yml"


def test_a_folder_without_notebooks_is_no_root(project):
    inner = project / "notebooks" / "deep"
    (inner / "pyproject.toml").touch()

    assert project_root(inner) == project


def test_ltvlab_root_wins_over_the_working_folder(project, monkeypatch, tmp_path):
    monkeypatch.setenv("LTVLAB_ROOT", str(tmp_path))

    assert project_root(project) == tmp_path


def test_outside_a_project_the_message_says_how_to_name_one(tmp_path, monkeypatch):
    monkeypatch.delenv("LTVLAB_ROOT", raising=False)

    with pytest.raises(
        SetupError, match=r"(?s)E801 no folder with pyproject.toml.*set LTVLAB_ROOT"
    ) as error:
        project_root(tmp_path)
    assert error.value.problems[0].value == str(tmp_path)


def test_an_absolute_path_stays_as_it_is(tmp_path):
    assert resolve(tmp_path / "x.yml", root=tmp_path / "elsewhere") == tmp_path / "x.yml"


def test_the_home_folder_may_be_written_short(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert resolve("~/x.yml", root=tmp_path / "elsewhere") == tmp_path / "x.yml"


@pytest.mark.parametrize(
    "name",
    [
        "../x", "..", ".", "/etc", "a/b", "template", "Acme", "ACME", "", "a" * 41, "a b", "a_b",
        "{x}", "ナギサ", "a\n", "a\0", "ａｃｍｅ", "~", "a.b",
    ],
)  # fmt: skip
def test_a_company_cannot_be_named_out_of_its_folder(tmp_path, name):
    with pytest.raises(UsageError, match="E102 a company's name is 1 to 40 of"):
        CompanyFolders(tmp_path, name)


@pytest.mark.parametrize("name", ["a", "demo", "acme-2026", "a" * 40, "templates"])
def test_a_plain_company_name_is_its_folder(tmp_path, name):
    folders = CompanyFolders(tmp_path, name)

    assert folders.raw == tmp_path / "data" / name / "raw"
    assert folders.warehouse == tmp_path / "data" / name / "warehouse"
    assert folders.runs == tmp_path / "reports" / name / "runs"
    assert folders.failed == tmp_path / "reports" / name / "failed"
    assert folders.latest == tmp_path / "reports" / name / "latest"
    assert folders.published("2026-09", "ja") == tmp_path / "reports" / name / "2026-09" / "ja"
    assert list(tmp_path.iterdir()) == []
