"""What a B2B customer is worth, why, and what to do next. Names for notebooks, loaded when used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "charts": "ltvlab.charts",
    "tables": "ltvlab.tables",
    "load_contract_lines": "ltvlab.contract_loading",
    "load_billed": "ltvlab.contract_loading",
    "load_chapter_settings": "ltvlab.loading",
    "load_customers": "ltvlab.loading",
    "load_deals": "ltvlab.loading",
    "load_feature_history": "ltvlab.feature_loading",
    "load_features": "ltvlab.feature_loading",
    "load_features_on": "ltvlab.feature_loading",
    "load_findings": "ltvlab.run_loading",
    "load_flash": "ltvlab.loading",
    "load_history": "ltvlab.history_loading",
    "load_matrix": "ltvlab.loading",
    "load_moves": "ltvlab.contract_loading",
    "load_note": "ltvlab.run_loading",
    "load_past_books": "ltvlab.feature_loading",
    "load_panel": "ltvlab.loading",
    "load_periods": "ltvlab.contract_loading",
    "load_rates": "ltvlab.contract_loading",
    "load_reported": "ltvlab.run_loading",
    "load_tables": "ltvlab.loading",
    "load_targets": "ltvlab.loading",
    "load_terms": "ltvlab.feature_loading",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ltvlab' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    return home if home.__name__ == f"ltvlab.{name}" else getattr(home, name)


def __dir__() -> list[str]:
    return sorted(__all__)
