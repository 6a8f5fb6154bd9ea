"""Columns of a Kobo or ODK export: technical ones, groups in front of names, choices apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

import pandas as pd

from dts_research.intake.synonyms import LONGEST_TITLE, known_names, synonyms
from dts_research.schema.casts import split_list
from dts_research.schema.catalogue import Codelist, catalogue, plain

ROOT = ("meta/rootUuid", "_submission_meta/rootUuid", "meta-rootUuid", "__system/rootUuid")
OWN = ("_uuid", "KEY", "meta/instanceID", "meta-instanceID", "instanceID", "__id", "_id")
REPLACED = ("meta/deprecatedID", "meta-deprecatedID", "deprecatedID")
PARENT = ("_parent_index", "_submission__uuid", "PARENT_KEY")
_KOBO = re.compile(
    r"start|end|today|username|deviceid|phonenumber|simserial|subscriberid|audit|"
    r"background-audio|_id|_uuid|_index|_submission_.*|_validation_status.*|_notes|_status|"
    r"_submitted_by|__version__|_version_|__version\w*__|_tags|_attachments|_geolocation|"
    r"_bamboo_dataset_id|_xform_id_string|_supplementalDetails|_date_modified|formhub/uuid|"
    r"meta/\w+|meta_\w+|__id|_parent_index|_parent_table_name|_deleted_at|deletedAt|"
    r"(?:.+/)?_.+_(?:altitude|precision)"
)
_ODK = re.compile(
    r"SubmissionDate|KEY|PARENT_KEY|SET-OF-.*|instanceID|instanceName|deprecatedID|Submitter\w+|"
    r"Attachments\w+|Status|ReviewState|DeviceID|Edits|FormVersion|isValidated|__id|__system.*|"
    r"start|end|today|username|deviceid|phonenumber|meta-\w+|meta:\w+|deletedAt"
)
_SURE_KOBO = {
    "_uuid", "_submission_time", "_submission__uuid", "_parent_table_name", "_xform_id_string",
    "formhub/uuid", "meta/instanceID", "meta/rootUuid", "__version__", "_parent_index",
}  # fmt: skip
_SURE_ODK = {
    "SubmissionDate", "PARENT_KEY", "meta-instanceID", "instanceID", "__system/submissionDate",
}  # fmt: skip
_SEPARATORS, _CODED = re.compile(r"[-:./]"), re.compile(r"[\w:.\-/]+")
_POINT = re.compile(r"(?:.+/)?_(.+)_(latitude|longitude)")
_YES = {"1", "1.0", "true", "vrai", "oui", "yes", "y", "x"}
_NO = {"0", "0.0", "false", "faux", "non", "no", "n", "n/a", ""}


def is_export(columns: Collection[str]) -> bool:
    """Tell whether a header is that of a Kobo or ODK export, main sheet or repeat."""
    identified = set(columns) & {*OWN, *ROOT, *PARENT}
    return bool(identified) and len(technical(columns)) >= 2


def technical(columns: Collection[str]) -> list[str]:
    """Columns that the tool adds to the questions; none when nothing is surely its own."""
    columns = [name for name in columns if len(name) <= LONGEST_TITLE]
    there = set(columns)
    kinds = [_KOBO] if there & _SURE_KOBO else []
    kinds += [_ODK] if there & _SURE_ODK else []
    points = {m[1] for name in columns if kinds and (m := _POINT.fullmatch(name))}
    return [c for c in columns if _last(c) in points or any(kind.fullmatch(c) for kind in kinds)]


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def bare_names(columns: Sequence[str]) -> dict[str, str]:
    """Column -> the question it stands for, without its groups, where we know the question.

    A name that would be given twice stays as it is.
    """
    bare = {name: _bare(name) for name in columns}
    short = [name for name in columns if len(name) <= LONGEST_TITLE]
    bare |= {name: found[2] for name in short if (found := _POINT.fullmatch(name))}
    taken = Counter(map(plain, bare.values()))
    return {n: b if taken[plain(b)] == 1 else n for n, b in bare.items()}


def _bare(name: str) -> str:
    """Drop the groups: ``identite/title``, ``identite-title`` and ``identite:title`` are title."""
    if len(name) > LONGEST_TITLE:
        return name
    known, parts = known_names(), name.split("/")
    ends = ["/".join(parts[i:]) for i in range(len(parts))]
    ends += [_SEPARATORS.split(name)[-1]] if _CODED.fullmatch(name) else []
    ends += [end.replace("_", " ") for end in ends]  # Kobo makes names from labels
    return next((end.strip() for end in ends if plain(end) in known), name)


def with_lists(cells: pd.DataFrame) -> pd.DataFrame:
    """Put the answers of each question with several choices into one column.

    Kobo writes them in one column of codes (or labels) apart by blanks, in one column of 0 and
    1 per choice (``question/choice``), or in both ways at once.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for column in cells.columns:
        owner = _owner(column, cells)
        if owner is not None:
            groups.setdefault(owner[0], []).append((column, owner[1]))
    for question, choices in groups.items():
        cells = _with_list(cells, question, choices)
    return cells


def _owner(column: str, cells: pd.DataFrame) -> tuple[str, str] | None:
    """Question and choice of a column ``groups/question/choice`` that holds only 0 and 1."""
    parts = column.split("/") if len(column) <= LONGEST_TITLE else []
    for i in range(1, len(parts)):
        question, choice = "/".join(parts[:i]), "/".join(parts[i:])
        if question in cells or plain(_bare(parts[i - 1])) in list_fields():
            return (question, choice) if ticks(cells[column]) else None
    return None


def ticks(column: pd.Series) -> bool:
    """Tell whether cells only say yes, no or nothing."""
    return {plain(text) for text in column.dropna().unique()} <= _YES | _NO


def _with_list(cells: pd.DataFrame, question: str, choices: list[tuple[str, str]]) -> pd.DataFrame:
    names = [choice for _, choice in choices]
    ticks = cells[[column for column, _ in choices]].map(_ticked)
    said = cells[question] if question in cells else pd.Series(pd.NA, index=cells.index)
    codes = list_fields().get(plain(_bare(question)))
    together = [
        _together(whole, [n for n, tick in zip(names, row) if tick], codes)
        for whole, row in zip(said, ticks.values)
    ]
    place = cells.columns.get_loc(question if question in cells else choices[0][0])
    rest = cells.drop(columns=[*(column for column, _ in choices), question], errors="ignore")
    answer = pd.Series(together, index=cells.index, dtype="str")
    rest.insert(min(int(place), rest.shape[1]), question, answer)
    return rest


def _ticked(cell: object) -> bool:
    return isinstance(cell, str) and plain(cell) in _YES


def _together(whole: object, ticked: list[str], codes: Codelist | None) -> str | None:
    """Answers ticked, then those of the whole cell that no column tells."""
    text = whole.strip() if isinstance(whole, str) else ""
    if not ticked or not text:
        return "|".join(ticked) or text or None
    if codes is None:
        return "|".join(ticked)
    there = {codes.code_of(choice) or choice for choice in ticked}
    more = [piece for piece in split_list(text, codes) if (codes.code_of(piece) or "") not in there]
    return "|".join([*ticked, *(piece for piece in more if codes.code_of(piece))])


@lru_cache(maxsize=1)
def list_fields() -> dict[str, Codelist | None]:
    """Folded name -> closed list, for every column that holds several values."""
    ours = catalogue()
    found: dict[str, Codelist | None] = {}
    for table in ours.tables.values():
        for field in table.fields:
            if field.is_list:
                codes = ours.codelists.get(field.codelist or "")
                found |= {plain(field.title): codes, plain(field.name): codes}
    for name, targets in synonyms().items():
        table_name, _, field_name = targets[0].partition(".")
        if ours.tables[table_name].field(field_name).is_list:
            codes = ours.codelists.get(ours.tables[table_name].field(field_name).codelist or "")
            found.setdefault(name, codes)
    return found
