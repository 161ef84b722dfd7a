"""One line per notebook while a report runs; a spinner where someone is looking."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def progress(total: int) -> Iterator[Callable[[str, float, bool], None]]:
    """Offer a function that tells a notebook's name, seconds and success on one line.

    Lines go to standard error, plain ones where that is no terminal.
    """
    console = Console(file=sys.stderr, highlight=False)
    told: list[str] = []

    def line(name: str, seconds: float, good: bool) -> None:
        told.append(name)
        sign, colour = ("✓", "green") if good else ("✗", "red")
        console.print(f"[{colour}]{sign}[/] {name}  {seconds:.1f} s  ({len(told)}/{total})")

    if not console.is_terminal:
        yield line
        return
    with console.status("running the notebooks …"):
        yield line
