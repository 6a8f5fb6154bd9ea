"""What can be known of a PDF's accessibility without Java, on every kind of PDF."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pikepdf
import pytest

# The lint's own code stops on a heading with several children; veraPDF reads that rule.
STOPS = {"UA-14-001"}


@pytest.fixture(scope="session")
def findings(require: Callable[..., Any]) -> Callable[[Path], list[str]]:
    """Ask the lint what it finds in a file."""
    require(find_spec("pdfua"), "pdfua is not installed: it comes with `make`")
    from pdfua import validate

    def ask(path: Path) -> list[str]:
        report = validate(str(path))
        unread = {one.rule_id for one in report.outcomes if one.skipped_reason} - STOPS
        assert len(report.outcomes) >= 12
        return [*unread, *(f"{path.name}: {f.rule_id} {f.message}" for f in report.findings)]

    return ask


def test_nothing_is_found_in_our_pdfs(
    findings: Callable[[Path], list[str]], printed: list[Path]
) -> None:
    assert not [said for path in printed for said in findings(path)]


def test_a_fault_is_found(
    findings: Callable[[Path], list[str]], printed: list[Path], tmp_path: Path
) -> None:
    with pikepdf.open(printed[0]) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item:
                del item.Alt
        pdf.save(tmp_path / "x.pdf")
    assert any("neither /Alt" in said for said in findings(tmp_path / "x.pdf"))
