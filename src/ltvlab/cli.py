"""The `ltvlab` command: demo, check, report, lists, runs, diff. Errors are shown without a traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ltvlab.errors import LtvlabError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What a B2B customer is worth, why, and what to do next.",
)
INTERRUPTED = 130
ParamsFile = Annotated[str, typer.Argument(metavar="PARAMS", help="The company's params file.")]
Month = Annotated[
    str | None, typer.Option(help="The report month, YYYY-MM; else the params file's.")
]
Renderer = Literal["auto", "quarto", "builtin"]
Quarantine = Annotated[
    bool, typer.Option("--quarantine", help="Set faulty rows aside, counted, and go on.")
]


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the exports are written.")],
    seed: Annotated[int, typer.Option(help="Another seed makes another company.")] = 7,
) -> None:
    """Write the exports of the fictional company, and the list of what was planted in them."""
    from ltvlab.demo.exports import write_exports

    write_exports(folder, seed=seed)
    typer.echo(
        f"{folder}: {len(list(folder.glob('*.csv')))} exports; PLANTED.md lists what was planted"
    )


@app.command()
def check(params: ParamsFile, month: Month = None, quarantine: Quarantine = False) -> None:
    """Read and check the inputs without running anything; print the control of rows."""
    from ltvlab.checking import check_inputs
    from ltvlab.report.order import require_notebook_settings

    require_notebook_settings(params)
    typer.echo(check_inputs(params, month=month, quarantine=quarantine))


@app.command()
def report(
    params: ParamsFile,
    month: Month = None,
    language: Annotated[str | None, typer.Option(help="en or ja; else the params file's.")] = None,
    only: Annotated[
        str | None, typer.Option(help="Run one notebook and show it; publish nothing.")
    ] = None,
    renderer: Annotated[
        Renderer | None, typer.Option(help="auto takes Quarto where it is found.")
    ] = None,
    quarantine: Quarantine = False,
) -> None:
    """Run the notebooks for a month and publish the report, whole or not at all."""
    from ltvlab.report.run import run_one, run_report

    if only:
        typer.echo(run_one(params, only, month=month, language=language, quarantine=quarantine))
        return
    published = run_report(
        params, month=month, language=language, renderer=renderer, quarantine=quarantine
    )
    typer.echo(published.index)
    typer.echo(published.pdf)


@app.command()
def lists(
    params: ParamsFile,
    as_of: Annotated[str, typer.Option("--as-of", help="The day of the lists, YYYY-MM-DD.")],
    language: Annotated[str | None, typer.Option(help="en or ja; else the params file's.")] = None,
    quarantine: Quarantine = False,
) -> None:
    """Write whom to talk to, per owner, as of a day: CSV and XLSX files, without a report."""
    from ltvlab.report.lists import run_lists

    files = run_lists(params, as_of=as_of, language=language, quarantine=quarantine)
    typer.echo("\n".join(str(file) for file in files) or "nobody is on a list")


@app.command()
def runs(
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="The company's short name.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Find published files edited since.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove failed runs and those replaced by a newer one.")
    ] = False,
) -> None:
    """List a company's runs; check that what was published is untouched, or remove what is not needed."""
    from ltvlab.paths import CompanyFolders, project_root
    from ltvlab.report.runs import described, purge_runs, verify_runs

    folders = CompanyFolders(project_root(), company)
    typer.echo(described(folders))
    if purge:
        removed = purge_runs(folders)
        typer.echo("\n".join([f"removed {folder}" for folder in removed] or ["nothing to remove"]))
    if verify:
        verify_runs(folders)
        typer.echo("every published file is as it was published")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="RUN", help="COMPANY/MONTH or COMPANY/RUN.")],
    after: Annotated[str, typer.Argument(metavar="RUN", help="Another run of the company.")],
) -> None:
    """List the facts that two runs state differently, and past figures by what changed them."""
    from ltvlab.paths import project_root
    from ltvlab.report.differences import described_differences, run_of

    root = project_root()
    runs_meant = [run_of(name, root) for name in (before, after)]
    typer.echo(described_differences(*runs_meant, root=root))


def main() -> None:
    """Run the command and leave with the exit code that the error's class names."""
    try:
        code = app(standalone_mode=False)
    except LtvlabError as error:
        typer.echo("\n".join([str(error), *getattr(error, "__notes__", ())]), err=True)
        sys.exit(error.exit_code)
    except typer.Abort:
        code = INTERRUPTED
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        typer.echo(f"{error.format_message()} (ltvlab --help lists the commands)", err=True)
        sys.exit(2)
    # Typer catches the interrupt itself and hands its exit code back as a result.
    if code == INTERRUPTED:
        typer.echo("Interrupted; nothing was published.", err=True)
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
