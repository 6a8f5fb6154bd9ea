"""The folder of a kit: whole or not at all, and what somebody changed is never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from dts_research.errors import DtsError
from dts_research.reflection.kit_folder import (
    Prepared,
    Written,
    known,
    prepared,
    register_path,
    remember,
    untouched,
    write_folder,
)
from dts_research.workspace import Workspace

NEW = Prepared("SE-71-2026-12-10-abcd", "71", "2026-12-10")
FILES = {"0-LISEZ-MOI.html": b"lire", "1-deroule.pdf": b"d\xe9roul\xe9"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "seances" / "71-2026-12-10"


def again(written: Written) -> Prepared:
    return Prepared(NEW.session_id, "71", "2026-12-10", str(written.folder), written.digests)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_written_whole(target: Path) -> None:
    written = write_folder(target, FILES, NEW)
    assert written.folder == target
    assert not written.replaced
    assert {p.name: p.read_bytes() for p in target.iterdir()} == FILES
    assert names(target.parent) == ["71-2026-12-10"]


def test_a_folder_asked_for_by_another_name_leaves_the_first_alone(target: Path) -> None:
    first = write_folder(target, FILES, NEW)
    second = write_folder(target.with_name("ailleurs"), FILES, again(first))
    assert (second.folder.name, second.replaced, second.spared) == ("ailleurs", False, None)
    assert names(target) == names(second.folder)


def test_a_kit_nobody_changed_is_replaced(target: Path) -> None:
    first = write_folder(target, FILES, NEW)
    (target / ".~lock.1-deroule.pdf#").write_text("ouvert")
    second = write_folder(target, FILES | {"1-deroule.pdf": b"autre"}, again(first))
    assert (second.folder, second.replaced, second.spared) == (target, True, None)
    assert (target / "1-deroule.pdf").read_bytes() == b"autre"
    assert names(target.parent) == ["71-2026-12-10"]


@pytest.mark.parametrize("how", ["edited", "added", "removed", "unknown"])
def test_a_kit_somebody_changed_is_left_alone(target: Path, how: str) -> None:
    first = again(write_folder(target, FILES, NEW))
    if how == "edited":
        (target / "1-deroule.pdf").write_bytes(b"mes notes")
    elif how == "added":
        (target / "photo.jpg").write_bytes(b"affiche")
    elif how == "removed":
        (target / "1-deroule.pdf").unlink()
    else:
        first = NEW  # the lines were lost: what is there is somebody's
    before = {p.name: p.read_bytes() for p in target.iterdir()}
    second = write_folder(target, FILES, first)
    assert second.folder.name == "71-2026-12-10-2"
    assert second.spared == target
    assert {p.name: p.read_bytes() for p in target.iterdir()} == before
    third = write_folder(target, FILES, again(second))
    assert (third.folder, third.replaced) == (second.folder, True)


def test_a_failure_leaves_the_former_kit(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_folder(target, FILES, NEW)
    rename, calls = Path.rename, []

    def fails(self: Path, to: Path) -> Path:
        calls.append(self)
        if len(calls) == 2:
            raise PermissionError(13, "ouvert ailleurs")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(DtsError, match="n'a pas pu être écrit"):
        write_folder(target, {"0-LISEZ-MOI.html": b"neuf"}, again(first))
    assert {p.name: p.read_bytes() for p in target.iterdir()} == FILES
    assert names(target.parent) == ["71-2026-12-10"]


def test_the_same_session_keeps_its_id(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "data", tmp_path / "reports", tmp_path / "notebooks")
    one = known(workspace, "71", "2026-12-10")
    assert one.session_id.startswith("SE-71-2026-12-10-")
    assert known(workspace, "71", "2026-12-10").session_id != one.session_id
    remember(workspace, one, format="3h")
    with register_path(workspace).open("ab") as out:
        out.write(b'{"session_id": "SE-71-2026-12-10-ab')
    assert known(workspace, "71", "2026-12-10").session_id == one.session_id
    remember(workspace, known(workspace, "13", "2026-12-10"))
    assert len(prepared(workspace)) == 2
    assert known(workspace, "71", "2026-12-11").session_id != one.session_id


def test_a_folder_that_is_not_there_is_not_untouched(tmp_path: Path) -> None:
    assert not untouched(tmp_path / "nulle-part", {"a": "b"})
