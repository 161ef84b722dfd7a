"""The copy of a notebook that runs: cells of what the company does not bring are left out."""

import nbformat
import pytest

from ltvlab.report.notebooks import for_run


def _tagged(*tags):
    return nbformat.v4.new_code_cell(
        source=" ".join(tags) or "always", metadata={"tags": list(tags)}
    )


@pytest.mark.parametrize(("brought", "kept"), [(True, ["always", "deals"]), (False, ["always"])])
def test_cells_about_deals_run_only_where_the_company_brings_them(brought, kept):
    notebook = nbformat.v4.new_notebook(cells=[_tagged(), _tagged("deals"), _tagged("orders")])

    copy = for_run(notebook, language="en", basis="contracts", deals=brought)

    assert [cell.source for cell in copy.cells] == kept
