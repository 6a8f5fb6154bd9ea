"""The demo network: varied, honest, fictional, and valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from dts_research.protect.names import mask_persons
from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.workbook.review import review

INBOX = Path(__file__).resolve().parent.parent / "data" / "demo" / "inbox"
TABLES = catalogue().tables
RETOLD = "F-13-2011-rtes"
FICTION = "ficti"
DEEP = "71"
LIGHT = {"01", "09", "13", "2A", "29", "35", "59", "68", "87", "93", "971"}
FORBIDDEN = re.compile(
    r"\b(classements?|palmarès|top|podiums?|meilleur(?:e|s|es)?|pires?|bons? élèves?|"
    r"mauvais élèves?|retardataires?|champion(?:ne|s|nes)?|score global|performance relative|"
    r"benchmarks?)\b|note /20",
    re.IGNORECASE,
)
# What the mask takes for a person and is none: name of the thing, and why.
NOT_PERSONS: dict[str, str] = {}
SHINGLE = 5


def read(table: str) -> pd.DataFrame:
    """Text cells of a table under its field names."""
    frame = pd.read_csv(INBOX / f"{table}.csv", dtype=str, keep_default_na=False)
    titles = TABLES[table].titles
    return frame.rename(columns=lambda c: titles.get(c, c)).replace("", None)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {path.stem: read(path.stem) for path in sorted(INBOX.glob("*.csv"))}


@pytest.fixture(scope="module")
def sheets(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return tables["experiences"].set_index("experience_id", drop=False)


def long_fields(table: str = "experiences") -> list[str]:
    return [f.name for f in TABLES[table].fields if f.long]


def sentences(sheet: pd.Series) -> Iterator[str]:
    for name in long_fields():
        if isinstance(sheet.get(name), str):
            yield from re.split(r"(?<=[.!?…])\s+|\n+", sheet[name])


def words(text: str) -> list[str]:
    return re.findall(r"[\wÀ-ÿ]+", text.casefold())


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    return frozenset(tuple(found[i : i + SHINGLE]) for i in range(len(found) - SHINGLE + 1))


def test_every_file_is_a_table_with_known_columns(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) <= set(TABLES)
    for name, frame in tables.items():
        assert set(frame.columns) <= set(TABLES[name].names), name


def test_every_cell_satisfies_the_schema(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        _, issues = check(frame, TABLES[name])
        assert issues.empty, f"{name}: {issues.head(5).to_dict('records')}"


def test_every_reference_leads_somewhere(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        for column, target in TABLES[name].foreign_keys:
            if column not in frame:
                continue
            known = set(tables[target][TABLES[target].key]) if target in tables else set()
            used = set(frame[column].dropna())
            assert used <= known, f"{name}.{column}: {sorted(used - known)}"


def test_lists_of_ids_lead_somewhere(tables: dict[str, pd.DataFrame]) -> None:
    targets = {
        ("experiences", "authority_ids"): ("actors", "actor_id"),
        ("common_references", "experience_ids"): ("experiences", "experience_id"),
        ("structures", "territory_ids"): ("territories", "territory_id"),
        ("change_selections", "considered"): ("change_stories", "story_id"),
        ("change_selections", "chosen"): ("change_stories", "story_id"),
    }
    for (name, column), (target, key) in targets.items():
        used = {i for cell in tables[name][column].dropna() for i in cell.split("|")}
        assert used <= set(tables[target][key]), f"{name}.{column}"


def test_the_received_demo_has_no_error(demo_book) -> None:
    with demo_book.store() as store:
        issues = review(store, today=date(2026, 11, 22))
        for path in INBOX.glob("*.csv"):
            assert store.count(path.stem) == len(read(path.stem)), path.stem
    wrong = issues[issues["severity"] == "error"]
    assert wrong.empty, wrong.to_dict("records")


def test_one_departement_in_depth_and_eleven_others(
    tables: dict[str, pd.DataFrame], demo_book
) -> None:
    (places,) = demo_book.frames("experience_places")
    assert places["departement_code"].notna().all()
    assert not places["contradiction"].fillna(False).any()
    counts = places.groupby("departement_code")["experience_id"].nunique()
    assert set(counts.index) == LIGHT | {DEEP}
    assert counts[DEEP] >= 36
    assert counts[sorted(LIGHT)].between(2, 4).all(), counts.to_dict()
    assert len(tables["cycles"]) == 3


def test_eleven_associations_join_little_by_little(tables: dict[str, pd.DataFrame]) -> None:
    kinds = tables["structure_kinds"]
    deep = kinds[kinds["structure_id"].str.startswith(f"S-{DEEP}-")]
    assert deep[deep["kind"] == "AI"]["structure_id"].nunique() == 11
    members = tables["memberships"]
    joined = members[members["status"] == "member"]["joined_on"].str[:4].astype(int)
    assert len(joined) >= 10
    assert joined.nunique() >= 3


def test_free_perimeters_of_real_communes_overlap(
    tables: dict[str, pd.DataFrame], demo_book
) -> None:
    members = tables["territory_communes"]
    known = set(demo_book.geography.communes["code"])
    assert set(members["commune_code"]) <= known
    sets = members.groupby("territory_id")["commune_code"].agg(set)
    assert len(sets) >= 4
    assert any(a & b for a, b in combinations(sets, 2))


def test_sheets_have_150_to_400_words(sheets: pd.DataFrame) -> None:
    texts = sheets[[n for n in long_fields() if n in sheets]].fillna("").agg(" ".join, axis=1)
    counts = texts.map(lambda t: len(t.split()))
    wrong = counts[(counts < 150) | (counts > 400)]
    assert wrong.empty, wrong.to_dict()


def test_no_sentence_is_said_twice(sheets: pd.DataFrame) -> None:
    """Sentences of 8 words or more from two sheets share at most 1 in 5 runs of five words."""
    told = [
        (sheet["experience_id"], text, shingles(text))
        for _, sheet in sheets.iterrows()
        for text in sentences(sheet)
        if len(words(text)) >= 8
    ]
    assert len(told) > 500
    where: dict[tuple[str, ...], list[int]] = {}
    for number, (_, _, runs) in enumerate(told):
        for run in runs:
            where.setdefault(run, []).append(number)
    pairs = {pair for numbers in where.values() for pair in combinations(numbers, 2)}
    near = []
    for one, other in pairs:
        (sheet, text, a), (elsewhere, again, b) = told[one], told[other]
        if sheet != elsewhere and len(a & b) / len(a | b) > 0.2:
            near.append(f"{sheet}: {text}\n{elsewhere}: {again}")
    assert not near, "\n".join(near)


def test_sheets_do_not_open_alike(sheets: pd.DataFrame) -> None:
    openings = sheets["summary"].dropna().map(lambda t: " ".join(words(t)[:4]))
    counts = openings.value_counts()
    assert counts.max() <= 2, counts.head().to_dict()
    assert sheets["writer_role"].nunique() >= 15


def test_failures_are_told_as_such(sheets: pd.DataFrame) -> None:
    failed = (sheets["stage"] == "arretee") | sheets["themes"].fillna("").str.contains(
        "echec_arret"
    )
    assert failed.sum() >= 12


def test_what_resisted_surprised_and_stays_open(sheets: pd.DataFrame) -> None:
    for name in ("what_resisted", "surprises", "open_questions"):
        assert sheets[name].notna().mean() >= 0.95, name


def test_every_mission_is_well_represented(sheets: pd.DataFrame) -> None:
    told = sheets["missions"].fillna("").str.split("|").explode().value_counts()
    for mission in catalogue().codelists["missions"].labels:
        assert told[mission] >= 10, mission


def test_sessions_contributions_and_divergences(tables: dict[str, pd.DataFrame]) -> None:
    assert len(tables["sessions"]) >= 5
    kinds = tables["contributions"]["type"]
    assert len(kinds) >= 20
    assert kinds.str.startswith("diverg").sum() >= 5


def test_decisions_have_all_their_statuses(tables: dict[str, pd.DataFrame]) -> None:
    used = set(tables["decisions"]["status"])
    assert used == set(catalogue().codelists["decision_status"].labels)


def test_partners_come_from_outside_the_network_too(tables: dict[str, pd.DataFrame]) -> None:
    actors = tables["actors"].set_index("actor_id")
    met = tables["experience_actors"]["actor_id"].dropna()
    outside = actors["outside_network"] == "oui"
    assert outside.reindex(met).sum() >= 20
    assert actors["type"].nunique() >= 12


def test_some_authorities_listened_and_others_did_not(tables: dict[str, pd.DataFrame]) -> None:
    events = tables["authority_events"]
    assert events["type"].nunique() >= 6
    assert (events["type"] == "step_back").any()
    actors = tables["actors"]
    places = actors[actors["type"].isin({"commune", "epci", "departement"})]
    silent = set(places["actor_id"]) - set(events["actor_id"])
    assert silent, "no authority about which nothing is known"


def test_the_first_hypotheses_come_from_the_article(tables: dict[str, pd.DataFrame]) -> None:
    hypotheses = tables["hypotheses"]
    assert hypotheses["origin"].fillna("").str.contains("RTES").sum() >= 3
    assert hypotheses["status"].nunique() >= 3


def test_one_sheet_retells_the_article_with_its_source(sheets: pd.DataFrame) -> None:
    sheet = sheets.loc[RETOLD]
    assert "RTES" in sheet["source"]
    assert FICTION not in sheet["source"].casefold()


def test_everything_else_says_that_it_is_fiction(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        if name == "codes":  # the starting list of codes is a proposal, not a tale
            continue
        source = frame["source"].fillna("")
        about = frame.fillna("").astype(str).agg(" ".join, axis=1)
        plain = frame[~source.str.casefold().str.contains(FICTION)]
        plain = plain[~source.loc[plain.index].str.contains("Code officiel géographique")]
        rest = plain[~about.loc[plain.index].str.contains("RTES")]
        assert rest.empty, f"{name}: {rest.iloc[:3].to_dict('records')}"


def test_no_word_of_ranking(tables: dict[str, pd.DataFrame]) -> None:
    found = [
        f"{name}.{column} {cell[:80]}"
        for name, frame in tables.items()
        for column in frame
        if column != "source"
        for cell in frame[column].dropna()
        if FORBIDDEN.search(cell)
    ]
    assert not found, "\n".join(found)


def test_no_person_is_named(tables: dict[str, pd.DataFrame]) -> None:
    found = []
    for name, frame in tables.items():
        for column in frame:
            for cell in frame[column].dropna().unique():
                text = cell
                for known in NOT_PERSONS:
                    text = text.replace(known, "")
                if mask_persons(text) != text:
                    found.append(f"{name}.{column}: {mask_persons(text)[:160]}")
    assert not found, "\n".join(found)


def test_quotes_say_what_their_speakers_agreed_to(tables: dict[str, pd.DataFrame]) -> None:
    quotes = tables["quotes"]
    assert quotes["consent"].notna().all()
    assert quotes["consent"].nunique() >= 3
    assert (quotes["contradicts_figures"] == "oui").any()
