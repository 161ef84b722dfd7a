"""Proofs stand apart from the code they prove; their own plain modules are found here."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def proof_root(tmp_path, monkeypatch):
    """Return an empty project root that every relative path is counted from."""
    for name in ("LTVLAB_WAREHOUSE", "LTVLAB_RUN_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LTVLAB_ROOT", str(tmp_path))
    return tmp_path
