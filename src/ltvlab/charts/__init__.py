"""Few chart shapes: each takes a metric table and a language, returns Axes, and computes nothing."""

from ltvlab.charts.backtests import forecasts_by_origin
from ltvlab.charts.cohorts import same_age, triangle
from ltvlab.charts.differences import compared, differences
from ltvlab.charts.movements import bridge, movement_bars
from ltvlab.charts.over_time import rates, ratio_line, trend
from ltvlab.charts.plans import plan_course, renewal_wall
from ltvlab.charts.scenarios import scenario_lines
from ltvlab.charts.segments import intervals
from ltvlab.charts.survival import curves
from ltvlab.charts.values_over_time import values_by_month
from ltvlab.charts.win_rates import win_rates

__all__ = [
    "bridge",
    "compared",
    "curves",
    "differences",
    "forecasts_by_origin",
    "intervals",
    "movement_bars",
    "plan_course",
    "rates",
    "ratio_line",
    "renewal_wall",
    "same_age",
    "scenario_lines",
    "trend",
    "triangle",
    "values_by_month",
    "win_rates",
]
