"""What a disk holds when the power goes, replayed from the calls that a real run made.

A file's bytes are sure once it was forced to the disk; a name, once its folder was. Until then the
disk may have either, and may have the name without the bytes.
"""

import codecs
import copy
import re
from dataclasses import dataclass, field
from pathlib import Path

TRACED = "openat,write,fsync,rename,link,unlink,ftruncate"
_LINE = re.compile(r"(?P<at>[\d.]+) (?P<call>\w+)\((?P<what>.*)\)\s+= (?P<gave>-?\d+)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPENED = re.compile(r"\d+<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """One call that concerns the output folder: its paths relative to it."""

    name: str
    path: str
    other: str = ""
    data: bytes = b""
    size: int = 0


def calls_of(traces, folder):
    """Read the traces of every process of a run, in the order in which time went."""
    lines = []
    for trace in traces:
        for line in trace.read_text("utf-8", "replace").splitlines():
            found = _LINE.match(line)
            if found and int(found["gave"]) >= 0:
                lines.append((float(found["at"]), found))
    calls = (_call(found, str(folder)) for _, found in sorted(lines, key=lambda one: one[0]))
    return [call for call in calls if call]


def _call(found, folder):
    name, what, gave = found["call"], found["what"], int(found["gave"])
    texts = [codecs.escape_decode(text.encode())[0] for text in _TEXT.findall(what)]
    if name in ("write", "fsync", "ftruncate"):
        opened = _OPENED.match(what)
        paths = [opened[1]] if opened else [""]
    else:
        paths = [text.decode() for text in texts]
    if not all(f"{path}/".startswith(f"{folder}/") for path in paths):
        return None
    names = [str(Path(path).relative_to(folder)) for path in paths]
    nameless = names[0].startswith("#")  # a file that has no name, to see that one may write
    if nameless or (name == "openat" and "O_CREAT" not in what):
        return None
    size = int(what.rsplit(",", 1)[1]) if name == "ftruncate" else 0
    data = texts[0][:gave] if name == "write" else b""
    return Call(name, names[0], names[1] if len(names) > 1 else "", data, size)


@dataclass
class File:
    """Bytes of a file, and those that the disk is sure to have."""

    data: bytes = b""
    sure: bytes = b""


@dataclass
class Disk:
    """Names and files as programs see them, and the names that the disk is sure to have."""

    names: dict = field(default_factory=dict)
    sure: dict = field(default_factory=dict)

    @classmethod
    def of(cls, folder):
        """A disk that had all the time it needed."""
        paths = [path for path in folder.rglob("*") if path.is_file()]
        found = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
        files = {name: File(data, data) for name, data in found.items()}
        return cls(dict(files), dict(files))

    def do(self, call):
        """Apply one call."""
        names = self.names
        if call.name == "openat":
            names.setdefault(call.path, File())
        elif call.name == "write":
            names[call.path].data += call.data
        elif call.name == "ftruncate":
            names[call.path].data = names[call.path].data[: call.size]
        elif call.name == "rename":
            names[call.other] = names.pop(call.path)
        elif call.name == "link":
            names[call.other] = names[call.path]
        elif call.name == "unlink":
            names.pop(call.path)
        elif call.path in names:
            names[call.path].sure = names[call.path].data
        else:
            self._settle(call.path)

    def _settle(self, folder):
        inside = {n: f for n, f in self.names.items() if str(Path(n).parent) == folder}
        others = {n: f for n, f in self.sure.items() if str(Path(n).parent) != folder}
        self.sure = others | inside

    def lost(self):
        """Give each way in which the power may leave it: name -> bytes."""
        yield {name: file.data for name, file in self.names.items()}
        yield {name: file.sure for name, file in self.sure.items()}
        yield {name: file.sure for name, file in self.names.items()}
        yield {name: file.data for name, file in self.sure.items()}


def losses(folder, calls):
    """Give, for each moment of a run, each state that a loss of power may leave on the disk."""
    disk = Disk.of(folder)
    seen = set()
    for number in range(len(calls) + 1):
        for left in disk.lost():
            mark = hash(frozenset(left.items()))
            if mark not in seen:
                seen.add(mark)
                yield number, copy.copy(left)
        if number < len(calls):
            disk.do(calls[number])


def sure_at_the_end(folder, calls):
    """Give what the disk is sure to hold once the run has ended."""
    disk = Disk.of(folder)
    for call in calls:
        disk.do(call)
    return {name: file.sure for name, file in disk.sure.items()}
