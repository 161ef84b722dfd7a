"""Dates, moments and months as people write them; what could be read two ways is refused."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import numpy as np
import pandas as pd

FIRST_YEAR, LAST_YEAR = 1990, 2100
OPEN_ENDS = ("9999-12-31", "9999-12-30", "9998-12-31", "2999-12-31")
DATE = r"(?P<year>\d{4})\s*(?P<sep>[-/.年])\s*(?P<month>\d{1,2})\s*(?P<sep2>[-/.月])\s*(?P<day>\d{1,2})\s*日?"
CLOCK = (
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>\.\d{1,9})?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
WRITTEN = re.compile(DATE + CLOCK)
COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
DAY_OR_MONTH_FIRST = re.compile(r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4})")
ERA = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])\s*(?P<year>\d{1,2}|元)[年./-]\s*(?P<month>\d{1,2})[月./-]\s*(?P<day>\d{1,2})日?"
)
MONTH = re.compile(r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*(?:月分?)?")
COMPACT_MONTH = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})")
# The year before each era's first, and the days it covers.
ERAS = {
    "R": (2018, "2019-05-01", "2100-12-31"),
    "H": (1988, "1989-01-08", "2019-04-30"),
    "S": (1925, "1926-12-25", "1989-01-07"),
}
ERA_LETTERS = {"令和": "R", "平成": "H", "昭和": "S"}
DateFormat = Literal["auto", "ymd", "dmy", "mdy"]
NOT_A_TIME = np.datetime64("NaT", "us")


def parse_dates(
    texts: list[str], *, date_format: DateFormat, time_zone: str, naive_zone: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return days as datetime64[us], and for each text the id of what is wrong, or "".

    A moment with an offset counts on its day in `time_zone`; one without is taken as being
    there already, or in `naive_zone` where the column says so. Sentinels of an open end
    become NaT without a fault.
    """
    moments, faults = parse_moments(
        texts, date_format=date_format, time_zone=time_zone, naive_zone=naive_zone
    )
    return moments.astype("datetime64[D]").astype("datetime64[us]"), faults


def parse_moments(
    texts: list[str], *, date_format: DateFormat, time_zone: str, naive_zone: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return moments in `time_zone`, naive, and the id of what is wrong with each, or ""."""
    read = [_read(_simplified(text), date_format) for text in texts]
    iso = [written for written, _, _ in read]
    zones = [zone or naive_zone or "" for _, zone, _ in read]
    faults = np.array([fault for _, _, fault in read], dtype=object)
    moments = pd.to_datetime(pd.Series(iso, dtype="str"), format="ISO8601", errors="coerce")
    moments = moments.dt.as_unit("us").to_numpy()
    faults[np.isnat(moments) & (faults == "") & (np.array(iso, dtype=object) != "")] = "E241"
    return _in_zone(moments, zones, time_zone), _outside_window(moments, faults)


def parse_months(
    texts: list[str], *, date_format: DateFormat, time_zone: str, naive_zone: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first day of each month, and the id of what is wrong, or "".

    A full date stands for its month.
    """
    first_days = [_first_day(_simplified(text)) for text in texts]
    dates, faults = parse_dates(
        first_days, date_format=date_format, time_zone=time_zone, naive_zone=naive_zone
    )
    faults[np.isin(faults, ["E239", "E241"])] = "E243"
    return dates.astype("datetime64[M]").astype("datetime64[us]"), faults


def _simplified(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _first_day(text: str) -> str:
    found = MONTH.fullmatch(text) or COMPACT_MONTH.fullmatch(text)
    return f"{found['year']}-{found['month']:0>2}-01" if found else text


def _read(text: str, date_format: DateFormat) -> tuple[str, str, str]:
    """Return (ISO text, zone, ""), or ("", "", fault id); an open end is ("", "", "")."""
    text = text.strip()
    if not text:
        return "", "", ""
    found = WRITTEN.fullmatch(text)
    if found:
        return _written(found)
    compact = COMPACT.fullmatch(text)
    if compact:
        return _unless_open(_iso(compact["year"], compact["month"], compact["day"]), "", "")
    era = ERA.fullmatch(text)
    if era:
        return _era(era)
    turned = DAY_OR_MONTH_FIRST.fullmatch(text)
    return _turned(turned, date_format) if turned else ("", "", "E239")


def _written(found: re.Match[str]) -> tuple[str, str, str]:
    if (found["sep"] == "年") != (found["sep2"] == "月") or (
        found["sep"] != "年" and found["sep"] != found["sep2"]
    ):
        return "", "", "E239"
    clock = ""
    if found["hour"]:
        clock = f"T{found['hour']:0>2}:{found['minute']}:{found['second'] or '00'}{found['fraction'] or ''}"
    zone = "UTC" if found["zone"] == "Z" else found["zone"] or ""
    return _unless_open(_iso(found["year"], found["month"], found["day"]), clock, zone)


def _iso(year: str | int, month: str, day: str) -> str:
    return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"


def _unless_open(day: str, clock: str, zone: str) -> tuple[str, str, str]:
    return ("", "", "") if day in OPEN_ENDS else (day + clock, zone if clock else "-", "")


def _era(found: re.Match[str]) -> tuple[str, str, str]:
    before, first, last = ERAS[ERA_LETTERS.get(found["era"], found["era"])]
    year = 1 if found["year"] == "元" else int(found["year"])
    day = _iso(before + year, found["month"], found["day"])
    return (day, "-", "") if first <= day <= last else ("", "", "E241")


def _turned(found: re.Match[str], date_format: DateFormat) -> tuple[str, str, str]:
    if date_format not in ("dmy", "mdy"):
        return "", "", "E240"
    day, month = (found["first"], found["second"])
    if date_format == "mdy":
        day, month = month, day
    return _iso(found["year"], month, day), "-", ""


def _in_zone(moments: np.ndarray, zones: list[str], time_zone: str) -> np.ndarray:
    """Turn moments of a known zone to `time_zone`; "-" marks a plain day, which has none."""
    moved = moments.copy()
    zone_of = np.array(zones, dtype=object)
    for zone in sorted(set(zones) - {"", "-"}):
        here = (zone_of == zone) & ~np.isnat(moments)
        local = pd.DatetimeIndex(moments[here]).tz_localize(_zone(zone))
        moved[here] = local.tz_convert(time_zone).tz_localize(None).as_unit("us").to_numpy()
    return moved


def _zone(zone: str) -> str:
    return zone if not zone.startswith(("+", "-")) or ":" in zone else f"{zone[:3]}:{zone[3:]}"


def _outside_window(moments: np.ndarray, faults: np.ndarray) -> np.ndarray:
    years = moments.astype("datetime64[Y]").astype("int64") + 1970
    outside = ~np.isnat(moments) & ((years < FIRST_YEAR) | (years > LAST_YEAR))
    return np.where(outside, "E242", faults)
