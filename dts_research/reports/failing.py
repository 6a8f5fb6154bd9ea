"""What stopped a notebook, told in French: the cell, its line, the error."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dts_research.errors import DtsError, reason
from dts_research.protect.names import mask_persons
from dts_research.reports.manifest import Failure
from dts_research.reports.notebooks import NotebookNode
from dts_research.reports.traces import readable

# What is told in place of an English sentence, by the name of the error.
SAID = {
    "StdinNotImplementedError": "une question est posée (input), et personne ne répond pendant "
    "qu'un rapport se fait ; en faire un paramètre du carnet",
}
LEFT = "Le carnet s'est arrêté avant sa fin (exit ou quit dans une cellule). Retirer cet arrêt."
# What the system says of a file, in English, before the name of the file.
_SYSTEM = re.compile(r"\[Errno (\d+)\] [^:]*")
OURS = ("DtsError", "RequestError", "MaterialError", "ProtectionError")
# How a traceback tells the line of the cell that runs, colours taken away.
_AT, _COLOURS = re.compile(r"Cell In\[\d+\], line (\d+)"), re.compile(r"\x1b\[[\d;]*m")


class CellFailure(DtsError):
    """A cell of a notebook failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure

    def __reduce__(self) -> tuple[type[CellFailure], tuple[Failure]]:
        """Rebuild from the failure: pickle would give back the message instead."""
        return type(self), (self.failure,)


def failure_of(error: Exception, notebook: NotebookNode) -> Failure:
    """Say in French what stopped a notebook, and in which cell."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):
        line = _failing_line(error.source, error.traceback)
        cell = cell_number(error.source, error.cell_index, notebook)
        told = " ".join(line.strip() for line in str(error.evalue).splitlines() if line.strip())
        if error.ename == "MemoryError":
            told = f"{told} (mémoire insuffisante)".strip()
        told = SAID.get(error.ename, told)
        told = _SYSTEM.sub(lambda found: reason(OSError(int(found[1]), "")), told)
        last = readable(f"{error.ename}: {told}".removesuffix(": "), ())[:300]
        where = f"La cellule {cell} du carnet a échoué" if cell else "Une cellule a échoué"
        said = last.partition(": ")[2] if error.ename in OURS else last
        return Failure(f"{where} : {said}", cell, mask_persons(line.strip())[:200], last)
    if isinstance(error, CellTimeoutError):
        return Failure("Une cellule n'a pas fini dans le temps donné", error=last_line(error))
    if isinstance(error, DeadKernelError) and str(error) == LEFT:
        return Failure(LEFT)
    if isinstance(error, DeadKernelError):
        return Failure("Le calcul s'est arrêté net (mémoire insuffisante ?)", error="")
    return Failure(f"Le carnet n'a pas pu être exécuté : {last_line(error)}")


def _failing_line(source: str, traceback: Iterable[str]) -> str:
    """Give the line of a cell at which it failed, its first one where the traceback is silent."""
    lines = source.splitlines()
    found = _AT.search(_COLOURS.sub("", "\n".join(traceback)))
    number = int(found[1]) if found else 0
    if 0 < number <= len(lines):
        return lines[number - 1]
    return next((one for one in lines if one.strip()), "")


def cell_number(source: str, index: int, notebook: NotebookNode) -> int:
    """Count the failing cell as JupyterLab shows the notebook, without the injected one."""
    numbers = [n for n, cell in enumerate(notebook.cells, 1) if cell["source"] == source]
    return min(numbers, key=lambda n: abs(n - index)) if numbers else 0


def last_line(error: BaseException) -> str:
    """Give the last line of an error, without names of persons nor paths of this machine."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return readable(lines[-1] if lines else type(error).__name__, ())[:300]
