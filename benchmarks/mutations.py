"""Damaged copies of real files: what a bad copy, a wrong export or a hurried hand can do.

The same seed and number give the same bytes.
"""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAVIEST = 600_000
MOST = 3
SUFFIXES = (".csv", ".xlsx", ".ods", ".xls", ".json", ".jsonl", ".tsv", ".txt", ".xlsm", "")
ENCODINGS = ("utf-16", "utf-16-be", "utf-8-sig", "cp1252", "mac_roman", "cp850", "utf-32", "cp037")
DELIMITERS = (b";", b",", b"\t", b"|", b":", b" ")
ENDINGS = (b"\n", b"\r\n", b"\r", b"\n\n", b"\xc2\x85", b"\n\r")
ODD_CELLS = (
    b"=1+1", b'"', b'""', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b"sep=\"\n", b"1e999",
    b"-0", b"99999999999999999999", b"31/02/2024", b"9999-99-99", b"NaN", b"\xed\xa0\x80",
    b"\xe2\x80\xae", b"\xc2\xa0", b"{", b"]", b"\\ud800", b"null", b"__ignore__", b"&#0;", b"&lol;",
    b"A1:XFD1048576", b"XFD1048576", b"2958466", b"1e308", b"#REF!", "١٢".encode(), "²".encode(),
)  # fmt: skip
Change = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True)
class Mutation:
    """One damaged copy: its name, its bytes, and what was done."""

    name: str
    content: bytes
    source: str
    changes: tuple[str, ...]


def mutate(files: Sequence[Path], number: int, seed: int) -> Mutation:
    """Make the damaged copy of this number; every folder gives as many."""
    chance = random.Random(f"{seed}:{number}")
    folder = chance.choice(sorted({path.parent for path in files}))
    source = chance.choice([path for path in files if path.parent == folder])
    content, done = source.read_bytes(), []
    for _ in range(chance.randint(1, MOST)):
        changes = MEMBERS if content.startswith(b"PK") and chance.random() < 0.6 else CHANGES
        change = chance.choice(changes)
        content = change(chance, content)
        done.append(change.__name__.strip("_"))
    suffix = source.suffix
    if chance.random() < 0.03:
        suffix = chance.choice(SUFFIXES)
        done.append(f"named{suffix}")
    return Mutation(f"{source.stem}{suffix}", content, str(source), tuple(done))


def light(files: Sequence[Path]) -> list[Path]:
    """Files small enough to be damaged thousands of times."""
    return [path for path in files if 0 < path.stat().st_size <= HEAVIEST]


def _place(chance: random.Random, content: bytes) -> int:
    """A place in the content; half of them near its start, where the header is."""
    end = min(len(content), 2000) if chance.random() < 0.5 else len(content)
    return chance.randint(0, end)


def _range(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = _place(chance, content)
    return start, min(len(content), start + chance.choice((1, 3, 20, 200, 5000, 100_000)))


def _flip(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 10, 100))):
        place = _place(chance, content)
        if place < len(changed):
            changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: _place(chance, content)]


def _delete(chance: random.Random, content: bytes) -> bytes:
    start, end = _range(chance, content)
    return content[:start] + content[end:]


def _duplicate(chance: random.Random, content: bytes) -> bytes:
    start, end = _range(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 1, 3)) + content[end:]


def _move(chance: random.Random, content: bytes) -> bytes:
    start, end = _range(chance, content)
    rest = content[:start] + content[end:]
    place = _place(chance, rest)
    return rest[:place] + content[start:end] + rest[place:]


def _insert(chance: random.Random, content: bytes) -> bytes:
    place = _place(chance, content)
    return content[:place] + chance.randbytes(chance.choice((1, 4, 50))) + content[place:]


def _odd_cell(chance: random.Random, content: bytes) -> bytes:
    """Put an odd text at a place, or in the place of a cell."""
    odd = chance.choice(ODD_CELLS)
    cells = list(re.finditer(rb"(?<=[;,\t|\n>\"])[^;,\t|\n<>\"]{1,40}(?=[;,\t|\n<\"])", content))
    if not cells or chance.random() < 0.3:
        place = _place(chance, content)
        return content[:place] + odd + content[place:]
    cell = chance.choice(cells)
    return content[: cell.start()] + odd + content[cell.end() :]


def _delimiter(chance: random.Random, content: bytes) -> bytes:
    one, other = chance.sample(DELIMITERS, 2)
    return content.replace(one, other, chance.choice((-1, 5, 100)))


def _encoding(chance: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", errors="replace")
    return text.encode(chance.choice(ENCODINGS), errors="replace")


def _endings(chance: random.Random, content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", chance.choice(ENDINGS))


def _long_cell(chance: random.Random, content: bytes) -> bytes:
    place = _place(chance, content)
    filler = chance.choice((b"x", "é".encode(), b"9", b"a b ", b" ", b"\n", b'"', b"1 ", b"("))
    return content[:place] + filler * chance.choice((5_000, 40_000, 200_000)) + content[place:]


def _extra_columns(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    for _ in range(chance.choice((1, 3, 600))):
        lines[chance.randrange(len(lines))] += chance.choice(DELIMITERS) * chance.choice(
            (1, 5, 700)
        )
    return b"\n".join(lines)


def _repeat_header(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    lines.insert(chance.randrange(len(lines) + 1), lines[0])
    return b"\n".join(lines)


def _repeat_titles(chance: random.Random, content: bytes) -> bytes:
    """Give several columns the same title, « (2) » included."""
    first, end, rest = content.partition(b"\n")
    mark = max(DELIMITERS[:4], key=first.count)
    titles = first.split(mark)
    for _ in range(chance.randint(1, 4)):
        titles[chance.randrange(len(titles))] = chance.choice((b"Titre", b"Titre (2)", titles[0]))
    return mark.join(titles) + end + rest


def _shuffle_lines(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _lose_header(chance: random.Random, content: bytes) -> bytes:
    return b"\n".join(content.split(b"\n")[chance.randint(1, 3) :])


def _from_member(change: Change) -> Change:
    """Make the change inside a member of an archive that stays a whole archive."""

    def inside(chance: random.Random, content: bytes) -> bytes:
        members = _members(content)
        if not members:
            return change(chance, content)
        place = chance.randrange(len(members))
        name, data = members[place]
        members[place] = (name, change(chance, data))
        return _archive(members)

    inside.__name__ = f"member{change.__name__}"
    return inside


def _lose_member(chance: random.Random, content: bytes) -> bytes:
    members = _members(content)
    if members:
        members.pop(chance.randrange(len(members)))
    return _archive(members)


def _rename_member(chance: random.Random, content: bytes) -> bytes:
    members = _members(content)
    if members:
        place = chance.randrange(len(members))
        names = ("../x.xml", "/etc/x", "C:\\x", members[0][0], "é" * 200, "x.xml", "mimetype")
        members[place] = (chance.choice(names), members[place][1])
    return _archive(members)


def _numbers(chance: random.Random, content: bytes) -> bytes:
    """Change some numbers: addresses, indexes of texts, dates."""
    odd = (b"0", b"-1", b"4294967296", b"1e308", b"2958466", b"16385", b"1048577", b"NaN", b"")
    share = chance.choice((0.001, 0.01, 0.2))
    return re.sub(
        rb"\d+", lambda found: chance.choice(odd) if chance.random() < share else found[0], content
    )


def _members(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:  # a damaged archive fails in more ways than its library says
        return []


def _archive(members: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # two members of the same name are wanted
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


CHANGES: tuple[Change, ...] = (
    _flip, _truncate, _delete, _duplicate, _move, _insert, _odd_cell, _odd_cell, _delimiter,
    _encoding, _endings, _long_cell, _extra_columns, _repeat_header, _repeat_titles,
    _shuffle_lines, _lose_header, _numbers,
)  # fmt: skip
MEMBERS: tuple[Change, ...] = (
    *map(_from_member, (_flip, _truncate, _delete, _duplicate, _odd_cell, _numbers, _long_cell)),
    _lose_member, _rename_member,
)  # fmt: skip
