"""House rules that no linter knows: how notebooks and templates are written, where an analysis stands.

`python -m ltvlab.rules [NOTEBOOK …]` prints what breaks them and ends with 1 if anything does.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ltvlab.paths import project_root

MOST_LINES = 8
NEEDED = ("params", "month", "language")
# Figures in prose would be last month's; they come from facts.
TYPED_FIGURE = re.compile(r"\d[\d.,]*\s?[%％]|[¥￥$€]\s?\d|\d[\d.,]*\s?(?:円|万円|億円)")
NUMERAL = re.compile(r"\d(?:[\d.,]*\d)?")
# Numbers that are no figures: names of definitions and standards, addresses of charts, the counting
# words of a method, which English writes out (twelve months) and Japanese does not, and spans.
NO_FIGURES = re.compile(
    r"(?<![A-Za-z\d])(?:D\d\d[a-c]?(?![A-Za-z\d])|ISO \d+)|@fig-[a-z\d-]+"
    r"|(?<![\d.,])(?:[1-9]|1[0-2])(?:か月|四半期|ページ|顧客|年|週|日|社|件|割|倍|点|つ)"
    r"|(?<![\d.,])(?:24か月|24 months|90日|90 days|30社)"
)
FORBIDDEN_CALLS = {
    "print",
    "open",
    "merge",
    "groupby",
    "read_csv",
    "read_parquet",
    "to_csv",
    "HTML",
    "Markdown",
}
FORBIDDEN_STATEMENTS = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.IfExp, ast.With,
    ast.Try, ast.Lambda, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip


def notebook_faults(file: Path) -> list[str]:
    """Return what in a notebook breaks the rules, each with its cell counted from 1."""
    notebook = nbformat.read(file, as_version=4)
    found = [*_title_faults(notebook), *_pair_faults(notebook), *_parameter_faults(notebook)]
    for number, cell in enumerate(notebook.cells, start=1):
        check = _code_faults if cell.cell_type == "code" else _prose_faults
        found += [f"cell {number}: {fault}" for fault in check(cell)]
    if not notebook.cells or "conclude(" not in notebook.cells[-1].source:
        found.append("the last cell does not call conclude")
    return [f"{file.name}: {fault}" for fault in found]


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _title_faults(notebook: NotebookNode) -> Iterator[str]:
    for language, ends in (("en", "?"), ("ja", ("か", "?", "？"))):
        cells = [cell for cell in notebook.cells if language in _tags(cell)]
        title = cells[0].source.splitlines()[0] if cells else ""
        if not (title.startswith("# ") and title.endswith(ends)):
            yield f"the first {language} cell is no title that asks a question"


def _pair_faults(notebook: NotebookNode) -> Iterator[str]:
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    languages = [_tags(cell) & {"en", "ja"} for cell in prose]
    pairs = list(zip(languages[::2], languages[1::2], strict=False))
    if len(languages) % 2 or any(pair != ({"en"}, {"ja"}) for pair in pairs):
        yield "prose does not come in pairs of cells tagged en and ja"


def _parameter_faults(notebook: NotebookNode) -> Iterator[str]:
    cells = [cell for cell in notebook.cells if "parameters" in _tags(cell)]
    if len(cells) != 1:
        yield f"{len(cells)} cells are tagged parameters; there must be one"
        return
    names = set()
    for statement in ast.parse(cells[0].source).body:
        if not (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)):
            yield "the parameters are not plain literals"
            return
        names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if lacking := [name for name in NEEDED if name not in names]:
        yield f"the parameters lack {', '.join(lacking)}"


def _prose_faults(cell: NotebookNode) -> Iterator[str]:
    if figure := typed_figure(cell.source):
        yield f"a figure is typed in prose: {figure}"
    if cell.source.startswith("---"):
        yield "it begins with ---, which Quarto takes for settings"


def typed_figure(prose: str) -> str:
    """Return the first figure typed in prose, or an empty text: figures come from facts."""
    found = TYPED_FIGURE.search(prose) or NUMERAL.search(NO_FIGURES.sub(" ", prose))
    return found.group() if found else ""


def template_faults(folder: Path) -> list[str]:
    """Return where a template of pages or of the PDF has a figure among the words a reader sees."""
    files = [file for file in sorted(folder.iterdir()) if file.suffix in WORDS_OF]
    return [
        f"{file.name}: a figure is typed in a template: {figure}"
        for file in files
        if (figure := typed_figure(WORDS_OF[file.suffix](file.read_text(encoding="utf-8"))))
    ]


def _words_of_html(text: str) -> str:
    without_code = re.sub(r"<(style|script)\b.*?</\1>|<!--.*?-->", " ", text, flags=re.DOTALL)
    said = re.findall(r"(?:title|alt|aria-label)=\"([^\"]*)\"", without_code)
    return "\n".join([re.sub(r"<[^>]*>", " ", without_code), *said])


def _words_of_typst(text: str) -> str:
    """Return what stands in content brackets, without the code and the fields in them."""
    content = re.findall(r"\[([^\[\]]*)\]", re.sub(r"//.*", "", text))
    return "\n".join(re.sub(r"#[\w.-]+(?:\([^()]*\))?|\$[\w.-]*\$", " ", part) for part in content)


def _words_of_settings(text: str) -> str:
    return "\n".join(re.findall(r"^\s*(?:sub)?(?:title|text|footer|description):(.*)$", text, re.M))


WORDS_OF: Mapping[str, Callable[[str], str]] = {
    ".html": _words_of_html, ".typ": _words_of_typst, ".yml": _words_of_settings,
}  # fmt: skip


def _code_faults(cell: NotebookNode) -> Iterator[str]:
    if cell.outputs or cell.execution_count:
        yield "it is saved with its output; run nbstripout"
    lines = [
        line for line in cell.source.splitlines() if line.strip() and not line.startswith("#|")
    ]
    if len(lines) > MOST_LINES:
        yield f"it has {len(lines)} lines, more than {MOST_LINES}"
    if any(line.lstrip().startswith(("!", "%")) for line in lines):
        yield "it calls the shell or a magic"
        return
    yield from _syntax_faults(ast.parse(cell.source))


def _syntax_faults(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, FORBIDDEN_STATEMENTS):
            yield f"it holds a {type(node).__name__}; that belongs into the package"
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in FORBIDDEN_CALLS:
                yield f"it calls {name}"


def analysis_faults(root: Path) -> list[str]:
    """Return where an analysis is missing from one of the six places it must stand in."""
    modules = sorted((root / "src/ltvlab/analyses").glob("[a-z]*.py"))
    return [fault for module in modules for fault in _missing_places(root, module.stem)]


def _missing_places(root: Path, name: str) -> Iterator[str]:
    summary = (root / "src/ltvlab/analyses/executive_summary.py").read_text(encoding="utf-8")
    graded = (root / "tests/test_planted_truth.py").read_text(encoding="utf-8")
    glossary = (root / "GLOSSARY.md").read_text(encoding="utf-8")
    module = (root / f"src/ltvlab/analyses/{name}.py").read_text(encoding="utf-8")
    places = {
        "its question in GLOSSARY.md": f"`{name}`" in glossary,
        "its planted answer graded in tests/test_planted_truth.py": name in graded,
        f"its test tests/analyses/test_{name}.py": (
            root / f"tests/analyses/test_{name}.py"
        ).exists(),
        f"conclude in src/ltvlab/analyses/{name}.py": "def conclude(" in module,
        f"its notebook notebooks/NN_{name}.ipynb": any(
            (root / "notebooks").glob(f"[0-9][0-9]_{name}.ipynb")
        ),
        "its chapter in executive_summary.CHAPTERS": f'"{name}"' in summary,
    }
    yield from (f"{name}: {place} is missing" for place, there in places.items() if not there)


def main(arguments: list[str]) -> int:
    """Check the notebooks named, else every notebook and analysis of the project."""
    root = project_root()
    named = [Path(argument) for argument in arguments]
    faults = [
        fault
        for file in named or sorted((root / "notebooks").glob("*.ipynb"))
        for fault in notebook_faults(file)
    ]
    if not named:
        faults += [*analysis_faults(root), *template_faults(root / "reports" / "template")]
    print("\n".join(faults) or "notebooks, templates and analyses keep the house rules")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
