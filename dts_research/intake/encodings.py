"""Find the encoding of a text: marks, UTF-8, then what French looks like, then a general guess."""

from __future__ import annotations

import codecs
import re

import chardet

SAMPLE_BYTES = 200_000
MOST_PIECES = 5_000
WESTERN = ("cp1252", "mac_roman", "cp850")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECES = re.compile(rb"[A-Za-z]?[\x80-\xff]+")
_COMMON = set("éèêàâçîïôùûëœ’")
_SEEN = set("äöüæÿÀÂÇÉÈÊËÎÏÔÖÙÛÜŒÆ«»–—…€°²³½·\u00a0•“”‘ñóáí")
GOOD_SHARE = 0.5


def decode(content: bytes) -> tuple[str, str]:
    """Turn bytes into text, and say with which encoding.

    A general detector takes short French texts for Cyrillic: French is looked for first.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors="replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _french(content) or _general(content)
    return content.decode(encoding, errors="replace"), encoding


def _french(content: bytes) -> str | None:
    """Encoding in which the accented letters are those of French, or None."""
    if b"\0" in content[:SAMPLE_BYTES]:
        return None
    pieces = [match.group() for match, _ in zip(_PIECES.finditer(content), range(MOST_PIECES))]
    scores = {encoding: _score(pieces, encoding) for encoding in WESTERN}
    best = max(WESTERN, key=lambda encoding: scores[encoding])
    return best if scores[best] >= GOOD_SHARE else None


def _score(pieces: list[bytes], encoding: str) -> float:
    """How French the accented letters look, from 1 (all of them common) down."""
    points, letters = 0.0, 0
    for piece in pieces:
        text = piece.decode(encoding, errors="replace")
        before = ""
        for letter in text:
            if not letter.isascii():
                letters += 1
                points += _points(letter, before)
            before = letter
    return points / max(1, letters)


def _points(letter: str, before: str) -> float:
    if letter in _COMMON:
        return 1.0
    if letter.isupper() and before.islower():
        return -1.0
    return 0.6 if letter in _SEEN else -1.0


def _general(content: bytes) -> str:
    return (chardet.detect(content[:SAMPLE_BYTES])["encoding"] or "cp1252").lower()
