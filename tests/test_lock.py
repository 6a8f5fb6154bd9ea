"""The locks: every pin hashed, no index address, everything the project asks for is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (ROOT / "requirements.lock", ROOT / ".ci" / "requirements.lock")
EVERY = (*LOCKS, ROOT / ".ci" / "s3" / "requirements.lock")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,.-]+\])?==(\S+)")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: Path) -> dict[str, str]:
    """Each pin with the lines that belong to it."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    found: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            match = PIN.match(line)
            assert match, f"not a pin: {line[:80]}"
            found[f"{normal(match[1])}=={match[2]}"] = line
    return found


def asked(*groups: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"]) if "dependencies" in groups else []
    for group in groups:
        wanted += project.get("optional-dependencies", {}).get(group, [])
    return {normal(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in wanted}  # type: ignore[index]


@pytest.mark.parametrize("lock", EVERY, ids=lambda p: p.parent.name or "root")
def test_no_address(lock: Path) -> None:
    assert ":" + "//" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", EVERY, ids=lambda p: p.parent.name or "root")
def test_every_pin_is_hashed(lock: Path) -> None:
    pins = entries(lock)
    assert len(pins) > 50
    assert not [pin for pin, line in pins.items() if "--hash=sha256:" not in line]


def test_everything_asked_for_is_pinned() -> None:
    pinned = {pin.split("==")[0] for pin in entries(LOCKS[0])}
    assert asked("dependencies", "test") <= pinned
    assert asked("dependencies", "test", "ci") <= {p.split("==")[0] for p in entries(LOCKS[1])}


def test_the_build_backend_is_pinned_too() -> None:
    """An editable install without network needs hatchling and editables in the lock."""
    assert {"hatchling", "editables"} <= {pin.split("==")[0] for pin in entries(LOCKS[0])}


def test_both_locks_agree() -> None:
    plain, ci = set(entries(LOCKS[0])), set(entries(LOCKS[1]))
    assert plain <= ci, f"other versions in CI: {sorted(plain - ci)}"


def test_what_is_installed_is_what_is_locked() -> None:
    from importlib.metadata import version

    pins = entries(LOCKS[0])
    for name in ("pandas", "click", "nbconvert", "papermill"):
        assert f"{name}=={version(name)}" in pins
