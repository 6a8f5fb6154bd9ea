"""A program whose calls to the system are made to fail by strace, one after the other.

For each call of a kind, a child replaces the first version of a report by the second, and that
call fails; the parent then looks at what is on the disk. A call is reached by its number: the
child first makes calls of no consequence, so that the one to fail comes at number `AT`.
"""

import json
import mmap
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import nbformat

from dts_research.errors import DtsError, reason
from dts_research.reports.ending import end_batch
from dts_research.reports.freshness import states
from dts_research.reports.manifest import Manifest
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.run import attempt
from dts_research.reports.writing import written

AT = 2000
REPORT = Report("essai-01", "essai.ipynb", "01", label="Ain")
NOTHING = os.open("/dev/null", os.O_RDWR)


def idle(call):
    """One call of no consequence."""
    with suppress(OSError):
        if call == "write":
            os.write(NOTHING, b"x")
        elif call == "fsync":
            os.fsync(NOTHING)
        else:
            os.rename("/nowhere", "/nowhere-else")


def book(text):
    cell = nbformat.v4.new_markdown_cell(f"# {text}", id="texte")
    return nbformat.v4.new_notebook(cells=[cell])


def replace_report(press, text):
    """What a batch does once a notebook ran; gives what was said when it could not."""
    tried = {}
    try:
        entry = written(attempt(REPORT, press), REPORT, book(text), press, told=lambda: None)
        Manifest(press.out).record(entry)
        tried[entry.id] = entry
        _, lost = end_batch([REPORT], press, tried)
        return lost.get("index.html", "")
    except DtsError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename} : {reason(error)}"


def in_a_child(shared, work):
    """Run in a process of its own, whose calls are counted from 0; give what it said."""
    shared.seek(0)
    shared.write(b"\0" * 2000)
    child = os.fork()
    if not child:
        try:
            said = work()
        except BaseException as error:
            said = f"!{error!r}"
        shared.seek(0)
        shared.write(said.encode()[:1990])
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    shared.seek(0)
    return shared.read(2000).rstrip(b"\0").decode("utf-8", "replace")


def files(folder):
    kept = {}
    for path in sorted(folder.rglob("*")):
        timed = path.name in ("index.html", "manifest.jsonl") or path.name.endswith("manifest.json")
        if path.is_file() and not timed:
            kept[str(path.relative_to(folder))] = path.read_bytes()
    return kept


def look(press, old, new):
    """What stands: how many files are old and new, what else there is, and whether it is known."""
    found = files(press.out)
    (status,) = states([REPORT], press)
    mixed = len({found.get(name) == new[name] for name in new}) > 1
    return {
        "other": [n for n, body in found.items() if body not in (old.get(n), new.get(n))],
        "mixed": mixed,
        "state": status.state,
        "believed": status.state == "fresh" and mixed,
        "new": all(found.get(name) == new[name] for name in new),
    }


def main(root, calls):
    shared = mmap.mmap(-1, 4096)
    (root / "notebooks").mkdir()
    (root / "data").mkdir()

    def press(name):
        (root / name).mkdir(exist_ok=True)
        return Press(root / "notebooks", root / "data", root / name, version="1", formats=("html",))

    told = []
    in_a_child(shared, lambda: replace_report(press("old"), "Avant"))
    in_a_child(shared, lambda: replace_report(press("new"), "Après"))
    old, new = files(root / "old"), files(root / "new")
    for call in calls:
        for number in range(1, 40):
            shutil.rmtree(root / "out", ignore_errors=True)
            shutil.copytree(root / "old", root / "out")

            def work(call=call, number=number):
                for _ in range(AT - number):
                    idle(call)
                return replace_report(press("out"), "Après")

            said = in_a_child(shared, work)
            seen = look(press("out"), old, new)
            again = in_a_child(shared, lambda: replace_report(press("out"), "Après"))
            after = look(press("out"), old, new)
            told.append({"call": call, "number": number, "said": said, **seen, "again": again,
                         "after": after})  # fmt: skip
            if number > 3 and not said and not told[-2]["said"]:
                break
    (root / "told.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
