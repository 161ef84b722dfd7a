"""Characters the PDF's fonts can draw; what none of them has is shown as 〓 and counted."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import matplotlib
import matplotlib_fontja
from fontTools.ttLib import TTFont

SUBSTITUTE = "〓"
# Joiners and variation selectors change how a neighbour is drawn, and are none themselves.
INVISIBLE = ("Cf", "Mn", "Cc")


def font_folders() -> list[Path]:
    """Return the folders of the two fonts the report is set in, whatever the machine has."""
    japanese = Path(matplotlib_fontja.__file__).parent / "fonts"
    latin = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [japanese, latin]


def font_files() -> list[Path]:
    """Return the files of IPAexGothic and DejaVu Sans."""
    japanese, latin = font_folders()
    return [japanese / "ipaexg.ttf", latin / "DejaVuSans.ttf"]


@cache
def drawable() -> frozenset[int]:
    """Return the code points that IPAexGothic or DejaVu Sans has."""
    fonts = [TTFont(file, lazy=True) for file in font_files()]
    return frozenset(code for font in fonts for code in font.getBestCmap())


def with_substitutes(text: str) -> tuple[str, Counter[str]]:
    """Return text that can be drawn whole, and how often each character had to be replaced."""
    composed = unicodedata.normalize("NFC", text)
    missing = Counter(c for c in composed if ord(c) not in drawable() and c not in "\n\t\r")
    table = {ord(c): _substitute(c) for c in missing}
    shown = Counter({c: n for c, n in missing.items() if _substitute(c)})
    return composed.translate(table), shown


def _substitute(character: str) -> str:
    return "" if unicodedata.category(character) in INVISIBLE else SUBSTITUTE
