from __future__ import annotations

import os
from pathlib import Path

import pytest

from dts_research.reference import Geography, geography


@pytest.fixture(scope="session")
def france() -> Geography:
    return geography()


@pytest.fixture(scope="session")
def real_data() -> Path:
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("DTS_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip("les données réelles ne sont pas là (DTS_REAL_DATA)")
    return folder
