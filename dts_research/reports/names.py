"""How reports are named: the nearest known name, the same name written otherwise, file names."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LONGEST = 60


def plain(text: str) -> str:
    """Without accents, case nor punctuation: what two spellings of one name share."""
    return re.sub(r"[^a-z0-9]+", " ", bare(text).casefold()).strip()


def bare(text: str) -> str:
    """Without accents."""
    marks = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def slug(text: str) -> str:
    """Give a part of a file name: letters, digits and dashes; cut with a digest when long."""
    short = re.sub(r"[^A-Za-z0-9]+", "-", bare(text)).strip("-")
    if len(short) <= LONGEST:
        return short
    return _marked(short, text)


def distinct(texts: Iterable[str]) -> dict[str, str]:
    """Give each text its part of a file name: no two are one for a disk that ignores case."""
    slugs = {text: slug(text) for text in texts}
    times = Counter(name.casefold() for name in slugs.values())
    return {
        text: _marked(name, text) if times[name.casefold()] > 1 else name
        for text, name in slugs.items()
    }


def _marked(name: str, text: str) -> str:
    return f"{name[:LONGEST]}-{hashlib.sha256(text.encode('utf-8')).hexdigest()[:8]}".lstrip("-")


def nearest(name: str, known: Iterable[str]) -> str:
    """Find the known name that someone probably meant, "" when none is close."""
    by_plain = {plain(one): one for one in known}
    wanted = plain(name)
    if wanted.isdigit() and (padded := wanted.zfill(2)) in by_plain:
        return by_plain[padded]
    close = difflib.get_close_matches(wanted, by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else ""
