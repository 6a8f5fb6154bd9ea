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
    errno.EIO: "le disque ne répond pas bien (erreur de lecture ou d'écriture)",
    errno.EDQUOT: "plus de place dans l'espace accordé sur ce disque",
    errno.EFBIG: "fichier trop gros",
    errno.EMFILE: "trop de fichiers ouverts à la fois",
    errno.ENFILE: "trop de fichiers ouverts sur cette machine",
    errno.ENOMEM: "mémoire insuffisante",
    errno.EBUSY: "utilisé par un autre programme",
    errno.ETXTBSY: "utilisé par un autre programme",
    errno.EINTR: "interrompu par le système",
    errno.ENOTEMPTY: "le dossier n'est pas vide",
    errno.ELOOP: "liens qui tournent en rond",
    errno.EXDEV: "sur un autre disque",
    errno.EINVAL: "refusé par le système",
    errno.ENODEV: "le disque n'est plus là",
    errno.ENXIO: "le disque n'est plus là",
    errno.ESTALE: "le dossier partagé n'est plus là",
    errno.ETIMEDOUT: "pas de réponse dans le temps donné",
    errno.EPIPE: "le programme d'en face s'est arrêté",
}


def reason(error: OSError) -> str:
    """Say in French why the system refused a file or a folder."""
    if error.errno:
        return _REASONS.get(error.errno, f"refusé par le système (erreur {error.errno})")
    return str(error)


_REMEDIES = {
    (errno.ENOSPC, errno.EDQUOT): "Faire de la place sur le disque, puis relancer.",
    (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY): (
        "Fermer le fichier s'il est ouvert dans un autre programme, ou donner le droit d'écrire "
        "dans ce dossier, puis relancer."
    ),
    (errno.EROFS,): "Choisir un dossier où l'on peut écrire, puis relancer.",
    (errno.EMFILE, errno.ENFILE, errno.ENOMEM): "Fermer d'autres programmes, puis relancer.",
    (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE): (
        "Vérifier que le disque est bien branché, copier ce dossier ailleurs s'il le faut, puis "
        "relancer."
    ),
}


def remedy(error: OSError) -> str:
    """Say in French what to do where the system refused a file or a folder."""
    return next((said for numbers, said in _REMEDIES.items() if error.errno in numbers), "")


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
