"""Pseudonyms: stable, keyed, and the key never in the workbook."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from dts_research.protect.pseudonyms import key_path, pseudonym, read_key

KEY = b"k" * 32


def test_the_same_name_has_one_pseudonym_however_it_is_written() -> None:
    spellings = ["Élodie Martin", "elodie  martin", "ÉLODIE MARTIN ", "Elodie Martin"]
    assert len({pseudonym(name, key=KEY) for name in spellings}) == 1
    assert pseudonym("Élodie Martin", key=KEY) != pseudonym("Élodie Martine", key=KEY)


def test_another_key_gives_other_pseudonyms() -> None:
    assert pseudonym("A B", key=KEY) != pseudonym("A B", key=b"x" * 32)
    assert pseudonym("A B", key=KEY, prefix="STR").startswith("STR-")
    assert "a b" not in pseudonym("A B", key=KEY).casefold()


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "apart" / "key"
    key = read_key(path)
    assert len(key) == 32
    assert read_key(path) == key
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_lives_outside_every_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    monkeypatch.delenv("DTS_PSEUDONYM_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert key_path().is_relative_to(tmp_path)
    assert not key_path().is_relative_to(root)
    monkeypatch.setenv("DTS_PSEUDONYM_KEY", str(tmp_path / "named"))
    assert key_path() == tmp_path / "named"
