"""Fonts for both scripts in both languages, and figures that come out the same every time."""

import io
import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from IPython.core.pylabtools import print_figure
from matplotlib.font_manager import findfont

from ltvlab import theme


@pytest.mark.parametrize("language", ["en", "ja"])
def test_both_scripts_have_their_font_in_either_language(language):
    theme.use(language)

    first = {"en": theme.LATIN, "ja": theme.JAPANESE}[language]
    assert mpl.rcParams["font.family"][0] == first
    assert set(mpl.rcParams["font.family"]) == {theme.LATIN, theme.JAPANESE}
    for font in mpl.rcParams["font.family"]:
        assert findfont(font, fallback_to_default=False)


def test_importing_the_theme_changes_no_setting():
    """A notebook that only imports us keeps its own look."""
    code = (
        "import matplotlib as m; before = dict(m.rcParams); import ltvlab.theme, ltvlab.charts;"
        "assert dict(m.rcParams) == before"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_figures_shown_in_a_notebook_carry_no_date(kind):
    """The kernel writes figures with these settings; a date would change every run."""
    theme.use("en")
    figure, _ = plt.subplots()
    shown = print_figure(figure, kind, metadata={"Date": None})
    plt.close(figure)

    assert "date" not in str(shown).lower()


def test_a_name_with_dollars_is_no_formula():
    theme.use("ja")
    figure, axes = plt.subplots()
    axes.set_title(r"$\foo$")
    figure.savefig(io.BytesIO(), format="svg")
    plt.close(figure)


def test_gains_and_losses_differ_in_lightness_within_their_hue():
    """Readers who see no hue still tell new from expansion, and contraction from churn."""

    def lightness(name: str) -> float:
        red, green, blue = mpl.colors.to_rgb(theme.MOVEMENTS[name])
        return 0.299 * red + 0.587 * green + 0.114 * blue

    gains = sorted(lightness(name) for name in ("new", "expansion", "reactivation"))
    assert gains[1] - gains[0] > 0.15
    assert gains[2] - gains[1] > 0.15
    assert lightness("contraction") - lightness("churn") > 0.15


def test_the_scale_of_heat_maps_starts_visibly_above_paper():
    assert sum(theme.sequential()(0.0)[:3]) < 2.85


@pytest.mark.parametrize("colour", [*theme.LINES, *theme.STATUSES.values(), theme.MUTED])
def test_colours_that_carry_words_can_be_read_on_paper(colour):
    """WCAG 2 asks for 4.5 to 1 between text and ground."""

    def luminance(name: str) -> float:
        linear = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
            for part in mpl.colors.to_rgb(name)
        ]
        return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert (luminance(theme.PAPER) + 0.05) / (luminance(colour) + 0.05) >= 4.5
