"""Consents of the demo: what every reader of a territory, of the network or of tables gets."""

from __future__ import annotations

import pytest

NAME = "Coup de Main Creusotin"
KEPT = {"CO-71-15": "nous appelait en secret depuis deux ans", "CO-71-28": "les gars en gilet vert"}


def frames_of(material):
    others = {"others": material.others, "provenance": material.provenance}
    return {**material.frames, **others}


@pytest.mark.parametrize("audience", ["territory", "network", "public"])
def test_no_frame_holds_what_was_not_agreed_to(demo_book, audience):
    for material in (
        demo_book.territory("71", audience=audience),
        demo_book.territory("P-BASSIN-MINIER", audience=audience),
    ):
        for name, frame in frames_of(material).items():
            text = frame.to_csv()
            for words in (NAME, *KEPT.values()):
                assert words not in text, (name, words)


def test_a_structure_without_its_name_is_still_counted_and_linked(demo_book):
    material = demo_book.territory("71", audience="public")
    row = material.structures.set_index("structure_id").loc["S-71-AI-02"]
    assert row["label"] == "Structure non nommée (AI)"
    named = material.structures.set_index("structure_id").loc["S-71-AI-01"]
    assert named["label"] == "Relais Emploi du Bassin"
    carrier = demo_book.territory("71").decisions.set_index("decision_id").loc["D-71-02"]
    assert carrier["carrier_role"] == "Conseillère en insertion du [structure non nommée]"


def test_what_may_only_be_counted_is_counted(demo_book):
    material = demo_book.territory("71")
    assert not set(KEPT) & set(material.contributions["contribution_id"])
    assert "CO-71-03" in set(material.contributions["contribution_id"])
    assert material.withheld["contributions"] == len(KEPT)
    inside = demo_book.territory("P-BASSIN-MINIER")
    assert inside.withheld["contributions"] == 1, "CO-71-15 was said in another perimeter"


def test_whole_tables_hold_to_the_consents_too(demo_book):
    contributions, structures = demo_book.frames("contributions", "structures")
    told = contributions.set_index("contribution_id")["text"]
    assert told.loc[list(KEPT)].isna().all() and told.notna().sum() == len(told) - len(KEPT)
    assert NAME not in structures["label"].tolist()
    (quotes,) = demo_book.frames("quotes")
    quiet = ~quotes["consent"].isin(["quote", "structure_name"])
    assert quiet.any() and quotes[quiet]["text"].isna().all()
    assert quotes[~quiet]["text"].notna().all()
