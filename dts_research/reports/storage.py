"""Folders on object storage (``s3://bucket/prefix``), reached through fsspec.

An object is put whole or not at all, so what is read is never half written. It cannot be appended
to: each line is an object of its own, put after the files that it speaks of, and a later batch
folds them into one. Rewriting the one object at each line would cost more the longer it gets, and
two machines that rewrite at once would lose a line; a line of its own is lost by nobody.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, TypeVar

from dts_research.errors import DtsError, RequestError

EXTRA = "pip install 'dts-research[cluster]'"
PROBE = ".essai"
# What we say to the storage: not to make a person wait for an address that nobody answers.
CALL = {"connect_timeout": "5s", "timeout": "60s"}
RETRIED = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
Given = TypeVar("Given")


def is_url(text: str) -> bool:
    """Whether a place is named by an address rather than by a path."""
    return "://" in text


@dataclass(frozen=True)
class Object:
    """One file of a folder on object storage, there or to come."""

    folder: Objects
    name: str

    def __str__(self) -> str:
        return f"{self.folder.url}/{self.name}"

    def put(self, content: bytes) -> dict[str, Any]:
        """Write it whole: ``sha256``, ``bytes`` and ``etag``."""
        return self.folder.put(self.name, content)

    def read_bytes(self) -> bytes:
        """Read it whole."""
        return self.folder.read([self.name])[self.name]

    def is_file(self) -> bool:
        """Whether it is there."""
        return self.name in self.folder.listed

    def unlink(self) -> None:
        """Take it away."""
        self.folder.remove([self.name])


class Objects:
    """A folder on object storage; what it holds is asked once, then kept in step.

    Parameters
    ----------
    url
        Its address, as ``s3://bucket/prefix``.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._read: dict[str, bytes] = {}

    def __truediv__(self, name: str) -> Object:
        return Object(self, name)

    def __str__(self) -> str:
        return self.url

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Objects) and other.url == self.url

    def __hash__(self) -> int:
        return hash(self.url)

    def __reduce__(self) -> tuple[type[Objects], tuple[str]]:
        """Leave behind, when sent elsewhere, what was opened and read here."""
        return type(self), (self.url,)

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        return _open(self.url)

    @cached_property
    def listed(self) -> dict[str, dict[str, Any]]:
        """Size and tag of each object, by its name in the folder."""
        files, base = self._opened
        found = self._asked(lambda: files.find(base, detail=True))
        known: Iterable[Mapping[str, Any]] = found.values()
        return {str(one["name"])[len(base) + 1 :]: _told(one) for one in known}

    def glob(self, pattern: str) -> list[Object]:
        """Give the objects whose name in the folder answers a pattern."""
        return [self / name for name in sorted(self.listed) if fnmatchcase(name, pattern)]

    def check(self) -> None:
        """Refuse a folder that cannot be written, before any work.

        Raises
        ------
        DtsError
            When nobody answers at this address, or writing is refused.
        """
        self.put(PROBE, b"")
        self.remove([PROBE])

    def put(self, name: str, content: bytes) -> dict[str, Any]:
        """Write an object whole; give its ``sha256``, ``bytes`` and ``etag``."""
        files, base = self._opened
        self._asked(lambda: files.pipe_file(f"{base}/{name}", content))
        told = _told(self._asked(lambda: files.info(f"{base}/{name}")))
        self.keep(name, told)
        return {"sha256": hashlib.sha256(content).hexdigest(), **told}

    def keep(self, name: str, told: Mapping[str, Any]) -> None:
        """Know of an object that was written, here or by another machine."""
        if "listed" in self.__dict__:
            self.listed[name] = {"bytes": told["bytes"], "etag": told["etag"]}

    def put_line(self, name: str, content: bytes) -> None:
        """Write a line, remembered so as not to be asked again."""
        self.put(name, content)
        self._read[name] = content

    def read(self, names: Iterable[str]) -> dict[str, bytes]:
        """Read several objects at once; those that are not there are left out."""
        files, base = self._opened
        wanted = list(names)
        paths = {f"{base}/{name}": name for name in wanted if name not in self._read}
        found = self._asked(lambda: _read_all(files, list(paths))) if paths else {}
        here = {name: self._read[name] for name in wanted if name in self._read}
        return here | {paths[path]: content for path, content in found.items()}

    def remove(self, names: Iterable[str]) -> None:
        """Take objects away."""
        files, base = self._opened
        for name in list(names):
            self._asked(lambda name=name: files.rm_file(f"{base}/{name}"))  # type: ignore[misc]
            self._read.pop(name, None)
            self.__dict__.get("listed", {}).pop(name, None)

    def _asked(self, ask: Callable[[], Given]) -> Given:
        try:
            return ask()
        except FileNotFoundError as error:
            raise DtsError(f"Le dépôt « {self.url} » est introuvable.", _FIX) from error
        except Exception as error:  # each storage has its own errors
            said = next((one for one in str(error).splitlines() if one.strip()), "")
            raise DtsError(
                f"Le dépôt « {self.url} » ne répond pas ou refuse :"
                f" {type(error).__name__} : {said[:200]}.",
                _FIX,
            ) from error


_FIX = (
    "Vérifier l'adresse et les droits ; pour S3, ils se disent par AWS_ACCESS_KEY_ID,"
    " AWS_SECRET_ACCESS_KEY, AWS_REGION et, hors d'Amazon, AWS_ENDPOINT_URL."
)


def _told(info: Mapping[str, Any]) -> dict[str, Any]:
    tag = info.get("e_tag") or info.get("ETag") or info.get("etag") or ""
    return {"bytes": int(info.get("size") or 0), "etag": str(tag).strip('"')}


def _read_all(files: Any, paths: list[str]) -> dict[str, bytes]:
    try:
        found = files.cat(paths, on_error="omit")
    except FileNotFoundError:
        return {}
    return {path.split("://", 1)[-1]: content for path, content in found.items()}


def _open(url: str) -> tuple[Any, str]:
    """The file system of an address and the path in it.

    Raises
    ------
    DtsError
        When what reads such addresses is not installed.
    RequestError
        When no storage has such addresses.
    """
    try:
        from fsspec.core import url_to_fs

        files, path = url_to_fs(url, **_options(url.partition("://")[0]))
    except ImportError as error:
        what = f"Pour lire ou écrire dans « {url} », il manque un complément."
        raise DtsError(what, f"Écrire : {EXTRA}") from error
    except ValueError as error:
        what = f"L'adresse « {url} » n'est pas celle d'un dépôt connu."
        raise RequestError(what, "Écrire par exemple : s3://compartiment/dossier") from error
    return files, str(path).rstrip("/")


def _options(protocol: str) -> dict[str, Any]:
    """Have S3 addresses read by obstore, a tenth of the size of the SDK of Amazon."""
    if protocol not in ("s3", "gs", "az", "abfs"):
        return {}
    from obstore.fsspec import register

    register(protocol)
    clear = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http:")  # asked for by name
    return {"client_options": {**CALL, "allow_http": clear}, "retry_config": RETRIED}
