"""Which header of a file stands for which canonical column."""

from __future__ import annotations

from collections.abc import Iterable

from ltvlab.errors import DataError, Problem
from ltvlab.source_settings import Source
from ltvlab.sources.faults import problem
from ltvlab.sources.headers import find_header, nearest
from ltvlab.sources.tables import TABLES
from ltvlab.sources.verbs import is_template


def require_known_columns(name: str, source: Source) -> None:
    """Refuse a mapping to columns that table `name` does not have, or to one column twice."""
    known = list(TABLES[name].columns)
    aggregate = source.aggregate
    named = {
        "columns": source.columns,
        "constants": source.constants,
        "aggregate": [*aggregate.by, *aggregate.sum, *aggregate.first] if aggregate else [],
    }
    problems = [
        _unknown_column(name, place, column, known)
        for place, columns in named.items()
        for column in columns
        if column not in known
    ]
    both = set(source.constants) & set(source.columns)
    problems += [
        problem("E217", table=name, column=column, detail="a header and a constant")
        for column in sorted(both)
    ]
    if problems:
        raise DataError(f"The mapping of {name} cannot be used", problems)


def _unknown_column(name: str, place: str, column: str, known: list[str]) -> Problem:
    near = nearest(column, known)
    fix = f"did you mean {near}?" if near else f"the columns are: {', '.join(known)}"
    return problem(
        "E218", table=name, column=f"sources.{name}.{place}.{column}", value=column, fix=fix
    )


def headers_of(
    name: str, source: Source, present: list[str], file: str, *, demanded: set[str]
) -> dict[str, str]:
    """Return each canonical column's header or template; refuse with every column at fault.

    Missing is what the table needs, and what the params demand by name; a preset's optional
    columns may be absent.
    """
    found: dict[str, str] = {}
    demanded = demanded | set(TABLES[name].needed)
    problems: list[Problem] = []
    filled = set(source.constants) | {lookup.column for lookup in source.lookup}
    for column in TABLES[name].columns:
        aliases = _aliases(source, column, filled)
        if aliases and is_template(aliases[0]):
            found[column] = aliases[0]
            continue
        matches = _matches(aliases, present)
        if len(matches) > 1:
            problems.append(_ambiguous(name, column, matches, file))
        elif matches:
            found[column] = matches[0]
        elif column in demanded - filled:
            problems.append(_missing(name, column, aliases, present, file))
    if len(problems) > 1 and len(present) == 1 and not found:
        raise DataError(
            f"{file} does not have the columns of {name}",
            [problem("E228", table=name, file=file, line=1, value=present[0][:80])],
        )
    if problems:
        raise DataError(f"{file} does not have the columns of {name}", problems)
    return found


def _aliases(source: Source, column: str, filled: Iterable[str]) -> list[str]:
    declared = source.columns.get(column)
    if declared is None:
        return [] if column in filled else [column]
    return [declared] if isinstance(declared, str) else list(declared)


def _matches(aliases: list[str], present: list[str]) -> list[str]:
    found = [find_header(alias, present) for alias in aliases]
    return list(dict.fromkeys(header for header in found if header is not None))


def _ambiguous(name: str, column: str, matches: list[str], file: str) -> Problem:
    detail = " and ".join(matches)
    fix = f"name one of them: columns: {{{column}: {matches[0]}}}"
    return problem("E217", table=name, file=file, column=column, detail=detail, fix=fix)


def _missing(name: str, column: str, aliases: list[str], present: list[str], file: str) -> Problem:
    wanted = aliases[0] if aliases else column
    near = next((near for alias in aliases if (near := nearest(alias, present))), "")
    hint = f"did you mean {near}? Write" if near else f"the file has {', '.join(present)}; write"
    fix = f"{hint} its header in the params under sources.{name}.columns.{column}"
    return problem("E216", table=name, file=file, column=column, header=wanted, fix=fix)
