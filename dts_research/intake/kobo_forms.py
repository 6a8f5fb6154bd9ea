"""The form that comes with its submissions: labels in French, questions renamed since."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dts_research.intake.synonyms import known_names
from dts_research.schema.catalogue import plain

_FRENCH = re.compile(r"fran[cç]ais|french|\bfr\b", re.IGNORECASE)
_SEVERAL = "select_multiple"


@dataclass(frozen=True)
class Question:
    """One question of a form.

    Parameters
    ----------
    path, name, label
        Where it stands (``group/name``), its name, its label in French where there is one.
    kind
        Type of the form's language, in one word.
    choices
        Name -> label of the answers to choose from.
    mark, before
        What tells it apart from one version to the next: its ``$kuid``, its former name.
    """

    path: str
    name: str
    label: str = ""
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    before: str = ""


@dataclass(frozen=True)
class Form:
    """A version of a form, seen from the last one.

    Parameters
    ----------
    version
        Its name.
    questions
        Path -> question.
    now
        Path in this version -> path in the last version, where it changed.
    notes
        What could not be decided.
    """

    version: str = ""
    questions: Mapping[str, Question] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def renamed(self, path: str) -> str:
        """Path of a question, or of a repeat, in the last version of the form."""
        return self.now.get(path, path)

    def header(self, path: str) -> str:
        """Title of the column of a question: its label when only the label is known to us."""
        question = self._question(path)
        return question.label if question and self._told(question) else self.renamed(path)

    def answer(self, path: str, text: str | None) -> str | None:
        """Answer as a cell: labels of choices when the question goes by its label."""
        question = self._question(path)
        if question is None or text is None or not question.choices or not self._told(question):
            return text
        pieces = text.split() if question.kind == _SEVERAL else [text]
        return "|".join(question.choices.get(piece, piece) for piece in pieces)

    def _question(self, path: str) -> Question | None:
        if path in self.questions:
            return self.questions[path]
        ends = [q for p, q in self.questions.items() if p.rpartition("/")[2] == path]
        return ends[0] if len(ends) == 1 else None

    @staticmethod
    def _told(question: Question) -> bool:
        known = known_names()
        return plain(question.name) not in known and plain(question.label) in known


def read_forms(parts: Sequence[Mapping[str, Any]]) -> list[Form]:
    """Read the versions of a form, the last one last, and follow what was renamed."""
    forms = [Form(str(part.get("version") or ""), _questions(part)) for part in parts]
    last = forms[-1]
    followed = [Form(f.version, f.questions, _renamed(f, forms[i:])) for i, f in enumerate(forms)]
    notes = [note for form in followed[:-1] for note in _undecided(form, last)]
    return [*followed[:-1], Form(last.version, last.questions, {}, tuple(dict.fromkeys(notes)))]


def _renamed(form: Form, later: Sequence[Form]) -> dict[str, str]:
    """Follow each question from version to version, by its mark or its former name."""
    now: dict[str, str] = {}
    for path, question in form.questions.items():
        at = question
        for version in later[1:]:
            at = next((q for q in version.questions.values() if _same(at, q)), at)
        if at.path != path:
            now[path] = at.path
    return now


def _same(old: Question, new: Question) -> bool:
    if old.path == new.path:
        return True
    return (bool(old.mark) and old.mark == new.mark) or (
        bool(new.before) and new.before == old.name
    )


def _undecided(form: Form, last: Form) -> list[str]:
    """Say which questions are gone while others have come, with nothing that links them."""
    if not last.questions:
        return []
    gone = [p for p in form.questions if form.renamed(p) not in last.questions]
    come = {form.renamed(p) for p in form.questions}
    new = [q for p, q in last.questions.items() if p not in come]
    if not gone or not new:
        return []
    said = ", ".join(f"« {path} »" for path in gone)
    others = ", ".join(f"« {question.path} »" for question in new)
    return [
        f"Version « {form.version} » du formulaire : {said} n'est plus dans la version "
        f"« {last.version} », où {others} est apparu ; rien ne dit si c'est la même question "
        "renommée : les colonnes restent séparées."
    ]


def _questions(part: Mapping[str, Any]) -> dict[str, Question]:
    content = part.get("content")
    form = content if isinstance(content, Mapping) else part
    french = _place_of_french(form.get("translations"))
    choices: dict[str, dict[str, str]] = {}
    listed = form.get("choices")
    for row in listed if isinstance(listed, list) else []:
        if not isinstance(row, Mapping):
            continue
        named = choices.setdefault(str(row.get("list_name")), {})
        named[str(row.get("name"))] = _label(row, french)
    found: dict[str, Question] = {}
    above: list[str] = []
    for row in form.get("survey") or []:
        kind = str(row.get("type", "")).replace("begin ", "begin_").replace("end ", "end_")
        name = str(row.get("name") or row.get("$autoname") or "")
        if kind.startswith("begin_"):
            above.append(name)
        elif kind.startswith("end_"):
            del above[-1:]
        elif name:
            path = "/".join((*above, name))
            found[path] = _question(row, (path, name), choices, french)
    return found


def _question(
    row: Mapping[str, Any],
    named: tuple[str, str],
    choices: Mapping[str, Mapping[str, str]],
    french: int,
) -> Question:
    words = str(row.get("type", "")).split()
    listed = str(row.get("select_from_list_name") or (words[1] if len(words) > 1 else ""))
    return Question(
        path=named[0],
        name=named[1],
        label=_label(row, french),
        kind=words[0] if words else "text",
        choices=choices.get(listed, {}),
        mark=str(row.get("$kuid") or ""),
        before=str(row.get("$prev") or ""),
    )


def _place_of_french(translations: Any) -> int:
    names = translations if isinstance(translations, list) else []
    return next((i for i, name in enumerate(names) if name and _FRENCH.search(str(name))), 0)


def _label(row: Mapping[str, Any], french: int) -> str:
    label = row.get("label")
    if isinstance(label, list):
        label = next((t for t in (*label[french : french + 1], *label) if t), None)
    spoken = [str(v) for k, v in row.items() if k.startswith("label:") and _FRENCH.search(k) and v]
    others = [str(v) for k, v in row.items() if k.startswith("label:") and v]
    return (spoken or ([str(label)] if label else []) or others or [""])[0]
