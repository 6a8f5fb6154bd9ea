"""Look at what ``make report`` left: a page and two PDFs for each report, an index page.

Posters and what is made to be used again are counted too, where they were asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path

STARTS = {".html": b"<!doctype html", ".pdf": b"%PDF-", ".zip": b"PK"}
ASKED = ("-affiches.pdf", "-reprise.zip")
# What a mailbox and a slow line take, in bytes, fonts included.
HEAVIEST = {".html": 300_000, ".pdf": 400_000}


def main(folder: Path) -> int:
    """Print what is there; return 1 when something is missing or empty."""
    files = {kind: sorted(folder.rglob(f"*{kind}")) for kind in STARTS}
    pages = [page for page in files[".html"] if page.name != "index.html"]
    wrong = [
        f"{path} is empty or is something else"
        for kind, paths in files.items()
        for path in paths
        if path.stat().st_size < 2000 or not path.read_bytes()[:32].lower().startswith(
            STARTS[kind].lower()
        )
    ]  # fmt: skip
    if not (folder / "index.html").is_file():
        wrong.append(f"{folder / 'index.html'} is missing")
    if len(pages) < 13:
        wrong.append(f"{len(pages)} reports; the demo has 12 départements and the whole network")
    asked = {end: sorted(folder.rglob(f"*{end}")) for end in ASKED}
    wrong += [
        f"{len(found)} files {end} for {len(pages)} reports"
        for end, found in asked.items()
        if found and len(found) != len(pages)
    ]
    pdfs = len(files[".pdf"]) - len(asked[ASKED[0]])
    if pdfs != 2 * len(pages):
        wrong.append(f"{pdfs} PDFs for {len(pages)} reports; two each were expected")
    wrong += [
        f"{path} weighs {path.stat().st_size // 1000} KB, {most // 1000} at most"
        for kind, most in HEAVIEST.items()
        for path in files[kind]
        if path.name.startswith("territoire-") and path.stat().st_size > most
    ]
    told = ", ".join(f"{len(found)} {end}" for end, found in asked.items() if found)
    print(f"{len(pages)} HTML reports, {pdfs} PDFs, an index page in {folder}", told)
    print("\n".join(wrong), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
