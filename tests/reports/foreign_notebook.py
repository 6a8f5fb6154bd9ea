"""A notebook made of what other programs show, run for real by an ordinary kernel.

Outputs of programs that this project does not depend on are in ``recorded_outputs.json``: recorded
as they were given by great-tables 1.1, plotly 7.1, altair 6.3, polars 2.1, ipywidgets 8.1,
sympy 1.14 and rich 15 in a kernel; the printed form of the first is cut short, addresses changed.
"""

import json
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

RECORDED = Path(__file__).with_name("recorded_outputs.json")
ALT = "Courbe qui monte de 1 à 3 entre 2023 et 2025."
LONG_WORD = "anticonstitutionnellement" * 200
ARABIC = "شكرا لكم جميعا"
HEBREW = "תודה רבה"
FORMULA = r"\frac{a_1}{b_1} \times \sum_i x_i"

MARKDOWN = {
    "prose": f"""## Signes du monde

Bravo 🎉 à toutes. {ARABIC} et {HEBREW}. Combine\u0301 et cafe\u0301. Prix de 5 $ à 10 $.

{ARABIC} : {ARABIC}.

Un mot : {LONG_WORD}

$$
{FORMULA}
$$

La moyenne $\\bar x_1 * y_1$ reste lisible.
""",
    "pictures": """## Images du texte

Avant ![Point bleu au milieu du carré](attachment:point.png) après.

![Plan du quartier](https://example.org/plan.png)

- un point ![Point bleu dans une liste](attachment:point.png)
- un tableau :

  | Ville | Nombre |
  |-------|-------:|
  | Autun dans une liste | 12 |

> ### Titre dans une citation
>
> Un mot[^n] cité.

[^n]: Première ligne.

    - puis une liste
    - et sa fin, avec[^n] elle-même
""",
    "html": """## HTML dans le texte

<div><p>Paragraphe en HTML.</p><script>alert('x')</script>
<table><tr><th>Lieu</th><th>Heures</th></tr><tr><td>Cluny</td><td>7</td></tr></table></div>

<iframe src="https://example.org/carte"></iframe>
""",
    "references": "Voir [](#fig-hausse), [le détail](#tab-300), [](#Signes-du-monde) et "
    "[](#fig-inconnue).",
}

CODE = {
    "setup": "%matplotlib inline\nimport base64, io, sys\nimport pandas as pd\n"
    "import matplotlib.pyplot as plt\nfrom IPython.display import *",
    "multi_index": "pd.DataFrame([[1, 2.5], [3, 4.5], [5, 6.5]],"
    " index=pd.MultiIndex.from_tuples([('Nord', 'Autun'), ('Nord', 'Cluny'), ('Sud', 'Mâcon')],"
    " names=['zone', 'ville']),"
    " columns=pd.MultiIndex.from_product([['2025'], ['récits', 'heures']]))",
    "shortened": "pd.DataFrame({'numéro': range(300),"
    " 'nom': [f'Commune {i}' for i in range(300)]})",
    "long": "pd.set_option('display.max_rows', None)\n"
    "pd.DataFrame({'nom': [f'Village {i}' for i in range(300)],"
    " 'heures': [i * 1.5 for i in range(300)]})",
    "wide": "pd.set_option('display.max_columns', None)\n"
    "pd.DataFrame({f'mois {i}': [i * 11, i * 13] for i in range(1, 28)}, index=['Est', 'Ouest'])",
    "styler": "pd.DataFrame({'ville': ['Chagny'], 'part': [0.25]}).style"
    ".format({'part': '{:.0%}'}).set_caption('Parts par ville').hide(axis='index')",
    "series": "pd.Series([3, 5], index=['Louhans', 'Tournus'], name='récits')",
    "png_without_alt": "fig, ax = plt.subplots(figsize=(3, 2))\nax.plot([1, 2, 3])\nplt.show()",
    "svg": "fig, ax = plt.subplots(figsize=(3, 2))\nax.plot([1, 2, 3])\n"
    "ax.set_title('Hausse')\nb = io.StringIO()\nfig.savefig(b, format='svg')\nplt.close(fig)\n"
    "SVG(b.getvalue())",
    "huge_png": "fig = plt.figure(figsize=(50, 40), dpi=100)\nfig.text(0.5, 0.5, 'x')\n"
    "b = io.BytesIO()\nfig.savefig(b, format='png')\nplt.close(fig)\nImage(b.getvalue())",
    "gif": "from PIL import Image as Bitmap\nb = io.BytesIO()\n"
    "Bitmap.new('P', (40, 40), 3).save(b, 'GIF')\nImage(b.getvalue(), format='gif')",
    "broken_png": "display({'image/png': base64.b64encode(b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 40)"
    ".decode(), 'text/plain': '<x>'}, raw=True)",
    "ansi": "print('\\x1b[31mrouge\\x1b[0m puis \\x1b[1mgras\\x1b[0m')\n"
    "print('étape 1\\rétape 2 finie')\nprint('a' * 300)",
    "stderr": "print('avertissement technique', file=sys.stderr)",
    "error": "raise ValueError('colonne « heures » absente')",
    "empty": "display({}, raw=True)\nprint('')\nNone",
    "nested": "HTML('<table><tr><th>Lieu</th><th>Détail</th></tr><tr><td>Gueugnon</td><td><table>"
    "<tr><td>dedans</td><td>encore</td></tr></table></td></tr></table>')",
    "no_heads": "HTML('<table><tr><td>Bourbon</td><td>4</td></tr><tr><td>Digoin</td><td>6</td>"
    "</tr></table>')",
    "live_html": "HTML('<p>Avant la carte.</p><script>carte()</script><iframe src=\"https://"
    'example.org"></iframe><img src="https://example.org/i.png" alt="Carte des lieux">\')',
    "plain_html": "HTML('<h3>Note</h3><p>Deux phrases <b>simples</b>.</p><ul><li>Un</li>"
    "<li>Deux</li></ul><pre>a   b\\n1   2</pre>')",
    "iframe": "IFrame('https://example.org', 600, 300)",
    "latex": f"Latex(r'$${FORMULA}$$')",
    "math": f"Math(r'{FORMULA}')",
    "pdf": "display({'application/pdf': base64.b64encode(b'%PDF-1.4 x').decode()}, raw=True)",
    "audio": "Audio(data=[0, 1, 0, -1] * 100, rate=8000)",
    "video": "Video(data=b'abc', embed=True, mimetype='video/mp4')",
    "json": "JSON({'ville': 'Paray', 'heures': [1, 2]})",
    "markdown": "Markdown('Du **gras** calculé.')",
    "script": "Javascript('alert(1)')",
    "signs": "print('Fête 🎉')",
}
METADATA = {
    "svg": {"alt": ALT, "titre": "La hausse", "id": "fig-hausse"},
    "long": {"id": "tab-300"},
}


def notebook():
    """The notebook with its outputs."""
    from nbclient import NotebookClient

    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # noqa: E501
    cells = [new_markdown_cell("# Sorties venues d'ailleurs")]
    cells += [new_code_cell(CODE["setup"])]
    cells += [new_markdown_cell(text) for text in MARKDOWN.values()]
    cells[3]["attachments"] = {"point.png": {"image/png": pixel}}
    for name, source in list(CODE.items())[1:]:
        cells.append(new_code_cell(source, metadata={"name": name} | METADATA.get(name, {})))
    made = new_notebook(cells=cells)
    NotebookClient(made, timeout=120, allow_errors=True, kernel_name="python3").execute()
    for name, data in json.loads(RECORDED.read_text(encoding="utf-8")).items():
        printed = data.get("stdout")
        output = (
            new_output("stream", name="stdout", text=printed)
            if printed
            else new_output("display_data", data)
        )
        made.cells.append(new_code_cell(name, outputs=[output], metadata={"name": name}))
    return made
