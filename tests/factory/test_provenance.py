"""A report says where it comes from: one sentence on its pages, one manifest beside them."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest
from jsonschema import Draft202012Validator

from dts_research.reports.document import read_document
from dts_research.reports.manifest import Entry, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import KERNEL, WARM, Press, render
from dts_research.reports.provenance import manifest_name, manifest_schema, program, signed

REPORT = Report("essai-13", "essai.ipynb", "13", label="Bouches-du-Rhône")
SENTENCE = (
    "Fait à partir de 14 fiches d'expérience et d'un fait sur les collectivités, état au 12 "
    "novembre 2026, avec le carnet essai.ipynb et le programme dts-research {version} (empreinte "
    "abcdef01) ; ce rapport porte l'empreinte {imprint} (dts why {imprint})."
)
COVER = """from dts_research.display import blocks
blocks.cover(title="Essai", fictional=True, made_from="à partir de 14 fiches d'expérience et d'un"
             " fait sur les collectivités, état au 12 novembre 2026")"""


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """A press with one notebook, whose cover says what it is made of."""
    for name in ("notebooks", "data", "out"):
        (tmp_path / name).mkdir()
    write(tmp_path / "notebooks" / "essai.ipynb", COVER)
    folders = [tmp_path / name for name in ("notebooks", "data", "out")]
    return Press(
        *folders, engine=WARM, digest="0" * 63 + "f", version="abcdef0123456789",
        formats=("html", "pdf"),
    )  # fmt: skip


def write(path: Path, *cells: str) -> None:
    new = nbformat.v4
    told = {"tags": ["parameters"]}
    head = new.new_code_cell(
        'territory: str = ""  # code\nmin_count: int = 5  # seuil', metadata=told
    )
    nbformat.write(new.new_notebook(cells=[head, *map(new.new_code_cell, cells)]), path)


def make(press: Press, report: Report = REPORT) -> Entry:
    outcome = make_reports([report], press, progress=False, workers=1)
    assert outcome.failed == {}
    return Manifest(press.out).read()[report.id]


def told(press: Press, report: Report = REPORT) -> dict[str, Any]:
    return dict(json.loads((press.out / manifest_name(report.id)).read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """A text without what typography adds."""
    return " ".join(re.sub("[\u00a0\u202f\u200b]", " ", text).replace("’", "'").split())


def of_pdf(path: Path) -> str:
    return plain(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages))


def test_the_page_and_the_paper_say_the_same_sentence_and_the_manifest_too(press: Press) -> None:
    entry = make(press)
    said = SENTENCE.format(version=program()["version"], imprint=entry.imprint[:8])
    assert told(press)["sentence"] == said
    page = (press.out / "essai-13.html").read_text(encoding="utf-8")
    (foot,) = re.findall('<p class="origin">(.*?)</p>', page)
    assert plain(unescape(foot)).replace(" ;", ";") == said.replace(" ;", ";")
    assert said.replace(" ;", ";") in of_pdf(press.out / "essai-13.pdf").replace(" ;", ";")


def test_a_notebook_without_a_cover_says_what_is_known(press: Press) -> None:
    write(press.notebooks / "essai.ipynb", "1 + 1")
    imprint = make(press).imprint[:8]
    assert told(press)["sentence"] == (
        f"Fait avec le carnet essai.ipynb et le programme dts-research {program()['version']} "
        f"(empreinte abcdef01) ; ce rapport porte l'empreinte {imprint} (dts why {imprint})."
    )


def test_the_manifest_satisfies_its_schema_and_tells_the_files_as_they_are(press: Press) -> None:
    entry = make(press)
    found, schema = told(press), manifest_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(found)
    assert set(found["outputs"]) == {"essai-13.html", "essai-13.pdf", "carnets/essai-13.ipynb"}
    for name, known in found["outputs"].items():
        body = (press.out / name).read_bytes()
        assert known == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    assert list(entry.outputs)[-1] == manifest_name("essai-13")
    assert found["imprint"] == entry.imprint and found["engine"] == WARM
    assert found["parameters"] == {"territory": "13", "min_count": 5}
    assert found["reference"]["geography"]["vintage"] == 2026
    assert {"source", "vintage"} == set(found["reference"]["indicators"]["population"])
    assert {"matplotlib", "pandas", "typst"} <= set(found["program"]["dependencies"])
    assert found["warnings"] == [] and found["times"]["made_at"] == entry.made_at


def test_a_manifest_that_lacks_something_is_refused(press: Press) -> None:
    make(press)
    whole = told(press)
    for key in ("imprint", "reads", "outputs", "times", "program"):
        found = {name: value for name, value in whole.items() if name != key}
        assert not Draft202012Validator(manifest_schema()).is_valid(found)


def test_no_output_carries_the_digest_of_the_whole_store(press: Press) -> None:
    entry = make(press)
    assert entry.digests["data"] == press.digest
    for name in entry.outputs:
        assert press.digest.encode() not in (press.out / name).read_bytes()


def test_both_engines_and_both_runs_give_the_same_bytes(press: Press, tmp_path: Path) -> None:
    make(press)
    other = replace(press, engine=KERNEL, out=tmp_path / "autre")
    make(other)
    assert told(other)["engine"] == KERNEL
    for name in ("essai-13.html", "essai-13.pdf", "carnets/essai-13.ipynb"):
        assert (press.out / name).read_bytes() == (other.out / name).read_bytes()
    ours, theirs = told(press), told(other)
    for one in (ours, theirs):
        del one["times"], one["engine"]
    assert ours == theirs


CHANGES: dict[str, Callable[[Press], tuple[Press, Report]]] = {
    "parameters": lambda press: (press, replace(REPORT, parameters={"min_count": 7})),
    "program": lambda press: (replace(press, version="1" * 16), REPORT),
    "audience": lambda press: (press, replace(REPORT, audience="network")),
    "material": lambda press: (_other_material(press), REPORT),
}


def _other_material(press: Press) -> Press:
    """The notebook is the same and shows something else: what it reads has changed."""
    (press.data / "lu.txt").write_text("autre", encoding="utf-8")
    return replace(press, digest="1" * 64)


@pytest.mark.parametrize("what", CHANGES)
def test_what_makes_a_report_changes_its_imprint(what: str, press: Press) -> None:
    reading = "import os, pathlib\nlu = pathlib.Path(os.environ['DTS_WORKBOOK'], 'lu.txt')\n"
    write(press.notebooks / "essai.ipynb", COVER, reading + "print(lu.exists())")
    before = make(press).imprint
    changed, report = CHANGES[what](press)
    assert make(changed, report).imprint != before


def test_another_setting_sets_the_report_again_without_running_its_notebook(press: Press) -> None:
    runs = press.data / "joué.txt"
    cell = f"open({str(runs)!r}, 'a', encoding='utf-8').write('x');"
    write(press.notebooks / "essai.ipynb", COVER, cell)
    before = make(press)
    after = make(replace(press, rendering="autre"))
    assert runs.read_text(encoding="utf-8") == "x"
    assert after.imprint != before.imprint and after.reads == before.reads
    make(replace(press, rendering="autre", version="1" * 16))
    assert runs.read_text(encoding="utf-8") == "xx"


def test_the_executed_notebook_keeps_the_sentence_for_whoever_sets_it_again(press: Press) -> None:
    make(press)
    kept = nbformat.read(press.out / "carnets" / "essai-13.ipynb", as_version=4)
    document = read_document(kept)
    assert document.origin == told(press)["sentence"]
    again = signed(replace(document, origin=""), Manifest(press.out).read()["essai-13"], kept)
    assert again.origin == document.origin
    text = pypdf.PdfReader(io.BytesIO(render("pdf", document, "essai-13", ()))).pages[0]
    assert told(press)["imprint"][:8] in text.extract_text()
