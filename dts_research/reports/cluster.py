"""The same batch on the machines of a Dask cluster.

A machine needs the package and an address to listen at, no disk in common: the snapshot goes to it,
and reports come back to be put in place here, or go straight to object storage.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from dts_research.errors import DtsError, RequestError
from dts_research.reports.delivery import Make, made_apart, placed
from dts_research.reports.failing import last_line
from dts_research.reports.freshness import code_digest
from dts_research.reports.manifest import Entry, Failure
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.run import attempt
from dts_research.reports.snapshot import name_of, snapshot
from dts_research.reports.storage import EXTRA, Objects

# Seconds to reach the scheduler, to see one machine, and between two looks at what is there.
REACHED, SEEN, LOOK = 5, 30, 10
# Reports asked ahead of each machine's hands, so that none waits for the next.
AHEAD = 2
NAMED = "dts-"
TOLD = ("SOURCE_DATE_EPOCH",)
LOST = "Les machines qui faisaient ce rapport se sont arrêtées net (mémoire insuffisante ?)"
ADDRESS = re.compile(r"(?:tcp|tls|wss?)://[^\s/]+:\d+/?")
EXAMPLE = "Écrire par exemple : --scheduler tcp://192.168.1.10:8786"


def lines_of(
    queue: Sequence[Report], press: Press, before: Mapping[str, Entry], make: Make,
    scheduler: str = "",
) -> Generator[Entry, None, None]:  # fmt: skip
    """Give the line of each report as it is ready, made on this machine or on others.

    Parameters
    ----------
    before
        The line of each report as it stands.
    make
        Makes them on this machine: `dts_research.reports.workers.made`, told how many at a time.
    scheduler
        Address of a Dask scheduler; "" for this machine.
    """
    if scheduler:
        return made_there(queue, press, before, scheduler)
    if isinstance(press.out, Objects):
        return made_apart(queue, press, before, make)
    return make(queue, press, before=before)


def check_scheduler(scheduler: str) -> None:
    """Refuse a cluster that nobody answers for, before any work.

    Raises
    ------
    DtsError
        When what speaks to it is not installed, or nobody answers.
    RequestError
        When the address is none.
    """
    if scheduler:
        with _client(scheduler):
            pass


def made_there(
    queue: Sequence[Report], press: Press, before: Mapping[str, Entry], scheduler: str
) -> Generator[Entry, None, None]:
    """Make reports on the machines of a cluster.

    A machine that stops loses nothing: another one makes its reports.
    """
    if not queue:
        return
    with _client(scheduler) as client, _bench(client, press) as name:
        left = list(reversed(queue))
        asked: dict[Any, Report] = {}
        while left or asked:
            while left and len(asked) < _room(client):
                report = left.pop()
                asked[_ask(client, name, report, before.get(report.id))] = report
            for future in _ended(client, list(asked)):
                yield _line(future, asked.pop(future), press)


def _ask(client: Any, name: str, report: Report, former: Entry | None) -> Any:
    from dts_research.reports.bench import make_there

    key = f"{name}-{report.id}"
    return client.submit(make_there, name, report, former, key=key, pure=False, retries=1)


def _room(client: Any) -> int:
    """How many reports to ask at once: results wait for us in the memory of the machines."""
    return max(1, AHEAD * sum(client.nthreads().values()))


def _ended(client: Any, asked: Sequence[Any]) -> list[Any]:
    """Wait for one report at least.

    Raises
    ------
    DtsError
        When the scheduler is lost, or no machine is left to wait for.
    """
    from distributed import CancelledError, wait

    while True:
        try:
            with client.as_current():
                return list(wait(asked, timeout=LOOK, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            _see_machines(client)
        except CancelledError as error:
            raise _gone() from error


def _line(future: Any, report: Report, press: Press) -> Entry:
    """The line of a report that ended, its files put in place."""
    if future.status == "finished":
        parcel = future.result()
        return placed(parcel.entry, parcel.files, press.out) if parcel.files else parcel.entry
    if future.status == "cancelled":
        raise _gone()
    error = future.exception()
    if isinstance(error, DtsError):  # what one machine lacks, no report will have
        raise error
    said = LOST
    if type(error).__name__ not in ("KilledWorker", "EOFError", "BrokenPipeError"):
        said = f"Ce rapport n'a pas pu être fait : {type(error).__name__} : {last_line(error)}"
    return replace(attempt(report, press), failure=Failure(said))


def _gone() -> DtsError:
    return DtsError(
        "Le répartiteur des machines ne répond plus.",
        "Les rapports faits sont gardés ; la même commande reprendra le travail.",
    )


def _see_machines(client: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=SEEN)
    except TimeoutError as error:
        raise DtsError(
            "Aucune machine n'est reliée au répartiteur.",
            "En relier une : dask worker, suivi de l'adresse du répartiteur.",
        ) from error
    except (OSError, RuntimeError) as error:
        raise _gone() from error


def _no_address(scheduler: str) -> RequestError:
    return RequestError(f"« {scheduler[:80]} » n'est pas l'adresse d'un répartiteur.", EXAMPLE)


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """Speak to a scheduler; what Dask says in English beside us is in the failures we tell."""
    try:
        from distributed import Client
    except ImportError as error:
        what = "Pour répartir le travail entre des machines, il manque un complément."
        raise DtsError(what, f"Écrire : {EXTRA}") from error
    if not ADDRESS.fullmatch(scheduler):
        raise _no_address(scheduler)
    for name in ("distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=REACHED, set_as_default=False)
    except (ValueError, TypeError) as error:
        raise _no_address(scheduler) from error
    except OSError as error:
        raise DtsError(
            f"Le répartiteur « {scheduler} » ne répond pas.",
            f"Vérifier son adresse et qu'il est en marche (dask scheduler). {EXAMPLE}",
        ) from error
    try:
        _see_machines(client)
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=REACHED)


@contextmanager
def _bench(client: Any, press: Press) -> Iterator[str]:
    """Have every machine hold the snapshot during a batch, and leave it after."""
    from dts_research.reports.bench import Bench

    content = snapshot(press.data, press.notebooks)
    source = (Objects(press.snapshots), name_of(content)) if press.snapshots else None
    told = {name: os.environ[name] for name in TOLD if name in os.environ}
    name = f"{NAMED}{client.id}"
    if source:
        source[0].put(source[1], content)
        content = b""
    try:
        _forget_lost(client)
        client.register_plugin(Bench(name, press, content, source, code_digest(), told))
        yield name
    except ModuleNotFoundError as error:
        raise DtsError(
            f"Le programme n'est pas installé sur les machines : {error.name} manque.",
            f"Sur chaque machine, écrire : {EXTRA}",
        ) from error
    finally:
        with suppress(Exception):
            client.unregister_worker_plugin(name)
        if source:
            with suppress(DtsError):
                source[0].remove([source[1]])


def _forget_lost(client: Any) -> None:
    """Have the machines leave what a batch held that was cut short with no time to say so."""

    def lost(marked: str, dask_scheduler: Any = None) -> list[str]:
        names = [name for name in dask_scheduler.worker_plugins if name.startswith(marked)]
        return [name for name in names if name[len(marked) :] not in dask_scheduler.clients]

    for name in client.run_on_scheduler(lost, NAMED):
        with suppress(ValueError):  # somebody else did it
            client.unregister_worker_plugin(name)
