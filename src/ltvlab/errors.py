"""Everything that can stop a run, one class per exit code, each message with place and fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in the inputs or parameters, as a reader needs it to mend it.

    Ids from E101 to E199 speak of the params file, where `column` is a setting.
    `record` counts data rows from 1; `line` is the line of the file, which differs where a
    quoted field holds a line break. `column` is ours, `header` is what the file calls it.
    """

    id: str
    message: str
    fix: str
    file: str = ""
    table: str = ""
    record: int | None = None
    line: int | None = None
    column: str = ""
    header: str = ""
    value: str = ""

    def place(self) -> str:
        """Return file, record, line and column in one phrase, leaving out what is unknown."""
        column = self.header if self.header == self.column or not self.column else ""
        if self.column and not column:
            column = f"{self.header} → {self.column}" if self.header else self.column
        parts = (
            f"file {self.file}" if self.file else "",
            f"record {self.record}" if self.record is not None else "",
            f"line {self.line}" if self.line is not None else "",
            f"{'setting' if self.id.startswith('E1') else 'column'} {column}" if column else "",
        )
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        lines = [f"{self.id} {self.message}"]
        lines += [f"     {self.place()}"] if self.place() else []
        lines += [f"     value {self.value!r}"] if self.value else []
        return "\n".join([*lines, f"     fix: {self.fix}"])


class LtvlabError(Exception):
    """A mistake someone can mend: shown without a traceback, as one list of problems."""

    exit_code = 1
    # So many fit a screen; the rest is in problems.csv.
    shown = 12

    def __init__(self, message: str, problems: Sequence[Problem] = ()):
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def __str__(self) -> str:
        listed = [str(problem) for problem in self.problems[: self.shown]]
        rest = len(self.problems) - len(listed)
        more = [f"… and {rest} more"] if rest > 0 else []
        return "\n".join([self.message, *listed, *more])


class UsageError(LtvlabError):
    """The command or the params file asks for something that does not exist."""

    exit_code = 2


class DataError(LtvlabError):
    """The inputs hold something a number must not be made from."""

    exit_code = 3


class NotebookError(LtvlabError):
    """A notebook did not run to its end, or showed what no reader may see."""

    exit_code = 4


class KernelError(LtvlabError):
    """A kernel died, ran out of memory, or out of time."""

    exit_code = 5


class RenderError(LtvlabError):
    """Pages or PDF could not be made, or came out incomplete."""

    exit_code = 6


class PublishError(LtvlabError):
    """The finished report could not take its place, or another run holds the lock."""

    exit_code = 7


class SetupError(LtvlabError):
    """Something this machine needs is missing or not writable."""

    exit_code = 8
