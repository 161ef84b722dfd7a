"""A small company to break: two customers, two contracts, and a way to read them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from ltvlab.errors import DataError, Problem
from ltvlab.params import Params
from ltvlab.sources.quality import Intake, read_intake

CUSTOMERS = "customer_id,name,industry\nC1,Acme,Retail\nC2,Beta,\n"
CONTRACTS = (
    "contract_id,customer_id,start_date,end_date,amount,billing_period\n"
    "K1,C1,2025-04-01,2026-03-31,1200,year\n"
    "K2,C2,2025-05-01,,100,month\n"
)
AS_OF = dt.date(2026, 9, 30)
Read = Callable[..., Intake]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return the function that reads a company of the given files (name=content) and sources."""

    def read_company(
        files: dict[str, str | bytes] | None = None,
        *,
        sources: dict | None = None,
        quarantine: bool = False,
        as_of: dt.date = AS_OF,
        **settings: object,
    ) -> Intake:
        given = {"customers.csv": CUSTOMERS, "contracts.csv": CONTRACTS} | (files or {})
        for name, content in given.items():
            raw = content.encode("utf-8") if isinstance(content, str) else content
            (tmp_path / name).write_bytes(raw)
        default = {"customers": {"file": "customers.csv"}, "contracts": {"file": "contracts.csv"}}
        params = Params.model_validate(
            {
                "company": "small",
                "name": {"en": "Small", "ja": "小"},
                "data": ".",
                "sources": default | (sources or {}),
                **settings,
            }
        )
        return read_intake(params, as_of=as_of, root=tmp_path, quarantine=quarantine)

    return read_company


@pytest.fixture
def problems(read: Read) -> Callable[..., list[Problem]]:
    """Return the function that reads a company and hands back why it was refused."""

    def refused(*args: object, **kwargs: object) -> list[Problem]:
        with pytest.raises(DataError) as error:
            read(*args, **kwargs)
        assert error.value.exit_code == 3
        return list(error.value.problems)

    return refused
