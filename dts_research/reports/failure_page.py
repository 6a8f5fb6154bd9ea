"""The page of a report that failed: what stopped it, where, what to do, what still stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dts_research.reports.disk import write_whole
from dts_research.reports.freshness import FAILED, Status
from dts_research.reports.index_states import day_of
from dts_research.reports.manifest import INCOMPLETE, Entry, Failure, Manifest
from dts_research.reports.press import FORMATS, Press, failure_name, output_name
from dts_research.reports.storage import Object, Objects

Block = dict[str, Any]
TITLE = "Ce rapport n'a pas pu être fait"
PARTLY = "Ce rapport n'a pas pu être fait en entier"
NEVER = "Rien : ce rapport n'a encore jamais été fait."


def write_failures(statuses: Sequence[Status], tried: Mapping[str, Entry], press: Press) -> None:
    """Give each failed report its page, and take away those of the others.

    A page that the disk refuses is left out: what it says is told on the screen too.

    Parameters
    ----------
    statuses
        The reports that are known, as they stand.
    tried
        What was attempted just now; a draft that was only refused for publication has its page
        too, though it stands as it did.
    """
    failed = {one.report.id: one.entry for one in statuses if one.state == FAILED and one.entry}
    failed |= {name: entry for name, entry in tried.items() if entry.state == FAILED}
    for name, entry in failed.items():
        path = press.out / failure_name(name)
        if name in tried or not path.is_file():
            with suppress(OSError):
                write_whole(path, failure_html(entry, press).encode("utf-8"))
    pages = {path.name: path for path in press.out.glob(failure_name("*"))}
    left = pages.keys() - set(map(failure_name, failed))
    known = Manifest(press.out).read().keys() | tried.keys() if left else ()
    for name in left & set(map(failure_name, known)):
        with suppress(OSError):
            pages[name].unlink()


def failure_html(entry: Entry, press: Press) -> str:
    """Write the page of a report that failed."""
    from dts_research.reports.document import Document
    from dts_research.reports.html import render_html

    failure = entry.failure or Failure("La raison n'est pas connue.")
    title = PARTLY if _partly(entry) else TITLE
    name = entry.label or entry.territory
    cover: Block = {
        "kind": "cover", "title": title, "territory": name, "fictional": press.fictional,
        "subtitle": " · ".join(filter(None, (entry.title, entry.variant, entry.id))),
        "date": day_of(entry.tried_at),
    }  # fmt: skip
    blocks = (
        cover,
        _heading("Ce qui s'est passé"), *_said(failure),
        _heading("Que faire"), *_advised(entry, failure),
        _heading("Ce qui reste en place"), *_standing(entry, press),
    )  # fmt: skip
    return render_html(Document(title, blocks=blocks, fictional=press.fictional))


def _partly(entry: Entry) -> bool:
    """Whether some formats of this very attempt are in place."""
    said = entry.failure is not None and entry.failure.message.startswith(INCOMPLETE)
    return said and bool(entry.outputs) and entry.made_at == entry.tried_at


def _heading(text: str) -> Block:
    slug = text.lower().replace(" ", "-").replace("'", "-")
    return {"kind": "heading", "level": 2, "text": text, "slug": slug, "inline": _inline(text)}


def _inline(text: str) -> list[Block]:
    return [{"type": "text", "text": text}]


def _paragraph(*pieces: Block | str) -> Block:
    inline = [part for one in pieces for part in (_inline(one) if isinstance(one, str) else [one])]
    return {"kind": "paragraph", "inline": inline}


def _list(items: Sequence[Block], *, ordered: bool = False) -> Block:
    return {"kind": "list", "ordered": ordered, "items": [[item] for item in items]}


def _code(text: str) -> Block:
    return {"type": "code", "text": text}


def _said(failure: Failure) -> Iterator[Block]:
    """The reason, its list where there are several, and the line of the notebook."""
    lines = [line.strip() for line in failure.message.splitlines() if line.strip()]
    faults = [line[2:] for line in lines if line.startswith("- ")]
    for line in (one for one in lines if not one.startswith("- ")):
        yield _paragraph(line if line.endswith((".", "!", "?", ":", "…")) else f"{line}.")
    if faults:
        yield _list([_paragraph(fault) for fault in faults])
    if failure.line:
        yield _paragraph("La ligne en cause :")
        yield {"kind": "code", "text": failure.line}


def _advised(entry: Entry, failure: Failure) -> Iterator[Block]:
    """Steps to take, the last of which is always the same command."""
    steps = []
    if failure.cell:
        steps.append(
            _paragraph(
                f"Ouvrir le carnet « {entry.notebook} » avec ", _code("dts lab"),
                f" et aller à la cellule {failure.cell}. Si ce rapport est le seul en échec, ce "
                "sont plutôt ses données qui sont en cause ; s'ils le sont tous, c'est le carnet.",
            )
        )  # fmt: skip
    else:
        steps.append(_paragraph("Lire la raison ci-dessus et faire ce qu'elle demande."))
    steps.append(
        _paragraph("Relancer, pour ce rapport seulement : ", _code(f"dts report {entry.id}"))
    )
    yield _list(steps, ordered=True)
    yield _paragraph("Cette page disparaît d'elle-même dès que le rapport est fait.")


def _standing(entry: Entry, press: Press) -> Iterator[Block]:
    """The files that can be read, and from when they are."""
    if not entry.outputs:
        yield _paragraph(NEVER)
        return
    day = day_of(entry.made_at)
    if _partly(entry):
        yield _paragraph(f"Ce qui a pu être fait le {day} :")
    elif fault := Manifest(press.out).faults(entry):
        yield _paragraph(f"La version faite le {day} n'est plus entière : {fault}.")
    else:
        yield _paragraph(
            f"La version faite le {day}, telle qu'elle était : rien n'y a été changé, et elle ne "
            "tient pas compte de ce qui est arrivé depuis."
        )
    there = [name for name in entry.outputs if (press.out / name).is_file()]
    yield _list([_link(entry, name) for name in there if not name.endswith(".json")])


def _link(entry: Entry, name: str) -> Block:
    labels = {output_name(entry.id, kind): label for kind, label in FORMATS.items()}
    label = labels.get(name, "carnet exécuté")
    content = _inline(label[:1].upper() + label[1:])
    return _paragraph({"type": "link", "url": quote(name), "content": content})


def failure_page(folder: Path | Objects, report_id: str) -> Path | Object | None:
    """Where the page of a failed report is, None when there is none."""
    path = folder / failure_name(report_id)
    return path if path.is_file() else None
