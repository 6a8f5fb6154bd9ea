"""Reading before publishing: who read what, with which answers, and where each thing stands.

One append-only file of JSON lines. A reading holds for the words and the data that were read:
when either changes, what was validated waits to be read again, and says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

from dts_research.display.fragments import full_date
from dts_research.errors import DtsError, RequestError, reason
from dts_research.reflection.commentary import Written
from dts_research.reflection.criteria import NO, criteria
from dts_research.reports.disk import append_whole
from dts_research.schema import catalogue
from dts_research.workspace import Workspace

STATES = ("brouillon", "relu", "valide", "diffusable")
DRAFT, READ, VALIDATED, FIT = STATES
COMMENT, REPORT = "comment", "report"
# What a reading of a report vouches for; the other blocks come from these, or ask questions.
VOUCHED = ("chart", "table", "key_figures", "quotes", "sheet", "image")
DATA_CHANGED = "les données ont changé depuis la lecture du {}"
WORDS_CHANGED = "le carnet, le nom du classeur ou les critères ont changé depuis le {}"
TEXT_CHANGED = "le texte a changé depuis la lecture du {}"


@dataclass(frozen=True)
class Answer:
    """What a reader answers to one criterion, and why."""

    answer: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Subject:
    """What is read: a comment or a report, as it stands.

    Parameters
    ----------
    text
        Digest of its words.
    data
        Digests of the data it speaks of, by figure.
    titles
        Titles of these figures.
    claimed
        State that its own header claims, the highest one where it has none.
    """

    id: str
    kind: str
    title: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    claimed: str = FIT

    @property
    def seen(self) -> str:
        """Digest of the words and of the data together: what a grid speaks of."""
        return _digest([self.text, sorted(self.data.items())])


@dataclass(frozen=True)
class Reading:
    """One line of the register."""

    subject: str
    kind: str
    state: str
    role: str
    day: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    at: str = ""

    @property
    def refused(self) -> tuple[str, ...]:
        """Criteria answered by no."""
        return tuple(name for name, one in self.answers.items() if one.answer == NO)

    @property
    def blank(self) -> tuple[str, ...]:
        """Criteria without an answer."""
        return tuple(n for n in criteria() if not self.answers.get(n, Answer()).answer)


@dataclass(frozen=True)
class Standing:
    """Where a subject stands, why it fell back, and the readings that hold."""

    subject: Subject
    state: str
    why: str = ""
    readings: tuple[Reading, ...] = ()

    @property
    def label(self) -> str:
        """French name of the state."""
        return catalogue().label("review_status", self.state)

    @property
    def next(self) -> str:
        """State that comes next; the last one when there is none."""
        return STATES[min(STATES.index(self.state) + 1, len(STATES) - 1)]


def register_path(workspace: Workspace) -> Path:
    """Where readings are written."""
    return workspace.data / "reviews" / "relectures.jsonl"


def _digest(held: object) -> str:
    told = json.dumps(held, ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def comment_subject(one: Written) -> Subject:
    """A comment as something to read: its words, and all that its header lets be shown."""
    shown = {name: said for name, said in one.fields.items() if name not in ("state", "data")}
    data = {one.figure: one.fields.get("data", "")}
    text = _digest([one.text, sorted(shown.items())])
    return Subject(one.id, COMMENT, one.figure, text, data, claimed=one.state)


def report_subject(
    report_id: str, title: str, words: Iterable[str], figures: Mapping[str, Mapping[str, str]]
) -> Subject:
    """A report as something to read.

    Parameters
    ----------
    words
        What its words come from: digest of its notebook, name of the workbook, criteria.
    figures
        What the manifest says of its figures.
    """
    kept = {name: one for name, one in figures.items() if one["kind"] in VOUCHED}
    data = {name: one["data"] for name, one in kept.items()}
    titles = {name: one["title"] or name for name, one in kept.items()}
    return Subject(report_id, REPORT, title, _digest(list(words)), data, titles)


def readings(workspace: Workspace) -> tuple[Reading, ...]:
    """Every reading, oldest first; a line that is cut counts for nothing (see `faults`)."""
    return tuple(one for one in _read(register_path(workspace)) if isinstance(one, Reading))


def faults(workspace: Workspace) -> tuple[str, ...]:
    """One French sentence for each line of the register that cannot be read."""
    return tuple(one for one in _read(register_path(workspace)) if isinstance(one, str))


def standing(subject: Subject, known: Iterable[Reading]) -> Standing:
    """Say where a subject stands: as read, unless its words or its data changed since.

    A header may claim less than what was read, never more.
    """
    own = [one for one in known if (one.kind, one.subject) == (subject.kind, subject.id)]
    if not own:
        claimed = catalogue().label("review_status", subject.claimed)
        more = subject.kind == COMMENT and subject.claimed != DRAFT
        why = f"l'en-tête dit « {claimed} », mais aucune lecture n'est enregistrée" if more else ""
        return Standing(subject, DRAFT, why)
    last = own[-1]
    why = _changed(subject, last)
    if why:
        fell = last.state != DRAFT
        return Standing(subject, DRAFT, f"{why} : à relire" if fell else "", tuple(own))
    claimed = subject.claimed if subject.claimed in STATES else DRAFT
    state = min(last.state, claimed, key=STATES.index)
    less = "l'en-tête du commentaire l'a ramené en arrière" if state != last.state else ""
    return Standing(subject, state, less, tuple(own))


def _changed(subject: Subject, last: Reading) -> str:
    day = full_date(last.day)
    if last.text != subject.text:
        return (TEXT_CHANGED if subject.kind == COMMENT else WORDS_CHANGED).format(day)
    moved = [name for name in {**subject.data, **last.data}
             if subject.data.get(name) != last.data.get(name)]  # fmt: skip
    if not moved:
        return ""
    if subject.kind == COMMENT:
        return DATA_CHANGED.format(day)
    names = [subject.titles.get(name, name) for name in moved]
    shown = ", ".join(f"« {name} »" for name in names[:3])
    more = f" et {len(names) - 3} autres" if len(names) > 3 else ""
    return f"{DATA_CHANGED.format(day)} ({shown}{more})"


def record(
    workspace: Workspace, before: Standing, *, state: str, role: str, day: str,
    answers: Mapping[str, Answer] | None = None,
) -> Reading:  # fmt: skip
    """Add a reading to the register; the state moves one step up, or down as far as wished.

    Raises
    ------
    RequestError
        When the step is not allowed, with what is missing.
    DtsError
        When the register cannot be written.
    """
    subject = before.subject
    last = before.readings[-1] if before.readings else None
    holding = last.answers if last and not _changed(subject, last) else {}
    made = Reading(subject.id, subject.kind, state, role, day, subject.text, subject.data,
                   dict(answers if answers is not None else holding))  # fmt: skip
    _check_step(before, made)
    _append(register_path(workspace), made)
    return made


def _check_step(before: Standing, made: Reading) -> None:
    if not made.role.strip():
        raise RequestError(
            "Une relecture se fait au nom d'un rôle.", "Ajouter --role « Référente éthique »."
        )
    if made.state not in STATES:
        raise RequestError(f"État « {made.state} » inconnu.", f"Choisir parmi : {_names(STATES)}.")
    up = STATES.index(made.state) - STATES.index(before.state)
    if up > 1:
        raise RequestError(
            f"« {made.subject} » est à l'état « {before.label.lower()} » : il ne peut pas passer "
            f"directement à « {_names([made.state])} ».",
            f"D'abord « {_names([before.next])} ».",
        )
    if up == 1:
        _check_grid(made)


def _check_grid(made: Reading) -> None:
    """To move up, every criterion has an answer; to be validated, none is no."""
    if made.blank:
        raise RequestError(
            f"La grille de « {made.subject} » n'est pas complète : {len(made.blank)} critères "
            f"sans réponse, dont « {criteria()[made.blank[0]].label} ».",
            f"L'écrire (dts review {made.subject} --grid), la remplir, puis la rendre.",
        )
    if made.refused and made.state != READ:
        told = " ; ".join(f"« {criteria()[name].label} »" for name in made.refused)
        raise RequestError(
            f"« {made.subject} » a une réponse « non » : {told}.",
            "Corriger le texte, puis remplir une nouvelle grille.",
        )


def _names(states: Iterable[str]) -> str:
    return ", ".join(catalogue().label("review_status", state).lower() for state in states)


def _append(path: Path, reading: Reading) -> None:
    now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    line = json.dumps({"version": 1, **asdict(reading), "at": now}, ensure_ascii=False)
    try:
        append_whole(path, line.encode("utf-8", "replace") + b"\n")
    except OSError as error:
        raise DtsError(
            f"Le registre des relectures « {path} » ne peut pas être écrit : {reason(error)}.",
            "Vérifier les droits du dossier et la place qui reste.",
        ) from error


def _read(path: Path) -> list[Reading | str]:
    if not path.is_file():
        return []
    found: list[Reading | str] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            one = _reading(line)
            found.append(one or f"La ligne {number} de « {path.name} » n'est pas lisible : elle "
                                "est laissée de côté, les autres sont gardées.")  # fmt: skip
    return found


def _reading(line: bytes) -> Reading | None:
    try:
        raw = json.loads(line.decode("utf-8-sig"))
        known = {name.name for name in fields(Reading)}
        values = {key: value for key, value in raw.items() if key in known}
        answers = {str(k): Answer(**v) for k, v in dict(values.get("answers") or {}).items()}
        return Reading(**{**values, "answers": answers})
    except (ValueError, TypeError, AttributeError):
        return None
