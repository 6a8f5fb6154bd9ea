"""A bundle that is damaged, made up, or comes from elsewhere is refused in one sentence."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pytest

from dts_research.errors import DtsError, MaterialError, RequestError
from dts_research.reflection.bundles_lineage import digest_of
from dts_research.reflection.bundles_merging import merge
from dts_research.reflection.bundles_reading import read_bundle

lots = SimpleNamespace(**run_path(str(Path(__file__).with_name("bundled.py"))))
Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def book(new_book: Any) -> Any:
    made = lots.base(new_book, "origine")
    lots.comment(made, "figure-1", "Lu.")
    return made


@pytest.fixture(scope="module")
def parts(book: Any, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    path = lots.bundle(book, tmp_path_factory.mktemp("lot"), "lot")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def made(parts: Parts, tmp_path: Path) -> Callable[..., Path]:
    """Write a bundle anew with some parts changed; its manifest says so unless it is kept."""

    def make(changed: Parts, *, keep_manifest: bool = False, **about: Any) -> Path:
        whole = {**parts, **changed}
        if not keep_manifest:
            head = {**json.loads(parts["manifeste.json"]), **about}
            whole.pop("manifeste.json")
            head["files"] = {n: hashlib.sha256(text).hexdigest() for n, text in whole.items()}
            whole["manifeste.json"] = json.dumps(head).encode()
        path = tmp_path / "lot.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in whole.items():
                archive.writestr(name, content)
        return path

    return make


def refused(path: Path) -> DtsError:
    with pytest.raises(MaterialError) as caught:
        read_bundle(path)
    assert caught.value.fix
    return caught.value


def versions(parts: Parts, table: str, change: Callable[[dict[str, Any]], None]) -> Parts:
    """Versions of a table, each changed, with the digests that what they say has then."""
    lines = []
    for line in parts[f"versions/{table}.jsonl"].decode().splitlines():
        change(entry := json.loads(line))
        entry["digest"] = digest_of(entry["says"])
        lines.append(json.dumps(entry))
    return {f"versions/{table}.jsonl": "\n".join(lines).encode()}


def test_what_was_not_changed_is_read(made: Any) -> None:
    assert ("decisions", "D-71-01") in read_bundle(made({})).things


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        read_bundle(tmp_path / "absent.zip")
    assert caught.value.message.endswith("absent.zip » n'existe pas.")


@pytest.mark.parametrize("content", [b"", b"Titre;Date\n", b"PK\x03\x04 rest", b"\x00" * 100])
def test_a_foreign_file(content: bytes, tmp_path: Path) -> None:
    (path := tmp_path / "autre.zip").write_bytes(content)
    assert refused(path).message == "« autre.zip » n'est pas un lot de contributions."


def test_another_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(path := tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photo.jpg", b"...")
    assert refused(path).message == "« photos.zip » n'est pas un lot de contributions."


def test_a_wrong_digest(made: Any) -> None:
    path = made({"versions/decisions.jsonl": b"{}"}, keep_manifest=True)
    assert refused(path).message == (
        "« lot.zip » est abîmé : « versions/decisions.jsonl » n'a pas l'empreinte que dit son "
        "manifeste."
    )


def test_a_part_more_or_less(made: Any, parts: Parts, tmp_path: Path) -> None:
    assert refused(made({"versions/autre.jsonl": b""}, keep_manifest=True)).message == (
        "« lot.zip » contient une partie que son manifeste ne nomme pas : « versions/autre.jsonl »."
    )
    with zipfile.ZipFile(path := tmp_path / "moins.zip", "w") as archive:
        for name in set(parts) - {"versions/decisions.jsonl"}:
            archive.writestr(name, parts[name])
    assert refused(path).message == (
        "« moins.zip » a perdu une partie : « versions/decisions.jsonl »."
    )


def test_a_damaged_file(made: Any) -> None:
    path = made({})
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(bytes(content))
    assert "abîmé" in refused(path).message


def test_a_bomb(made: Any) -> None:
    path = made({"versions/decisions.jsonl": b" " * (30 * 2**20)})
    assert refused(path).message.startswith("« lot.zip » se déploie en 30 Mo à partir de ")


@pytest.mark.parametrize("name", ["../dehors.md", "/etc/passwd", "C:\\dehors.md"])
def test_a_part_that_escapes(made: Any, name: str) -> None:
    assert refused(made({name: b"x"})).message == (
        "« lot.zip » contient des parties qui sortent du lot de contributions : le fichier est "
        "fabriqué."
    )


@pytest.mark.parametrize(
    "path", ["../../dehors.md", "/tmp/x.md", "71/.cache/x.md", "71/x.py", "x.md", "71\\x.md"]
)
def test_a_comment_that_escapes(made: Any, parts: Parts, path: str) -> None:
    changed = versions(parts, "texts", lambda entry: entry.update(id=path))
    assert refused(made(changed)).message == (
        f"« lot.zip » porte un commentaire mal placé (« {path} ») : il n'est pas ouvert."
    )


def test_a_later_version(made: Any, parts: Parts) -> None:
    assert refused(made({}, version=2)).message == (
        "« lot.zip » vient d'une version plus récente (lot de forme 2 ; celle-ci lit la forme 1)."
    )
    changed = versions(parts, "decisions", lambda entry: entry["says"].update(urgency="x"))
    assert refused(made(changed)).message == (
        "« lot.zip » vient d'une version plus récente : la colonne « urgency » n'est pas connue "
        "ici."
    )
    changed = {"versions/autre.jsonl": parts["versions/decisions.jsonl"]}
    assert refused(made(changed)).message == (
        "« lot.zip » vient d'une version plus récente : la table « autre » n'est pas connue ici."
    )


def test_a_line_that_lies(made: Any, parts: Parts) -> None:
    changed = versions(parts, "decisions", lambda entry: entry.update(id="D-99"))
    assert (
        refused(made(changed)).message == "« lot.zip » est abîmé : « D-99 » ne porte pas son nom."
    )
    text = parts["versions/decisions.jsonl"].decode().replace("Décision 1.", "Autre.")
    changed = {"versions/decisions.jsonl": text.encode()}
    assert (
        refused(made(changed)).message == "« lot.zip » est abîmé : « D-71-01 » a changé en route."
    )


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"id": 1}', b"\xff\xfe", b"null"])
def test_lines_that_cannot_be_read(made: Any, content: bytes) -> None:
    path = made({"versions/decisions.jsonl": content})
    assert refused(path).message == "« lot.zip » porte des lignes illisibles."


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_cell_that_is_no_cell(made: Any, parts: Parts, value: Any) -> None:
    changed = versions(parts, "decisions", lambda entry: entry["says"].update(reason=value))
    assert refused(made(changed)).message == (
        "« lot.zip » porte une cellule illisible (« D-71-01 »)."
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("status", "perhaps", "« lot.zip », Décisions : "),
        ("decided_on", "hier", "« lot.zip », Décisions : une cellule est illisible."),
        ("statement", 12, "« lot.zip », Décisions : une cellule est illisible."),
    ],
)
def test_what_the_schema_refuses_changes_nothing(
    made: Any, parts: Parts, book: Any, tmp_path: Path, field: str, value: Any, said: str
) -> None:
    changed = versions(parts, "decisions", lambda entry: entry["says"].update({field: value}))
    other = lots.copy_of(book, tmp_path / "autre")
    with other.store() as store:
        before = store.state()
    done, ((_, error),) = merge(other, [made(changed)])
    assert not done
    assert error.message.startswith(said)
    with other.store() as store:
        assert store.state() == before


def test_one_refused_bundle_does_not_stop_the_others(
    made: Any, book: Any, parts: Parts, tmp_path: Path
) -> None:
    une = lots.copy_of(book, tmp_path / "une")
    lots.told(une, "decisions", {**lots.DECISIONS[0], "decision_id": "D-71-09"})
    good = lots.bundle(une, tmp_path, "bon")
    bad = made({"versions/decisions.jsonl": b"{}"}, keep_manifest=True)
    other = lots.copy_of(book, tmp_path / "autre")
    (done,), ((path, _),) = merge(other, [bad, good])
    assert path == bad
    assert done.new == {"decisions": ["D-71-09"]}
