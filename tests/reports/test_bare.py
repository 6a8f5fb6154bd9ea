"""Parts that hold only absences are said once, at the place of what is not known."""

from __future__ import annotations

from typing import Any

from dts_research.reports.bare import PILE, gathered

BOX = {"kind": "callout", "id": "silences", "title": "Un silence"}


def part(name: str, *blocks: dict[str, Any]) -> list[dict[str, Any]]:
    intro = {"kind": "paragraph", "inline": []}
    return [{"kind": "heading", "level": 2, "text": name}, intro, *blocks]


def absent(name: str) -> dict[str, Any]:
    return {"kind": "absence", "id": name, "title": name, "mark": "Non renseigné", "text": "Rien."}


def test_a_pile_of_bare_parts_follows_what_is_not_known() -> None:
    bare = [block for i in range(PILE) for block in part(f"Vide {i}", absent(f"a{i}"))]
    full = part("Plein", {"kind": "chart", "id": "c"}, absent("dedans"))
    found = gathered([*bare, *full, *part("Silences", BOX), *part("Méthode")])
    titles = [block["text"] for block in found if block["kind"] == "heading"]
    assert titles == ["Plein", "Silences", "Méthode"]
    after = found[found.index(BOX) + 1 :][:PILE]
    assert [block["id"] for block in after] == [f"a{i}" for i in range(PILE)]
    assert absent("dedans") in found


def test_one_or_two_stay_at_their_place_and_so_does_everything_without_the_box() -> None:
    two = [*part("Vide", absent("a")), *part("Vide aussi", absent("b")), *part("Silences", BOX)]
    assert gathered(two) == two
    many = [block for i in range(PILE) for block in part(f"Vide {i}", absent(f"a{i}"))]
    assert gathered(many) == many
