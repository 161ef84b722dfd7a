"""What a published table is: its columns in order, each with its kind."""

from __future__ import annotations

Columns = dict[str, dict[str, str]]
RANGE = {"low": "money", "high": "money"}
