"""What a zipped workbook holds beside its cells, read from its XML, streamed."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from opendocument import Tables
from sheet_xml import SheetFacts, hollow
from writing import Refused

BLOCK = 1 << 20
_READ = re.compile(r"(xl/|_rels/|\[Content_Types\]).*\.(xml|rels)|(content|styles)\.xml", re.I)


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
        if "xl/workbook.xml" in names:
            return _office(archive, names)
    except (SAXParseException, ValueError, KeyError):
        pass  # what cannot be inspected is said, and the cells are read all the same
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return {"inspected": False, "macros": macros, "sheets": {}}


def _office(archive: zipfile.ZipFile, names: list[str]) -> dict[str, Any]:
    book = _Book()
    _parse(archive, "xl/workbook.xml", book)
    if "xl/_rels/workbook.xml.rels" in names:
        _parse(archive, "xl/_rels/workbook.xml.rels", book)
    sheets = {}
    for name, part in book.parts():
        if part in names:
            facts = SheetFacts()
            _parse(archive, part, facts, hollowed=True)
            sheets[name] = facts.found()
    comments = _Comments()
    for name in names:
        if re.fullmatch(r"xl/(.*/)?comments[^/]*\.xml", name):
            _parse(archive, name, comments)
    return {
        "inspected": True,
        "macros": "xl/vbaProject.bin" in names,
        "links": sum(bool(re.fullmatch(r"xl/externalLinks/[^/]+\.xml", n)) for n in names),
        "comments": comments.count,
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


class _Book(ContentHandler):
    """Names of the sheets and the parts where they are."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.targets: dict[str, str] = {}

    def startElement(self, name: str, attrs: Any) -> None:
        local = name.rpartition(":")[2]
        if local == "sheet":
            ids = [v for k, v in attrs.items() if k.rpartition(":")[2] == "id"]
            self.sheets.append((attrs.get("name", ""), ids[0] if ids else ""))
        elif local == "Relationship":
            self.targets[attrs.get("Id", "")] = attrs.get("Target", "")

    def parts(self) -> Iterator[tuple[str, str]]:
        """Sheet after sheet, its name and its part."""
        for name, key in self.sheets:
            target = self.targets.get(key, "")
            path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
            yield name, posixpath.normpath(path)


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
    hollowed: bool = False,
    block: int = BLOCK,
) -> None:
    """Feed a part to a handler block by block; a document type is refused."""
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    with archive.open(name) as stream:
        while content := stream.read(block):
            parser.feed(hollow(content) if hollowed else content)
    parser.close()
