"""Real companies: their params stand here, their data beside the project where it is at hand."""

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
DATA = PROJECT.parent / "shared" / "data"


@pytest.fixture
def company(tmp_path, monkeypatch):
    """Return the function from a company's name to its params file in a project root of its own."""

    def place(name, **changes):
        if not (DATA / name).is_dir():
            pytest.skip(f"the real data of {name} are not beside this checkout")
        for folder in ("notebooks", "reports/template", "params"):
            shutil.copytree(PROJECT / folder, tmp_path / folder, dirs_exist_ok=True)
        shutil.copy(PROJECT / "pyproject.toml", tmp_path)
        text = (HERE / f"{name}.yml").read_text(encoding="utf-8")
        text = text.replace(f"../shared/data/{name}", str(DATA / name))
        for before, after in changes.items():
            text = text.replace(before, after)
        (tmp_path / "params" / f"{name}.yml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("LTVLAB_ROOT", str(tmp_path))
        return f"params/{name}.yml"

    return place
