"""The workbook of what is refused, doubtful or repaired, beside the material."""

from __future__ import annotations

from pathlib import Path

from dts_research.intake.reception import Reception, write_issues


def bring_back(
    folder: Path, path: Path, reception: Reception, *, already: set[Path]
) -> Path | None:
    """Write the workbook of a file; None when there is nothing to say.

    `already` holds those written in the same go: another file of the same name gets its own.
    """
    if _silent(reception):
        return None
    target = folder / f"{path.stem.removesuffix('.issues')}.issues.xlsx"
    if target in already:
        target = target.with_name(
            target.name.replace(".issues.xlsx", f"-{reception.sha256[:6]}.issues.xlsx")
        )
    already.add(target)
    folder.mkdir(parents=True, exist_ok=True)
    return write_issues(reception, target)


def told_again(before: Reception, now: Reception, back: Path | None) -> Path | None:
    """Write the workbook again once the other files of the same go have settled some doubts."""
    if now is before or back is None:
        return back
    if not _silent(now):
        return write_issues(now, back)
    back.unlink()
    return None


def _silent(reception: Reception) -> bool:
    return reception.issues.empty and reception.quarantined.empty
