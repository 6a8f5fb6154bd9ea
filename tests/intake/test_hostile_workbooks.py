"""Spreadsheets built to do harm: each is refused by name, in little time and memory."""

from __future__ import annotations

import json
import os
import random
import re
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dts_research.intake.readers import read_table

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are POSIX")

TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""
BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"""
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{KIND}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{KIND}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""
ROOT = RELS.replace("worksheets/sheet1", "xl/workbook").replace("/worksheet", "/officeDocument")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ONE = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>'
TWO = ONE + '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)
QUADRATIC = f"<!DOCTYPE x [<!ENTITY a '{'x' * 100_000}'>]>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"


def sheet(rows: str = TWO, before: str = "") -> str:
    return f"{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def strings(text: str = "Titre", before: str = "") -> str:
    return f"{before}<sst {MAIN}><si><t>{text}</t></si></sst>"


def book(path: Path, *, sheet1: str = "", shared: str = "", **more: str) -> None:
    parts = {
        "[Content_Types].xml": TYPES, "_rels/.rels": ROOT, "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELS,
        "xl/worksheets/sheet1.xml": sheet1 or sheet(), "xl/sharedStrings.xml": shared or strings(),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **more}.items():
            archive.writestr(name, content)


def text_cell(text: str) -> str:
    inside = f'<c r="A2" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'{ONE}<row r="2">{inside}</row>'


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet())
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as out:
            out.write(f"<sst {MAIN}><si><t>".encode())
            for _ in range(1024):
                out.write(b"a" * (1 << 20))
            out.write(b"</t></si></sst>")


def lying_bomb(path: Path) -> None:
    """The same, whose directory says that its big part is small."""
    bomb(path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    for place in (content.find(struct.pack(n, size)) for n in ("<Q", "<L")):
        while place >= 0:
            content[place : place + 4] = struct.pack("<L", 4096)
            place = content.find(struct.pack("<L", size), place)
    path.write_bytes(content)


def far_cell(path: Path) -> None:
    row = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    book(path, sheet1=sheet(TWO + row))


def huge_string(path: Path) -> None:
    letters = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz ", k=3_000_000)
    book(path, shared=strings("".join(letters) * 4))


def said_again(path: Path) -> None:
    """One string of 30 000 letters, shown 400 000 times."""
    cells = "<c t='s'><v>0</v></c>" * 40
    rows = "".join(f"<row r='{n}'>{cells}</row>" for n in range(1, 10_001))
    letters = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz ", k=30_000))
    book(path, sheet1=sheet(rows), shared=strings(letters))


def nested(path: Path) -> None:
    book(path, sheet1=sheet("<row>" * 300_000 + "</row>" * 300_000))


def member(path: Path, name: str, *, times: int = 1, link: bool = False) -> None:
    book(path)
    with zipfile.ZipFile(path, "a") as archive:
        for _ in range(times):
            archive.NameToInfo.pop(name, None)  # so that it does not warn of the second one
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK if link else stat.S_IFREG) << 16
            archive.writestr(info, "/etc/hostname")


def many_members(path: Path) -> None:
    book(path, **{f"xl/media/{n}.xml": "<a/>" for n in range(3000)})


def cut_short(path: Path) -> None:
    book(path)
    path.write_bytes(path.read_bytes()[:-300])


def other_zip(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "<document/>")


def repeated_ods(path: Path) -> None:
    """A table that says of one cell that it stands on a thousand million places."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    cell = '<table:table-cell table:number-columns-repeated="1000" office:value-type="string">'
    table = (
        f'<table:table table:name="T"><table:table-row table:number-rows-repeated="1000000">{cell}'
        "<text:p>x</text:p></table:table-cell></table:table-row></table:table>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}"
            "</office:spreadsheet></office:body></office:document-content>",
        )


def compound(path: Path, stream: str, content: bytes) -> None:
    """Write the smallest compound file (the container of .xls and of encrypted workbooks)."""
    content = content.ljust(4096, b"\0")
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    sectors = len(content) // 512
    chain = [0xFFFFFFFD, end, *range(3, sectors + 2), end]
    table = struct.pack("<128L", *chain, *[free] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xLLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end,
                        0, 0)  # fmt: skip
    head += struct.pack("<108L", *[free] * 108)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        label = name.encode("utf-16-le")
        said = label.ljust(64, b"\0") + struct.pack("<HBBLLL", len(label) + 2, kind, 1, free, free,
                                                    child)  # fmt: skip
        return said + bytes(36) + struct.pack("<LQ", start, size)

    folder = entry("Root Entry", 5, 1, end, 0) + entry(stream, 2, free, 2, len(content))
    path.write_bytes(head + table + folder.ljust(512, b"\0") + content)


def locked_xls(path: Path) -> None:
    begin = struct.pack("<HHHHHHLL", 0x0809, 16, 0x0600, 5, 0x1FAA, 0x07CD, 0xC1, 0x306)
    password = struct.pack("<HHHHHH", 0x2F, 6, 0, 0, 0x1234, 0x5678)
    compound(path, "Workbook", begin + password + struct.pack("<HH", 0x0A, 0))


Made = tuple[str, Callable[[Path], Any], str]
CASES: list[Made] = [
    ("bombe.xlsx", bomb, "se déploie"),
    ("bombe_menteuse.xlsx", lying_bomb, "mémoire|abîmé"),
    ("rires_feuille.xlsx", lambda p: book(p, sheet1=sheet(text_cell("&a9;"), LAUGHS)), "entités"),
    ("rires_textes.xlsx", lambda p: book(p, shared=strings("&a9;", LAUGHS)), "entités"),
    ("rires_classeur.xlsx", lambda p: book(p, **{"xl/workbook.xml": LAUGHS + BOOK}), "entités"),
    (
        "quadratique.xlsx",
        lambda p: book(p, sheet1=sheet(text_cell("&a;" * 20_000), QUADRATIC)),
        "entités",
    ),
    ("dehors_feuille.xlsx", lambda p: book(p, sheet1=sheet(text_cell("&a;"), OUTSIDE)), "entités"),
    ("dehors_textes.xlsx", lambda p: book(p, shared=strings("&a;", OUTSIDE)), "entités"),
    ("loin.xlsx", far_cell, "mémoire|colonnes"),
    ("longue.xlsx", huge_string, "million de caractères"),
    ("redite.xlsx", said_again, "mémoire|de texte"),
    ("emboîtée.xlsx", nested, "vide|lisible"),
    ("répétée.ods", repeated_ods, "mémoire|lisible|colonnes"),
    ("parent.xlsx", lambda p: member(p, "../../x.xml"), "sortent du classeur"),
    ("absolu.xlsx", lambda p: member(p, "/tmp/x.xml"), "sortent du classeur"),
    ("disque.xlsx", lambda p: member(p, "C:\\x.xml"), "sortent du classeur"),
    ("lien.xlsx", lambda p: member(p, "xl/x.xml", link=True), "sortent du classeur"),
    ("double.xlsx", lambda p: member(p, "xl/x.xml", times=2), "deux fois la partie « xl/x.xml »"),
    ("nombreux.xlsx", many_members, "3006 parties"),
    ("coupé.xlsx", cut_short, "abîmé"),
    (
        "lettre.xlsx",
        lambda p: other_zip(p, "[Content_Types].xml", "word/document.xml"),
        "traitement de texte",
    ),
    ("archive.zip", lambda p: other_zip(p, "a.csv"), "est une archive"),
    ("archive.xlsx", lambda p: other_zip(p, "a.csv", "b.csv"), "est une archive"),
    (
        "chiffré.xlsx",
        lambda p: compound(p, "EncryptedPackage", b"\x07" * 5000 + b"\0" * 120),
        "mot de passe",
    ),
    ("chiffré.xls", locked_xls, "mot de passe"),
]

READ_ALL = """
import json, pathlib, resource, sys, time
from dts_research.errors import DtsError
from dts_research.intake.readers import read_table

def spent():
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)

for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    before = spent()
    try:
        said = f"lu : {len(read_table(path))} feuilles"
    except DtsError as error:
        said = str(error)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([path.name, said, spent() - before, children]), flush=True)
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float, int]]:
    """What one process that reads them all, one after the other, says of each."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, make, _ in CASES:
        make(folder / name)
    command = [sys.executable, "-c", READ_ALL, str(folder)]
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": root}
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: (said, seconds, memory) for name, said, seconds, memory in lines}


@pytest.mark.parametrize(("name", "reason"), [(name, reason) for name, _, reason in CASES])
def test_it_is_refused_by_name_and_the_reader_lives(
    verdicts: dict[str, tuple[str, float, int]], name: str, reason: str
) -> None:
    said, seconds, _ = verdicts[name]
    assert f"« {name} »" in said
    assert re.search(reason, said), said
    assert seconds < 5, f"{seconds:.1f} s of processor"


def test_none_takes_a_gibibyte(verdicts: dict[str, tuple[str, float, int]]) -> None:
    unit = 1 if sys.platform == "darwin" else 1024
    assert max(memory for _, _, memory in verdicts.values()) * unit < 1 << 30


def test_the_same_workbook_without_harm_is_read(tmp_path: Path) -> None:
    book(tmp_path / "sain.xlsx")
    (found,) = read_table(tmp_path / "sain.xlsx")
    assert found.cells.loc[2].tolist() == ["1", "Titre"]
