"""Signs our typefaces draw, and those that none does."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from shutil import copyfile

from dts_research.display.typography import printable

MISSING = "□"
# Typefaces that stand in for ours, which come with the charts' library.
STAND_INS = ("DejaVuSans.ttf", "DejaVuSansMono.ttf")
# Categories of what changes another sign, or its place: left out without a mark.
ACCOMPANY = frozenset({"Mn", "Mc", "Me", "Cf", "Sk"})
_log = logging.getLogger(__name__)


@cache
def spare_faces() -> tuple[Path, ...]:
    """Typefaces that stand in for ours."""
    charts = find_spec("matplotlib")  # where it stands; it is not imported
    found = charts.submodule_search_locations or [] if charts else []
    folders = [Path(folder) / "mpl-data" / "fonts" / "ttf" for folder in found]
    return tuple(folder / name for folder, name in product(folders, STAND_INS))


def faces_in(folder: Path) -> str:
    """Put the typefaces that stand in for ours in a folder of their own.

    Theirs holds others, one of which draws a box for every sign there is.
    """
    place = folder / "faces"
    place.mkdir(exist_ok=True)
    for face in spare_faces():
        copyfile(face, place / face.name)
    return str(place)


@cache
def drawable(*, alone: bool = False) -> frozenset[int]:
    """Code points of our typeface, and of those that stand in for it unless it is alone."""
    from fontTools.ttLib import TTFont

    with as_file(files("dts_research.reports").joinpath("fonts/DTSSans-Regular.ttf")) as path:
        faces = [path, *(() if alone else spare_faces())]
        codes = {code for face in faces for code in TTFont(face, lazy=True).getBestCmap()}
    # Private signs mean nothing to who hears or copies: the norms of paper refuse them.
    return frozenset(code for code in codes if unicodedata.category(chr(code)) != "Co")


def unknown(text: str, *, alone: bool = False) -> set[str]:
    """Signs of a text that no typeface draws, or not our own where it is alone."""
    found = {c for c in set(text) - {"\n", "\t"} if ord(c) not in drawable(alone=True)}
    return found if alone or not found else {c for c in found if ord(c) not in drawable()}


def undrawn(text: str) -> set[str]:
    """Signs of a text that are lost on paper: nothing draws them and nothing stands for them."""
    return {c for c in unknown(printable(text)) if not _silent(c)}


def _silent(sign: str) -> bool:
    """Whether leaving a sign out loses nothing of the word it is in."""
    return sign.isspace() or (
        unicodedata.category(sign) in ACCOMPANY and not unicodedata.combining(sign)
    )


def only(text: str, *, alone: bool = False) -> str:
    """Replace the signs that no font draws; marks that only change another sign go with it."""
    text = unicodedata.normalize("NFC", text)
    lost = unknown(text, alone=alone)
    if not lost:
        return text
    _log.warning("Signes remplacés par %s : %s", MISSING, " ".join(map(ascii, sorted(lost))))
    marks = {c for c in lost if unicodedata.category(c) in ACCOMPANY}
    return text.translate({ord(c): "" if c in marks else MISSING for c in lost})
