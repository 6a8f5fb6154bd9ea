"""Blocks refuse what a document could not show honestly, in French."""

import json

import pytest

from dts_research.display import blocks
from dts_research.errors import DtsError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0"/></svg>'
CHART = {
    "id": "fig-a",
    "title": "Un message",
    "alt": "Barres : Autun 34 expériences, Mâcon 27.",
    "source": "collecte 2026",
    "svg": SVG,
    "data": {"columns": ["a", "b"], "rows": [["x", "1"]]},
}


def test_a_block_is_shown_in_three_ways():
    bundle = blocks.chart(**CHART)._repr_mimebundle_()
    assert set(bundle) == {blocks.MIMETYPE, "text/html", "text/plain"}
    assert bundle[blocks.MIMETYPE]["kind"] == "chart"
    assert json.loads(json.dumps(bundle[blocks.MIMETYPE])) == bundle[blocks.MIMETYPE]
    assert bundle["text/plain"] == "chart : Un message · #fig-a"
    assert bundle["text/html"].count("[](#fig-a)") == 1  # what to copy to lead there


@pytest.mark.parametrize("name", ["id", "title", "alt", "source", "svg", "data"])
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_chart_lacks_nothing(name, value):
    with pytest.raises(DtsError, match=name):
        blocks.chart(**{**CHART, name: value})


STOCK = [
    "Graphique", "Image", "figure 1", "Un message", "Carte ci-dessous", "court",
    "No description has been provided for this image",
    "Figure size 640x480 with 1 Axes", "<Figure size 1200x800 with 4 Axes>",
    "Une image contenant texte, capture d’écran, ligne. Description générée automatiquement",
    "A picture containing text, diagram Description automatically generated",
    "capture-d-ecran-2024-01-01.png", "Capture d’écran 2024-01-01 à 10.22.33.png",
    "https://exemple.fr/images/figure-des-communes-de-2024.png",
    "https://exemple.fr/bilan-des-communes-de-2024",
    "Graphique représentant les données", "Graphique en barres montrant les résultats de l'analyse",
    "Voici une figure qui montre les différentes valeurs.",
    "Décrire ici la figure en une phrase", "Décrivez le contenu de cette image en détail",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxx xxxx xxxxxx xxx xxxxx xxxx",
    "............................",
    "Lorem ipsum dolor sit amet consectetur adipiscing elit",
    "Image showing a plot of the data", "This is a figure of the results of our analysis",
    "Texte alternatif de la figure numéro 12", "Figure 1, figure 2, figure 3, figure 4",
]  # fmt: skip


@pytest.mark.parametrize("alt", STOCK)
def test_a_stock_alt_is_refused(alt):
    with pytest.raises(DtsError, match="ne décrit pas"):
        blocks.chart(**{**CHART, "alt": alt})


@pytest.mark.parametrize(
    "alt",
    ["Courbe qui monte de 1 à 3 entre 2021 et 2023.", "Barres : Autun 34 expériences, Mâcon 27.",
     "Carte des communes : trois ont répondu, Cluny est seule à l'est.",
     "Les élus parlent surtout de transport et de santé.", "Point bleu dans une liste",
     "Nuage de mots où « confiance » domine.", "Line chart: visits double from 12 to 24 in 2023.",
     "Photo de l'atelier de Tournus, douze personnes debout autour d'une table.",
     "Carte : aucun territoire n'a encore répondu."],
)  # fmt: skip
def test_a_sentence_is_an_alt(alt):
    assert blocks.chart(**{**CHART, "alt": alt}).data["alt"] == alt


@pytest.mark.parametrize("identifier", ["a b", "1a", "é", "a/b", '"x', "-a"])
def test_identifiers_are_plain(identifier):
    with pytest.raises(DtsError, match="identifiant"):
        blocks.chart(**{**CHART, "id": identifier})


def test_rows_are_texts_one_for_each_column():
    for rows in ([["a"]], [["a", "b", "c"]], [["a", 1]]):
        with pytest.raises(DtsError):
            blocks.table(id="t", title="T", columns=["x", "y"], rows=rows)
    made = blocks.table(id="t", title="T", columns=["x"], rows=[["a"]])
    assert made.data["columns"] == [{"label": "x"}]


def test_a_float_is_not_a_text():
    with pytest.raises(DtsError, match="float"):
        blocks.key_figures(id="k", items=[{"value": 1.5, "label": "a"}])


def test_four_key_figures_at_most():
    item = {"value": "1", "label": "un"}
    assert blocks.key_figures(id="k", items=[item] * 4)
    for items in ([], [item] * 5, [{"value": "1", "label": ""}]):
        with pytest.raises(DtsError):
            blocks.key_figures(id="k", items=items)


def test_unknown_fields_and_tones_are_named():
    with pytest.raises(DtsError, match="couleur"):
        blocks.callout(id="c", title="T", couleur="rouge")
    with pytest.raises(DtsError, match="rouge"):
        blocks.callout(id="c", title="T", tone="rouge")


@pytest.mark.parametrize(
    "make",
    [
        lambda: blocks.discussion(id="d", title="T", questions=[]),
        lambda: blocks.quotes(id="q", items=[]),
        lambda: blocks.sheet(id="s", title="T", fields=[]),
    ],
)
def test_nothing_to_show_is_an_absence(make):
    with pytest.raises(DtsError, match="absence"):
        make()


def test_identifiers_from_titles():
    assert blocks.slug("Chiffres clés : l'œuvre") == "chiffres-cles-l-oeuvre"
    assert blocks.slug("2026") == "s-2026"
    assert blocks.slug("?") == "s"
