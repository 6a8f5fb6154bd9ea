"""Tables of what the group does together: decisions, disagreements, hypotheses, common ground."""

from __future__ import annotations

from datetime import date
from typing import Any

from dts_research.analysis import decisions as study
from dts_research.analysis.evidence import Thread
from dts_research.analysis.portrait import labels
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import none_of, nothing
from dts_research.display.charts_authorities import threads_of
from dts_research.display.fields import Decision, Event
from dts_research.display.grids import grid, iso, named
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, agree, french_date, many
from dts_research.workbook.material import Material


def follow_up(material: Material) -> Block:
    """What became of each decision, oldest first."""
    table = study.followed(door.rows(material, "decisions"), today=material.today)
    if table.empty:
        text = "Aucune décision n'a été enregistrée pour ce territoire."
        text = none_of(material, "decisions", "éléments de suivi", text)
        return nothing("suite-des-decisions", "Aucune décision à suivre", text)
    names = door.names(material)
    items = [_decision(r, names) for r in table.itertuples()]
    return blocks.follow_up(id="suite-des-decisions", title="Ce que nous avions décidé",
                            items=items)  # fmt: skip


def _decision(r: Any, names: dict[str, str]) -> Decision:
    role = door.words(r.carrier_role, missing="")
    carrier = names.get(r.carrier_id, "") if isinstance(r.carrier_id, str) else ""
    status = door.words(r.status_label)
    if r.overdue:
        status += ", échéance dépassée"
    since = door.words(r.what_happened, missing=NOT_GIVEN)
    if isinstance(r.evidence, str):
        since += f" Preuve : {door.words(r.evidence)}."
    if isinstance(r.turned_into, str):
        since += f" Devenue : {door.words(r.turned_into)}"
    return Decision(
        statement=door.words(r.statement), decided=iso(r.decided_on),
        carrier=role or carrier or NOT_GIVEN, due=iso(r.due_on) or NOT_GIVEN,
        expected=door.words(r.expected_evidence), status=status, since=since,
        reason=door.words(r.reason, missing=""),
    )  # fmt: skip


def threads(material: Material) -> Blocks:
    """What each authority took into account, dated, in alphabetical order."""
    found = threads_of(material)
    if not found:
        text = "Aucune collectivité n'est suivie sur ce territoire."
        return Blocks((nothing("fils", "Aucun fil de prise en compte", text),))
    told = [_thread(thread) for thread in found if not thread.unknown]
    silent = [thread.who for thread in found if thread.unknown]
    if silent:
        told.append(
            blocks.callout(
                id="fils-inconnus",
                tone="inconnu",
                title=f"{many(len(silent), 'collectivité')} sans aucun événement connu",
                text="Rien n'est noté : cela ne veut pas dire que rien n'a eu lieu.",
                items=silent,
            )
        )
    return Blocks(tuple(told))


def _thread(thread: Thread) -> Block:
    events = [
        Event(
            date=iso(r.date), what=door.words(r.description), kind=r.label,
            evidence=r.evidence if isinstance(r.evidence, str) else NOT_GIVEN,
            document=door.words(r.document, missing="sans pièce"),
        )
        for r in thread.events.itertuples()
    ]  # fmt: skip
    return blocks.thread(
        id=blocks.slug(f"fil {thread.actor_id}"), title=thread.who,
        who=f"{named('actor_types', thread.kind)}, {many(len(events), 'événement')}",
        events=events, unknown=_unknown(thread),
    )  # fmt: skip


def _unknown(thread: Thread) -> list[str]:
    """What is not known about an authority."""
    if thread.events.empty:
        bought = many(thread.purchases, "achat direct est déclaré", "achats directs sont déclarés")
        return [f"{bought}, mais aucun événement daté n'est connu."]
    said = []
    if thread.silent:
        last = max(d for d in thread.events["date"] if isinstance(d, date))
        said.append(f"Rien n'est connu depuis {french_date(last, short=True)}, soit "
                    f"{thread.silent_months} mois.")  # fmt: skip
    if thread.undocumented:
        verb = agree(thread.undocumented, "ne repose", "ne reposent")
        said.append(f"{many(thread.undocumented, 'événement')} {verb} sur aucune pièce.")
    if not thread.purchases:
        said.append("Aucun achat direct déclaré : ni zéro constaté, ni achat connu.")
    if not (thread.events["type"] == "installed_practice").any():
        said.append("Aucune pratique installée n'a été notée.")
    return said


def contributions(material: Material) -> Block:
    """What the sessions said, disagreements with the positions of each side."""
    rows = door.rows(material, "contributions")
    if rows.empty:
        text = "Aucune contribution de séance n'a été enregistrée."
        return nothing("contributions", "Aucune séance n'a laissé de trace", text)
    order = list(labels("contribution_types"))
    keys = sorted(rows.index, key=lambda i: (_rank(order, rows["type"][i]), str(i).zfill(6)))
    rows = rows.loc[keys]
    sessions = door.rows(material, "sessions").drop_duplicates("session_id")
    days = dict(zip(sessions["session_id"], sessions["date"]))
    split = int((rows["type"] == "divergence").sum())
    title = f"{many(len(rows), 'contribution')}, dont {many(split, 'désaccord')}"
    return grid(
        material, "contributions", title,
        {
            "Énoncé": [door.words(t) for t in rows["text"]],
            "Nature": [named("contribution_types", t) for t in rows["type"]],
            "Positions en présence": [door.words(p, missing="—") for p in rows["positions"]],
            "Séance": [french_date(days.get(s), short=True) for s in rows["session_id"]],
            "Appuis": [door.people(s, material.policy) for s in rows["supports"]],
        },
        note="Appuis : nombre de personnes qui ont repris l'énoncé, « Secret » sous "
        f"{material.policy.people}.",
        produced="feuilles de séance",
    )  # fmt: skip


def _rank(order: list[str], code: str) -> int:
    return order.index(code) if code in order else len(order)


def hypotheses(material: Material) -> Block:
    """Hypotheses with what supports them and what goes against them."""
    rows = door.rows(material, "hypotheses")
    if rows.empty:
        text = "Aucune hypothèse n'a été posée sur ce territoire."
        return nothing("hypotheses", "Aucune hypothèse en travail", text)
    moved = int(rows["status"].isin(("supported", "qualified", "set_aside")).sum())
    verb = agree(moved, "a bougé", "ont bougé")
    since = agree(moved, "sa pose", "leur pose")
    title = f"{many(moved, 'hypothèse')} sur {len(rows)} {verb} depuis {since}"
    title = title if moved else "Aucune hypothèse n'a encore bougé"
    return grid(
        material, "hypotheses", title,
        {
            "Hypothèse": [door.words(s) for s in rows["statement"]],
            "Statut": [named("hypothesis_status", s) for s in rows["status"]],
            "Ce qui l'appuie": [door.words(t) for t in rows["evidence_for"]],
            "Ce qui la contredit": [door.words(t) for t in rows["evidence_against"]],
        },
        produced="registre des hypothèses",
    )  # fmt: skip


def references(material: Material) -> Block:
    """Common ground, with what qualifies or contests it."""
    rows = door.rows(material, "common_references")
    if rows.empty:
        text = "Aucun repère commun n'a encore été écrit."
        return nothing("reperes", "Aucun repère commun", text)
    doubted = int(rows["status"].isin(("nuanced", "contested")).sum())
    verb = agree(doubted, "est nuancé ou contesté", "sont nuancés ou contestés")
    return grid(
        material, "reperes", f"{many(doubted, 'repère')} sur {len(rows)} {verb}",
        {
            "Repère": [door.words(s) for s in rows["statement"]],
            "Statut": [named("reference_status", s) for s in rows["status"]],
            "Nuance ou contestation": [door.words(n, missing="—") for n in rows["nuance"]],
        },
        produced="registre des repères",
    )  # fmt: skip
