"""Material that the tests of charts share."""

from __future__ import annotations

from typing import Any

import pytest

from dts_research.workbook.material import Material


@pytest.fixture(scope="module")
def here(demo_book: Any) -> Material:
    return demo_book.looking_back(demo_book.territory("71", reader="chercheur"))


@pytest.fixture(scope="module")
def network(demo_book: Any) -> Material:
    return demo_book.network()


@pytest.fixture(scope="module")
def alone(single_book: Any) -> Material:
    (places,) = single_book.frames("experience_places")
    return single_book.territory(places["departement_code"].iloc[0])


@pytest.fixture(scope="module")
def empty(empty_book: Any) -> Material:
    return empty_book.territory("13")
