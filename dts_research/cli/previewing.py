"""``dts preview``: a territory's report in the browser, made anew as it is being written."""

from __future__ import annotations

import signal
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import Whole, book_of, say
from dts_research.errors import DtsError

if TYPE_CHECKING:
    from dts_research.reports.manifest import Entry
    from dts_research.reports.plan import Report
    from dts_research.reports.press import Press
    from dts_research.reports.watching import Stamps
    from dts_research.workbook import Workbook

STOPPED = "Aperçu arrêté ; il n'en reste rien, et les rapports faits sont comme avant."
# What ends the command: Ctrl+C, a window that is closed, whoever asks it to end.
ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP")
STYLES = ("display/blocks.css", "reports/templates/report.css")


@click.command()
@click.argument("territory", metavar="TERRITOIRE")
@click.option("--reader", metavar="LECTEUR",
              help="À qui il s'adresse : élu (une page), animateur, chercheur (tout).")  # fmt: skip
@click.option("--port", metavar="NOMBRE", type=Whole(1024, 65535),
              help="Port de l'adresse ; sans rien, un port libre.")  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Ne pas ouvrir le navigateur.")
@click.pass_context
def preview(
    ctx: click.Context, territory: str, reader: str | None, port: int | None, no_browser: bool
) -> None:
    """Montrer un rapport pendant qu'on l'écrit : la page se refait à chaque changement.

    Exemple : dts preview 71 ; dts preview 71 --reader élu
    """
    from dts_research.reports.preview import Board, serving

    asked = Asked(ctx, territory, reader)
    asked.read()
    board = Board()
    with (
        _until_asked(),
        TemporaryDirectory(prefix="dts-apercu-", ignore_cleanup_errors=True) as folder,
        serving(board, port or 0) as address,
    ):
        say(f"Aperçu de « {asked.name} » : {address}")
        say("La page se refait quand le carnet ou les données changent. Ctrl+C pour arrêter.")
        if not no_browser:
            webbrowser.open(address)
        _follow(asked, board, Path(folder))


@contextmanager
def _until_asked() -> Iterator[None]:
    """Go on until asked to end, which is how this ends; what asks again disturbs nothing."""
    known = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]

    def end(*_: object) -> None:
        for one in known:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {one: signal.signal(one, end) for one in known}
    try:
        yield
    except KeyboardInterrupt:
        say(STOPPED)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@dataclass
class Asked:
    """The report asked for, found again each time: plan, settings and material may change."""

    ctx: click.Context
    territory: str
    reader: str | None
    book: Workbook = field(init=False)
    report: Report = field(init=False)

    @property
    def name(self) -> str:
        """The report as people name it."""
        return self.report.label or self.report.id

    def read(self) -> Press:
        """Read the workbook; find the report, the first of the plan on that territory."""
        from dts_research.cli import making

        self.book = book_of(self.ctx)
        order = making.Order(reader=self.reader)
        press, _, (self.report, *_) = making.asked_of(self.book, [self.territory], order)
        return press

    def look(self) -> Stamps:
        """Everything the report depends on, as it is."""
        from dts_research.reports.watching import stamps

        space = self.book.workspace
        journal = space.store.with_name(f"{space.store.name}-wal")
        plan = space.notebooks / "plan.toml"
        notebook = space.notebooks / self.report.notebook
        return stamps(
            [plan, notebook, space.store, journal, space.selection, *space.data.glob("*.toml"),
             *self.dressing()]
        )  # fmt: skip

    def dressing(self) -> tuple[Path, ...]:
        """What changes how the report is set, and nothing of what its notebook finds."""
        data = self.book.workspace.data
        package = Path(str(files("dts_research")))
        styles = (package / name for name in STYLES)
        return (self.book.workspace.commentary, data / "reviews", *styles)


def _follow(asked: Asked, board: Any, folder: Path) -> None:
    """Make the report, then again each time that something changes."""
    from dts_research.reports.freshness import code_digest
    from dts_research.reports.press import HTML
    from dts_research.reports.preview import renew
    from dts_research.reports.watching import follow

    came: Entry | DtsError | None = None

    def act(changed: frozenset[Path]) -> None:
        nonlocal came
        started = time.perf_counter()
        only_set = all(any(one.is_relative_to(of) for of in asked.dressing()) for one in changed)

        def ordered() -> tuple[Report, Press]:
            again = isinstance(came, DtsError) or not only_set
            press = replace(asked.read(), out=folder, formats=(HTML,), rerun=again,
                            version=code_digest())  # fmt: skip
            return asked.report, press

        came = renew(board, ordered)
        _tell(came, time.perf_counter() - started)

    follow(asked.look, act)


def _tell(came: Entry | DtsError, seconds: float) -> None:
    """Say in the terminal what the banner says in the page."""
    from dts_research.display.style import french_number

    failure = came if isinstance(came, DtsError) else came.failure
    told = f"fait en {french_number(seconds, decimals=1)} s"
    say(f"{time.strftime('%H:%M:%S')}  {failure.message if failure else told}")
