"""A small project whose notebooks hold fixed tables and findings: the report without analyses."""

from __future__ import annotations

import shutil
import types
from pathlib import Path

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ltvlab.text import escaped

TEMPLATE = Path(__file__).parents[2] / "reports" / "template"
PARAMETERS = 'params = "params/acme.yml"\nmonth = "2026-09"\nlanguage = "en"\nhorizon_months = 60'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="120" viewBox="0 0 300 120">'
    '<rect x="20" y="40" width="60" height="70" fill="#1f4e79"/></svg>'
)
ODD_NAMES = ("𠮷野家", "<script>alert(1)</script>", "None", "{{< env X >}}", r"$\foo$")


def finding(slug: str, **words: object) -> dict[str, object]:
    """Return the metadata of a finding as an analysis shows it."""
    said = {
        "slug": slug,
        "question": "Which segment is worth most?",
        "answer": "Manufacturing is worth most, at ¥1.2M per customer.",
        "decision": "Test a second sales visit there for one quarter.",
        "status": "watch",
        "caveats": ["Based on 120 customers."],
        **words,
    }
    fact = {"id": f"{slug}_ltv", "value": "1200000", "unit": "JPY", "low": None, "high": None}
    place = {"n": 120, "definition": "D10", "month": "2026-09", "segment": "all"}
    return {"ltvlab": {"finding": said, "facts": [fact | place, fact | place | SHARE]}}


SHARE = {"id": "share", "value": 0.1234567890123, "unit": "rate"}


def showing(
    data: dict[str, str], metadata: dict[str, object] | None = None, options: str = ""
) -> str:
    """Return the code of a cell that shows `data` as an analysis would."""
    return f"{options}display({data!r}, metadata={metadata or {}!r}, raw=True)"


def table(rows: list[tuple[str, str]]) -> str:
    """Return the HTML of a table of names and amounts, escaped as our own tables are."""
    cells = "".join(f'<tr><td>{escaped(n)}</td><td class="num">{v}</td></tr>' for n, v in rows)
    head = '<tr><th>Customer</th><th class="num">MRR</th></tr>'
    return f'<table class="ltvlab"><thead>{head}</thead><tbody>{cells}</tbody></table>'


def notebook(
    slug: str,
    *,
    cells: list[str] = (),
    title: str = "Which segment is worth most?",
    headed: bool = False,
    **words: object,
) -> nbformat.NotebookNode:
    """Return a notebook with both languages, a chart, the cells given, and a finding at its end."""
    chart = showing({"image/svg+xml": SVG}, options=CHART)
    heading = [new_markdown_cell("## Decision", metadata={"tags": ["en"]})] if headed else []
    ending = showing({"text/html": "<p>finding</p>"}, finding(slug, **words))
    code = [new_code_cell(source) for source in (chart, *cells, ending)]
    return new_notebook(
        cells=[
            new_markdown_cell(f"# {title}", metadata={"tags": ["en"]}),
            new_markdown_cell("# どの業種の価値が高いか", metadata={"tags": ["ja"]}),
            new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
            new_markdown_cell("## Result\n\nSee @fig-next.", metadata={"tags": ["en"]}),
            new_markdown_cell(
                "## 結果\n\n@fig-next を参照。\n5社未満は示さない。", metadata={"tags": ["ja"]}
            ),
            *code[:-1],
            *heading,
            code[-1],
        ]
    )


CHART = "#| label: fig-next\n#| fig-cap: Next\n#| fig-alt: Previous\n"
TABLE_WRITER = """
import os, pathlib
folder = pathlib.Path(os.environ["LTVLAB_RUN_DIR"]) / "internal" / "tables"
_ = (folder / "segment_ltv.csv").write_text("segment,value,low,high,n\\nA,10,9,11,120\\nB,7,5,9,3\\n")
_ = (folder / "customer_segments.csv").write_text("customer_id,ltv\\nC1,10\\n")
"""


def write_project(root: Path, notebooks: dict[str, nbformat.NotebookNode]) -> Path:
    """Write a project with these notebooks and return its params file."""
    (root / "notebooks").mkdir(parents=True)
    (root / "params").mkdir()
    shutil.copytree(TEMPLATE, root / "reports" / "template")
    for name, book in notebooks.items():
        nbformat.write(book, root / "notebooks" / f"{name}.ipynb")
    params = root / "params" / "acme.yml"
    params.write_text(
        'company: acme\nname: {en: "Acme", ja: "アクメ"}\nmonth: "2026-09"\n'
        "renderer: builtin\nsources: {customers: {file: customers.csv}}\n",
        encoding="utf-8",
    )
    return params


def without_data() -> dict[str, types.ModuleType]:
    """Return stand-ins for what prepares and loads: inputs that are fine, and no warehouse."""
    loading, preparing = (types.ModuleType(f"ltvlab.{name}") for name in ("loading", "preparing"))
    files = pd.DataFrame({"table": ["customers"], "file": ["customers.csv"], "sha256": ["00"]})
    empty = {name: pd.DataFrame({"id": []}) for name in ("intake_warnings", "intake_quarantine")}
    preparing.prepare = lambda *args, **settings: types.SimpleNamespace(
        warehouse=Path("none.duckdb")
    )
    loading.load_tables = lambda *args, **settings: {"intake_files": files, **empty}
    return {module.__name__: module for module in (loading, preparing)}
