"""The workbook of what is refused, doubtful or repaired, beside the material."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from dts_research.intake.reception import Reception, write_issues
from dts_research.workspace import sha256_of

WRITTEN = ".written.json"
LONGEST = 120  # bytes of a name; systems take 255, to which ours are added
Known = dict[str, dict[str, str]]


def bring_back(
    folder: Path, path: Path, reception: Reception, *, already: set[Path]
) -> Path | None:
    """Write the workbook of a file; None when there is nothing to say.

    `already` holds those written in the same go: another file of the same name gets its own, in
    the same go or later, and so does a file whose workbook somebody has begun to correct.
    """
    if _silent(reception):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    about = {"source": _source(folder, path), "content": reception.sha256}
    known = _known(folder)
    target = next(
        one
        for one in _names(folder, path, known, about)
        if one not in already and (not one.exists() or _ours(one, known, about))
    )
    already.add(target)
    return _written(reception, target, about)


def told_again(before: Reception, now: Reception, back: Path | None) -> Path | None:
    """Write the workbook again once the other files of the same go have settled some doubts."""
    if now is before or back is None:
        return back
    if not _silent(now):
        return _written(now, back, _known(back.parent)[back.name])
    back.unlink()
    return None


def _silent(reception: Reception) -> bool:
    return reception.issues.empty and reception.quarantined.empty


def _source(folder: Path, path: Path) -> str:
    """Where a file stands: within the workbook, which may be moved, or anywhere else."""
    place, here = path.resolve(), folder.resolve().parent
    return (place.relative_to(here) if place.is_relative_to(here) else place).as_posix()


def _names(folder: Path, path: Path, known: Known, about: dict[str, str]) -> Iterator[Path]:
    """Names that a workbook may take, the one it had before first."""
    yield from (folder / name for name, one in known.items() if one["source"] == about["source"])
    stem = path.stem.removesuffix(".issues").encode()[:LONGEST].decode(errors="ignore")
    mark = f"{stem}-{about['content'][:6]}"
    yield folder / f"{stem}.issues.xlsx"
    yield folder / f"{mark}.issues.xlsx"
    yield from (folder / f"{mark}-{n}.issues.xlsx" for n in count(2))


def _ours(target: Path, known: Known, about: dict[str, str]) -> bool:
    """Tell whether a workbook is as it was written, and about the same file or the same bytes."""
    one = known.get(target.name)
    if one is None or one["written"] != sha256_of(target):
        return False
    return one["source"] == about["source"] or one["content"] == about["content"]


def _written(reception: Reception, target: Path, about: dict[str, str]) -> Path:
    write_issues(reception, target)
    known = _known(target.parent)
    known[target.name] = {**about, "written": sha256_of(target)}
    (target.parent / WRITTEN).write_text(json.dumps(known, indent=1), encoding="utf-8")
    return target


def _known(folder: Path) -> Known:
    """Workbooks of a folder: their digest as they were written, and the file they are about."""
    try:
        found = json.loads((folder / WRITTEN).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: one for name, one in dict(found).items() if isinstance(one, dict)}
