"""The shape of the house: layers, docstrings, what is banned, and words in both languages."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from ltvlab.text import known

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "ltvlab"
MODULES = sorted(file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))
# A private module holds a part of one analysis: its facts, or what it says of orders.
ANALYSES = [name for name in MODULES if re.fullmatch(r"analyses/[a-z]\w*\.py", name)]
# A module imports from lower layers, or without a cycle from its own package.
LAYERS = {
    "errors": 0,
    "months": 1, "money": 1, "spelling": 1, "text": 1, "table_columns": 1,
    "paths": 2, "yaml_files": 2, "params": 2, "source_settings": 2, "statistics": 2, "demo": 2,
    "sources": 3,
    "warehouse": 4,
    "theme": 5, "tables": 5, "findings": 5, "metrics": 5,
    "analyses": 6, "charts": 6,
    "preparing": 7, "loading": 7, "feature_loading": 7, "contract_loading": 7, "run_loading": 7,
    "sliders": 7, "slider_words": 6, "checking": 7,
    "published": 7, "restating": 7, "history_loading": 7,
    "report": 8,
    "cli": 9, "rules": 9, "setup_quarto": 9, "__init__": 9,
}  # fmt: skip
LONGEST_FILE = 250
# What an analysis may not do is read, draw or know where anything lies.
CLOSED_TO_ANALYSES = {"os", "io", "pathlib", "open", "duckdb", "ibis", "matplotlib", "seaborn"}


@cache
def _tree(module):
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


@cache
def _calls(module):
    return [node for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)]


def _called(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _home(module):
    """Return the package folder or top-level module that has a layer."""
    return module.split("/")[0].removesuffix(".py")


def _file_of(dotted):
    path = dotted.replace(".", "/").removeprefix("ltvlab").removeprefix("/")
    return next(
        (
            name
            for name in (f"{path}.py", f"{path}/__init__.py".lstrip("/"))
            if (PACKAGE / name).is_file()
        ),
        None,
    )


@cache
def _imports(module):
    """Return the modules of ours that `module` names in any import, inside functions too."""
    found = set()
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found |= {
                _file_of(alias.name) for alias in node.names if alias.name.startswith("ltvlab")
            }
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ltvlab"):
            named = {
                _file_of(f"{node.module}.{alias.name}") or _file_of(node.module)
                for alias in node.names
            }
            found |= named
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
    return frozenset(found - {None})


def _same_package(one, other):
    return one.split("/")[0] == other.split("/")[0] if "/" in one else "/" not in other


def test_every_module_has_a_layer():
    assert {_home(module) for module in MODULES} == set(LAYERS)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_below_or_from_its_own_package(module):
    layer = LAYERS[_home(module)]

    wrong = {
        used
        for used in _imports(module)
        if LAYERS[_home(used)] > layer
        or (LAYERS[_home(used)] == layer and not _same_package(module, used))
    }

    assert wrong == set()


def test_no_import_leads_back_to_where_it_started():
    def reach(module, path):
        assert module not in path, " → ".join([*path, module])
        if module not in done:
            for used in sorted(_imports(module)):
                reach(used, [*path, module])
            done.add(module)

    done = set()
    for module in MODULES:
        reach(module, [])


@pytest.mark.parametrize("module", ANALYSES)
def test_an_analysis_neither_reads_nor_draws_nor_knows_another(module):
    names = {node.id for node in ast.walk(_tree(module)) if isinstance(node, ast.Name)}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])

    assert names & CLOSED_TO_ANALYSES == set()
    assert not any(name.startswith(("read_", "to_csv")) for name in map(_called, _calls(module)))
    assert {_home(used) for used in _imports(module) if "/_" not in used} & {
        "analyses",
        "charts",
        "theme",
        "loading",
        "warehouse",
    } == set()


@pytest.mark.parametrize("name", ["ltvlab", "ltvlab.cli"])
def test_importing_loads_nothing_heavy(name):
    """A notebook's first line and `ltvlab --help` answer at once."""
    code = f"import sys, {name}; print(sorted({{'pandas', 'ibis', 'numpy', 'matplotlib'}} & set(sys.modules)))"

    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "[]\n"
    )


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_says_what_it_promises(module):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [
        node
        for node in _tree(module).body
        if isinstance(node, kinds) and not node.name.startswith("_")
    ]

    assert ast.get_docstring(_tree(module)), "the module has no docstring"
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_type_hints(module):
    lacking = [
        node.name
        for node in _tree(module).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (
            (node.returns is None and node.name != "main")
            or any(a.annotation is None for a in [*node.args.args, *node.args.kwonlyargs])
        )
    ]

    assert lacking == []


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("report/")])
def test_no_number_depends_on_the_clock(module):
    """Only a run's own id and times, in report/, may."""
    clocks = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
    read = {
        _called(call)
        for call in _calls(module)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name | ast.Attribute)
        and ast.unparse(call.func.value).split(".")[-1]
        in ("datetime", "date", "dt", "time", "pd", "Timestamp", "Period")
    }

    assert read & clocks == set()


@pytest.mark.parametrize("module", MODULES)
def test_tables_are_never_changed_in_place_or_unpickled(module):
    calls = _calls(module)
    imported = {
        alias.name
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Import)
        for alias in node.names
    }

    assert [
        call.lineno for call in calls if any(key.arg == "inplace" for key in call.keywords)
    ] == []
    assert not {"read_pickle", "to_pickle"} & set(map(_called, calls))
    assert "pickle" not in imported


@pytest.mark.parametrize("module", MODULES)
def test_every_merge_states_what_it_validates(module):
    """But for a cross join, which has no key to validate."""
    settings = {
        call.lineno: {key.arg for key in call.keywords}
        for call in _calls(module)
        if _called(call) == "merge" and "how='cross'" not in ast.unparse(call)
    }

    assert [line for line, given in settings.items() if "validate" not in given] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_file_fits_the_reader(module):
    assert len((PACKAGE / module).read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("module", ANALYSES)
def test_an_analysis_has_a_conclusion_a_test_a_notebook_and_a_chapter(module):
    name = Path(module).stem
    functions = {node.name for node in _tree(module).body if isinstance(node, ast.FunctionDef)}
    notebooks = [file.stem.split("_", 1)[1] for file in (ROOT / "notebooks").glob("*.ipynb")]

    assert "conclude" in functions
    assert (ROOT / "tests" / "analyses" / f"test_{name}.py").is_file()
    assert notebooks.count(name) == 1
    assert f'SLUG = "{name}"' in (PACKAGE / module).read_text(encoding="utf-8")


@cache
def _texts():
    """Return every text that stands in the code."""
    trees = [_tree(module) for module in MODULES]
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def _notebook_code():
    cells = [
        cell
        for file in (ROOT / "notebooks").glob("*.ipynb")
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
    ]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def _captions():
    return set(re.findall(r"^#\| fig-(?:cap|alt): (.+)$", _notebook_code(), flags=re.MULTILINE))


def _labels():
    return set(re.findall(r'label="([^"]+)"', _notebook_code()))


def _spoken(module):
    """Return the texts that `module` hands to a translator, under whatever name it has there."""
    assigned = [
        (target.id, node.value)
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    speakers = {
        name
        for name, value in assigned
        if isinstance(value, ast.Call) and _called(value) == "translator"
    }
    said = [
        call
        for call in _calls(module)
        if call.args and (_called(call) in speakers or _is_translator(call.func))
    ]
    return set().union(*(_texts_of(call.args[0], assigned) for call in said))


def _texts_of(node, assigned):
    """Return the texts an expression may stand for: itself, a choice, a constant or one of a table of them."""
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _texts_of(node.body, assigned) | _texts_of(node.orelse, assigned)
    if isinstance(node, ast.Dict):
        return {value.value for value in node.values if isinstance(value, ast.Constant)}
    name = node.value if isinstance(node, ast.Subscript) else node
    if not isinstance(name, ast.Name):
        return set()
    kinds = (
        (ast.Dict,) if isinstance(node, ast.Subscript) else (ast.Constant, ast.IfExp, ast.Subscript)
    )
    values = [
        value for known_as, value in assigned if known_as == name.id and isinstance(value, kinds)
    ]
    return set().union(*(_texts_of(value, assigned) for value in values))


def _is_translator(function):
    return isinstance(function, ast.Call) and _called(function) == "translator"


@pytest.mark.parametrize("module", MODULES)
def test_every_text_handed_to_a_translator_has_a_translation(module):
    assert _spoken(module) - known("ja") == set()


def test_the_search_for_spoken_texts_finds_some():
    assert "Decision" in _spoken("findings.py")
    assert "Hold the course: nothing was lost in twelve months." in _spoken(
        "analyses/_movement_words.py"
    )
    assert len(_spoken("analyses/_value_words.py")) >= 12
    assert len(set().union(*map(_spoken, MODULES))) > 50


def test_every_caption_and_label_of_a_notebook_has_a_translation():
    assert _captions()
    assert (_captions() | _labels()) - known("ja") == set()


def test_every_translation_is_of_a_text_that_is_used():
    """A message that nothing says any more would be kept in step for nobody."""
    assert known("ja") - _texts() - _captions() - _labels() == set()
