"""Pictures made by other programs: bitmaps checked and brought to a decent size, drawings."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from dts_research.display.drawings import not_kept, safe_drawing

Block = dict[str, Any]
BITMAPS = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
SVG = "image/svg+xml"
LARGEST = 2000
MOST_PIXELS = 80_000_000
ICON = 64
_EMBEDDED = re.compile(r"data:(image/[\w.+-]+)(;base64)?,(.+)", re.DOTALL)
# Last piece of a PNG: a file without it was cut.
_END = b"IEND\xaeB`\x82"
_PLAIN_MODES = {"1", "L", "LA", "P", "RGB", "RGBA"}


def bitmap(mime: str, data: str, *, alt: str = "", title: str = "") -> Block | None:
    """Figure made of a bitmap that can be read whole; None for anything else."""
    from PIL import Image

    refused = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            read = _read(base64.b64decode(data, validate=False))
    except (binascii.Error, ValueError, OSError, SyntaxError, *refused):
        return None
    if not read:
        return None
    mime, content, size = read
    text = base64.b64encode(content).decode()
    block = {"kind": "image", "mime": mime, "data": text, "pixels": list(size)}
    return block | {"alt": alt, "title": title, "foreign": True}


def _read(content: bytes) -> tuple[str, bytes, tuple[int, int]] | None:
    """Type, bytes and size of a bitmap, made again where documents could not place it."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        if image.format == "PNG":
            if _END not in content:
                return None
            image.verify()  # engines of documents refuse what Pillow forgives
    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MOST_PIXELS:
            return None
        image.load()
        kind = str(image.format or "")
        fit = kind in {"PNG", "JPEG"} and image.mode in _PLAIN_MODES
        if fit and max(image.size) <= LARGEST:
            return f"image/{kind.lower()}", content, image.size
        kept = image if image.mode in {"L", "RGB", "RGBA"} else image.convert("RGBA")
        kept.thumbnail((LARGEST, LARGEST))
        written = io.BytesIO()
        photo = kind == "JPEG"
        (kept.convert("RGB") if photo else kept).save(written, "JPEG" if photo else "PNG")
        return "image/jpeg" if photo else "image/png", written.getvalue(), kept.size


def drawing(svg: str, *, alt: str = "", title: str = "", icons: bool = True) -> Block | None:
    """Figure made of a drawing that can be read; None for anything else."""
    if "xmlns=" not in svg[:1000]:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    if not safe_drawing(svg, prefix="f") or (not icons and _width(svg) < ICON):
        return None
    lost = not_kept(svg)
    if "style" in lost:
        return None
    block = {"kind": "image", "mime": SVG, "data": svg, "alt": alt, "title": title}
    return block | {"foreign": True} | ({"moved": ", ".join(lost)} if lost else {})


def _width(svg: str) -> float:
    head = svg[: svg.find(">")]
    found = re.search(r'viewBox="[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)', head)
    found = re.search(r'\swidth="([\d.]+)', head) or found
    return float(found.group(1)) if found else 0.0


def embedded(address: str, *, alt: str = "") -> Block | None:
    """Picture written in its own address."""
    match = _EMBEDDED.fullmatch(address)
    if not match:
        return None
    mime, encoded, data = match.groups()
    if mime == SVG:
        text = base64.b64decode(data).decode("utf-8", "replace") if encoded else unquote(data)
        return drawing(text, alt=alt)
    return bitmap(mime, unquote(data), alt=alt)


def picture(bundle: Mapping[str, str], *, alt: str = "", title: str = "") -> Block | None:
    """Figure of an output, the drawing before the bitmap."""
    if bundle.get(SVG):
        found = drawing(bundle[SVG], alt=alt, title=title)
        if found:
            return found
    made = (bitmap(m, bundle[m], alt=alt, title=title) for m in BITMAPS if bundle.get(m))
    return next((block for block in made if block), None)
