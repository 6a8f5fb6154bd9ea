"""Make the fonts the documents carry: a maintainer's script, run when the typeface is updated.

The source is the folder ``TTF`` of the typeface Source Sans 3 (SIL Open Font License). A subset
is a modified version, and the licence reserves the name « Source » to the originals: ours are
called « DTS Sans ».

    python -m dts_research.reports.build_fonts path/to/package
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

FAMILY = "DTS Sans"
FOLDER = Path(__file__).parent / "fonts"
STYLES = {
    "Regular": "SourceSans3-Regular.ttf",
    "Italic": "SourceSans3-It.ttf",
    "Semibold": "SourceSans3-Semibold.ttf",
    "Bold": "SourceSans3-Bold.ttf",
}
# Latin letters of French and its neighbours, then punctuation, arrows, marks used in documents.
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x1EF2, 0x1EF3))
SIGNS = (
    "\u2009\u200b\u202f\u2010\u2011\u2012–—‘’‚“”„†‡•…‰′″‹›⁄€™−×÷±≠≤≥≈∞√←↑→↓↔↗↘✓✗☐□■●○▲▼◆▪½⅓¼¾"
    "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ᵉʳ№"
)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "lnum", "sups", "frac", "case"]
NAMES = {1: FAMILY, 16: FAMILY, 3: f"{FAMILY} {{style}}", 4: f"{FAMILY} {{style}}"}


def characters() -> list[int]:
    """Code points kept in the subset."""
    return [c for low, high in RANGES for c in range(low, high + 1)] + [ord(c) for c in SIGNS]


def rename(font: Any, style: str) -> None:
    """Give the modified font its own name, as its licence asks."""
    table = font["name"]
    table.names = [n for n in table.names if n.nameID in {0, 5, 13, 14}]
    values = {i: name.format(style=style) for i, name in NAMES.items()}
    values |= {2: style if style != "Semibold" else "Regular", 17: style}
    values[6] = f"{FAMILY.replace(' ', '')}-{style}"
    if style == "Semibold":
        values[1] = f"{FAMILY} Semibold"
    for number, text in values.items():
        table.setName(text, number, 3, 1, 0x409)


def subset(source: Path, style: str) -> Any:
    """Read one style and keep what a French document needs of it."""
    from fontTools import subset as tool
    from fontTools.ttLib import TTFont

    options = tool.Options(
        layout_features=FEATURES, hinting=False, name_IDs=["*"], notdef_outline=True
    )
    font = TTFont(source, recalcTimestamp=False)
    worker = tool.Subsetter(options)
    worker.populate(unicodes=characters())
    worker.subset(font)
    rename(font, style)
    return font


def main(package: Path, folder: Path = FOLDER) -> None:
    """Write the four styles as TTF (for Typst and the charts) and as woff2 (for the pages)."""
    folder.mkdir(exist_ok=True)
    for style, name in STYLES.items():
        font = subset(package / "TTF" / name, style)
        stem = f"{FAMILY.replace(' ', '')}-{style}"
        font.save(folder / f"{stem}.ttf")
        font.flavor = "woff2"
        font.save(folder / f"{stem}.woff2")
    licence = next(package.glob("LICENSE*"))
    (folder / "OFL.txt").write_text(licence.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
