"""The workbook of what is refused, doubtful or repaired, beside the material."""

from __future__ import annotations

import json
from pathlib import Path

from dts_research.intake.reception import Reception, write_issues
from dts_research.workspace import sha256_of

WRITTEN = ".written.json"
LONGEST = 120  # bytes of a name; systems take 255, to which ours are added


def bring_back(
    folder: Path, path: Path, reception: Reception, *, already: set[Path]
) -> Path | None:
    """Write the workbook of a file; None when there is nothing to say.

    `already` holds those written in the same go: another file of the same name gets its own, and
    so does a file whose workbook somebody has begun to correct.
    """
    if _silent(reception):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    stem = path.stem.removesuffix(".issues").encode()[:LONGEST].decode(errors="ignore")
    target = folder / f"{stem}.issues.xlsx"
    if target in already or _touched(target):
        target = folder / f"{stem}-{reception.sha256[:6]}.issues.xlsx"
    already.add(target)
    return _written(reception, target)


def told_again(before: Reception, now: Reception, back: Path | None) -> Path | None:
    """Write the workbook again once the other files of the same go have settled some doubts."""
    if now is before or back is None:
        return back
    if not _silent(now):
        return _written(now, back)
    back.unlink()
    return None


def _silent(reception: Reception) -> bool:
    return reception.issues.empty and reception.quarantined.empty


def _written(reception: Reception, target: Path) -> Path:
    write_issues(reception, target)
    known = _known(target.parent) | {target.name: sha256_of(target)}
    (target.parent / WRITTEN).write_text(json.dumps(known, indent=1), encoding="utf-8")
    return target


def _touched(target: Path) -> bool:
    """Whether a workbook is no longer as it was written: it is never written over."""
    return target.is_file() and _known(target.parent).get(target.name, "") != sha256_of(target)


def _known(folder: Path) -> dict[str, str]:
    """Digests of the workbooks of a folder as they were written."""
    try:
        return dict(json.loads((folder / WRITTEN).read_text("utf-8")))
    except (OSError, ValueError):
        return {}
