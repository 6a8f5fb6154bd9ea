"""A press and tiny notebooks, as for the other tests of reports."""

from pathlib import Path
from runpy import run_path

_SHARED = run_path(str(Path(__file__).parents[1] / "reports" / "conftest.py"))
press, write_notebook = _SHARED["press"], _SHARED["write_notebook"]
