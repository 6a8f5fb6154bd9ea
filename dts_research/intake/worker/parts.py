"""What a zipped workbook holds beside its cells, read from its XML, streamed."""

import posixpath
import re
import zipfile
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from opendocument import Tables
from sheet_xml import TRUE, SheetFacts, Styles, plain_cells
from writing import Refused

BLOCK = 1 << 20
_READ = re.compile(r"(?!META-INF/).*\.(xml|rels)", re.IGNORECASE)


class _Enough(Exception):
    """The root of a document was met."""


class _Prolog(ContentHandler):
    def startElement(self, name: str, attrs: Any) -> None:
        raise _Enough


def refuse_document_types(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook whose XML declares a document type: entities come only from there."""
    for name in archive.namelist():
        if not _READ.fullmatch(name):
            continue
        try:
            _parse(archive, name, _Prolog(), block=1 << 14)
        except _Enough:
            continue
        except SAXParseException:
            continue  # not well-formed: the reader of cells decides whether it matters
        except DefusedXmlException as error:
            raise Refused("entities", part=name) from error


def inspect(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Say what there is: macros, links, comments, and the facts of each sheet by its name."""
    names = archive.namelist()
    try:
        if "content.xml" in names:
            return _opendocument(archive, names)
        if "_rels/.rels" in names:
            return _office(archive, names)
    except (SAXParseException, ValueError, KeyError, StopIteration):
        pass  # what cannot be inspected is said, and the cells are read all the same
    return {"inspected": False, "macros": _macros(names), "sheets": {}}


def _macros(names: list[str]) -> bool:
    return any(name.lower().endswith("vbaproject.bin") for name in names)


def _office(archive: zipfile.ZipFile, names: list[str]) -> dict[str, Any]:
    root = _Relations("")
    _parse(archive, "_rels/.rels", root)
    main = next(path for path, kind in root.targets.values() if kind.endswith("/officeDocument"))
    folder, _, name = main.rpartition("/")
    relations, book = _Relations(folder), _Book()
    _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), relations)
    _parse(archive, main, book)
    styles = Styles()
    for path in [path for path, kind in relations.targets.values() if kind.endswith("/styles")]:
        _parse(archive, path, styles)
    percents, sheets = frozenset(styles.percents), {}
    for name, key in book.sheets:
        facts = SheetFacts(percents)
        _parse(archive, relations.targets[key][0], facts, without=plain_cells(percents))
        sheets[name] = facts.found()
    comments = _Comments()
    for name in names:
        if re.fullmatch(r"(.*/)?comments?\d*\.xml", name):
            _parse(archive, name, comments)
    return {
        "inspected": True,
        "macros": _macros(names),
        "links": sum(bool(re.fullmatch(r"(.*/)?externalLinks/[^/]+\.xml", n)) for n in names),
        "comments": comments.count,
        "since_1904": book.since_1904,
        "sheets": sheets,
    }


def _opendocument(archive: zipfile.ZipFile, names: list[str]) -> dict[str, Any]:
    tables = Tables()
    _parse(archive, "content.xml", tables)
    return {
        "inspected": True,
        "macros": tables.scripts or any(re.match(r"(Basic|Scripts)/.*[^/]$", n) for n in names),
        "links": tables.links,
        "comments": tables.comments,
        "sheets": tables.found(),
    }


class _Relations(ContentHandler):
    """Parts to which a part refers: their paths and kinds, by key."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.targets: dict[str, tuple[str, str]] = {}

    def startElement(self, name: str, attrs: Any) -> None:
        if name.rpartition(":")[2] == "Relationship":
            path = posixpath.normpath(posixpath.join("/", self.folder, attrs.get("Target", "")))
            self.targets[attrs.get("Id", "")] = path.lstrip("/"), attrs.get("Type", "")


class _Book(ContentHandler):
    """Names of the sheets, the keys of their parts, and the day from which days are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def startElement(self, name: str, attrs: Any) -> None:
        local = name.rpartition(":")[2]
        if local == "workbookPr":
            self.since_1904 = attrs.get("date1904") in TRUE
        elif local == "sheet":
            keys = (v for k, v in attrs.items() if k.rpartition(":")[2] == "id")
            self.sheets.append((attrs.get("name", ""), next(keys, "")))


class _Comments(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def startElement(self, name: str, attrs: Any) -> None:
        self.count += name.rpartition(":")[2] == "comment"


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    handler: ContentHandler,
    *,
    without: re.Pattern[bytes] | None = None,
    block: int = BLOCK,
) -> None:
    """Feed a part to a handler block by block; a document type is refused."""
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    with archive.open(name) as stream:
        while content := stream.read(block):
            parser.feed(without.sub(b"", content) if without else content)
    parser.close()
