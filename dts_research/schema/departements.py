"""Names of the departements, to read them where a code is expected."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from importlib.resources import files

from dts_research.schema.catalogue import Codelist, plain


@lru_cache(maxsize=1)
def departements() -> Codelist:
    """Departements and their names (code officiel géographique 2026, INSEE)."""
    text = files("dts_research.schema").joinpath("departements.csv").read_text("utf-8")
    labels = {row["code"]: row["label"] for row in csv.DictReader(io.StringIO(text))}
    return Codelist(name="departements", labels=labels, definitions={})


def departement_named(name: str) -> str | None:
    """Return the code of a departement by its name, hyphens and article aside, or None."""
    return _by_words().get(_words(name))


@lru_cache(maxsize=1)
def _by_words() -> dict[str, str]:
    return {_words(label): code for code, label in departements().labels.items()}


def _words(name: str) -> str:
    return plain(name.replace("-", " ").replace("'", " ").replace("’", " ")).removeprefix("la ")
