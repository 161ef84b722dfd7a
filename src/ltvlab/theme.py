"""Colours, fonts and sizes of every chart; the same input gives the same bytes."""

from __future__ import annotations

import seaborn as sns
from IPython import get_ipython
from matplotlib.colors import Colormap, LinearSegmentedColormap

INK = "#22303c"
MUTED = "#66727d"
GRID = "#e3e7eb"
PAPER = "#ffffff"
ACCENT = "#1d6fa5"
CONTRAST = "#bf4f1c"

# Gains are blues and losses oranges, told apart by lightness too: readable in grey and for
# readers who do not tell red from green.
MOVEMENTS = {
    "new": "#174f7c",
    "reactivation": "#9cc6e3",
    "expansion": "#4a97ca",
    "contraction": "#f0b27a",
    "churn": CONTRAST,
    "fx": "#9aa5ae",
}
STATUSES = {"good": "#2e7d5b", "watch": "#946300", "act": "#b3401f", "insufficient": "#66727d"}
LINES = (ACCENT, CONTRAST, "#247a70", "#7b5ea7", "#946300", MUTED)

# Inches; the width is the text width of the PDF's A4 page.
WIDTH = 7.2
HEIGHT = 3.6

# IPAexGothic lacks ≥, ≤ and ™, DejaVu Sans all Japanese; together they hold both scripts.
JAPANESE, LATIN = "IPAexGothic", "DejaVu Sans"


def use(language: str) -> None:
    """Set colours, fonts and output formats for charts in `language`.

    Company names are Japanese in either language, so both fonts are always there; the
    language decides which comes first.
    """
    # Here, not above: importing it registers the font and changes matplotlib's settings.
    import matplotlib_fontja  # noqa: F401

    fonts = [JAPANESE, LATIN] if language == "ja" else [LATIN, JAPANESE]
    sns.set_theme(style="white", font=fonts, rc=_settings())
    _show_svg_and_png()


def _settings() -> dict[str, object]:
    return {
        "axes.edgecolor": MUTED,
        "axes.grid.axis": "y",
        "axes.labelcolor": INK,
        "axes.labelsize": 9.5,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 144,
        "figure.figsize": (WIDTH, HEIGHT),
        "font.size": 9.5,
        "grid.color": GRID,
        "legend.fontsize": 9,
        "legend.frameon": False,
        "patch.linewidth": 0,
        "svg.fonttype": "path",
        # Fixed, or element ids change from run to run.
        "svg.hashsalt": "ltvlab",
        "text.color": INK,
        # Names such as A$B$ are names, not formulas.
        "text.parse_math": False,
        "xtick.color": INK,
        "xtick.labelsize": 9,
        "ytick.color": INK,
        "ytick.labelsize": 9,
    }


def _show_svg_and_png() -> None:
    """Pages take the SVG, the PDF and other viewers the PNG; neither carries a date."""
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg", "png", metadata={"Date": None})


def sequential() -> Colormap:
    """Return the light-to-dark scale of heat maps; its lightest still differs from an empty cell."""
    return LinearSegmentedColormap.from_list("ltvlab", ["#e4eff7", "#8dbcdd", ACCENT, "#123f63"])
