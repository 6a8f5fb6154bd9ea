"""``dts compare``: what it refuses, what it makes, and the names of classes that come back."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.cli.comparing import Beside, make
from dts_research.cli.making import Order
from dts_research.errors import MaterialError, RequestError

CODES = ["01", "21", "25", "39", "42", "43", "58", "63", "69", "70", "71", "89", "90"]


def observations() -> pd.DataFrame:
    rows = []
    for rank, code in enumerate(CODES):
        for name, value in (("pauvrete", 10 + (rank * 7) % 5), ("age", 20 + (rank * 5) % 9),
                            ("emploi", 60 + (rank * 3) % 7)):  # fmt: skip
            rows.append({"observation_id": f"{name}:{code}", "indicator_id": name,
                         "territory_id": code, "period": "2021", "value": value,
                         "state": "published", "diffusion": "public"})  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def book(new_book: Any) -> Any:
    names = {"pauvrete": "Taux de pauvreté", "age": "Part des 65 ans", "emploi": "Taux d'emploi"}
    indicators = pd.DataFrame(
        [{"indicator_id": code, "label": name, "unit": "%"} for code, name in names.items()]
    )
    made = new_book("classes", observations=observations(), indicators=indicators)
    notebooks = Path(__file__).parents[2] / "notebooks"
    made.workspace.notebooks.mkdir(exist_ok=True)
    for name in ("compare.ipynb", "plan.toml"):
        (made.workspace.notebooks / name).write_bytes((notebooks / name).read_bytes())
    return made


def test_what_the_comparison_does_not_hold_is_refused(book: Any, empty_book: Any) -> None:
    with pytest.raises(RequestError, match="« iae » n'est pas dans la comparaison"):
        make(book, ["71"], Beside(count="iae", base="age"), Order())
    with pytest.raises(RequestError, match="Aucun indicateur ne porte sur 1999"):
        make(book, ["71"], Beside(period="1999"), Order())
    with pytest.raises(RequestError, match="n'a pas de page d'élu"):
        make(book, ["71"], Beside(), Order(reader="élu"))
    with pytest.raises(MaterialError, match="Aucun tableau d'indicateurs par territoire"):
        make(empty_book, ["71"], Beside(), Order())


def test_a_name_given_to_a_class_shows_at_the_next_run(book: Any) -> None:
    asked = (book, ["71"], Beside(), Order(formats="html"))
    first = make(*asked)
    assert first.outcome.made == ("comparaison-71",)
    assert make(*asked).outcome.skipped == ("comparaison-71",)
    path = book.workspace.data / "classes.toml"
    text = path.read_text("utf-8")
    (first_class, *_) = tomllib.loads(text)["classe"]
    assert first_class["etude"] == "départements : age, emploi, pauvrete"
    assert "# ronds (à nommer) : Ain" in text
    path.write_text(text.replace('nom = ""', 'nom = "Vallées et plateaux"', 1), "utf-8")
    again = make(*asked)
    assert again.outcome.made == ("comparaison-71",)
    page = (again.folder / "comparaison-71.html").read_text("utf-8")
    assert "Vallées et plateaux" in page
