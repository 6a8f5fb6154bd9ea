"""Places that a source puts in a territory and that the evidence retained puts elsewhere."""

from __future__ import annotations

from typing import Any

from dts_research.workbook import Workbook


def test_nothing_is_elsewhere_where_nothing_contradicts(demo_book: Workbook) -> None:
    assert demo_book.territory("71").places_elsewhere.empty


def test_the_network_and_a_perimeter_have_none(demo_book: Workbook) -> None:
    assert demo_book.network().places_elsewhere.empty
    assert demo_book.territory("P-BRESSE").places_elsewhere.empty


def test_the_real_file_puts_two_projects_in_bouches_du_rhone(real_data: Any, new_book: Any) -> None:
    book = new_book("reel", [real_data / "experiences" / "BDD FFE - TEST - V0.csv"])
    material = book.territory("13")
    assert len(material.experience_places) == 7
    assert set(material.provenance["row"]) == {13, 30, 72, 91, 99, 109, 119, 211, 280}
    assert sorted(material.places_elsewhere["evidence"]) == ["abroad", "coordinates"]
