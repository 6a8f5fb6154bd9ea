"""Signs our typefaces draw, and those that none does."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from dts_research.display.typography import printable

MISSING = "□"
# The typeface Typst falls back on, which comes with the charts' library too.
FALLBACK = "DejaVuSansMono.ttf"
# Categories of what changes another sign, or its place: left out without a mark.
ACCOMPANY = frozenset({"Mn", "Mc", "Me", "Cf", "Sk"})
_log = logging.getLogger(__name__)


@cache
def drawable(*others: str) -> frozenset[int]:
    """Code points of our typeface, and of others that stand in for it."""
    from fontTools.ttLib import TTFont

    with as_file(files("dts_research.reports").joinpath("fonts/DTSSans-Regular.ttf")) as path:
        known = set(TTFont(path).getBestCmap())
    charts = find_spec("matplotlib")  # where it stands; it is not imported
    folders = charts.submodule_search_locations or [] if charts else []
    for name, folder in product(others, folders):
        known |= set(TTFont(Path(folder) / "mpl-data" / "fonts" / "ttf" / name).getBestCmap())
    return frozenset(known)


def unknown(text: str, known: frozenset[int]) -> set[str]:
    """Signs of a text that are not among the known ones."""
    return {c for c in set(text) if ord(c) not in known and c not in "\n\t"}


def undrawn(text: str) -> set[str]:
    """Signs of a text that are lost on paper: nothing draws them and nothing stands for them."""
    found = unknown(printable(text), drawable())
    found = unknown("".join(found), drawable(FALLBACK)) if found else found
    return {c for c in found if not _silent(c)}


def _silent(sign: str) -> bool:
    """Whether leaving a sign out loses nothing of the word it is in."""
    return sign.isspace() or (
        unicodedata.category(sign) in ACCOMPANY and not unicodedata.combining(sign)
    )


def only(text: str, known: frozenset[int]) -> str:
    """Replace the signs that no font draws; marks that only change another sign go with it."""
    text = unicodedata.normalize("NFC", text)
    lost = unknown(text, known)
    if lost:
        _log.warning("Signes remplacés par %s : %s", MISSING, " ".join(map(ascii, sorted(lost))))
    marks = {c for c in lost if unicodedata.category(c) in ACCOMPANY}
    return text.translate({ord(c): "" if c in marks else MISSING for c in lost})
