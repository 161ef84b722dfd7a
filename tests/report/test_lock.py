"""One writer at a time, and the second one knows who the first is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ltvlab.errors import PublishError
from ltvlab.report.lock import company_lock


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path):
    with (
        company_lock(tmp_path),
        pytest.raises(PublishError, match=f"held by process {os.getpid()} on .* since 2"),
        company_lock(tmp_path),
    ):
        pass


def test_a_lock_is_free_again_after_a_run(tmp_path: Path):
    with company_lock(tmp_path):
        pass
    with company_lock(tmp_path):
        pass
