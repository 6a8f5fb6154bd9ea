"""A new workbook folder: settings, inbox, notebooks to edit, plan; with the demo if asked for."""

from __future__ import annotations

import shutil
from pathlib import Path

from dts_research.errors import DtsError, RequestError, reason
from dts_research.workbook import criteria
from dts_research.workspace import SETTINGS, Workspace

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = ("inbox", "quarantine", "commentary", "reference", "mappings", "selection", "store")


def starter(part: str) -> Path:
    """Folder of the notebooks or of the demo material, installed or in the source tree."""
    carried = _PACKAGE / "_starter" / part
    source = {"notebooks": "notebooks", "demo": "data/demo/inbox"}[part]
    return carried if carried.is_dir() else _PACKAGE.parent / source


def make_workbook(folder: Path, *, demo: bool = False) -> Workspace:
    """Make a workbook folder; nothing already there is overwritten.

    Raises
    ------
    RequestError
        When the folder already holds a workbook, or is a file.
    DtsError
        When the folder cannot be written.
    """
    folder = Path(folder).expanduser().resolve()
    settings = folder / "data" / SETTINGS
    if settings.exists():
        raise RequestError(
            f"« {folder} » contient déjà un classeur.", "Choisir un autre nom de dossier."
        )
    try:
        _lay_out(folder, settings, demo=demo)
    except OSError as error:
        raise DtsError(
            f"Le dossier « {folder} » ne peut pas être préparé : {reason(error)}.",
            "Vérifier que c'est un dossier, qu'on a le droit d'y écrire, qu'il reste de la place.",
        ) from error
    return Workspace.read(settings)


def _lay_out(folder: Path, settings: Path, *, demo: bool) -> None:
    for name in _FOLDERS:
        (folder / "data" / name).mkdir(parents=True, exist_ok=True)
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "notebooks").mkdir(exist_ok=True)
    for path in sorted(starter("notebooks").iterdir()):
        target = folder / "notebooks" / path.name
        if path.suffix in (".ipynb", ".toml") and not target.exists():
            shutil.copyfile(path, target)
    own = folder / "data" / criteria.FILE
    if not own.exists():
        own.write_text(criteria.starting(), encoding="utf-8")
    if demo:
        for path in sorted(starter("demo").glob("*.csv")):
            shutil.copyfile(path, folder / "data" / "inbox" / path.name)
    name = "Réseau de démonstration" if demo else folder.name
    settings.write_text(
        "# Réglages du classeur.\n"
        f'name = "{_quoted(name)}"\n'
        f"fictional = {str(demo).lower()}  # true : « données fictives » sur chaque page\n\n"
        '[folders]\nreports = "../reports"\nnotebooks = "../notebooks"\n',
        encoding="utf-8",
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
