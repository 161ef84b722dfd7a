"""Two companies in project folders of their own, and a look for English left in Japanese sentences."""

import json
import re
import shutil
from pathlib import Path

import pytest

ABBREVIATIONS = re.compile(r"\b(MRR|NRR|GRR|LTV|CAC|ARPA)\b")
PROJECT = Path(__file__).parents[1]
CUSTOMERS = """\
customer_id,name,industry,employees
C1,Acme,Retail,49
C2,𠮷野家,Food,50
C3,None,,
"""
# C2 holds two products; C3 is paid for on the last day of May and June, not of July.
CONTRACTS = """\
contract_id,customer_id,product,start_date,end_date,amount,billing_period
K1,C1,P,2026-01-01,2026-12-31,1200,year
K2,C2,P,2026-03-01,2026-08-31,50,month
K3,C2,Q,2026-03-15,,30,month
K4,C3,Q,2026-05-31,2026-07-30,70,month
"""


# The files that take minutes come first, so that no core is left with one of them at the end.
LONGEST = ("test_end_to_end.py", "test_degenerate.py", "test_reports_real.py")


def pytest_collection_modifyitems(items: list) -> None:
    """Let the longest files begin first; the order within a file stays."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def _write_project(root: Path, tables: dict | None = None, **settings: object) -> str:
    given = {"customers": CUSTOMERS, "contracts": CONTRACTS} | (tables or {})
    given = {name: content for name, content in given.items() if content is not None}
    folder = root / "data" / "small" / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in given.items():
        (folder / f"{name}.csv").write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
    params = {
        "company": "small", "name": {"en": "Small", "ja": "小"}, "month": "2026-09", "gross_margin": 0.8,
        "sources": {name: {"file": f"{name}.csv"} for name in given},
    } | settings  # fmt: skip
    (root / "params").mkdir(exist_ok=True)
    # JSON is YAML too, and quotes every text.
    written = json.dumps(
        {name: value for name, value in params.items() if value is not None}, ensure_ascii=False
    )
    (root / "params" / "small.yml").write_text(written, encoding="utf-8")
    return "params/small.yml"


@pytest.fixture
def outside_a_run(monkeypatch):
    """Let no run around these tests lend them its folders."""
    for name in ("LTVLAB_WAREHOUSE", "LTVLAB_RUN_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write_company(tmp_path, monkeypatch, outside_a_run):
    """Return the function that writes a project of one company and returns its params file's path.

    Tables are given as CSV text by name; one given as None is left out, as is such a setting.
    """
    monkeypatch.setenv("LTVLAB_ROOT", str(tmp_path))
    return lambda tables=None, **settings: _write_project(tmp_path, tables, **settings)


@pytest.fixture(scope="session")
def small_root(tmp_path_factory):
    """Return the root of a project that many tests read and none changes: its warehouse is built once."""
    root = tmp_path_factory.mktemp("small")
    _write_project(root)
    return root


@pytest.fixture
def small(small_root, monkeypatch, outside_a_run):
    """Return the params file of the company as it stands in the tables above."""
    monkeypatch.setenv("LTVLAB_ROOT", str(small_root))
    return "params/small.yml"


@pytest.fixture(scope="session")
def demo_root(tmp_path_factory):
    """Return a project root with the demo's params; exports and warehouse appear on first use."""
    root = tmp_path_factory.mktemp("demo")
    for folder in ("params", "notebooks", "reports/template"):
        shutil.copytree(PROJECT / folder, root / folder)
    shutil.copy(PROJECT / "pyproject.toml", root)
    return root


@pytest.fixture
def in_demo(demo_root, monkeypatch, outside_a_run):
    """Make the demo root the project that every relative path is counted from."""
    monkeypatch.setenv("LTVLAB_ROOT", str(demo_root))
    return demo_root


@pytest.fixture
def planted(in_demo):
    """Return what was planted in the demo company, by id."""
    from ltvlab.preparing import prepare

    prepare("params/demo.yml", "2026-09")
    text = (in_demo / "data/demo/raw/planted.json").read_text(encoding="utf-8")
    return {entry["id"]: entry for entry in json.loads(text)["entries"]}


@pytest.fixture
def english_left():
    """Return the function that lists the English words in a finding's Japanese sentences.

    Abbreviations of metrics are Japanese usage; `data` are values and paths shown as they are.
    """

    def words_of(finding, *, data=()):
        said = "\n".join([finding.question, finding.answer, finding.decision, *finding.caveats])
        for value in data:
            said = said.replace(value, "")
        return re.findall(r"[A-Za-z]{4,}|\b[A-Z]{2,}\b", ABBREVIATIONS.sub("", said))

    return words_of


# Enough for every section of the report.
HELD_COUNTS = {
    "months": 36, "customers": 60, "ranked": 100, "losses": 40, "renewals": 40, "closed_deals": 40,
}  # fmt: skip
HELD_TABLES = (
    "contracts", "invoices", "spend", "deals", "deal_stages", "events", "usage", "surveys", "targets",
    "actions",
)  # fmt: skip


@pytest.fixture
def company_data():
    """Return the function that builds what a company's data hold: all there is to bring, but for what is given."""
    from ltvlab.metrics.section_needs import Held

    def build(*, basis="contracts", margin=True, tables=HELD_TABLES, **counts):
        return Held(basis, margin, HELD_COUNTS | counts, frozenset(tables))

    return build


DEAL_DEFAULTS = {
    "customer_id": "C1", "pipeline": "new", "stage": "Talk", "amount": 100.0, "created_date": "2026-01-01",
    "close_date": None, "is_won": None, "probability": None, "product": "P", "owner": "Ito", "team": "East",
    "previous_amount": None, "list_amount": None, "reason": None, "source_trigger": None, "size": "1–49",
}  # fmt: skip


@pytest.fixture
def crm_deals():
    """Return the function from deal_id → what differs from a usual open deal to the table of deals."""
    import pandas as pd

    def build(rows, *, as_of="2026-09-30", products=()):
        deals = pd.DataFrame(
            [{"deal_id": name, **DEAL_DEFAULTS, **given} for name, given in rows.items()],
            columns=["deal_id", *DEAL_DEFAULTS],
        )
        for name in ("created_date", "close_date"):
            deals[name] = pd.to_datetime(deals[name]).astype("datetime64[us]")
        numbers = dict.fromkeys(
            ("amount", "probability", "previous_amount", "list_amount"), "float64"
        )
        deals = deals.astype({"is_won": "object", **numbers})
        deals["is_won"] = deals["is_won"].where(deals["is_won"].notna(), None)
        deals.attrs = {
            "as_of": pd.Timestamp(as_of),
            "currency": "JPY",
            "product_names": tuple(products),
        }
        return deals

    return build


@pytest.fixture
def crm_stages():
    """Return the function from (deal_id, stage, entered_at) to the table of stage changes."""
    import pandas as pd

    def build(*rows):
        stages = pd.DataFrame(rows, columns=["deal_id", "stage", "entered_at"])
        return stages.assign(
            entered_at=pd.to_datetime(stages["entered_at"]).astype("datetime64[us]")
        )

    return build


@pytest.fixture
def deal_view(crm_deals, crm_stages):
    """Return the function from deals and stage changes to the book and history of a day."""
    import pandas as pd

    from ltvlab.metrics.deals import deal_book, stage_history

    def build(rows, *changes, as_of="2026-09-30"):
        stages, day = crm_stages(*changes), pd.Timestamp(as_of)
        book = deal_book(crm_deals(rows), stages, as_of=day)
        return book, stage_history(book, stages, as_of=day)

    return build
