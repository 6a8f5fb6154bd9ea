"""Every kind of PDF against the whole PDF/UA-1 and PDF/A-2a profiles, by veraPDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest

VERAPDF = Path(__file__).parents[2] / ".ci" / "verapdf" / "check.py"
DAMAGES = {
    "untagged": "PDF/UA-1 7.1-",
    "undescribed": "PDF/UA-1 7.3-1",
    "undeclared": "PDF/UA-1 5-1",
    "untitled": "PDF/UA-1 7.1-9",
    "unembedded": "PDF/A-2a 6.2.11.4.1-1",
}


@pytest.fixture(scope="session")
def broken(require: Callable[..., Any]) -> Callable[..., Any]:
    """Ask veraPDF which rules files break."""
    verapdf = SimpleNamespace(**run_path(str(VERAPDF)))
    lacks = verapdf.missing()
    require(not lacks, f"veraPDF needs {lacks}")
    return verapdf.check


def told(found: dict[Path, Any]) -> list[str]:
    return [f"{path.name}: {rule}" for path, rules in found.items() for rule in rules]


def test_every_pdf_conforms(broken: Callable[..., Any], printed: list[Path]) -> None:
    assert len(printed) >= 12
    assert not told(broken(printed))


def test_reports_on_real_material_conform(
    broken: Callable[..., Any], executed: Callable[..., Any], new_book: Any, real_data: Path,
    write_pdfs: Callable[..., Any], tmp_path: Path,
) -> None:  # fmt: skip
    from dts_research.reports.document import read_document

    book = new_book("reel", [real_data / "experiences" / "BDD FFE - TEST - V0.csv"])
    data = book.workspace.data
    runs = {
        "territory-13": executed("territory.ipynb", "13", data=data),
        "network": executed("network.ipynb", data=data),
    }
    documents = {name: read_document(run()) for name, run in runs.items()}
    assert not told(broken(write_pdfs(documents, tmp_path)))


def damage(source: Path, folder: Path, how: str) -> Path:
    """Copy a PDF with one fault."""
    with pikepdf.open(source) as pdf:
        if how == "untagged":
            del pdf.Root.StructTreeRoot, pdf.Root.MarkInfo
        elif how == "undescribed":
            figures = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
            del figures[0].Alt
        elif how == "unembedded":
            fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary)
                     and o.get("/Type") == pikepdf.Name.FontDescriptor]  # fmt: skip
            for font in fonts:
                for key in [k for k in font.keys() if k.startswith("/FontFile")]:  # noqa: SIM118
                    del font[key]
        else:
            _damage_metadata(pdf, how)
        pdf.save(folder / f"{how}.pdf")
    return folder / f"{how}.pdf"


def _damage_metadata(pdf: pikepdf.Pdf, how: str) -> None:
    words = {"undeclared": (b"pdfuaid:part", b"other:part"), "untitled": (b"dc:title", b"dc:other")}
    before = bytes(pdf.Root.Metadata.read_bytes())
    after = before.replace(*words[how])
    assert after != before
    pdf.Root.Metadata = pdf.make_stream(after, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def test_verapdf_sees_each_fault(
    broken: Callable[..., Any], printed: list[Path], tmp_path: Path
) -> None:
    source = next(path for path in printed if path.name == "territory-71-elu.pdf")
    files = {how: damage(source, tmp_path, how) for how in DAMAGES}
    found = broken(list(files.values()))
    for how, rule in DAMAGES.items():
        assert any(str(one).startswith(rule) for one in found[files[how]]), (how, found[files[how]])


def test_what_is_not_a_pdf_is_not_passed_over(broken: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(RuntimeError, match="not checked"):
        broken([tmp_path / "x.pdf"])


def test_papers_with_comments_conform(
    broken: Callable[..., Any], executed: Callable[..., Any], write_pdfs: Callable[..., Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    from dts_research.reports.comments import Comment
    from dts_research.reports.document import read_document

    words = (
        "Trois « faits » :\n\n- un **gros** ;\n- deux\n\n> dit-on\n\n`code` [lien](https://a.fr)"
    )
    said = [
        Comment("a", "carte-du-territoire", words, reply=True, role="Le collectif"),
        Comment("b", "carte-du-territoire", "Long. " * 900, written="2026-03-12", data="0"),
        Comment("c", "figure-disparue", "3. trois\n5. cinq\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
    ]
    runs = {
        "dit": executed("territory.ipynb", "71"),
        "dit-elu": executed("territory.ipynb", "71", reader="élu"),
    }
    documents = {name: read_document(run(), comments=said) for name, run in runs.items()}
    assert not told(broken(write_pdfs(documents, tmp_path)))
