"""Join bundles to this workbook: what is new comes in, what was changed on both sides waits.

What stands of a record depends on its own past here and on the set of bundles taken in, never on
the order in which they came. A bundle is one import, kept whole: ``dts undo`` takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.errors import DtsError, MaterialError
from dts_research.reflection.bundles import JOURNALS, TEXTS, VERSIONS, Bundle
from dts_research.reflection.bundles_here import BROUGHT, Joined, Known, joined, records_known
from dts_research.reflection.bundles_journals import join_lines
from dts_research.reflection.bundles_lineage import Key, Standing, ancestors, in_order, standing
from dts_research.reflection.bundles_reading import AGAIN, read_bundle
from dts_research.reflection.bundles_texts import note_texts, settle_texts
from dts_research.schema import Schema, catalogue
from dts_research.schema.checks import check
from dts_research.store import Store
from dts_research.store.rows import plain_columns, typed
from dts_research.workbook import Workbook
from dts_research.workbook.agreed import withdrawn_records
from dts_research.workbook.filing import file_all
from dts_research.workbook.keeping import keep_raw
from dts_research.workspace import sha256_of


@dataclass(frozen=True)
class Merged:
    """What a bundle brought.

    Parameters
    ----------
    new, changed
        Table -> ids of records that were not here, or stand otherwise now.
    apart
        Things of the bundle that stand in several versions, between which to choose.
    withdrawn
        How many of its records were taken back here: they do not come.
    import_id
        Number of the import; 0 when nothing came.
    texts, lines
        Comments written or taken away; lines added to the journals.
    """

    bundle: Bundle
    new: Mapping[str, Sequence[str]] = field(default_factory=dict)
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    apart: tuple[Key, ...] = ()
    withdrawn: int = 0
    import_id: int = 0
    texts: int = 0
    lines: int = 0

    @property
    def brings(self) -> bool:
        """Tell whether something came."""
        return bool(self.new or self.changed or self.texts or self.lines)


def merge(
    book: Workbook, paths: Sequence[Path]
) -> tuple[list[Merged], list[tuple[Path, DtsError]]]:
    """Join bundles one after the other; one that is refused does not stop the others."""
    done: list[Merged] = []
    refused: list[tuple[Path, DtsError]] = []
    note_texts(book.workspace)
    with book.store(readonly=False) as store:
        for path in paths:
            try:
                done.append(_merge_one(book, store, path))
            except DtsError as error:
                refused.append((path, error))
        file_all(store, book.geography)
    return done, refused


def _merge_one(book: Workbook, store: Store, path: Path) -> Merged:
    bundle, sha256 = read_bundle(path), sha256_of(path)
    _check_kind(book, bundle)
    for table in bundle.tables:
        said = [dict(one.says) for (name, _), thing in bundle.things.items() if name == table
                for one in thing.versions.values() if one.says is not None]  # fmt: skip
        _frame(catalogue().tables[table], said, list(range(len(said))), path.name)
    before = joined(book.workspace, store)
    others = Joined({**before.bundles, sha256: bundle}, before.choices)
    keep_raw(book.workspace.raw, path, sha256)
    label = f"{BROUGHT} : {bundle.about['label']}, classeur « {bundle.about['workbook']} »"
    number = 0
    try:
        with store.transaction():
            number = store.begin_import(file=path.name, sha256=sha256, mapping=label)
            done = settle(book, store, others, Told(bundle, number, set(bundle.things)))
            if sha256 in before.bundles and not done.brings:
                raise _NothingNew
            _register(store, bundle, number, done)
    except _NothingNew:
        number = 0
    texts = settle_texts(book.workspace, others)
    lines = sum(join_lines(book.workspace, name, bundle.lines[name]) for name in JOURNALS)
    apart = (*done.apart, *(key for key in texts.apart if key in bundle.things))
    return replace(done, import_id=number, texts=texts.count, lines=lines, apart=apart)


def settle_again(book: Workbook) -> None:
    """Make comments stand as what is left says, once a bundle or a choice was undone."""
    note_texts(book.workspace)
    with book.store() as store:
        settle_texts(book.workspace, joined(book.workspace, store))


class _NothingNew(Exception):
    """The same bundle was joined before and changes nothing: no import is made of it."""


def _register(store: Store, bundle: Bundle, number: int, done: Merged) -> None:
    """Note what came, for the history of files and for what says where a value comes from."""
    read = sum(table != TEXTS for table, _ in bundle.things)
    counts = {"read": read, "accepted": read - done.withdrawn, "withdrawn": done.withdrawn}
    store.note_counts(number, {**dict.fromkeys(("quarantined", "duplicates"), 0), **counts})
    store.note_reading(number, {_sheet(table): _reading(table) for table in bundle.tables}, [])
    store.leave_unfiled(number)


def _sheet(table: str) -> str:
    return f"{VERSIONS}{table}.jsonl"


def _reading(table: str) -> dict[str, Any]:
    """How the cells of a table are read in a bundle: each as it is named."""
    names = catalogue().tables[table].names
    columns = {f"{table}.{name}": [name] for name in names}
    return {"source": BROUGHT, "table": table, "key": [], "columns": columns, "constants": {},
            "part_of": None, "made": []}  # fmt: skip


def _check_kind(book: Workbook, bundle: Bundle) -> None:
    """Fiction and real material never meet in one store."""
    fictional = bool(bundle.about.get("fictional"))
    if fictional != book.workspace.fictional:
        here, there = ("réelles", "fictives") if fictional else ("fictives", "réelles")
        raise MaterialError(
            f"« {bundle.name} » porte des données {there}, ce classeur des données {here}.",
            "Le joindre à un autre classeur : dts --workbook DOSSIER merge",
        )


@dataclass(frozen=True)
class Told:
    """An import under which things are settled again."""

    bundle: Bundle | None
    import_id: int
    keys: set[Key]

    def row(self, key: Key, digest: str) -> int:
        """Line of the bundle that says a version; 0 for one that was already here."""
        return self.bundle.rows.get((*key, digest), 0) if self.bundle else 0


def settle(book: Workbook, store: Store, others: Joined, told: Told) -> Merged:
    """Make records stand as all that is known of them says; consents come first."""
    new: dict[str, list[str]] = {}
    changed: dict[str, list[str]] = {}
    apart: list[Key] = []
    withdrawn = 0
    for table in sorted({t for t, _ in told.keys} - {TEXTS}, key=lambda t: (t != "consents", t)):
        gone = withdrawn_records(store).get(table, frozenset())
        ids = {key for name, key in told.keys if name == table}
        known = records_known(store, table, ids - gone, others, book.workspace.name)
        stands = {key: standing(one.lineage, table, one.own) for key, one in known.items()}
        moving = {k: known[k] for k, s in stands.items() if s.shown not in ("", known[k].now)}
        _write(store, table, moving, stands, told)
        new[table] = [key for key, one in moving.items() if not one.now]
        changed[table] = [key for key, one in moving.items() if one.now]
        apart += [(table, key) for key, one in stands.items() if one.apart]
        withdrawn += len(ids & gone)
    nothing = Bundle("", {}, {})
    return Merged(
        told.bundle or nothing, {t: ids for t, ids in new.items() if ids},
        {t: ids for t, ids in changed.items() if ids}, tuple(apart), withdrawn,
    )  # fmt: skip


def _write(
    store: Store,
    table: str,
    moving: Mapping[str, Known],
    stands: Mapping[str, Standing],
    told: Told,
) -> None:
    """Write what stands now after all that it followed, so that former versions are kept."""
    chains = {key: _chain(one, stands[key].shown) for key, one in moving.items()}
    longest = max(map(len, chains.values()), default=0)
    for step in range(longest):
        rows = [(key, chain[step]) for key, chain in chains.items() if step < len(chain)]
        records = [dict(moving[key].lineage.versions[d].says or {}) for key, d in rows]
        lines = [told.row((table, key), digest) for key, digest in rows]
        name = told.bundle.name if told.bundle else table
        frame = _frame(catalogue().tables[table], records, lines, name)
        store.write(table, frame, import_id=told.import_id)


def _chain(one: Known, shown: str) -> list[str]:
    """Versions to write in order: those that are not known here, then the one that stands."""
    here = ancestors(one.lineage, one.now) if one.now else set()
    new = ancestors(one.lineage, shown) - here - {shown}
    told = [d for d in new if d in one.lineage.versions]
    known = [d for d in told if one.lineage.versions[d].says is not None]
    return [*in_order(one.lineage, known), shown]


def _frame(
    schema: Schema, records: list[dict[str, Any]], lines: list[int], name: str
) -> pd.DataFrame:
    """Typed rows, exactly as they were said; what the schema would refuse is refused whole."""
    index = pd.Index(lines, name="row")
    columns = {f.name: [one.get(f.name) for one in records] for f in schema.fields}
    text = pd.DataFrame({n: pd.Series(list(map(_text, some)), dtype="str")
                         for n, some in columns.items()})  # fmt: skip
    _, issues = check(text, schema)
    wrong = issues[(issues["severity"] == "error") & (issues["rule"] != "unique")]
    if len(wrong):
        message, fix = wrong["message"].iloc[0], f"{wrong['fix'].iloc[0]}. {AGAIN}"
        raise MaterialError(f"« {name} », {schema.title} : {message}.", fix)
    try:
        frame = pd.DataFrame({f.name: typed(columns[f.name], f) for f in schema.fields}, index)
        exact = plain_columns(frame, schema) == columns
    except (ValueError, TypeError, AttributeError):
        exact = False
    if not exact:
        raise MaterialError(f"« {name} », {schema.title} : une cellule est illisible.", AGAIN)
    frame.attrs = {"file": name, "sheet": _sheet(schema.name)}
    return frame


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return None if value is None else str(value)
