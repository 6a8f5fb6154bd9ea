"""A report while it is being written: served on this machine only, and reloaded once made anew.

The report stands in a frame, byte for byte as it would be handed over: its policy lets no script
run. A page around it, that exists in the preview only, listens and says what is being done.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from socketserver import ThreadingTCPServer
from typing import Any

from dts_research.errors import DtsError, RequestError
from dts_research.reports.disk import digest
from dts_research.reports.failing import last_line
from dts_research.reports.html_style import style
from dts_research.reports.manifest import Entry, Failure, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.press import HTML, Press, output_name
from dts_research.reports.run import check
from dts_research.reports.workers import fitted, made

LOOPBACK = "127.0.0.1"
FIRST, AGAIN = "L’aperçu se prépare…", "Le rapport se refait…"
FAILED_FIRST = "Le rapport n’a pas pu être fait."
FAILED_AGAIN = "Le rapport n’a pas pu être refait ; la page montrée est la précédente."
UNREADY = "Ce rapport n’a pas pu être préparé :"
# Digest of no comments at all, not even of none.
UNSET = "-"
# Seconds after which a line that says nothing is sent, to learn that nobody listens any more.
BEAT = 10.0
ALONE = "frame-ancestors 'self'"
AROUND = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
AROUND += f"; frame-src 'self'; img-src data:; font-src data:; base-uri 'none'; {ALONE}"


class Board:
    """What the browser is told: the page that stands, and what is being done."""

    def __init__(self) -> None:
        self.page = b""
        self.open = True
        self._turn = 0
        self._news: dict[str, str] = {}
        self._changed = threading.Condition()
        self.making()

    def making(self) -> None:
        """Say that the report is being made."""
        self._tell("making", AGAIN if self.page else FIRST)

    def show(self, page: bytes) -> None:
        """Show a page that has just been made."""
        self.page = page
        self._tell("made", "")

    def fail(self, failure: Failure) -> None:
        """Say why the report could not be made; the former page stays."""
        said = FAILED_AGAIN if self.page else FAILED_FIRST
        self._tell("failed", said, failure.message, failure.line)

    def close(self) -> None:
        """Let go those who listen."""
        with self._changed:
            self.open = False
            self._changed.notify_all()

    def _tell(self, state: str, said: str, reason: str = "", line: str = "") -> None:
        page = digest(self.page)[:16] if self.page else ""
        with self._changed:
            self._news = {"state": state, "said": said, "reason": reason, "line": line}
            self._news["page"] = page
            self._turn += 1
            self._changed.notify_all()

    def after(self, turn: int) -> tuple[int, dict[str, str]]:
        """Wait for what is newer than a turn, not longer than a beat; give the last news."""
        with self._changed:
            self._changed.wait_for(lambda: self._turn > turn or not self.open, timeout=BEAT)
            return self._turn, self._news


class _Server(ThreadingTCPServer):
    """A server that asks no name from the network, and waits for nobody when it stops."""

    allow_reuse_address = os.name != "nt"
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, board: Board) -> None:
        self.board = board
        super().__init__((LOOPBACK, port), _Handler)
        self.port = int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no event."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answer a browser of this machine that asked for this very address."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "dts", ""

    def do_GET(self) -> None:
        """Answer: the page around, its style and script, the report, the news."""
        names = {f"{name}:{self.server.port}" for name in (LOOPBACK, "localhost")}
        path = self.path.partition("?")[0]
        if self.headers.get_all("Host") not in [[name] for name in names]:
            return self._send("Cette adresse ne mène à rien.\n", status=HTTPStatus.FORBIDDEN)
        if path == "/nouvelles":
            return self._stream()
        if path == "/rapport" and self.server.board.page:
            return self._send(self.server.board.page, "text/html", ALONE)
        if path in _around():
            return self._send(*_around()[path])
        return self._send("Cette page n’existe pas.\n", status=HTTPStatus.NOT_FOUND)

    def _send(
        self, body: bytes | str, kind: str = "text/plain", policy: str = AROUND,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:  # fmt: skip
        body = body.encode("utf-8") if isinstance(body, str) else body
        self._head(kind, policy, status, {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _head(self, kind: str, policy: str, status: HTTPStatus, more: dict[str, str]) -> None:
        self.send_response(status)
        told = {
            "Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": policy,
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
        }  # fmt: skip
        for name, value in (told | more).items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self) -> None:
        """Send the news as they come, until the browser or the preview leaves."""
        self.close_connection = True
        self._head("text/event-stream", AROUND, HTTPStatus.OK, {"Connection": "close"})
        told, board = 0, self.server.board
        while board.open:
            turn, news = board.after(told)
            line = f"data: {json.dumps(news)}\n\n" if turn > told else ": \n\n"
            self.wfile.write(line.encode("utf-8"))
            self.wfile.flush()
            told = turn

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


@cache
def _around() -> dict[str, tuple[str, str]]:
    """Files of the page around the report: what they hold, their kind."""
    folder = files("dts_research.reports").joinpath("templates")
    page, css, script = (
        folder.joinpath(f"preview.{end}").read_text("utf-8") for end in ("html", "css", "js")
    )
    return {
        "/": (page, "text/html"),
        "/apercu.css": (style() + css, "text/css"),
        "/apercu.js": (script, "text/javascript"),
    }


@contextmanager
def serving(board: Board, port: int = 0) -> Iterator[str]:
    """Serve what a board shows on this machine; give the address.

    Parameters
    ----------
    port
        0 for any that is free.

    Raises
    ------
    RequestError
        When the port is taken.
    """
    try:
        server = _Server(port, board)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        fix = "En donner un autre, ou laisser « dts preview » en trouver un, sans --port."
        raise RequestError(f"Le port {port} est déjà pris sur cette machine.", fix) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.port}/"
    finally:
        board.close()
        server.shutdown()
        server.server_close()
        thread.join()


def renew(board: Board, ordered: Callable[[], tuple[Report, Press]]) -> Entry | DtsError:
    """Make the report anew in its own folder, and show it, or why it could not be made.

    Parameters
    ----------
    ordered
        Gives what to make and where, each time: the plan and the material may have changed.

    Returns
    -------
    Entry or DtsError
        What came of it; an error when no notebook could be started.
    """
    board.making()
    try:
        report, press = ordered()
        entry = _made(report, press)
    except Exception as error:  # a file may be half written: what is saved next may be right
        told = error if isinstance(error, DtsError) else DtsError(f"{UNREADY} {last_line(error)}")
        board.fail(Failure(str(told)))
        return told
    if entry.failure is not None:
        board.fail(entry.failure)
    else:
        board.show((press.out / output_name(report.id, HTML)).read_bytes())
    return entry


def _made(report: Report, press: Press) -> Entry:
    check(report, press)
    manifest = Manifest(press.out)
    former = manifest.read().get(report.id)
    if former is not None:  # a style may have changed: what stands is never set as it should be
        unset = {**former.digests, "comments": UNSET}
        manifest.record(replace(former, digests=unset))
    with closing(made([report], fitted(press), 1)) as lines:
        (entry,) = lines
    manifest.record(entry)
    manifest.compact()
    return entry
