"""Find the encoding of a text: marks, UTF-8, then what French looks like, then a general guess.

What the bytes alone cannot decide: Latin-1 is read as Windows (cp1252), which says the same of
all its letters; the page 437 of DOS as its page 850, which has the same letters of French; and a
text whose only accents are « à » or « â » of a Mac (« ê » or « ë » of DOS) by the letters around.
"""

from __future__ import annotations

import codecs
import re

import chardet

SAMPLE_BYTES = 200_000
MOST_PIECES = 5_000
A_FEW, MOST_LOST = 3, 0.01
WESTERN = ("cp1252", "mac_roman", "cp850", "iso-8859-15")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECES = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_COMMON = set("éèêàâçîïôùûëœ’")
_SEEN = {
    **dict.fromkeys("ÀÂÇÉÈÊËÎÏÔÖÙÛÜ«»–—…€°²³½¼·\u00a0•“”‘öüñóáíä", 0.6),
    **dict.fromkeys("æÿÆ", 0.3),
}
_AFTER_OE = frozenset("uistdcnUISTDCN")
GOOD_SHARE = 0.5
MIXED = "utf-8 et cp1252 mêlés"


def decode(content: bytes) -> tuple[str, str]:
    """Turn bytes into text, and say with which encoding.

    A general detector takes short French texts for Cyrillic: French is looked for first.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors="replace"), encoding
    wide = _wide(content)
    if wide is not None:
        return content.decode(wide, errors="replace"), wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        lines = content.splitlines(keepends=True)
    if _mixed(lines):
        return "".join(map(_either, lines)), MIXED
    encoding = _french(content) or _general(content)
    return content.decode(encoding, errors="replace"), encoding


def is_text(text: str) -> bool:
    """Tell whether what was decoded is a text: hardly any control character stands in it."""
    sample = text[:SAMPLE_BYTES]
    return len(_CONTROL.findall(sample)) <= max(A_FEW, MOST_LOST * len(sample))


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark: one byte of two is nothing, always on the same side."""
    sample = content[: SAMPLE_BYTES & ~1]
    half = len(sample) // 2
    left, right = sample[::2].count(0), sample[1::2].count(0)
    if half < 2 or len(content) % 2 or min(left, right) > 0.1 * half:
        return None
    if max(left, right) < 0.7 * half:
        return None
    return "utf-16-le" if right > left else "utf-16-be"


def _mixed(lines: list[bytes]) -> bool:
    """Tell whether most of the lines that are not plain ASCII are UTF-8, and others are not."""
    told = [line for line in lines if not line.isascii()]
    good = sum(map(_is_utf8, told))
    return good > 2 * (len(told) - good)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _either(line: bytes) -> str:
    return line.decode("utf-8") if _is_utf8(line) else line.decode("cp1252", errors="replace")


def _french(content: bytes) -> str | None:
    """Encoding in which the accented letters are those of French, or None."""
    if b"\0" in content[:SAMPLE_BYTES]:
        content = content.replace(b"\0", b"")
    found = zip(_PIECES.finditer(content), range(MOST_PIECES))
    pieces = [content[max(0, m.start() - 1) : m.end() + 1] for m, _ in found]
    scores = {encoding: _score(pieces, encoding) for encoding in WESTERN}
    best = max(WESTERN, key=lambda encoding: scores[encoding])
    return best if scores[best] >= GOOD_SHARE else None


def _score(pieces: list[bytes], encoding: str) -> float:
    """How French the accented letters look, from 1 (all of them common) down."""
    points, letters = 0.0, 0
    for piece in pieces:
        text = f" {piece.decode(encoding, errors='replace')} "
        for before, letter, after in zip(text, text[1:], text[2:]):
            if not letter.isascii():
                letters += 1
                points += _points(letter, before, after)
    return points / max(1, letters)


def _points(letter: str, before: str, after: str) -> float:
    """What one letter says; letters around it settle those that two encodings share."""
    if _misplaced(letter, before, after):
        return -1.0
    if letter in "àêâë":
        return 1.0 if _expected(letter, before, after) else 0.4
    if letter in _COMMON:
        return 1.0
    return _SEEN.get(letter, -1.0)


def _misplaced(letter: str, before: str, after: str) -> bool:
    """Tell a letter or a sign that French does not write between these two."""
    inside = before.isalpha() or after.isalpha()
    if letter in "œŒ":
        return after not in _AFTER_OE
    if letter.isupper():
        return (
            before.islower()
            or (before.isalpha() and after.islower())
            or not (inside or letter == "À")
        )
    if letter.islower():
        shouted = after.isupper() or (before.isupper() and not after.islower())
        return shouted or not (inside or letter == "à")
    if letter in "«“‘•":
        return before.isalnum()
    return letter in "»”€½¼²³" and after.isalpha()


def _expected(letter: str, before: str, after: str) -> bool:
    """French writes « à » at the end of words, « ê » and « â » inside, « ë » after a vowel."""
    if letter == "à":
        return not after.isalpha()
    return before in "oau" if letter == "ë" else after.isalpha() and before not in "aeio"


def _general(content: bytes) -> str:
    return (chardet.detect(content[:SAMPLE_BYTES])["encoding"] or "cp1252").lower()
