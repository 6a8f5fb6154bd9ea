"""French numbers, dates and agreements; the palette; a figure of known size."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest

from dts_research.display import lettering, style
from dts_research.display.canvas import canvas

NARROW = "\u202f"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"), (1234, f"1{NARROW}234"), (1234567, f"1{NARROW}234{NARROW}567"),
        (None, "Non renseigné"), (float("nan"), "Non renseigné"), (-1200, f"-1{NARROW}200"),
    ],
)  # fmt: skip
def test_numbers(value: float | None, written: str) -> None:
    assert style.french_number(value) == written


def test_decimals_only_when_asked() -> None:
    assert style.french_number(12.55) == "13"
    assert style.french_number(12.5, decimals=1) == "12,5"
    assert style.french_number(12.0, decimals=1) == "12"


def test_dates() -> None:
    assert style.french_date(date(2026, 1, 1)) == "1er janvier 2026"
    assert style.french_date(date(2026, 8, 21)) == "21 août 2026"
    assert style.french_date(date(2026, 2, 3), short=True) == "février 2026"
    assert style.french_date(None) == "Non renseigné"
    assert [style.month_name(m) for m in (1, 12)] == ["janvier", "décembre"]


@pytest.mark.parametrize(
    ("count", "written"), [(0, "0 expérience"), (1, "1 expérience"), (2, "2 expériences")]
)
def test_agreement(count: int, written: str) -> None:
    assert style.many(count, "expérience") == written


@pytest.mark.parametrize(
    ("following", "written"),
    [
        ("animation", "d'animation"), ("Écully", "d'Écully"), ("hôpital", "d'hôpital"),
        ("Haut-Rhin", "de Haut-Rhin"), ("mission", "de mission"), ("« aide »", "d'« aide »"),
    ],
)  # fmt: skip
def test_elision(following: str, written: str) -> None:
    assert style.elide("de", following) == written


def test_lists() -> None:
    assert style.listing([]) == ""
    assert style.listing(["a"]) == "a"
    assert style.listing(["a", "b", "c"]) == "a, b et c"


def test_five_marks_never_stand_for_one_another() -> None:
    assert len(set(style.MARKS.values())) == 5
    assert style.mark("published") == ""
    assert style.mark(None) == style.NOT_GIVEN


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_inks_can_be_read_and_marks_seen() -> None:
    for ink in (style.INK, style.GREY, style.HERE):
        assert contrast(ink, style.PAPER) >= 4.5
    assert contrast(style.EDGE, style.PAPER) >= 3
    assert contrast(style.HERE, style.ACCENT) >= 3


def test_a_photocopy_keeps_what_colours_say() -> None:
    """Contrast is that of greys: what stands apart in luminance stands apart on a photocopy."""
    for ground in (style.PAPER, style.LAND, style.HOST):
        assert contrast(style.BORDER, ground) >= 3
    assert contrast(style.HERE, style.PALE) >= 3
    assert contrast(style.HERE, style.LINE) >= 3
    assert contrast(style.INK, style.ACCENT) >= 3
    for light, dark in itertools.pairwise(style.SCALE):
        assert contrast(light, dark) >= 1.35


# Machado, Oliveira and Fernandes, IEEE Transactions on Visualization 15, 2009, full severity.
BLIND = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
}  # fmt: skip


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> str:
    """A colour as somebody without one kind of cone sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    mixed = [min(1, max(0, sum(m * p for m, p in zip(row, linear)))) for row in matrix]
    coded = [12.92 * p if p <= 0.0031308 else 1.055 * p ** (1 / 2.4) - 0.055 for p in mixed]
    return "#" + "".join(f"{round(255 * p):02x}" for p in coded)


@pytest.mark.parametrize("kind", BLIND)
def test_the_pair_of_colours_holds_without_one_kind_of_cone(kind: str) -> None:
    here, accent, border = (
        seen(colour, BLIND[kind]) for colour in (style.HERE, style.ACCENT, style.BORDER)
    )
    assert contrast(here, accent) >= 2.4
    assert contrast(border, seen(style.LAND, BLIND[kind])) >= 3
    scale = [luminance(seen(colour, BLIND[kind])) for colour in style.SCALE]
    assert scale == sorted(scale, reverse=True)


def test_a_figure_has_the_size_asked_for_and_keeps_its_text() -> None:
    with canvas(100, width=200) as sheet:
        sheet.text(10, 20, "L'été : 50 %", bold=True)
        sheet.marks([10, 20], [50, 50], shape="diamond")
        sheet.line([0, 200], [60, 60], dashed=True)
        svg = sheet.svg()
    assert 'viewBox="0 0 200 100"' in svg
    assert "L’été\u00a0: 50\u00a0%" in svg
    assert not re.search(r"202\d-\d\d-\d\d|matplotlib", svg)


def test_dollars_are_not_mathematics() -> None:
    with canvas(40) as sheet:
        sheet.text(0, 20, "5 $ et 6 $")
        assert "5 $ et 6 $" in sheet.svg().replace("\u00a0", " ")


def test_wrapping_keeps_every_word() -> None:
    text = "Entreprise d'insertion par le travail indépendant"
    lines = lettering.wrap(text, 120)
    assert " ".join(lines) == text
    assert all(lettering.width(line) <= 120 for line in lines)
    assert lettering.wrap(text, 120, most=1) == ["Entreprise d'insertion …"]


def test_excerpts_end_at_a_sentence_or_a_word() -> None:
    text = "Une phrase assez longue pour tenir. " * 5
    assert lettering.excerpt(text, 80).endswith(". […]")
    assert lettering.excerpt("mot " * 50, 40).endswith("mot […]")
    assert lettering.excerpt("court") == "court"
