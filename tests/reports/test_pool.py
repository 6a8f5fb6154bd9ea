"""Many reports: what is skipped, redone, kept after a failure, and said."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from dts_research.errors import DtsError, RequestError
from dts_research.reports.freshness import states
from dts_research.reports.manifest import Entry, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports

TERRITORY = 'territory: str = ""  # code'
# A picture that nothing describes.
BARE = """
from IPython.display import display
png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
display({"image/png": png}, raw=True)
"""


def reports(*codes, notebook="essai.ipynb"):
    return [Report(f"essai-{code}", notebook, code, label=f"T{code}") for code in codes]


def make(some, press, **options):
    return make_reports(some, press, progress=False, **options)


def state_of(some, press):
    return [(one.state, one.why) for one in states(some, press)]


def test_one_failure_stops_no_other_and_the_former_output_stays(press, write_notebook):
    path = press.notebooks / "essai.ipynb"
    write_notebook(path, "print(territory)", parameters=TERRITORY)
    first = make(reports("01", "13"), press, workers=2)
    assert (sorted(first.made), first.failed, first.exit_code) == (["essai-01", "essai-13"], {}, 0)
    kept = (press.out / "carnets" / "essai-13.ipynb").read_bytes()
    write_notebook(path, "assert territory != '13', 'non'", parameters=TERRITORY)
    assert state_of(reports("13"), press) == [("stale", "le carnet a changé")]
    second = make(reports("01", "13"), press, workers=2)
    assert second.made == ("essai-01",) and second.exit_code == 1
    assert second.failed["essai-13"].endswith("AssertionError: non")
    assert (press.out / "carnets" / "essai-13.ipynb").read_bytes() == kept
    assert "carnets/essai-13.ipynb" in Manifest(press.out).read()["essai-13"].outputs
    assert "en échec" in (press.out / "index.html").read_text("utf-8")


def test_a_notebook_that_cannot_be_read_is_the_failure_of_its_report_only(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print(territory)", parameters=TERRITORY)
    broken = press.notebooks / "autre.ipynb"
    for text in ("{", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}'):
        broken.write_text(text, "utf-8")
        outcome = make([*reports("01"), Report("autre", broken.name)], press, workers=1, force=True)
        assert outcome.made == ("essai-01",)
        assert "« autre.ipynb » n'est pas un carnet lisible" in outcome.failed["autre"]


def test_a_notebook_that_does_not_say_its_language_is_in_python(press, write_notebook):
    path = press.notebooks / "essai.ipynb"
    write_notebook(path, "print(territory)", parameters=TERRITORY)
    bare = json.loads(path.read_text("utf-8"))
    bare["metadata"] = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path.write_text(json.dumps(bare), "utf-8")
    assert make(reports("01"), press, workers=1).made == ("essai-01",)
    path.write_text(json.dumps(bare | {"metadata": {}}), "utf-8")
    assert make(reports("01"), press, workers=1).made == ("essai-01",)


def test_what_is_fresh_is_skipped_and_what_changed_says_why(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print(territory)", parameters=TERRITORY)
    some = reports("01")
    assert state_of(some, press) == [("missing", "jamais fait")]
    make(some, press)
    assert state_of(some, press) == [("fresh", "")]
    assert make(some, press).skipped == ("essai-01",)
    assert make(some, press, force=True).made == ("essai-01",)
    changed = replace(press, digest="autre")
    assert state_of(some, changed) == [("stale", "les données ont changé")]
    other = [replace(some[0], parameters={"territory": "2A"})]
    assert state_of(other, press) == [("stale", "les paramètres ont changé")]
    output = press.out / "carnets" / "essai-01.ipynb"
    output.write_bytes(output.read_bytes()[:-1] + b" ")
    assert "a été modifié" in state_of(some, press)[0][1]
    output.unlink()
    assert "manque" in state_of(some, press)[0][1]


def test_what_was_made_once_is_kept_in_step_and_a_refusal_keeps_it_too(press, write_notebook):
    path = press.notebooks / "essai.ipynb"
    write_notebook(path, "print(territory)", parameters=TERRITORY)
    some = reports("01")
    full = replace(press, formats=("html", "extras"), strict=True)
    assert make(some, full).failed == {}
    kept = ["carnets/essai-01.ipynb", "carnets/essai-01.manifest.json"]
    names = ["essai-01.html", "essai-01-reprise.zip", *kept]
    assert list(Manifest(press.out).read()["essai-01"].outputs) == names
    page = replace(press, formats=("html",))
    assert state_of(some, page) == [("fresh", "")]
    assert make(some, page, force=True).outputs == {"essai-01": tuple(names)}
    assert make(some, full).made == ("essai-01",)
    write_notebook(path, BARE, parameters=TERRITORY)
    before = (press.out / names[0]).read_bytes()
    refused = make(some, full)
    assert refused.exit_code == 1 and "Cellule 3 : " in refused.failed["essai-01"]
    entry = Manifest(press.out).read()["essai-01"]
    assert (entry.state, entry.strict, list(entry.outputs)) == ("failed", True, names)
    assert (press.out / names[0]).read_bytes() == before


def test_what_one_command_asks_of_a_report_makes_no_other_stale(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print(territory)", parameters=TERRITORY)
    plan, usual = reports("01", "13", "2A"), replace(press, formats=("html",))
    make(plan, usual)
    asked = replace(usual, formats=("html", "extras"), strict=True)
    assert make(plan[:1], asked, plan=plan).made == ("essai-01",)
    page = (press.out / "index.html").read_text("utf-8")
    assert "Rapports\u00a0: 3\u00a0à jour." in page and "à refaire" not in page.casefold()
    assert "1\u00a0à la forme contrôlée, 2\u00a0brouillons." in page
    # `dts list` and the next command, whatever it asks, read the same states.
    for one in (usual, asked):
        assert state_of(plan, one) == [("fresh", "")] * 3
    # What is asked and not there is made all the same, and only that.
    assert make(plan, asked).skipped == ("essai-01",)


def test_a_draft_refused_for_publication_stays_as_up_to_date_as_it_was(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", BARE, parameters=TERRITORY)
    some, page = reports("01"), replace(press, formats=("html",))
    make(some, page)
    refused = make(some, replace(page, strict=True))
    assert refused.exit_code == 1 and "Cellule 3 : " in refused.failed["essai-01"]
    assert state_of(some, page) == [("fresh", "")]
    assert "Brouillon" in (press.out / "index.html").read_text("utf-8")
    assert make(some, page).skipped == ("essai-01",)


def test_a_process_that_dies_takes_no_other_report_along(press, write_notebook):
    write_notebook(
        press.notebooks / "essai.ipynb",
        "import os\nif territory == '13': os.kill(os.getppid(), 9)",
        parameters=TERRITORY,
    )
    outcome = make(reports("01", "13", "2A", "38"), press, workers=2)
    assert sorted(outcome.made) == ["essai-01", "essai-2A", "essai-38"]
    assert "arrêté net" in outcome.failed["essai-13"]


def test_another_reading_stands_beside_the_plan_on_the_index(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "1", parameters=TERRITORY + '\nreader = "a"')
    plan = reports("01")
    changes = {"id": "essai-01-reader-b", "parameters": {"reader": "b"}, "variant": "reader : b"}
    make([replace(plan[0], **changes)], press, plan=plan)
    page = (press.out / "index.html").read_text("utf-8")
    assert 'id="rapport-essai-01"' in page and "carnets/essai-01-reader-b.ipynb" in page
    make(plan, press)
    assert len(Manifest(press.out).read()) == 2


def test_a_refusal_for_protection_has_its_exit_code(press, write_notebook):
    code = "from dts_research.errors import ProtectionError\nraise ProtectionError('Non.')"
    write_notebook(press.notebooks / "essai.ipynb", code, parameters=TERRITORY)
    assert make(reports("01"), press).exit_code == 4


def test_wrong_requests_are_refused_before_any_work(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "1")
    with pytest.raises(RequestError, match="n'a pas de paramètre « territory »"):
        make(reports("01"), press)
    with pytest.raises(RequestError, match="introuvable"):
        make(reports("", notebook="absent.ipynb"), press)
    (press.out / "fichier").write_text("")
    with pytest.raises(DtsError, match="ne peut pas être écrit"):
        make([], replace(press, out=press.out / "fichier"))


def test_a_cut_line_counts_for_nothing(press):
    manifest = Manifest(press.out)
    entries = [Entry(f"essai-{n}", "essai.ipynb", "fresh", label="Évry") for n in range(3)]
    for entry in entries:
        manifest.record(entry)
    whole = manifest.path.read_bytes()
    for size in range(len(whole)):
        manifest.path.write_bytes(whole[:size])
        assert len(manifest.read()) >= whole[:size].count(b"\n")
        manifest.record(entries[2])
        assert manifest.read()["essai-2"] == entries[2]


SCRIPT = """
import sys
from pathlib import Path
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import Press

if __name__ == "__main__":
    root = Path(sys.argv[1])
    some = [Report(f"essai-{n}", "essai.ipynb", str(n)) for n in range(4)]
    press = Press(root / "notebooks", root / "data", root / "out", formats=())
    try:
        make_reports(some, press, workers=2)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), ("SIGKILL", -9)])
def test_an_interruption_keeps_what_was_made_and_leaves_no_process(
    press, write_notebook, sent, code
):
    root = press.out.parent
    cell = "import os, pathlib, time\npathlib.Path(f'pid-{territory}').write_text(str(os.getpid()))"
    cell += "\nif territory != '0': time.sleep(60)"
    write_notebook(press.notebooks / "essai.ipynb", cell, parameters=TERRITORY)
    (root / "script.py").write_text(SCRIPT, encoding="utf-8")
    run = subprocess.Popen([sys.executable, root / "script.py", root], stderr=subprocess.PIPE)
    limit = time.monotonic() + 120
    while len(list(press.notebooks.glob("pid-*"))) < 3 and time.monotonic() < limit:
        time.sleep(0.1)
    run.send_signal(signal.Signals[sent])
    assert run.wait(timeout=60) == code
    assert list(Manifest(press.out).read()) == ["essai-0"]
    pids = [int(path.read_text()) for path in press.notebooks.glob("pid-*")]
    limit = time.monotonic() + 30
    while any(map(_lives, pids)) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not any(map(_lives, pids))
    assert "Rapports : " in run.stderr.read().decode()


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
