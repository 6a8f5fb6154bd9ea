"""A notebook with every kind of block, foreign outputs and hostile texts, made in code."""

import base64
import io

import nbformat
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from dts_research.display import blocks

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "javascript:alert(4)",
    '#read("/etc/passwd") $x^2$ @cible [lien](javascript:alert(5)) _a_ *b* \\ `c` {{7*7}}',
]
LONG_WORD = "anti" * 750


def drawing(width=504, height=260, *, heat=False):
    """A drawing as matplotlib makes them: defs, ids, clip paths, styles."""
    bars = ""
    names = ["Bassin minier", "Val de Saône", "Bresse bourguignonne", "Charolais et Autunois"]
    for i, (name, value) in enumerate(zip(names, (34, 27, 19, 12))):
        colour = "#12436D" if i == 0 else "#a8b0b8"
        if heat:
            colour = ("#00224e", "#575d6d", "#a59c74", "#fde737")[i]
        y = 20 + i * 56
        bars += (
            f'<g id="patch_{i}"><path d="M 160 {y} h {value * 9} v 30 h -{value * 9} z" '
            f'clip-path="url(#p1)" style="fill: {colour}"/></g>'
            f'<text style="font: 13px \'DTS Sans\'; text-anchor: end; fill: #1b1b1b" x="150" '
            f'y="{y + 20}">{name}</text>'
            f'<text style="font: 600 13px \'DTS Sans\'; fill: #1b1b1b" x="{168 + value * 9}" '
            f'y="{y + 20}">{value}</text>'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}"><metadata>made</metadata><defs>'
        '<style type="text/css">*{stroke-linejoin: round}</style>'
        f'<clipPath id="p1"><rect x="0" y="0" width="{width}" height="{height}"/></clipPath></defs>'
        f'<script>alert("svg")</script><g id="figure_1" onload="alert(6)">{bars}</g>'
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>'
        '<a href="javascript:alert(7)"><text>lien</text></a></svg>'
    )


def picture():
    """A small PNG."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4, 2), dpi=60)
    axes.plot([1, 2, 3])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def shown(block, tags=()):
    """Code cell whose last line shows a block."""
    data = block._repr_mimebundle_()
    output = new_output("execute_result", data, execution_count=1)
    return new_code_cell("charts.x()", outputs=[output], metadata={"tags": list(tags)})


def other(data, metadata=None, **more):
    """Code cell with a foreign output."""
    output = new_output("display_data", data, metadata=metadata or {})
    return new_code_cell("x", outputs=[output], **more)


COVER = {
    "title": "Ce que nos territoires changent, et ce qui les en empêche",
    "territory": "Saône-et-Loire",
    "subtitle": "Cahier de réflexion du collectif des associations intermédiaires, cycle 3",
    "date": "2026-03-01",
    "version": "v3, données du 1er mars 2026",
    "author": "Animation du collectif",
    "status": "Document de travail soumis à la discussion",
    "fictional": True,
    "notice": "Les récits et les chiffres de ce document ont été écrits pour la démonstration.",
}
DATA = {
    "caption": "Expériences par périmètre",
    "columns": ["Périmètre", "Expériences"],
    "rows": [
        ["Bassin minier", "34"],
        ["Val de Saône", "27"],
        ["Bresse bourguignonne", "19"],
        ["Charolais et Autunois", "Secret"],
    ],
}
CHART = {
    "title": "Le bassin minier porte un tiers des expériences racontées",
    "subtitle": "Nombre d'expériences par périmètre libre, Saône-et-Loire, 2021-2026",
    "alt": "Barres horizontales : bassin minier 34 expériences, val de Saône 27, Bresse 19, "
    "Charolais et Autunois 12.",
    "source": "collecte du collectif, 2026 ; champ : 92 expériences relues",
    "reading": "34 des 92 expériences se passent dans le bassin minier.",
    "data": DATA,
}


def long_table():
    """A table of 60 rows."""
    rows = [
        [f"Commune n° {i} de la Bresse", f"{i * 7}", f"{i * 1.5:.1f}".replace(".", ","), "Secret"]
        for i in range(1, 61)
    ]
    columns = [
        {"label": "Commune"},
        {"label": "Heures", "unit": "h", "align": "right"},
        {"label": "Part", "unit": "%", "align": "right"},
        {"label": "Personnes", "unit": "nombre", "align": "right"},
    ]
    return blocks.table(
        id="tab-long",
        title="Soixante communes ont déclaré des heures",
        columns=columns,
        rows=rows,
        source="déclarations des structures, 2025",
        note="Secret : moins de cinq personnes.",
    )


def wide_table(annex=False):
    """A table of 12 columns."""
    columns = [{"label": "Structure"}]
    columns += [{"label": f"T{i} 2025", "unit": "heures", "align": "right"} for i in range(1, 12)]
    rows = [[f"Association {n}"] + [f"{n * i * 113}" for i in range(1, 12)] for n in range(1, 9)]
    return blocks.table(
        id="tab-large",
        title="Onze trimestres d'activité",
        columns=columns,
        rows=rows,
        source="relevés d'heures",
        annex=annex,
    )


def quotes():
    """Quotes with every sign a markup language could take for its own."""
    items = [
        {
            "text": "On nous a dit : « vous êtes trop chers ». Qui compte l'accompagnement ?",
            "speaker": "Directrice d'association intermédiaire",
            "place": "Montceau-les-Mines",
            "consent": "citation acceptée",
        },
        {
            "text": "C'est 100 # et $x$ @tous [entre crochets] _souligné_ <b>gras</b> & fin",
            "speaker": "Salarié en parcours",
            "place": "Le Creusot",
        },
        {"text": "Bravo 🎉 et شكرا à toute l'équipe", "speaker": "Habitante"},
    ]
    return blocks.quotes(id="paroles", title="Paroles recueillies en 2025", items=items)


def thread():
    """A dated thread."""
    events = [
        {
            "date": "2021-06-01",
            "what": "Le collectif demande un rendez-vous à la communauté urbaine.",
            "kind": "demande",
            "evidence": "courrier",
        },
        {
            "date": "2022-11",
            "what": "La clause sociale est inscrite dans le marché de propreté.",
            "kind": "décision",
            "evidence": "délibération",
            "document": "Délibération 2022-114",
        },
        {"date": "2024-03-18", "what": "Le marché est reconduit sans la clause.", "kind": "recul"},
    ]
    return blocks.thread(
        id="fil-epci",
        title="Communauté urbaine : entendue, puis oubliée",
        events=events,
        who="Communauté urbaine du bassin minier",
        unknown=["Qui a demandé le retrait de la clause ?", "Le bilan de 2023 a-t-il été lu ?"],
    )


def follow_up():
    """What became of three decisions."""
    items = [
        {
            "statement": "Rencontrer les trois facilitatrices de la clause",
            "decided": "2024-01-10",
            "carrier": "Relais Emploi du Bassin",
            "due": "2024-06-30",
            "status": "Faite",
            "expected": "Être prévenus avant la publication des marchés",
            "since": "2024-05-12",
        },
        {
            "statement": "Partager une camionnette entre quatre structures",
            "decided": "2024-01-10",
            "carrier": "Saône Services Solidaires",
            "due": "2025-01-31",
            "status": "Abandonnée",
            "reason": "L'assurance refusait plusieurs employeurs.",
        },
        {
            "statement": "Écrire au lycée agricole",
            "decided": "2025-09-02",
            "status": "En cours",
            "carrier": "Bresse Initiatives Emploi",
        },
    ]
    return blocks.follow_up(id="suivi", items=items)


def sheet():
    """One experience in full."""
    fields = [
        {"label": "En bref", "text": "Un chantier de haies devenu un métier pour onze personnes."},
        {"label": "Ce qui a résisté", "text": "Le permis. " * 40 + "\n\nEt puis la pluie de 2024."},
        {"label": "Mot très long", "text": LONG_WORD},
        {"label": "Hostile", "text": " ".join(HOSTILE)},
    ]
    return blocks.sheet(id="fiche-F-71-2024-AB12", title="Haies et bocages", fields=fields)


def notebook(*, faulty=False):
    """The whole notebook; with an error and a picture without description when faulty."""
    cells = [
        new_markdown_cell(
            "# Qu'est-ce qui change ?\n\nCe cahier se lit *à plusieurs*. Voir "
            "[la méthode](https://example.org/a?b=1;c) et `code_71306 ; x`."
        ),
        new_code_cell('reader: str = "animateur"\nperiod = ""', metadata={"tags": ["parameters"]}),
        shown(blocks.cover(**COVER)),
        new_markdown_cell("# L'essentiel\n\nEn une minute: quatre chiffres, une question."),
        shown(
            blocks.key_figures(
                id="cles",
                items=[
                    {
                        "value": "92",
                        "label": "expériences relues en 2026",
                        "comparison": "61 en 2024",
                    },
                    {
                        "value": "12500",
                        "unit": "h",
                        "label": "heures travaillées",
                        "comparison": "+ 8 % en un an",
                    },
                    {
                        "value": "45",
                        "unit": "%",
                        "label": "des marchés ont une clause",
                        "comparison": "France : 29 %",
                    },
                    {
                        "value": "Secret",
                        "label": "personnes sorties vers un emploi",
                        "comparison": "moins de cinq",
                    },
                ],
            )
        ),
        shown(follow_up()),
        new_markdown_cell(
            "# Où agissons-nous\n\n### Un niveau sauté\n\nTexte avec note[^1] et "
            "**gras**.\n\n- un\n- deux\n  1. deux a\n  2. deux b\n\n[^1]: La note, "
            "avec `code`.\n\n> Une citation simple.\n\n> [!ATTENTION] À lire avec "
            "prudence\n> Les chiffres de 2026 sont *provisoires*.\n\n"
            "> [!DEBAT] Qui manque ?\n> - Qui n'est pas dans la pièce ?\n> - Pourquoi ?"
        ),
        shown(blocks.chart(id="fig-perimetres", svg=drawing(), **CHART)),
        shown(
            blocks.chart(
                id="fig-chaleur",
                svg=drawing(heat=True),
                scale_card=True,
                **{**CHART, "title": "La carte garde ses couleurs"},
            )
        ),
        shown(blocks.chart(id="fig-demi-a", svg=drawing(), width="half", **CHART)),
        shown(blocks.chart(id="fig-demi-b", svg=drawing(), width="half", **CHART)),
        shown(long_table()),
        shown(wide_table()),
        shown(
            blocks.table(
                id="tab-annexe",
                title="Détail par structure",
                annex=True,
                columns=[{"label": "Structure"}, {"label": "Note"}],
                rows=[["Les Jardins du Canal", HOSTILE[0]]],
            )
        ),
        new_markdown_cell("# Ce qui se dit"),
        shown(quotes()),
        shown(blocks.quote(text="Seul à l'écran.", speaker="Un élu")),
        shown(thread()),
        shown(
            blocks.discussion(
                id="debat-1",
                title="Et maintenant ?",
                lines=4,
                questions=[
                    "Que ferions-nous si la clause revenait ?",
                    "Qui n'est pas dans la pièce ?",
                ],
            )
        ),
        shown(
            blocks.callout(
                id="note-1",
                tone="inconnu",
                title="Ce que les fiches taisent",
                text="Aucune ne parle du logement.",
                items=["Les refus", "Les abandons"],
            )
        ),
        shown(
            blocks.absence(
                id="abs-1",
                title="Carte des communes",
                mark="Non publié",
                text="Moins de cinq structures : la carte les désignerait.",
            )
        ),
        new_markdown_cell("# Une expérience en entier"),
        shown(sheet()),
        new_markdown_cell(
            "Pour les chercheurs seulement.", metadata={"tags": ["lecteur-chercheur"]}
        ),
        new_markdown_cell(
            "# Sorties venues d'ailleurs\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n"
            "<b onclick='alert(8)'>html brut</b>\n\n![suivi](https://example.org/p.png)"
        ),
        other(
            {
                "text/html": "<style>x</style><table><thead><tr><th></th><th>nom</th><th>v</th>"
                "</tr></thead><tbody><tr><th>0</th><td>a<script>alert(9)</script></td><td>1.5</td>"
                "</tr><tr><th>1</th><td>b</td><td>2.5</td></tr></tbody></table>"
                "<p>2 rows × 2 columns</p>",
                "text/plain": "nom v",
            }
        ),
        other(
            {
                "text/html": "<div id=map><script>alert(10)</script>Carte des lieux</div>",
                "text/plain": "<Map>",
            }
        ),
        other(
            {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Box()"}
        ),
        other(
            {"image/png": picture(), "text/plain": "fig"},
            metadata={
                "alt": "Courbe qui monte de 1 à 3, donnée en exemple.",
                "titre": "Trois points",
            },
        ),
        new_code_cell(
            "print()",
            outputs=[
                new_output("stream", name="stdout", text="ligne imprimée \x1b[31mrouge\x1b[0m\n"),
                new_output("stream", name="stderr", text="avertissement caché"),
            ],
        ),
        shown(
            blocks.method(
                id="methode",
                title="Sources et limites",
                items=[
                    {"label": "Source", "text": "Récits fictifs."},
                    {"label": "Licence", "text": "etalab-2.0"},
                ],
            )
        ),
        new_code_cell(
            "secret",
            metadata={"tags": ["remove-cell"]},
            outputs=[new_output("stream", name="stdout", text="RETIRÉ")],
        ),
    ]
    if faulty:
        cells += [
            new_code_cell(
                "1/0",
                outputs=[
                    new_output(
                        "error",
                        ename="ZeroDivisionError",
                        evalue="division <b>",
                        traceback=["/chemin/secret"],
                    )
                ],
            ),
            other({"image/png": picture()}),
            other({blocks.MIMETYPE: {"kind": "table", "id": "x"}}),
        ]
    made = new_notebook(cells=cells)
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(made)
    return made
