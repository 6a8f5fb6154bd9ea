"""The plan: what is read, multiplied, chosen; what is refused and how."""

import pytest

from dts_research.errors import RequestError
from dts_research.reports.plan import expand, load_plan, select

TERRITORIES = [("13", "Bouches-du-Rhône"), ("2A", "Corse-du-Sud"), ("01", "Ain")]
PLAN = """\
[[report]]
id = "territoire"
notebook = "territory.ipynb"
territories = "all"
[report.parameters]
reader = "animateur"

[[report]]
id = "reseau"
notebook = "network.ipynb"
audience = "public"
"""


def plan_of(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return load_plan(path)


@pytest.fixture
def reports(tmp_path):
    return expand(plan_of(tmp_path, PLAN), TERRITORIES)


def test_a_plan_is_multiplied_by_the_territories(reports):
    ids = [report.id for report in reports]
    assert ids == ["territoire-13", "territoire-2A", "territoire-01", "reseau"]
    assert reports[0].parameters == {"reader": "animateur"}
    assert (reports[2].territory, reports[2].label, reports[3].audience) == ("01", "Ain", "public")


def test_a_list_of_territories_is_kept_as_text(tmp_path):
    plan = plan_of(tmp_path, PLAN.replace('"all"', '["01"]'))
    assert [one.territory for one in expand(plan, TERRITORIES)] == ["01", ""]
    with pytest.raises(RequestError, match="Territoire « 99 » inconnu"):
        expand(plan_of(tmp_path, PLAN.replace('"all"', '["99"]')), TERRITORIES)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["13"], ["territoire-13"]),
        (["reseau"], ["reseau"]),
        (["bouches du rhone"], ["territoire-13"]),
        (["2a", "Ain"], ["territoire-2A", "territoire-01"]),
        (["territoire"], ["territoire-13", "territoire-2A", "territoire-01"]),
        ([], ["territoire-13", "territoire-2A", "territoire-01", "reseau"]),
    ],
)
def test_reports_are_chosen_as_people_name_them(reports, names, found):
    assert [report.id for report in select(reports, names)] == found


def test_a_pattern_chooses_on_the_ids(reports):
    assert [report.id for report in select(reports, only="*-2A")] == ["territoire-2A"]
    with pytest.raises(RequestError, match=r"motif « region-\* »"):
        select(reports, only="region-*")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Bouche du Rone", "Territoire « Bouche du Rone » inconnu. Vouliez-vous dire « Bouches-du"),
        ("1", "Vouliez-vous dire « 01 »"),
        ("territoire-12", "Rapport « territoire-12 » inconnu"),
        ("zzz", "Connus : territoire-13"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(reports, name, said):
    with pytest.raises(RequestError) as caught:
        select(reports, [name])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"territory.ipynb"', "territory.ipynb", "ligne 3 : « notebook = territory.ipynb »"),
        ("notebook = ", "carnet = ", "« carnet » est inconnue"),
        ("audience", "audiance", "ligne 8 : la clé « audiance » est inconnue ; vouliez-vous"),
        ('"public"', '"pubic"', "le public « pubic » est inconnu ; vouliez-vous dire « public »"),
        ('"all"', "[13]", "codes entre guillemets"),
        ('"reseau"', '"Réseau"', "minuscules"),
        ('"reseau"', '"territoire"', "deux fois le nom « territoire »"),
        ('"network.ipynb"', '"../network.ipynb"', "un fichier .ipynb"),
        ('[[report]]\nid = "reseau"', '[rapport]\nid = "reseau"', "ligne 8 : seuls des blocs"),
    ],
)
def test_a_broken_plan_says_its_line(tmp_path, before, after, said):
    with pytest.raises(RequestError) as caught:
        plan_of(tmp_path, PLAN.replace(before, after))
    assert said in str(caught.value) and "plan.toml" in str(caught.value)


def test_a_missing_plan_is_a_request_error(tmp_path):
    with pytest.raises(RequestError, match="introuvable"):
        load_plan(tmp_path / "plan.toml")
