"""What is said of a saved mapping that cannot be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from dts_research.errors import MaterialError

PASSED_OVER = "la corriger, ou la supprimer pour qu'elle soit proposée à nouveau"


class WrongPartError(TypeError):
    """A part of a mapping that is not text; its message is a French sentence."""


def refusal(path: Path, error: Exception) -> MaterialError:
    """Say in French why a mapping cannot be read, with the line when it is known."""
    if isinstance(error, KeyError):
        return MaterialError(
            f"La correspondance « {path.name} » n'a pas de « {error.args[0]} ».",
            "Il y faut source, table et [columns] ; la supprimer pour qu'elle soit proposée à "
            "nouveau.",
        )
    said = f"La correspondance « {path.name} » n'est pas lisible ({_fault(path, error)})."
    return MaterialError(said, f"{PASSED_OVER.capitalize()}.")


def _fault(path: Path, error: Exception) -> str:
    if isinstance(error, WrongPartError):
        return str(error)
    if isinstance(error, tomllib.TOMLDecodeError):
        told = re.search(r"line (\d+)", str(error))
        return f"ligne {told[1] if told else _length(path)}"
    if isinstance(error, UnicodeDecodeError):
        return "ce n'est pas du texte en UTF-8"
    if isinstance(error, OSError):
        return "le fichier ne s'ouvre pas"
    return "une valeur n'a pas la forme attendue"


def _length(path: Path) -> int:
    """Number of the last line: where a text that stops short stops."""
    return max(1, len(path.read_text("utf-8-sig").splitlines()))
