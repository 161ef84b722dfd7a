"""Run the comparisons: `python -m benchmarks [CUSTOMERS]`; medians of alternating pairs, equal answers."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from benchmarks import movements

PAIRS = 5


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object], peer: str) -> None:
    """Print the median seconds of both and their ratio, measured in alternating pairs."""
    ours(), theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(PAIRS)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name}: ltvlab {mine:.2f} s, {peer} {other:.2f} s, ratio {mine / other:.2f}")


def main(customers: int) -> None:
    lines = movements.invoice_lines(customers)
    movements.require_equal(lines)
    compare(
        f"MRR movements of {customers:,} customers, {len(lines):,} shuffled lines",
        lambda: movements.with_ltvlab(lines),
        lambda: movements.with_pandas(lines),
        "expert pandas",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
