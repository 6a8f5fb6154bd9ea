"""Lines of the index: each territory once, its variants under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dts_research.display.fragments import attribute, tag, words
from dts_research.reports.freshness import Status
from dts_research.reports.index_states import Shared, state_line
from dts_research.reports.names import plain
from dts_research.reports.press import FORMATS, HTML, output_name


@dataclass(frozen=True)
class Group:
    """Reports of one territory, or of one family of the whole network; variants come last."""

    label: str
    code: str
    statuses: tuple[Status, ...]

    @property
    def main(self) -> Status:
        """The report the plan asks for."""
        return self.statuses[0]


def grouped(statuses: Sequence[Status]) -> tuple[list[Group], list[Group]]:
    """Gather reports: those of the network, then those of each territory by name."""
    found: dict[tuple[str, str], list[Status]] = {}
    for one in statuses:
        report = one.report
        found.setdefault((report.territory, "" if report.territory else report.family), []).append(
            one
        )
    groups = [_group(code, some) for (code, _), some in found.items()]
    territories = [group for group in groups if group.code]
    territories.sort(key=lambda group: (key(group.label), group.code))
    return [group for group in groups if not group.code], territories


def _group(code: str, statuses: list[Status]) -> Group:
    ordered = tuple(sorted(statuses, key=lambda one: (bool(one.report.variant), one.report.id)))
    return Group(shown_name(ordered[0]), code, ordered)


def shown_name(status: Status) -> str:
    """Name a report is known by."""
    report, entry = status.report, status.entry
    return report.label or report.territory or (entry.title if entry else "") or report.id


def key(text: str) -> str:
    """Give what two spellings of one name share, as the script of the page computes it."""
    return plain(text.replace("œ", "oe").replace("Œ", "oe"))


def page_of(status: Status) -> str:
    """Address of the web page of a report, "" when there is none."""
    page = output_name(status.report.id, HTML)
    return quote(page) if status.entry and page in status.entry.outputs else ""


def item_html(group: Group, common: Shared) -> str:
    """One territory: its page, its other formats, what distinguishes it, its variants."""
    head, *others = group.statuses
    code = tag("span", words(group.code), class_="code") if group.code not in _hidden(group) else ""
    code += tag("span", words(_upper(head.report.variant)), class_="code")
    lines = "".join(_variant(one, group.label, common) for one in others)
    searched = key(f"{group.label} {group.code}")
    return (
        f'<li id="rapport-{attribute(head.report.id)}" data-k="{searched}">'
        f'<p class="name">{_title(head, group.label)} {code}</p>\n'
        f"<div>{_links(head, group.label)}{state_line(head, common)}"
        f"{tag('ul', lines, class_='variants')}</div></li>"
    )


def _hidden(group: Group) -> tuple[str, ...]:
    """Codes that tell nothing to a reader: none, that of a perimeter, one already said."""
    return ("", group.label) if not group.code.startswith("P-") else (group.code,)


def _title(status: Status, text: str) -> str:
    page = page_of(status)
    return f'<a href="{page}">{words(text)}</a>' if page else words(text)


def _variant(status: Status, label: str, common: Shared) -> str:
    """A report made besides the plan, or of another notebook, for the same territory."""
    entry = status.entry
    told = status.report.variant or (entry.title if entry else "") or status.report.id
    return (
        f'<li id="rapport-{attribute(status.report.id)}">'
        f"<p>{_title(status, _upper(told))}{tag('span', words(f' – {label}'), class_='unseen')}</p>"
        f"{_links(status, f'{label}, {told}')}{state_line(status, common)}</li>"
    )


def _links(status: Status, name: str) -> str:
    entry = status.entry
    if entry is None:
        return ""
    labels = {output_name(entry.id, kind): label for kind, label in FORMATS.items()}
    labels |= {path: "carnet exécuté" for path in entry.outputs if path.endswith(".ipynb")}
    links = [
        f'<a href="{quote(path)}">{words(_upper(label))}'
        f'<span class="unseen">{words(f" – {name}")}</span></a>'
        for path, label in labels.items()
        if path in entry.outputs and path != output_name(entry.id, HTML)
    ]
    return f'<p class="links">{" ".join(links)}</p>\n' if links else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
