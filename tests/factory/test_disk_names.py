"""Names: two reports never share a file, whatever the disk makes of case, accents and length."""

import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.errors import RequestError
from dts_research.reports.disk import write_together
from dts_research.reports.names import LONGEST, distinct
from dts_research.reports.parameters import Declared, with_values
from dts_research.reports.plan import Block, Report, expand, load_plan
from dts_research.reports.press import FORMATS, failure_name, output_name

BLOCK = Block("territoire", "territory.ipynb", "all", {}, "territory")
TWINS = [
    "Île", "ile", "ILE", "Île".replace("Î", "I\u0302"), "île", "Saint-Jean", "saint jean",
    "SAINT—JEAN", "a/b", "a\\b", "a:b", "..", "CON", "é" * 300, "é" * 299, "É" * 300,
]  # fmt: skip


def same_for_some_disk(one, other):
    """Whether a disk that ignores case or composes accents takes two names for one."""
    return plainest(one) == plainest(other)


def plainest(name):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


def files_of(report_id):
    return [*(output_name(report_id, kind) for kind in FORMATS), failure_name(report_id)]


def test_twin_territories_have_files_of_their_own(tmp_path):
    reports = expand([BLOCK], [(code, code) for code in TWINS])
    assert len(reports) == len(TWINS)
    names = [name for report in reports for name in files_of(report.id)]
    assert not [pair for pair in combinations(names, 2) if same_for_some_disk(*pair)]
    assert all(len(name.encode()) <= 255 and "/" not in name for name in names)
    write_together(tmp_path, {name: name.encode() for name in names})
    assert {path.name: path.read_bytes().decode() for path in tmp_path.iterdir()} == {
        name: name for name in names
    }


def test_official_codes_are_left_as_they_are():
    assert distinct(["01", "2A", "2B", "974", "P-01"]) == {
        "01": "01", "2A": "2A", "2B": "2B", "974": "974", "P-01": "P-01",
    }  # fmt: skip


@given(st.sets(st.text(min_size=1, max_size=300), min_size=2, max_size=8))
def test_no_two_texts_give_one_name(texts):
    names = [f"territoire-{name}" for name in distinct(texts).values()]
    assert not [pair for pair in combinations(names, 2) if same_for_some_disk(*pair)]
    assert all(name.isascii() and len(f"{name}-affiches.pdf") <= 255 for name in names)


@given(st.sets(st.text(min_size=1, max_size=300), min_size=2, max_size=8))
def test_no_two_readings_give_one_name(values):
    declared = {"mot": Declared("mot", "str", '""')}
    report = Report("a" * LONGEST, "essai.ipynb", "01")
    asked = {value.strip() for value in values if value.strip()}
    made = [with_values(report, [f"mot={value}"], declared) for value in asked]
    ids = [one.id for one in made]
    assert not [pair for pair in combinations(ids, 2) if same_for_some_disk(*pair)]
    assert all(len(name.encode()) <= 255 for one in ids for name in files_of(one))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("index", "l'id « index » est celui d'un autre fichier des rapports"),
        ("bilan-diapos", "l'id « bilan-diapos » est celui d'un autre fichier des rapports"),
        ("bilan-echec", "l'id « bilan-echec » est celui d'un autre fichier des rapports"),
        ("a" * 61, "id attendu en minuscules et tirets, de 60 signes au plus"),
    ],
)
def test_an_id_that_would_take_another_file_is_refused(tmp_path, name, said):
    plan = tmp_path / "plan.toml"
    plan.write_text(f'[[report]]\nid = "{name}"\nnotebook = "a.ipynb"\n', encoding="utf-8")
    with pytest.raises(RequestError) as caught:
        load_plan(plan)
    assert said in caught.value.message
