"""What is kept of a trace: no path of elsewhere, no name, whatever is around."""

import pandas
from hypothesis import given
from hypothesis import strategies as st

from dts_research.reports.traces import CUT, LONGEST, readable

PARTS = st.from_regex(r"[a-z0-9_.+-]{0,8}", fullmatch=True).map("secret{}".format)
AROUND = st.sampled_from(
    [("", ""), ('File "', '", line 3'), ("(", ")"), ("= ", ":12"), ("\n", ",")]
)
ROOTS = st.sampled_from(["", "~", "C:"])


@given(root=ROOTS, parts=st.lists(PARTS, min_size=1, max_size=5), around=AROUND)
def test_of_a_path_of_elsewhere_only_the_file_is_told(root, parts, around):
    sign = "\\" if root == "C:" else "/"
    text = around[0] + root + "".join(sign + part for part in (*parts, "fichier.csv")) + around[1]
    said = readable(text, [])
    assert "secret" not in said and "…/fichier.csv" in said


def test_what_is_in_the_workbook_is_told_from_its_folder_on(tmp_path):
    notebooks = tmp_path / "mon classeur" / "notebooks"
    text = f"FileNotFoundError: '{notebooks}/essai.ipynb' et {tmp_path}/autre/essai.csv"
    said = readable(text, [notebooks])
    assert said == "FileNotFoundError: 'notebooks/essai.ipynb' et …/essai.csv"


def test_a_trace_of_a_library_keeps_its_files_and_no_folder_of_the_machine():
    said = readable(f"\x1b[31mFile\x1b[0m {pandas.__file__}:12, in f(x)", [])
    assert said == "File (python)/pandas/__init__.py:12, in f(x)"


def test_what_is_no_path_stays_and_what_is_long_loses_its_beginning():
    same = "et/ou, 3/4, https://exemple.fr/page, <b>a</b>, 1 / 0, a // b"
    assert readable(same, []) == same
    said = readable("x" * (2 * LONGEST) + "fin", [])
    assert said.startswith(CUT) and said.endswith("fin") and len(said) == len(CUT) + LONGEST
    assert readable("Mme Sophie Martin", []) == "[nom masqué]"
