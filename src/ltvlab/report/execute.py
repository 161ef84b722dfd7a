"""Run notebooks in fresh kernels, two side by side, and say in our words what stopped one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import psutil
from nbformat import NotebookNode
from traitlets.config import Config

from ltvlab import errors
from ltvlab.errors import KernelError, LtvlabError, NotebookError, Problem
from ltvlab.report.notebooks import heading_above

KERNEL = "ltvlab"
# On a shared machine others could read what an unencrypted kernel says, customers and all.
PRIVATE_CHANNELS = Config(KernelManager={"transport_encryption": "auto"})
CELL_SECONDS = 900
SIDE_BY_SIDE = 2
RUN_FOLDER = "LTVLAB_RUN_DIR"
SAME_EVERYWHERE = {
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    # Two kernels side by side: more threads each would only wait for one another.
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
ANSI_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@contextlib.contextmanager
def kernels(run_dir: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Offer one kernel, this very Python, to the notebooks of one run, and leave none behind.

    A kernel spec registered on the machine may belong to another environment; ours lives in a
    private folder as long as the run does. An interrupt ends the kernels before it goes on.
    """
    with (
        tempfile.TemporaryDirectory(prefix="ltvlab-kernel-") as folder,
        environment_variables({"JUPYTER_PATH": folder, "JUPYTER_RUNTIME_DIR": folder}),
    ):
        _write_kernel_spec(Path(folder), {**environment, RUN_FOLDER: str(run_dir)})
        try:
            yield
        finally:
            end_kernels(run_dir)


def _write_kernel_spec(folder: Path, environment: Mapping[str, str]) -> None:
    spec = {
        "argv": [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "--log-level=CRITICAL",
            "-f",
            "{connection_file}",
        ],
        "display_name": KERNEL,
        "language": "python",
        "metadata": {"supported_encryption": "curve"},
        "env": {**SAME_EVERYWHERE, **environment},
    }
    target = folder / "kernels" / KERNEL
    target.mkdir(parents=True)
    (target / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


@contextlib.contextmanager
def environment_variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while, and put back what was there."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def terminate_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does, so that it too is set aside and leaves no kernel."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def end_kernels(run_dir: Path) -> None:
    """End the kernels of this run, and what they started; no other process is touched."""
    ours = [child for child in psutil.Process().children(recursive=True) if _runs(child, run_dir)]
    for child in ours:
        with contextlib.suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(ours, timeout=5)


def _runs(process: psutil.Process, run_dir: Path) -> bool:
    try:
        return process.environ().get(RUN_FOLDER) == str(run_dir)
    except (psutil.Error, OSError):
        return False


def run_notebooks(
    notebooks: Mapping[str, NotebookNode],
    given: Mapping[str, Mapping[str, Any]],
    run_dir: Path,
    *,
    tell: Callable[[str, float, bool], None],
) -> dict[str, NotebookNode]:
    """Return the executed notebooks; the first that fails stops those not yet started.

    Each executed notebook, a failed one too, is in `internal/notebooks`. `tell` hears name,
    seconds and success of each.
    """
    folder = run_dir / "internal" / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)

    def one(name: str) -> NotebookNode:
        started = time.monotonic()
        try:
            done = run_notebook(name, notebooks[name], given[name], folder)
        except LtvlabError:
            tell(name, time.monotonic() - started, False)
            raise
        tell(name, time.monotonic() - started, True)
        return done

    return _side_by_side(one, list(notebooks), run_dir)


def _side_by_side(
    one: Callable[[str], NotebookNode], names: Sequence[str], run_dir: Path
) -> dict[str, NotebookNode]:
    pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE)
    try:
        futures = {name: pool.submit(one, name) for name in names}
        wait(futures.values(), return_when=FIRST_EXCEPTION)
        _cancel(futures.values())
        return {name: future.result() for name, future in futures.items() if not future.cancelled()}
    except BaseException:
        _cancel(futures.values())
        while any(future.running() for future in futures.values()):
            end_kernels(run_dir)
            wait(futures.values(), timeout=0.3)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _cancel(futures: Sequence[Future]) -> None:
    for future in futures:
        future.cancel()


def run_notebook(
    name: str,
    notebook: NotebookNode,
    given: Mapping[str, Any],
    folder: Path,
) -> NotebookNode:
    """Return one notebook executed with papermill, or raise what its failure means."""
    # Imported here: papermill takes half a second, which `--help` need not wait for.
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    # papermill fills {braces} of the path; a folder may be named with them.
    path = str(folder / f"{name}.ipynb").replace("{", "{{").replace("}", "}}")
    try:
        return papermill.execute_notebook(
            notebook,
            path,
            parameters=dict(given),
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            execution_timeout=CELL_SECONDS,
            config=PRIVATE_CHANNELS,
        )
    except papermill.PapermillExecutionError as error:
        raise _cell_failure(name, notebook, error) from None
    except CellTimeoutError:
        fix = "look for an endless step, or give the machine more time and memory"
        raise _kernel_failure(
            name, f"a cell took longer than {CELL_SECONDS} seconds", fix
        ) from None
    except (DeadKernelError, RuntimeError) as error:
        fix = "free memory (the inputs may be too large for this machine), then run again"
        raise _kernel_failure(name, f"its kernel died ({error})", fix) from error


def _kernel_failure(name: str, message: str, fix: str) -> KernelError:
    problem = Problem(id="E501", message=message, file=f"notebooks/{name}.ipynb", fix=fix)
    return KernelError(f"{name} did not run to its end", [problem])


def _cell_failure(name: str, notebook: NotebookNode, error: Any) -> LtvlabError:
    words = ANSI_COLOURS.sub("", str(error.evalue)).strip()
    if error.ename == "MemoryError":
        return _kernel_failure(name, "it ran out of memory", "free memory, then run again")
    ours = getattr(errors, error.ename, None)
    if isinstance(ours, type) and issubclass(ours, LtvlabError):
        return ours(f"{name}, under “{_heading(notebook, error)}”: {words}")
    last_line = words.splitlines()[-1] if words else ""
    problem = Problem(
        id="E401",
        message=f"under “{_heading(notebook, error)}”: {error.ename}: {last_line}",
        file=f"notebooks/{name}.ipynb",
        fix="open the executed notebook in the failed run's internal/notebooks",
    )
    return NotebookError(f"{name} stopped with an error", [problem])


def _heading(notebook: NotebookNode, error: Any) -> str:
    # papermill counts cells with the injected parameters among them; headings above stay the same.
    return heading_above(notebook, error.cell_index)
