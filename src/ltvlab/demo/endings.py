"""How contract lines end as the contract desk writes it: terms, notices, cancellations, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ltvlab.demo.company import EXPORT_DAY, OPEN, days_in, first_days

NO_DATE = np.datetime64("NaT", "D")
FAR_MONTH = 9000  # stands for "never" where a date must be computed
END_REASONS = {
    "価格 Price": 0.22,
    "利用減 Low use": 0.30,
    "競合 Competitor": 0.24,
    "予算 Budget": 0.16,
    "事業撤退 Closed": 0.08,
}


def with_endings(
    lines: pd.DataFrame, customers: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the lines with the end of their term, notice and cancellation, and why they ended.

    An auto-renewing line keeps the end of its first term; where it is cancelled its last paid
    day stands in `cancel_effective_date`. A monthly line has an end only when another replaced it.
    """
    lines = lines.assign(
        mid_term=lines["replaced"] & (lines["until"] % 12 != lines["anniversary"]),
        last_day=days_in(lines["until"].clip(upper=FAR_MONTH), lines["day"]) - 1,
    )
    lines = _with_ends(lines)
    return lines.assign(**_cancellations(lines, customers), **_terms(lines)).pipe(
        _with_end_reasons, rng
    )


def draw_notices(lines: pd.DataFrame, customers: pd.DataFrame) -> np.ndarray:
    """Return the day each line's end was announced, as many days before it as its customer gives."""
    ahead = _notice_days_ahead(customers)[lines["customer"]]
    known = lines["until"].to_numpy() < OPEN
    ends = days_in(np.minimum(lines["until"].to_numpy(), FAR_MONTH), lines["day"])
    return np.where(known, ends - ahead, np.datetime64("2999-01-01", "D"))


def _notice_days_ahead(customers: pd.DataFrame) -> np.ndarray:
    spread = np.arange(len(customers)) * 37 % 41  # even, and the same whoever asks
    return np.where(customers["annual"], 31 + spread, 16 + spread // 3)


def _with_ends(lines: pd.DataFrame) -> pd.DataFrame:
    annual, mid_term, add_on = lines["annual"], lines["mid_term"], lines["add_on"]
    term_end = lines["month"] + 1 + (lines["anniversary"] - lines["month"] - 1) % 12
    signed_end = days_in(term_end, lines["day"]) - 1
    fixed = np.where(mid_term | add_on, lines["last_day"], signed_end)
    monthly_end = np.where(lines["replaced"], lines["last_day"], NO_DATE)
    renewing = annual & ~lines["explicit"] & ~add_on & ~mid_term
    return lines.assign(
        end_date=np.where(annual, fixed, monthly_end),
        original_end_date=np.where(annual & mid_term, signed_end, NO_DATE),
        auto_renew=renewing | (~annual & ~lines["replaced"]),
    )


def _cancellations(lines: pd.DataFrame, customers: pd.DataFrame) -> dict[str, object]:
    notice = draw_notices(lines, customers)
    leaves = ~lines["replaced"] & ~lines["add_on"] & (notice <= EXPORT_DAY)
    cancelled = leaves & lines["auto_renew"]
    return {
        "leaves": leaves,
        "cancel_notice_date": np.where(leaves, notice, NO_DATE),
        "cancel_effective_date": np.where(cancelled, lines["last_day"], NO_DATE),
    }


def _terms(lines: pd.DataFrame) -> dict[str, object]:
    paused = lines["pause_from"] < OPEN
    discount_end = days_in(lines["discount_until"], lines["day"]) - 1
    pause_start = first_days(np.where(paused, lines["pause_from"], 0))
    pause_end = first_days(np.where(paused, lines["pause_to"], 0) + 1) - 1
    return {
        "discount_end_date": np.where(lines["discounted"], discount_end, NO_DATE),
        "pause_start": np.where(paused, pause_start, NO_DATE),
        "pause_end": np.where(paused, pause_end, NO_DATE),
        "notice_days": np.where(lines["annual"], 30, 15),
        "term_months": np.where(lines["annual"], 12, 1),
    }


def _with_end_reasons(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    left = rng.choice(list(END_REASONS), size=len(lines), p=list(END_REASONS.values()))
    reasons = np.select(
        [lines["leaves"], lines["mid_term"], lines["add_on"], lines["replaced"]],
        [left, "契約変更 Changed", "本契約へ統合 Merged", "更新 Renewed"],
        default="",
    )
    return lines.assign(end_reason=reasons)
