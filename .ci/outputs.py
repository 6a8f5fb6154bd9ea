"""Look at what ``make report`` left: one HTML page, two PDFs for each report, an index page."""

from __future__ import annotations

import sys
from pathlib import Path

STARTS = {".html": b"<!doctype html", ".pdf": b"%PDF-"}


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
    if len(files[".pdf"]) != 2 * len(pages):
        wrong.append(f"{len(files['.pdf'])} PDFs for {len(pages)} reports; two each were expected")
    print(f"{len(pages)} HTML reports, {len(files['.pdf'])} PDFs, an index page in {folder}")
    print("\n".join(wrong), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
