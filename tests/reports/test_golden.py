"""What reports say and how their pages look, against what was looked at and kept.

``make golden`` keeps the present state, to be looked at before it is committed. A difference is
shown in a picture, page beside page, whose place the failure tells.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zlib import crc32

import numpy as np
import pytest
import typst
from PIL import Image, ImageChops

from dts_research.reports.document import Document
from dts_research.reports.press import SUFFIXES, render

KEPT = Path(__file__).with_name("golden")
WRITE = os.environ.get("DTS_GOLDEN") == "write"
SAID = ("territory-2A", "territory-71-elu", "gallery-71")
SEEN = [
    ("territory-2A", "pdf"), ("territory-2A", "slides"), ("territory-2A", "posters"),
    ("territory-71-elu", "pdf"), ("gallery-71", "pdf"),
]  # fmt: skip
# Dots per inch; fewer for a document of many blocks.
PPI, SMALL, MANY, PER_ROW = 30, 18, 80, 8
# Items of a list that are told; the others are counted, and a sum tells when one changes.
LONG = 8
# Squares of so many pixels are compared by their mean colour: hinting moves ink less than that.
SQUARE, FAINT, FEW = 6, 7, 0.0002
PAPER = (120, 120, 120)


# -- what reports say -------------------------------------------------------------------------


def said(document: Document) -> Any:
    """The blocks of a document, a drawing told by its words and the number of its shapes."""
    whole = {"title": document.title, "reader": document.reader}
    blocks = [_plain(block) for block in document.blocks]
    return json.loads(json.dumps({**whole, "blocks": blocks}, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        told = [_plain(held) for held in value]
        left = crc32(json.dumps(told[LONG:], ensure_ascii=False).encode())
        more = [f"and {len(told) - LONG} more, {left:08x}"] if len(told) > LONG else []
        return told[:LONG] + more
    if isinstance(value, str) and value.lstrip().startswith(("<svg", "<?xml")):
        return _drawing(value)
    return value if not isinstance(value, str) or len(value) < 20_000 else f"{len(value)} signs"


def _drawing(svg: str) -> dict[str, Any]:
    tree = ElementTree.fromstring(svg)
    shapes = [item for item in tree.iter() if item.tag.endswith(("path", "rect", "use", "circle"))]
    words = [" ".join("".join(item.itertext()).split()) for item in tree.iter()
             if item.tag.endswith("text")]  # fmt: skip
    return {"shapes": len(shapes), "words": words}


@pytest.mark.parametrize("name", SAID)
def test_a_report_says_what_was_kept(name: str, document_of: Callable[..., Document]) -> None:
    path = KEPT / f"{name}.json"
    now = said(document_of(name))
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert _heads(now) == _heads(kept)
    for block, before in zip(now["blocks"], kept["blocks"], strict=True):
        assert block == before
    assert now == kept


def _heads(told: Any) -> list[str]:
    return [f"{b['kind']} {b.get('id') or b.get('text') or ''}"[:60] for b in told["blocks"]]


# -- how pages look ---------------------------------------------------------------------------


def pages(
    document: Document, kind: str, patch: pytest.MonkeyPatch, *, edit: tuple[str, str] = ("", "")
) -> list[Image.Image]:
    """Pages of a PDF as pictures, its templates edited first where asked."""
    real = typst.compile_with_warnings
    ppi = PPI if len(document.blocks) < MANY else SMALL
    taken: list[Image.Image] = []

    def both(main: str, **options: Any) -> Any:
        for template in Path(main).parent.glob("*.typ") if edit[0] else ():
            text = template.read_text(encoding="utf-8")
            template.write_text(re.sub(*edit, text), encoding="utf-8")
        made = real(main, **options)
        drawn = {k: v for k, v in options.items() if k not in ("format", "pdf_standards")}
        found, _ = real(main, format="png", ppi=ppi, **drawn)
        found = found if isinstance(found, list) else [found]
        taken[:] = [Image.open(io.BytesIO(page)).convert("RGB") for page in found]
        return made

    with patch.context() as patched:
        patched.setattr(typst, "compile_with_warnings", both)
        render(kind, document, "r", (kind,))
    return taken


def sheet(found: list[Image.Image]) -> Image.Image:
    """Pages side by side, each in a square cell."""
    cell = max(max(page.size) for page in found) + 2
    rows = -(-len(found) // PER_ROW)
    whole = Image.new("RGB", (cell * min(PER_ROW, len(found)), cell * rows), PAPER)
    for number, page in enumerate(found):
        whole.paste(page, (number % PER_ROW * cell, number // PER_ROW * cell))
    return whole


def light(picture: Image.Image) -> Image.Image:
    """Give a picture in the few colours in which it is kept."""
    return picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def squares(picture: Image.Image) -> np.ndarray:
    """Mean colour of each square of a picture."""
    dots = np.asarray(picture.convert("RGB"), dtype=float)
    high, wide = (size // SQUARE * SQUARE for size in dots.shape[:2])
    cut = dots[:high, :wide].reshape(high // SQUARE, SQUARE, wide // SQUARE, SQUARE, 3)
    return cut.mean(axis=(1, 3))


def differs(now: Image.Image, kept: Image.Image) -> bool:
    """Whether more than a few squares have another mean colour."""
    if now.size != kept.size:
        return True
    distance = np.abs(squares(light(now)) - squares(kept)).max(axis=2)
    return bool((distance > FAINT).mean() > FEW)


def beside(now: Image.Image, kept: Image.Image, path: Path) -> Path:
    """Write a picture: what was kept, what is there now, and where they differ."""
    kept = kept.convert("RGB")
    wide, high = max(now.width, kept.width), max(now.height, kept.height)
    whole = Image.new("RGB", (wide, 3 * high), PAPER)
    whole.paste(kept, (0, 0))
    whole.paste(now, (0, high))
    if now.size == kept.size:
        whole.paste(ImageChops.invert(ImageChops.difference(now, kept)), (0, 2 * high))
    whole.save(path)
    return path


@pytest.mark.parametrize(("name", "kind"), SEEN)
def test_pages_look_as_what_was_kept(
    name: str, kind: str, document_of: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = KEPT / f"{name}{SUFFIXES[kind]}.png"
    now = sheet(pages(document_of(name), kind, monkeypatch))
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        light(now).save(path, optimize=True)
    kept = Image.open(path)
    if differs(now, kept):
        seen = beside(now, kept, tmp_path / f"{name}-{kind}.png")
        pytest.fail(f"The pages changed; kept, now and the difference: {seen}. Then: make golden")


@pytest.mark.parametrize(
    "edit",
    [("#12436d", "#0b5a5a"), ("#a83e07", "#a8073e"), ("weight: 600", "weight: 400"),
     (r"below: 0\.55em", "below: 0.75em")],
)  # fmt: skip
def test_a_changed_template_is_seen(
    edit: tuple[str, str], document_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = document_of("territory-2A")
    now = sheet(pages(document, "pdf", monkeypatch))
    assert not differs(now, light(now))
    assert differs(sheet(pages(document, "pdf", monkeypatch, edit=edit)), light(now))


def test_little_room_is_taken() -> None:
    assert sum(path.stat().st_size for path in KEPT.iterdir()) < 900_000
