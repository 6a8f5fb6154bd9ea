"""Survey exports with whole questions as headers: LimeSurvey, Google Forms, Drupal, YesWiki.

They are known by the columns that each tool adds of its own. Questions are then cut down to the
name of ours that they hold, and the boxes of one question are put into one list.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from dts_research.intake.kobo_columns import list_fields, ticks, with_lists
from dts_research.intake.sheets import Grid, Sheet
from dts_research.intake.synonyms import known_names
from dts_research.schema.catalogue import plain

SEARCHED = 8
_TOOLS = {
    "LimeSurvey": (3, {
        "id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp",
        "ipaddr", "refurl", "token", "id de la reponse", "date de soumission", "derniere page",
        "langue de depart", "tete de serie", "date de lancement", "date de la derniere action",
        "adresse ip", "url referente", "code d'acces", "response id", "date submitted",
        "last page", "start language", "date started", "date last action", "ip address",
        "referrer url",
    }),
    "Framaforms ou Drupal": (2, {
        "numero de serie", "sid", "heure de soumission", "termine a", "heure de modification",
        "brouillon", "adresse ip", "uid", "nom d'utilisateur", "soumis le", "serial",
        "submitted time", "completed time", "modified time", "draft", "ip address", "username",
        "id de soumission", "cree", "complete", "modifie", "page courante", "jeton",
    }),
    "YesWiki": (2, {
        "id_fiche", "id_typeannonce", "createur", "date_creation_fiche", "date_maj_fiche",
        "datetime_create", "datetime_latest", "statut_fiche",
    }),
    "Google Forms": (1, {"horodateur", "horodatage", "timestamp"}),
}  # fmt: skip
_WHO = {"adresse e-mail", "adresse mail", "nom d'utilisateur", "email address", "username"}
_FIRST = {"numero de serie", "serial"}
_CODED = re.compile(r"([A-Za-z]\w*)((?:\[\w+\])*)\.\s+(.+)", re.DOTALL)
_BOXES = (
    re.compile(r"(.+?)\s*\[([^\[\]]+)\]", re.DOTALL),
    re.compile(r"(.+?)\s*:\s+(.+)", re.DOTALL),
)
_NUMBER = re.compile(r"^(?:question\s*)?(?:n°\s*)?\d+(?:[.\-]\d+)*\s*[.):°/–-]+\s*", re.IGNORECASE)
_MARKS = re.compile(r"\((?:obligatoire|facultatif|plusieurs réponses possibles)\)", re.IGNORECASE)
_ASKED = re.compile(
    r"^(?:quel(?:le)?s?\s+(?:est|sont|était|étaient)\s+)?"
    r"(?:le|la|les|l['’]|votre|vos|son|sa|ses|leurs?)\s*(?=\w)",
    re.IGNORECASE,
)
_OF_IT = re.compile(r"\s+(?:de la fiche|de l['’](?:expérience|action)|du projet)$", re.IGNORECASE)
_CUTS = (" : ", ": ", " ? ", " (", " – ", " - ", "… ", ". ")


def flattened(grid: Grid) -> Grid:
    """Make one row of titles of the three that Drupal writes: form, question, box."""
    for place, row in enumerate(grid.rows[:SEARCHED]):
        if place >= 2 and row and plain(row[0] or "") in _FIRST:
            titles = _composed(grid.rows[place - 1], row, grid.rows[place + 1 :])
            rows = [*grid.rows[: place - 1], (), titles, *grid.rows[place + 1 :]]
            return replace(grid, rows=tuple(rows))
    return grid


def _composed(
    above: Sequence[str | None], titles: Sequence[str | None], body: Sequence[Sequence[str | None]]
) -> tuple[str | None, ...]:
    """Titles of boxes with their question, which stands above the first of them only."""
    question, made = "", []
    for i, title in enumerate(titles):
        over = (above[i] or "").strip() if i < len(above) else ""
        crosses = {plain(row[i] or "") for row in body if i < len(row)} <= {"x", ""}
        alone = not crosses or plain(title or "") in known_names()
        question = over or ("" if alone else question)
        boxed = question and crosses and title
        made.append(f"{question} [{title}]" if boxed else title)
    return tuple(made)


def cleaned(sheet: Sheet) -> Sheet:
    """Read a survey's columns by the questions of ours that they hold; others as they are."""
    tool, own = _tool(sheet.columns)
    if not tool:
        return sheet
    cells = sheet.cells.drop(columns=own)
    names = {column: column for column in cells.columns}
    names |= {column: found for column in cells.columns if (found := _boxed(column, cells[column]))}
    names |= {c: found for c in cells.columns if names[c] == c and (found := _known(c))}
    twice = Counter(map(plain, names.values()))
    names = {c: name if twice[plain(name)] == 1 else c for c, name in names.items()}
    whole = with_lists(cells.rename(columns=names))
    return replace(
        sheet, columns=tuple(whole.columns), cells=whole,
        notes=(*sheet.notes, *_notes(tool, own, sheet.cells)),
    )  # fmt: skip


def _tool(columns: Sequence[str]) -> tuple[str, list[str]]:
    """Name of the tool that made an export, and the columns that are its own."""
    for tool, (enough, names) in _TOOLS.items():
        own = [c for c in columns if _end_or_code(c) & names]
        first = tool != "Google Forms" or plain(columns[0]) in names
        if len(own) >= enough and first:
            return tool, [c for c in columns if c in own or plain(c) in _WHO]
    return "", []


def _end_or_code(column: str) -> set[str]:
    """The two names of a column « submitdate. Date de soumission », or its only one."""
    coded = _CODED.fullmatch(column)
    return {plain(coded[1]), plain(coded[3])} if coded else {plain(column)}


def _boxed(column: str, cells: pd.Series) -> str:
    """Turn « Question [Choix] » into « Titre/Choix » for our lists, when its cells are ticks."""
    if not ticks(cells):
        return ""
    text = _readable(column)
    coded = _CODED.fullmatch(text)
    for whole in (coded[3], text) if coded else (text,):
        for found in filter(None, (box.fullmatch(whole) for box in _BOXES)):
            asked = next((n for n in _names(found[1]) if plain(n) in list_fields()), "")
            if asked:
                return f"{asked}/{found[2].strip()}"
    return ""


def _known(column: str) -> str:
    """First name of ours that a question holds, or nothing."""
    if plain(column) in known_names():
        return ""
    return next((name for name in _names(column) if plain(name) in known_names()), "")


def _names(question: str) -> Iterator[str]:
    """What a question may be called, from its whole text down to its first words."""
    text = _readable(question)
    coded = _CODED.fullmatch(text)
    text = _NUMBER.sub("", coded[3] if coded else text)
    text = _MARKS.sub("", text).strip(" *:?…\u00a0")
    heads = [text, *(text.partition(cut)[0] for cut in _CUTS if cut in text)]
    for head in heads:
        short = head.strip(" *:?…")
        yield short
        yield _ASKED.sub("", short)
        yield _OF_IT.sub("", _ASKED.sub("", short))
    if coded:
        yield coded[1]


def _readable(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]+>", " ", text)).split())


def _notes(tool: str, own: list[str], cells: pd.DataFrame) -> list[str]:
    said = [
        f"Export de {tool} : ses colonnes techniques restent dans le fichier reçu "
        f"({', '.join(own)})."
    ]
    dates = [c for c in own if _end_or_code(c) & {"submitdate", "date de soumission"}]
    if dates:
        open_ones = [int(row) for row in cells.index[cells[dates[0]].isna()]]
        if open_ones:
            lines = ", ".join(map(str, open_ones[:20])) + (", etc." if len(open_ones) > 20 else "")
            said.append(f"Ligne(s) {lines} : réponses non terminées, lues quand même.")
    return said
