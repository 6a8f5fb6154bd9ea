"""The catalogue as a page to read: every table, column and closed list, in French."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import partial
from html import escape
from importlib.resources import files

from dts_research.schema.catalogue import Catalogue, Codelist, Field, Schema, catalogue

TYPES = {
    "string": "texte", "integer": "nombre entier", "number": "nombre", "date": "date",
    "boolean": "oui ou non",
}  # fmt: skip
SENSITIVITY = {
    "none": "aucune",
    "structure": "désigne une structure",
    "personal": "peut désigner une personne",
}
COLUMNS = (
    "Colonne", "Ce qu’on y écrit", "Type", "Obligatoire", "Liste", "Exemple", "Sensibilité",
    "Diffusion",
)  # fmt: skip


def codebook_page(source: Catalogue | None = None) -> str:
    """Write the codebook as one self-contained HTML page without script.

    Parameters
    ----------
    source
        The catalogue; that of the package by default.

    Returns
    -------
    str
        A whole HTML document in French.
    """
    found = source or catalogue()
    style = files("dts_research.schema").joinpath("codebook.css").read_text("utf-8")
    tables = "\n".join(map(partial(_table, found), found.tables.values()))
    lists = "\n".join(
        _codelist(codelist, _users(found, codelist)) for codelist in found.codelists.values()
    )
    return (
        f"{_head(style)}\n<body>\n"
        '<a class="skip" href="#contenu">Aller au contenu</a>\n'
        f"{_opening(found)}\n{_contents(found)}\n"
        f'<main id="contenu">\n<h2 id="tables">Les tables</h2>\n{tables}\n'
        f'<h2 id="listes">Les listes fermées</h2>\n{lists}\n</main>\n</body>\n</html>\n'
    )


def _head(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Dictionnaire des données</title>\n<style>{style}</style>\n</head>"
    )


def _opening(found: Catalogue) -> str:
    columns = sum(len(schema.fields) for schema in found.tables.values())
    return (
        "<header>\n<h1>Dictionnaire des données</h1>\n"
        f"<p>Ce que le classeur garde : {len(found.tables)} tables, {columns} colonnes, "
        f"{len(found.codelists)} listes fermées. Les en-têtes d’un fichier peuvent être les titres "
        "français ou les noms courts ; l’ordre des colonnes est libre. Une cellule vide se lit "
        "« Non renseigné », jamais zéro.</p>\n</header>"
    )


def _contents(found: Catalogue) -> str:
    tables = [(f"table-{schema.name}", schema.title) for schema in found.tables.values()]
    return (
        '<nav aria-label="Sommaire">\n<h2>Sommaire</h2>\n'
        f"{_links(tables)}\n"
        '<p><a href="#listes">Les listes fermées</a></p>\n</nav>'
    )


def _links(targets: Iterable[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="#{anchor}">{escape(text)}</a></li>' for anchor, text in targets)
    return f"<ul>{items}</ul>"


def _table(found: Catalogue, schema: Schema) -> str:
    head = "".join(f'<th scope="col">{title}</th>' for title in COLUMNS)
    targets = dict(schema.foreign_keys)
    rows = "\n".join(
        _row(found, field, is_key=field.name == schema.key, target=targets.get(field.name))
        for field in schema.fields
    )
    return (
        f'<section aria-labelledby="table-{schema.name}">\n'
        f'<h3 id="table-{schema.name}">{escape(schema.title)} <code>{schema.name}</code></h3>\n'
        f"<p>{escape(schema.description)}.</p>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="table-{schema.name}">'
        f"<table>\n<caption>Colonnes de « {escape(schema.title)} », version "
        f"{escape(schema.version)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n</section>"
    )


def _row(found: Catalogue, field: Field, *, is_key: bool, target: str | None) -> str:
    what = escape(field.description)
    if is_key:
        what += ' <span class="soft">(clé de la table)</span>'
    if target is not None:
        title = escape(found.tables[target].title)
        what += f' <span class="soft">(renvoie à <a href="#table-{target}">{title}</a>)</span>'
    diffusion = found.codelists["diffusion"].label(field.diffusion)
    return (
        f'<tr><th scope="row">{escape(field.title)}<br><code>{field.name}</code></th>'
        f'<td class="what">{what}</td><td>{_type(field)}</td><td>{_required(field)}</td>'
        f"<td>{_list_link(found, field)}</td><td>{escape(field.example)}</td>"
        f"<td>{SENSITIVITY.get(field.sensitivity, escape(field.sensitivity))}</td>"
        f"<td>{escape(diffusion)}</td></tr>"
    )


def _type(field: Field) -> str:
    parts = ["plusieurs valeurs, séparées par |" if field.is_list else TYPES[field.type]]
    if field.long:
        parts.append("long")
    if field.minimum is not None:
        parts.append(f"au moins {field.minimum:g}".replace(".", ","))
    if field.maximum is not None:
        parts.append(f"au plus {field.maximum:g}".replace(".", ","))
    return ", ".join(parts)


def _required(field: Field) -> str:
    if field.required:
        return "oui"
    return "dans nos formulaires" if field.required_in_form else "non"


def _list_link(found: Catalogue, field: Field) -> str:
    if field.codelist is None or field.codelist not in found.codelists:
        return ""
    return f'<a href="#liste-{field.codelist}"><code>{field.codelist}</code></a>'


def _users(found: Catalogue, codelist: Codelist) -> list[str]:
    return [
        f"{schema.title} › {field.title}"
        for schema in found.tables.values()
        for field in schema.fields
        if field.codelist == codelist.name
    ]


def _codelist(codelist: Codelist, users: list[str]) -> str:
    rows = "\n".join(
        f'<tr><th scope="row"><code>{escape(code)}</code></th><td>{escape(label)}</td>'
        f"<td>{escape(codelist.definitions.get(code, ''))}</td></tr>"
        for code, label in codelist.labels.items()
    )
    used = escape(" ; ".join(users)) or "aucune colonne"
    return (
        f'<section aria-labelledby="liste-{codelist.name}">\n'
        f'<h3 id="liste-{codelist.name}">Liste <code>{codelist.name}</code></h3>\n'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="liste-{codelist.name}">'
        f"<table>\n<caption>Utilisée par : {used}</caption>\n"
        '<thead><tr><th scope="col">Code</th><th scope="col">Libellé</th>'
        f'<th scope="col">Définition</th></tr></thead>\n<tbody>\n{rows}\n'
        "</tbody></table></div>\n</section>"
    )
