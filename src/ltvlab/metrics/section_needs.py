"""Which sections of the report the data allow, and exactly what would unlock the others (D01, D34)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ltvlab.metrics.acquisition_odds import FIRM_LOSSES
from ltvlab.metrics.customer_ledger import LEDGER_CUSTOMERS
from ltvlab.metrics.deals import FEWEST_CLOSED, closed_in_year, deal_book
from ltvlab.metrics.movements import customer_counts
from ltvlab.metrics.renewal_rates import twelve_months
from ltvlab.metrics.scenarios.evidence import FEWEST_MONTHS as SCENARIO_MONTHS
from ltvlab.metrics.scenarios.season import FEWEST_MONTHS as SEASON_MONTHS
from ltvlab.metrics.segment_values import FIRM_CUSTOMERS, FIRM_MONTHS
from ltvlab.metrics.top_customers import FEWEST_MONTHS
from ltvlab.metrics.trait_tests import FEWEST_RANKED
from ltvlab.metrics.win_rates import FEWEST_APART
from ltvlab.months import YEAR, last_day
from ltvlab.statistics.likelihood import FEWEST_EVENTS

FEWEST_RENEWALS = 5
REFUSED, STAMPED, SHOWN = "refused", "stamped", "shown"


class Held(NamedTuple):
    """What a company's data hold: what revenue is read from, counts, and the tables brought."""

    basis: str
    margin: bool
    counts: Mapping[str, int]
    tables: frozenset[str]


class Need(NamedTuple):
    """What a section needs, and what it is without: refused, or shown with a stamp.

    `what` is a count (months, customers, ranked, losses, renewals, closed_deals), `recurring`,
    `margin`, or table names of which one is enough.
    """

    state: str
    what: str | tuple[str, ...]
    at_least: int = 1


def _refused(what: str | tuple[str, ...], at_least: int = 1) -> Need:
    return Need(REFUSED, what, at_least)


def _stamped(what: str | tuple[str, ...], at_least: int = 1) -> Need:
    return Need(STAMPED, what, at_least)


RECURRING = _refused("recurring")
BY_NAME = _stamped("customers", LEDGER_CUSTOMERS)
NEEDS: dict[str, tuple[Need, ...]] = {
    "mrr_movements": (RECURRING, BY_NAME),
    # Twelve months ago, and the months since.
    "retention": (RECURRING, _refused("months", YEAR + 1), BY_NAME),
    "renewals": (
        _refused(("contracts",)), _refused("renewals", FEWEST_RENEWALS), _stamped("renewals", FIRM_CUSTOMERS),
    ),
    "segment_ltv": (_stamped("months", FIRM_MONTHS), _stamped("margin"), BY_NAME),
    "value_models": (
        _refused("customers", LEDGER_CUSTOMERS), _refused("losses", FEWEST_EVENTS), _refused("months", YEAR),
    ),
    "customer_cost": (_refused(("spend",)), _refused("months", YEAR)),
    # The first month has no month before it; a window of six is judged.
    "loss_rule": (RECURRING, _refused("months", 7), _stamped("losses", FIRM_LOSSES), BY_NAME),
    "spend_returns": (RECURRING, _refused("margin"), _refused(("spend",)), _refused("months", YEAR + 1)),
    "spend_split": (
        _refused(("spend",)), _refused("months", YEAR), _refused("customers", LEDGER_CUSTOMERS),
    ),
    "cohort_curves": (_stamped("months", YEAR), BY_NAME),
    "survival_curves": (RECURRING, _stamped("months", YEAR), _stamped("losses", FEWEST_EVENTS), BY_NAME),
    "ltv_traits": (_refused("ranked", FEWEST_RANKED),),
    "before_sales": (_refused(("deals",)), _refused(("events",))),
    "customer_segments": (_stamped(("surveys", "usage", "events")),),
    "nps": (_refused(("surveys",)),),
    "opportunities": (_stamped(("usage",)), _stamped(("events",)), _stamped(("deals",))),
    "gates": (_refused(("surveys", "events", "invoices")),),
    "sales_pipeline": (
        _refused(("deals",)), _refused("closed_deals", FEWEST_CLOSED), _stamped("closed_deals", FEWEST_APART),
    ),
    "stage_odds": (_refused(("deal_stages",)),),
    "mrr_scenarios": (
        RECURRING, _refused("customers", LEDGER_CUSTOMERS), _refused("months", SCENARIO_MONTHS),
    ),
    "season": (
        RECURRING, _refused("customers", LEDGER_CUSTOMERS), _refused("months", SEASON_MONTHS),
    ),
    "kpi_targets": (_refused(("targets",)),),
    "claims": (_stamped(("deals",)), _stamped(("spend",))),
    "selling_effects": (_refused(("deals", "actions", "events")), _stamped(("actions",))),
    "conventions": (RECURRING,),
    "reconciliation": (_refused(("contracts",)), _refused(("invoices",))),
}  # fmt: skip


def held(
    mrr: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    renewals: pd.DataFrame,
    deals: tuple[pd.DataFrame, pd.DataFrame],
    files: pd.DataFrame,
) -> Held:
    """Return what the data hold as of the last month of `mrr`.

    `renewals` is of `renewals_table`, `deals` are the deals and their stages, `files` the intake's
    account of each file; all may have no rows.
    """
    recurring = mrr.attrs["basis"] != "orders"
    lost = customer_counts(mrr, customers["opening"])["churn"].tail(YEAR).sum() if recurring else 0
    year = twelve_months(renewals) if len(renewals) else None
    day = pd.Timestamp(last_day(mrr.columns[-1]))
    counts = {
        "months": mrr.shape[1],
        "customers": int((mrr.iloc[:, -1] > 0).sum()),
        "ranked": int(((mrr > 0).sum(axis=1) >= FEWEST_MONTHS).sum()),
        "losses": int(lost),
        "renewals": 0 if year is None else int(year["due"] - year["pending"]),
        "closed_deals": len(closed_in_year(deal_book(*deals, as_of=day), as_of=day)),
    }
    brought = frozenset(files.loc[files["rows_used"] > 0, "table"])
    return Held(mrr.attrs["basis"], mrr.attrs["margin_source"] != "none", counts, brought)


def section_states(data: Held) -> pd.DataFrame:
    """Return one row per section: state (shown, stamped, refused), and what is lacking for more.

    `lacks` holds pairs of what and how many: only what refuses a section while anything does.
    """
    return pd.DataFrame(
        [_state(name, needs, data) for name, needs in NEEDS.items()],
        columns=["section", "state", "lacks"],
    )


def _state(name: str, needs: tuple[Need, ...], data: Held) -> dict[str, object]:
    lacking = {need: lack(need, data) for need in needs}
    for state in (REFUSED, STAMPED):
        found = [
            (need.what, count) for need, count in lacking.items() if need.state == state and count
        ]
        if found:
            return {"section": name, "state": state, "lacks": tuple(found)}
    return {"section": name, "state": SHOWN, "lacks": ()}


def lack(need: Need, data: Held) -> int:
    """Return how many of what a section needs are missing: 0 where it has enough."""
    if isinstance(need.what, tuple):
        return int(not data.tables.intersection(need.what))
    if need.what in data.counts:
        return max(need.at_least - data.counts[need.what], 0)
    return int(not {"recurring": data.basis != "orders", "margin": data.margin}[need.what])
