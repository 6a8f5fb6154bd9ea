"""What is not agreed to is in no file of a report: page, PDFs, archive, executed notebook."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pandas as pd
import pytest
from pypdf import PdfReader

from dts_research.reports.document import read_document
from dts_research.reports.press import FORMATS, render

WITHDRAWN = "Coup de Main Creusotin"


def folded(text):
    """Letters and figures only: lines, hyphens and the typography of exports do not count."""
    return re.sub(r"[^a-z0-9à-ÿœæ]+", "", text.casefold())


@pytest.fixture(scope="module")
def everyone_withdrew(new_book, demo_inbox):
    tables = {path.stem: pd.read_csv(path, dtype=str) for path in demo_inbox}
    consents = tables["consents"]
    consents.loc[consents["Table"] == "quotes", "Retiré le"] = "2026-01-15"
    return new_book("retrait", **tables)


@pytest.fixture(scope="module")
def silent(demo_inbox):
    """Words of the demo that nobody may read: kept for the analysis, or their structure's name."""
    tables = {path.stem: pd.read_csv(path, dtype=str) for path in demo_inbox}
    contributions, quotes = tables["contributions"], tables["quotes"]
    kept = contributions["Identifiant de la contribution"].isin(["CO-71-15", "CO-71-28"])
    quiet = quotes["Consentement"].isin(["analysis", "aggregate"])
    assert kept.sum() == 2 and quiet.sum() >= 6
    return [*contributions[kept]["Énoncé"], *quotes[quiet]["Parole"], WITHDRAWN]


def files_of(notebook):
    """Text of everything that is written from an executed notebook, by kind."""
    document = read_document(notebook)
    yield "notebook", json.dumps(notebook, ensure_ascii=False)
    for kind in FORMATS:
        content = render(kind, document, "essai", tuple(FORMATS))
        if content[:4] == b"%PDF":
            pages = PdfReader(io.BytesIO(content)).pages
            yield kind, "".join(page.extract_text() for page in pages)
        elif content[:2] == b"PK":
            yield kind, "".join(unzipped(content))
        else:
            yield kind, content.decode()


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            body = archive.read(name)
            yield from unzipped(body) if body[:2] == b"PK" else (body.decode(errors="ignore"),)


def found(texts, files):
    wanted = {folded(text)[:40]: text for text in texts}
    return [(kind, text) for kind, said in files for start, text in wanted.items() if start in said]


def test_words_taken_back_are_in_no_file(everyone_withdrew, executed, demo_inbox, silent):
    run = executed(
        "territory.ipynb", "71", data=everyone_withdrew.workspace.data, reader="chercheur"
    )
    files = [(kind, folded(text)) for kind, text in files_of(run())]
    assert len(files) == 1 + len(FORMATS)
    path = next(path for path in demo_inbox if path.stem == "quotes")
    quotes = pd.read_csv(path, dtype=str)["Parole"].tolist()
    assert found([*quotes, *silent], files) == []
    assert all(folded("Saône-et-Loire") in said for _, said in files), "the files are readable"
    assert "accorddequilesadites" not in "".join(said for _, said in files)


def test_words_agreed_to_are_still_there(executed, demo_inbox, silent):
    files = [(k, folded(t)) for k, t in files_of(executed("territory.ipynb", "71")())]
    assert found(silent, files) == []
    quotes = pd.read_csv(next(p for p in demo_inbox if p.stem == "quotes"), dtype=str)
    agreed = quotes[quotes["Consentement"].isin(["quote", "structure_name"])]["Parole"]
    assert {kind for kind, _ in found(agreed, files)} >= {"notebook", "html", "pdf"}
    said = dict(files)["html"]
    assert folded("Structure non nommée (AI)") in said or folded("[structure non nommée]") in said
