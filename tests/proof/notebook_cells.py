"""The code cells of the notebooks, run one after another without a kernel, and all that they show."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import matplotlib.pyplot as plt

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = (
    "01_data_quality",
    "02_mrr_movements",
    "03_segment_ltv",
    "04_cohort_curves",
    "05_ltv_traits",
    "06_customer_segments",
    "07_opportunities",
    "15_history",
    "09_mrr_scenarios",
    "10_resource_allocation",
    "11_kpi_targets",
    "13_claims",
    "14_selling_effects",
)


def shown_by(chapter: str, *, params: str, month: str, language: str, brought: str) -> list[object]:
    """Return what the cells of a chapter show: tables, and last its finding.

    `brought` is subscriptions or orders: cells for the other are left out, as in a report.
    Charts are drawn to the last pixel and closed.
    """
    cells = json.loads((NOTEBOOKS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    other = {"subscriptions", "orders"} - {brought}
    names: dict[str, object] = {}
    shown = []
    for cell in cells:
        tags = set(cell["metadata"].get("tags", []))
        if cell["cell_type"] == "code" and not tags & other:
            value = _run("".join(cell["source"]), names)
            shown += (
                [value]
                if hasattr(value, "_repr_mimebundle_") or hasattr(value, "_repr_html_")
                else []
            )
        if "parameters" in tags:
            names |= {"params": params, "month": month, "language": language}
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
            plt.close(number)
    return shown


def _run(source: str, names: dict[str, object]) -> object:
    """Run a cell and return the value of its last line, if it is one."""
    body = ast.parse(source).body
    if body and isinstance(body[-1], ast.Expr):
        kept = ast.Assign([ast.Name("_", ast.Store())], body[-1].value)
        body[-1] = ast.copy_location(kept, body[-1])
    names["_"] = None
    exec(compile(ast.fix_missing_locations(ast.Module(body, [])), "cell", "exec"), names)
    return names["_"]
