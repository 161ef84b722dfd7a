"""The small book of the lists, here too."""

import importlib.util
from pathlib import Path

_FILE = Path(__file__).parents[1] / "opportunities" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("small_book_of_lists", _FILE)
_MADE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MADE)
book = _MADE.book
