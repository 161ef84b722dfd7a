"""The KPIs that a company is led by: unit, better direction, how a year adds up, owner, cadence (D42)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Better = Literal["higher", "lower"]
# How months make a year: a level stands where it stands at the end, a sum adds up, an average is
# the mean month, and what is asked in waves has no course to project.
Course = Literal["level", "sum", "average", "wave"]
ROLES = ("role_management", "role_sales", "role_customer_success", "role_marketing")


class Kpi(NamedTuple):
    """What a KPI is.

    A target beyond `most` can only be meant in percent; shares stay within 0 and 1,
    and nothing falls below `least`.
    """

    unit: str
    better: Better
    course: Course
    owner: str
    cadence: str
    definition: str
    most: float = float("inf")
    share: bool = False
    least: float = float("-inf")


KPIS: dict[str, Kpi] = {
    "mrr": Kpi("money", "higher", "level", "role_management", "monthly", "D06", least=0.0),
    "revenue": Kpi("money", "higher", "sum", "role_management", "monthly", "D30"),
    "nrr": Kpi("rate", "higher", "level", "role_customer_success", "monthly", "D22", 5.0),
    "grr": Kpi("rate", "higher", "level", "role_customer_success", "monthly", "D23", 1.0, True),
    "logo_churn": Kpi(
        "rate", "lower", "average", "role_customer_success", "monthly", "D25", 1.0, True
    ),
    "renewal_rate": Kpi(
        "rate", "higher", "level", "role_customer_success", "quarterly", "D26", 1.0, True
    ),
    "arpa": Kpi("money", "higher", "level", "role_sales", "monthly", "D31", least=0.0),
    "arpa_growth": Kpi("rate", "higher", "level", "role_sales", "quarterly", "D31", 5.0),
    "upsell_rate": Kpi("rate", "higher", "level", "role_sales", "quarterly", "D42", 1.0, True),
    "upsell_rate_of_proposed": Kpi(
        "rate", "higher", "level", "role_sales", "quarterly", "D42", 1.0, True
    ),
    "cross_sell_rate": Kpi("rate", "higher", "level", "role_sales", "quarterly", "D42", 1.0, True),
    "cross_sell_rate_of_proposed": Kpi(
        "rate", "higher", "level", "role_sales", "quarterly", "D42", 1.0, True
    ),
    "ltv": Kpi("money", "higher", "level", "role_management", "quarterly", "D18"),
    "ltv_cac": Kpi("number", "higher", "wave", "role_marketing", "quarterly", "D20"),
    "nps": Kpi("number", "higher", "wave", "role_customer_success", "half_yearly", "D41"),
}
# What several people's targets add up to; the rest each has of its own.
ADDITIVE = ("mrr", "revenue")


def with_owners(settings: Mapping[str, Mapping[str, str]]) -> dict[str, Kpi]:
    """Return the KPIs with the owner and cadence that a company gives some of them."""
    return {
        name: kpi._replace(**{key: text for key, text in settings.get(name, {}).items() if text})
        for name, kpi in KPIS.items()
    }
