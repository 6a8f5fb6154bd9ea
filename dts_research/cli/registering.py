"""``dts decide`` and ``dts hypothesis``: the registers by hand, through the same reception."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, main, print_json, say
from dts_research.errors import RequestError

if TYPE_CHECKING:
    from dts_research.intake.capture_known import Register
    from dts_research.reflection.by_hand import Told
    from dts_research.schema import Field
    from dts_research.workbook import Workbook
    from dts_research.workbook.arrival import Arrival

SUBJECT = "IDENTIFIANT-OU-ÉNONCÉ"
_territory = click.option("--territory", metavar="TERRITOIRE", default="",
                          help="Son territoire, pour une ligne nouvelle : 71.")  # fmt: skip
_session = click.option("--session", metavar="SÉANCE", default="",
                        help="Séance qui le dit : SE-71-06.")  # fmt: skip


@main.command()
@click.argument("subject", metavar=SUBJECT)
@_territory
@click.option("--carrier", metavar="QUI", default="", help="Structure ou rôle, jamais un nom.")
@click.option("--due", metavar="JOUR", default="", help="Échéance : 31/03/2027, « fin mars ».")
@click.option("--expected", metavar="TEXTE", default="", help="À quoi on verra que c'est fait.")
@click.option("--scope", metavar="PORTÉE", default="", help="locale, ou à remonter.")
@click.option("--hypothesis", metavar="HYPOTHÈSE", default="", help="Hypothèse liée : H-02.")
@click.option("--status", metavar="STATUT", default="",
              help="à faire, en cours, faite, abandonnée, transformée.")  # fmt: skip
@click.option("--what", metavar="TEXTE", default="", help="Ce qui s'est passé depuis.")
@click.option("--evidence", metavar="TEXTE", default="", help="Document ou fait qui le montre.")
@click.option("--reason", metavar="TEXTE", default="", help="Pourquoi elle est abandonnée.")
@click.option("--becomes", metavar=SUBJECT, default="", help="La décision qu'elle devient.")
@_session
@json_option
@click.pass_context
def decide(ctx: click.Context, subject: str, as_json: bool, **said: str) -> int:
    """Noter une décision, ou dire ce qu'elle est devenue.

    Exemple : dts decide D-71-04 --status faite --what "Remise à trois communes."
    """
    from dts_research.reflection.by_hand import Told, carrier_of

    hand = _Hand(book_of(ctx), "decisions")
    values = {
        "status": hand.status(said["status"]), "due_on": said["due"], "scope": said["scope"],
        "expected_evidence": said["expected"], "hypothesis_id": said["hypothesis"],
        "what_happened": said["what"], "evidence": said["evidence"], "reason": said["reason"],
        **(carrier_of(said["carrier"], hand.known) if said["carrier"] else {}),
    }  # fmt: skip
    if said["session"]:
        values[hand.by(subject, "followed_in")] = hand.session(said["session"])
    place = hand.place(said["territory"])
    return hand.tell(Told(subject, values, place, said["becomes"]), as_json=as_json)


@main.command()
@click.argument("subject", metavar=SUBJECT)
@_territory
@click.option("--cycle", metavar="CYCLE", default="", help="Son cycle, pour une ligne nouvelle.")
@click.option("--status", metavar="STATUT", default="",
              help="posée, en examen, étayée, nuancée, écartée.")  # fmt: skip
@click.option("--for", "evidence_for", metavar="TEXTE", default="", help="Pièces pour.")
@click.option("--against", "evidence_against", metavar="TEXTE", default="", help="Pièces contre.")
@click.option("--analysis", metavar="ANALYSE", default="",
              help="Analyse qui la fait bouger : le nom d'un carnet ou d'un rapport.")  # fmt: skip
@_session
@json_option
@click.pass_context
def hypothesis(ctx: click.Context, subject: str, as_json: bool, **said: str) -> int:
    """Poser une hypothèse, ou dire ce qui la fait bouger.

    Exemple : dts hypothesis H-02 --status "en examen" --session SE-71-06
    """
    from dts_research.reflection.by_hand import Told

    if said["session"] and said["analysis"]:
        raise RequestError(
            "Une hypothèse bouge par une séance ou par une analyse, pas les deux à la fois.",
            "Garder --session ou --analysis.",
        )
    hand = _Hand(book_of(ctx), "hypotheses")
    values = {
        "status": hand.status(said["status"]), "cycle_id": said["cycle"],
        "evidence_for": said["evidence_for"], "evidence_against": said["evidence_against"],
    }  # fmt: skip
    by = said["analysis"] or (hand.session(said["session"]) if said["session"] else "")
    if by:
        values[hand.by(subject, "moved_by")] = by
    return hand.tell(Told(subject, values, hand.place(said["territory"])), as_json=as_json)


class _Hand:
    """One register of one workbook, as a person writes in it."""

    def __init__(self, book: Workbook, table: str) -> None:
        self.book = book
        self.table = table
        self.known: Register = _register(book)

    def status(self, text: str) -> str:
        """Code of a status; blank when nothing is said."""
        from dts_research.reflection.by_hand import status_code

        return status_code(self.table, text)

    def place(self, code: str) -> str:
        """Id of a territory; blank when nothing is said."""
        return self.book.resolve(code).id if code else ""

    def by(self, subject: str, move: str) -> str:
        """Field of the session: that of the move of a record, that which told a new one."""
        return move if self.known.record(self.table, subject) else "session_id"

    def session(self, key: str) -> str:
        """Id of a session that is known."""
        if not self.known.record("sessions", key):
            named = ", ".join(list(self.known.all("sessions"))[-6:]) or "aucune"
            raise RequestError(f"La séance « {key} » est inconnue.", f"Séances : {named}.")
        return key

    def tell(self, told: Told, *, as_json: bool) -> int:
        """Receive what is told as a file, and print the record as it stands then."""
        from dts_research.cli import listing, receiving, recording
        from dts_research.reflection.by_hand import rows_by_hand
        from dts_research.workbook.material import this_day

        rows = rows_by_hand(self.table, told, self.known, today=this_day())
        key = rows[0][f"{'decision' if self.table == 'decisions' else 'hypothesis'}_id"]
        with tempfile.TemporaryDirectory() as folder:
            entry = _entry(Path(folder), self.table, key, rows)
            outcome = receiving.receive(self.book.workspace, [entry])
        for arrival in outcome.arrivals:
            _hold(arrival)
            for line in recording.left_out(arrival.reception.issues):
                say(line)
        for _, error in outcome.refused:
            raise error
        found = [one for one in listing.records(self.book, self.table) if one["id"] == key]
        if as_json:
            print_json(found[0] if found else None)
        for line in () if as_json or not found else _lines(self.table, found[0]):
            click.echo(line)
        return outcome.exit_code


def _hold(arrival: Arrival) -> None:
    """Stop at what is refused: there is no row to give back, the command is written again."""
    issues = arrival.reception.issues
    wrong = issues[issues["severity"] == "error"]
    if arrival.reception.counts.quarantined and len(wrong):
        if arrival.quarantine is not None:
            arrival.quarantine.unlink(missing_ok=True)
        message, fix = wrong[["message", "fix"]].iloc[0]
        raise RequestError(f"{message}. Rien n'a changé.", f"{fix[:1].upper()}{fix[1:]}.")


def _register(book: Workbook) -> Register:
    from dts_research.intake.capture_known import Register
    from dts_research.workbook.registered import register_of

    if not book.workspace.store.is_file():
        return Register()
    with book.store() as store:
        whole = register_of(store, {})
        for table in ("decisions", "hypotheses", "sessions", "structures", "actors"):
            whole.all(table)
    return whole


def _entry(folder: Path, table: str, key: str, rows: list[dict[str, str]]) -> Path:
    """Write what is told as a file, named after the record."""
    from dts_research.intake.capture_direct import direct_text

    path = folder / f"{'decision' if table == 'decisions' else 'hypothese'}-{key}.csv"
    path.write_text(direct_text(table, rows), encoding="utf-8")
    return path


def _lines(table: str, record: dict[str, Any]) -> list[str]:
    """A record as a person reads it: its filled cells under their titles."""
    from dts_research.schema import catalogue

    schema = catalogue().tables[table]
    filled = [(f, record.get(f.name)) for f in schema.fields if record.get(f.name)]
    return [f"{record['id']} · {schema.title}", *(
        f"    {field.title} : {_said(field, value)}" for field, value in filled
        if field.name not in (schema.key, "updated_on")
    )]  # fmt: skip


def _said(field: Field, value: Any) -> str:
    """A value in words: labels, French days, lists with commas."""
    from dts_research.schema import catalogue

    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return catalogue().label(field.codelist, value) if field.codelist else str(value)
