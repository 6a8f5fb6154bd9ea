"""Errors that a person can act on.

::

    DtsError            1  some of the work failed
    +-- RequestError    2  the request is wrong
    +-- MaterialError   3  the material is wrong
    +-- ProtectionError 4  refused, to protect somebody

Each carries one French sentence that says what was expected and what was found, and one that
says what to do. The command line prints both and ends with the exit code above.
"""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOENT: "introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "opération refusée",
    errno.EEXIST: "existe déjà",
    errno.EISDIR: "est un dossier, un fichier était attendu",
    errno.ENOTDIR: "n'est pas un dossier",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EROFS: "support en lecture seule",
    errno.ENAMETOOLONG: "nom trop long",
}


def reason(error: OSError) -> str:
    """Say in French why the system refused a file or a folder."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


class DtsError(Exception):
    """Something failed and a person can do something about it.

    Parameters
    ----------
    message
        French sentence: what was expected, what was found.
    fix
        French sentence: what to do.
    """

    exit_code = 1

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message, fix)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class RequestError(DtsError):
    """The request cannot be carried out as it was written."""

    exit_code = 2


class MaterialError(DtsError):
    """The material received or stored is not what was expected."""

    exit_code = 3


class ProtectionError(DtsError):
    """Refused so as not to expose a person or a structure."""

    exit_code = 4
