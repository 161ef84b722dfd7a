"""Try once to install Quarto, within a time limit: `python -m ltvlab.setup_quarto SECONDS`.

Its package downloads the program from a code host, which many company networks refuse. The
report needs it for nothing: without it the built-in renderer makes the same pages and PDF.
"""

from __future__ import annotations

import subprocess
import sys

from ltvlab.report.quarto import find_quarto

PACKAGE = "quarto-cli>=1.9"
SENTENCE = "Quarto could not be downloaded here; the built-in renderer makes the report instead."


def install(seconds: float) -> bool:
    """Return whether Quarto is there, after at most one try to install it."""
    if find_quarto() is not None:
        return True
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--retries", "0", PACKAGE]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0 and find_quarto() is not None


if __name__ == "__main__":
    if not install(float(sys.argv[1])):
        print(SENTENCE)
