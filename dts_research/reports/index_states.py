"""What the index says of each report, and what it says once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from dts_research.display.fragments import full_date, tag, words
from dts_research.display.style import many
from dts_research.reports.freshness import FAILED, FRESH, STATES, Status, brief
from dts_research.reports.press import failure_name
from dts_research.store import clock

# Longest reason on the line of a report; « dts list --json » has it whole.
LONGEST = 200
CHECKED, DRAFT = "Forme contrôlée", "Brouillon"


@dataclass(frozen=True)
class Shared:
    """What most reports have in common, said at the top of the page and not again.

    Attributes
    ----------
    day
        Day most reports were made.
    checked
        Whether all were checked for publication, or none; None when some were.
    whys
        Reason of a state, where all the reports in that state have the same.
    """

    day: str = ""
    checked: bool | None = None
    whys: Mapping[str, str] = field(default_factory=dict)


def shared(statuses: Sequence[Status]) -> Shared:
    """Find what most reports have in common."""
    days = Counter(filter(None, map(made_on, statuses)))
    day, count = next(iter(days.most_common(1)), ("", 0))
    marks = {checked(one) for one in statuses if one.entry and one.entry.outputs}
    whys: dict[str, set[str]] = {}
    for one in statuses:
        whys.setdefault(one.state, set()).add(one.why)
    return Shared(
        day if count > days.total() / 2 else "",
        marks.pop() if len(marks) == 1 else None,
        {state: said.pop() for state, said in whys.items() if len(said) == 1 and state != FAILED},
    )


def checked(status: Status) -> bool:
    """Whether a report was checked for publication."""
    return status.entry is not None and status.entry.strict


def made_on(status: Status) -> str:
    """Day a report was made, in French, "" when it never was."""
    return day_of(status.entry.made_at if status.entry else "")


def day_of(stamp: str) -> str:
    """Day of a moment of the manifest, in French, as people here count days."""
    return full_date(clock.day_of(stamp).isoformat()) if stamp else ""


def stands(status: Status) -> bool:
    """Whether a report that failed is still there as it was made before."""
    entry = status.entry
    whole = entry is not None and bool(entry.outputs) and entry.made_at != entry.tried_at
    return whole and status.state == FAILED


def overall(statuses: Sequence[Status], common: Shared) -> str:
    """Paragraphs that say once what holds for the reports."""
    numbers = {state: sum(one.state == state for one in statuses) for state in STATES}
    parts = [
        f"{numbers[state]} {label}" + _because(common.whys.get(state, ""))
        for state, label in STATES.items()
        if numbers[state]
    ]
    lines = [f"Rapports : {', '.join(parts) or 'aucun'}.", _days(statuses, common)]
    lines.append(_checks(statuses, common))
    if 0 < numbers[FRESH] < len(statuses):
        lines.append("Un rapport sans mention est à jour.")
    return tag("p", " ".join(map(words, filter(None, lines))), class_="count")


def _because(why: str) -> str:
    return f" ({why})" if why and why != "jamais fait" else ""


def _days(statuses: Sequence[Status], common: Shared) -> str:
    days = set(filter(None, map(made_on, statuses)))
    if not common.day:
        return ""
    plural = "s" if sum(bool(made_on(one)) for one in statuses) > 1 else ""
    more = ", sauf mention contraire" if len(days) > 1 else ""
    return f"Fait{plural} le {common.day}{more}."


def _checks(statuses: Sequence[Status], common: Shared) -> str:
    made = [one for one in statuses if one.entry and one.entry.outputs]
    plural = "s" if len(made) > 1 else ""
    if common.checked is not None:
        return f"{CHECKED}." if common.checked else _drafts(plural)
    good = sum(map(checked, made))
    if not made:
        return ""
    controlled = f"{good} à la forme contrôlée"
    return f"{controlled}, {many(len(made) - good, 'brouillon', 'brouillons')}."


def _drafts(plural: str) -> str:
    return f"Brouillon{plural} : à relire avant de publier."


def state_line(status: Status, common: Shared) -> str:
    """What distinguishes a report from the others: its state, its day, whether it was checked."""
    facts = [_state(status, common), *_facts(status, common)]
    told = " ".join(fact for fact in facts if fact)
    return tag("p", told, class_=f"state {status.state}")


def _state(status: Status, common: Shared) -> str:
    if status.state == FRESH:
        return ""
    why = "" if status.why in ("jamais fait", common.whys.get(status.state)) else status.why
    said = STATES[status.state].capitalize() + (f" : {brief(why, LONGEST)}" if why else "")
    stop = "" if said.endswith((".", "?", "!")) else "."
    return tag("strong", words(said) + stop)


def _facts(status: Status, common: Shared) -> Iterable[str]:
    entry, day = status.entry, made_on(status)
    if entry and stands(status):
        yield tag("span", words(f"La version du {day} reste en place."), class_="made")
    elif entry and day and (day != common.day or status.state == FAILED):
        yield tag("span", words(f"Fait le {day}."), class_="made")
    if entry and entry.outputs and common.checked is None:
        yield tag("span", words(CHECKED if checked(status) else DRAFT) + ".", class_="made")
    failure = entry.failure if entry and status.state == FAILED else None
    if failure:
        page = quote(failure_name(status.report.id))
        yield f'<a href="{page}">{words("Pourquoi, et que faire")}</a>'
    if failure and failure.line:
        yield f'<span class="made">Ligne : <code>{escape(failure.line)}</code></span>'
