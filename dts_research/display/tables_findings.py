"""What the material shows at first sight, in sentences: things seen together, never a judgement."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dts_research.analysis import portrait
from dts_research.analysis.evidence import Thread
from dts_research.analysis.portrait import said, says_nothing
from dts_research.analysis.result import NOT_GIVEN
from dts_research.display import door
from dts_research.display.captions import no_sheet
from dts_research.display.charts_authorities import threads_of
from dts_research.display.fields import Finding
from dts_research.display.style import agree, listing, many
from dts_research.workbook.material import Material

MOST = 3
# Under this many sheets, what none of them says is no finding.
FEW = 3
# What a sentence on authorities rests upon.
EVENTS = ("authority_events", "direct_purchases")
BODY = "collectivité ou acheteur public suivi"
# What bears a finding. The page for an elected official holds the first three only.
THREADS, MAP, SILENCES = "fil-des-collectivites", "carte-du-territoire", "silences"
STAGES, OBSTACLES = "experiences-par-etape", "freins-et-leviers"
THEMES, STRUCTURES = "experiences-par-theme", "structures-par-type"
NETWORK_MAP, HYPOTHESES = "carte-du-reseau", "hypotheses"
SHEETS = "liste-des-experiences"
MOVED = {"supported": ("est étayée", "sont étayées"),
         "qualified": ("est nuancée", "sont nuancées"),
         "set_aside": ("est écartée", "sont écartées")}  # fmt: skip
ON_THE_PAGE = frozenset({THREADS, MAP, NETWORK_MAP, SILENCES})


def findings(material: Material) -> list[Finding]:
    """Three findings at most, each with what bears it where this reader's report holds it."""
    kinds = (_taken_into_account, _stopped, _obstacles, _moved, _contradicted, _own_words,
             _without, _untold, _few)  # fmt: skip
    found: list[Finding] = []
    for kind in kinds:
        text, bearer = kind(material)
        if text:
            borne = material.reader != "élu" or bearer in ON_THE_PAGE
            found.append(Finding(text=text, href=bearer) if borne else Finding(text=text))
    return found[:MOST]


def _taken_into_account(material: Material) -> tuple[str, str]:
    """What is known of the authorities, and what is not."""
    if material.whole_network or not door.whole(material, *EVENTS):
        return "", ""
    found = threads_of(material)
    dated = [thread for thread in found if not thread.events.empty]
    if not dated:
        return (_nothing_dated(len(found)), SILENCES) if found else ("", "")
    text = f"Un échange ou un acte daté est connu pour {len(dated)} {_bodies(len(found))}"
    parts = [text, *_met_only(dated), *_gone_back(dated)]
    bought = sum(thread.events.empty and thread.purchases > 0 for thread in found)
    parts += [f"{bought} ne {agree(bought, 'est connue', 'sont connues')} que par des achats"] * (
        bought > 0
    )
    unknown = sum(thread.unknown for thread in found)
    other = agree(unknown, "autre", "autres")
    silent = f" Pour {unknown} {other}, rien n'est noté : nous ne savons pas." if unknown else ""
    return f"{' ; '.join(parts)}.{silent}", THREADS


def _bodies(followed: int) -> str:
    return f"des {followed} collectivités et acheteurs publics suivis" if followed > 1 else BODY


def _met_only(dated: Sequence[Thread]) -> list[str]:
    """Say how many are known by contacts only, that the structures may have made alone."""
    met = sum(thread.contacts_only for thread in dated)
    only = "seulement des contacts (ni demande, ni acte), qui peuvent venir de nous"
    which = "" if met == len(dated) else f" d'entre {agree(len(dated), 'elle', 'eux')}"
    return [f"pour {met}{which}, {only}"] * (met > 0)


def _gone_back(dated: Sequence[Thread]) -> list[str]:
    back = sum(thread.steps_back > 0 for thread in dated)
    return [f"parmi eux, {back} {agree(back, 'a', 'ont')} aussi reculé"] * (back > 0)


def _nothing_dated(followed: int) -> str:
    which = agree(followed, "la collectivité suivie", f"les {followed} collectivités suivies")
    they = agree(followed, "elle tient", "elles tiennent")
    return (
        f"Aucun échange ni acte daté n'est noté pour {which} : nous ne savons pas si {they} "
        "compte de ce que font les structures."
    )


def _stopped(material: Material) -> tuple[str, str]:
    """Experiences that stopped, beside what their sheets draw from it."""
    rows = door.rows(material, "experiences")
    known = rows[rows["stage"].notna()]
    if known.empty:
        return "", ""
    over = known[known["stage"] == "arretee"]
    if over.empty:
        if len(known) < FEW:
            return "", ""
        subject = f"Aucune des {len(known)} fiches montrées ici ne raconte d'arrêt"
        return f"{subject} : cela ne dit pas que tout va à son terme.", STAGES
    their = agree(len(over), "son", "leur")
    verb = agree(len(over), "s'est arrêtée", "se sont arrêtées")
    text = f"{many(len(over), 'expérience')} sur {len(known)} {verb} avant {their} terme"
    return f"{text} ; {_drawn(over)}.", STAGES


def _drawn(over: pd.DataFrame) -> str:
    told = sum(not says_nothing(text) for text in over["would_do_differently"])
    what = "ce qu'on referait autrement"
    if len(over) == 1:
        return f"sa fiche dit {what}" if told else f"sa fiche ne dit pas {what}"
    if not told:
        return f"aucune de leurs fiches ne dit {what}"
    if told == len(over):
        return f"toutes leurs fiches disent {what}"
    return f"{told} de leurs fiches {agree(told, 'dit', 'disent')} {what}"


def _obstacles(material: Material) -> tuple[str, str]:
    """Obstacles that sheets name most often, beside the levers of the same type."""
    here = portrait.obstacles_and_levers(door.rows(material, "experiences"))
    known = here.table[here.table["code"] != NOT_GIVEN]
    met = known[known["obstacles"] > 0].sort_values("obstacles", ascending=False, kind="stable")
    if met.empty:
        return "", ""
    floor = met["obstacles"].iloc[min(1, len(met) - 1)]
    often = met[met["obstacles"] >= floor]
    if here.n == 1 or len(often) > MOST:
        kinds = many(len(met), "type de frein", "types de freins")
        levers = many(int((known["levers"] > 0).sum()), "type de levier", "types de leviers")
        tell = agree(here.n, "La fiche nomme", f"Les {here.n} fiches nomment")
        return f"{tell} {kinds} et {levers}.", OBSTACLES
    names = listing([f"{r.label.lower()} ({_sheets(r.obstacles)})" for r in often.itertuples()])
    if often["obstacles"].min() == 1:
        return f"Les fiches nomment des freins d'ordre {names} ; {_facing(often)}.", OBSTACLES
    come = agree(len(often), "Le frein d'ordre", "Les freins d'ordre")
    back = agree(len(often), "revient", "reviennent")
    return f"{come} {names} {back} le plus souvent ; {_facing(often)}.", OBSTACLES


def _facing(often: pd.DataFrame) -> str:
    """Levers of the same types, one by one: those that are named and those that are not."""
    named = [f"{r.label.lower()} ({_sheets(r.levers)})" for r in often.itertuples() if r.levers]
    without = [r.label.lower() for r in often.itertuples() if not r.levers]
    if not named:
        return "aucune fiche ne nomme de levier du même ordre"
    none = f", aucun d'ordre {listing(without, last='ni')}" if without else ""
    return f"en face, des leviers d'ordre {listing(named)}{none}"


def _sheets(count: int) -> str:
    return many(count, "fiche")


def _own_words(material: Material) -> tuple[str, str]:
    """Themes in the words of a file from outside, where nothing is coded."""
    rows = door.rows(material, "experiences")
    if rows.empty or portrait.by_theme(rows).missing < len(rows) or "source_themes" not in rows:
        return "", ""
    words = {word for cell in rows["source_themes"] for word in portrait.listed(cell)}
    if not words:
        return "", ""
    tell = agree(len(rows), "La fiche tient", f"Les {len(rows)} fiches tiennent")
    themes = many(len(words), "thème")
    return f"{tell} en {themes}, dans les mots du fichier reçu ; le groupe n'a rien codé.", THEMES


def _few(material: Material) -> tuple[str, str]:
    """Say that a handful of sheets is to be read, not counted."""
    count = len(door.rows(material, "experiences"))
    if not 0 < count < FEW:
        return "", ""
    them = agree(count, "celle-ci raconte", "celles-ci racontent")
    return f"{many(count, 'fiche')} : à lire pour ce que {them}, trop peu pour conclure.", SHEETS


def _moved(material: Material) -> tuple[str, str]:
    """Hypotheses that the group no longer holds as it first did."""
    rows = door.rows(material, "hypotheses")
    counts = rows["status"].value_counts()
    parts = [many(int(counts[code]), *words) for code, words in MOVED.items() if code in counts]
    if not parts:
        return "", ""
    return f"Sur {many(len(rows), 'hypothèse')} en travail, {listing(parts)}.", HYPOTHESES


def _contradicted(material: Material) -> tuple[str, str]:
    """Places that their own source contradicts."""
    places = door.rows(material, "experience_places")
    doubted = int(places["contradiction"].eq(True).fillna(False).sum())
    if not doubted:
        return "", ""
    text = f"La source contredit {many(doubted, 'lieu', 'lieux')} sur {len(places)}"
    return f"{text} : à vérifier.", NETWORK_MAP if material.whole_network else MAP


def _untold(material: Material) -> tuple[str, str]:
    """Structures that are known and have no sheet."""
    known = door.rows(material, "structures")
    told = set(door.rows(material, "experiences")["structure_id"])
    quiet = int((~known["structure_id"].isin(told)).sum())
    if not quiet:
        return "", ""
    have = agree(quiet, "n'a", "n'ont")
    text = f"{many(quiet, 'structure')} sur {len(known)} {have}"
    if not door.all_told(material):
        return f"{text} pas de fiche montrée ici ; d'autres fiches existent peut-être.", STRUCTURES
    return f"{text} pas encore de fiche : ne rien écrire n'est pas ne rien faire.", STRUCTURES


def _without(material: Material) -> tuple[str, str]:
    """Nothing told at all, or long fields that no sheet fills."""
    rows = door.rows(material, "experiences")
    if rows.empty:
        return no_sheet(material), SILENCES
    columns = {"what_worked": "a marché", "what_resisted": "a résisté", "surprises": "a surpris"}
    blank = [f"ce qui {words}" for name, words in columns.items()
             if said(rows, name).missing == len(rows)]  # fmt: skip
    if not blank:
        return "", ""
    which = agree(len(rows), "La fiche ne dit pas", f"Aucune des {len(rows)} fiches ne dit")
    return f"{which} {listing(blank, last='ni')}.", SILENCES
