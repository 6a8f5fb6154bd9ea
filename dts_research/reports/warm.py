"""A papermill engine that runs a notebook in the process it is called in: no kernel is started.

The cells go through the very kernel of ipykernel, and its messages through the very client of
papermill and nbclient; only the sockets between the two are left out. A notebook leaves in the
process what it leaves in a kernel: call the engine in a process made for one notebook.
"""

from __future__ import annotations

import atexit
import io
import json
import logging
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from traitlets import Any as Anything
from traitlets.config import Config

from dts_research.reports.failing import LEFT
from dts_research.reports.notebooks import import_lacking

NAME = "dts-warm"
INLINE = "module://matplotlib_inline.backend_inline"
OUTPUT_BYTES = 5_000_000
HEARD = ("on_cell_start", "on_cell_executed", "allow_errors")
TOO_LONG = "\n[Sortie coupée : plus de 5 Mo dans une cellule.]\n"
Message = dict[str, Any]


class WarmEngine(Engine):
    """``papermill --engine dts-warm``: the same executed notebook as with an ordinary kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run the cells of a notebook in this process.

        Parameters
        ----------
        nb_man
            papermill's manager of the notebook.
        kernel_name
            Name of the kernel that the notebook asks for; it is in Python.
        options
            As for papermill's own engine; what concerns sockets and waiting has no object here.
            With ``own_process=True``, what programs write on the descriptors 1 and 2 is taken too.
        """
        own = bool(options.pop("own_process", False))
        known = {key: options[key] for key in HEARD if key in options}
        client = PapermillNotebookClient(
            nb_man, store_widget_state=False, record_timing=False, **known
        )
        client.reset_execution_trackers()
        with opened(own) as kernel, _raw(own) as raw:
            client.kc = _Line(kernel, raw)
            client.papermill_execute_cells()
        client.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        return client.nb


class _Session(Session):
    """Messages of the kernel, kept in this process as they would come out of a socket."""

    sent = Anything()

    def send(self, *given: Any, **named: Any) -> Message:
        """Keep a message for the client; the socket, named first, has no object here."""
        _, message, *rest = given
        if isinstance(message, str):
            content = rest[0] if rest else named.get("content")
            parent = rest[1] if len(rest) > 1 else named.get("parent")
            message = self.msg(message, content=content or {}, parent=parent)
        told = json.dumps(message["content"], default=json_default, allow_nan=False)
        whole: Message = {**message, "content": json.loads(told)}
        self.sent.append(whole)
        return whole


class _Kernel(IPythonKernel):
    """ipykernel's kernel without sockets, threads nor debugger."""

    session: Any
    shell: Any
    shell_channel_thread = Anything(SimpleNamespace(parent_thread=None))


class _Stream(io.TextIOBase):
    """What the cells print, sent as the kernel does; beyond a limit it is cut, and said."""

    encoding, errors = "UTF-8", "strict"

    def __init__(self, kernel: _Kernel, name: str, descriptor: int) -> None:
        super().__init__()
        self.name, self._kernel, self._descriptor = name, kernel, descriptor
        self._parts: list[str] = []
        self.left = OUTPUT_BYTES

    def write(self, text: str) -> int:
        """Keep a text until it is sent."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self.left > 0:
            text = text.encode("utf-8", "replace").decode("utf-8")  # half of a sign is no text
            self.left -= len(text)
            self._parts.append(text if self.left > 0 else text[: self.left] + TOO_LONG)
        return len(text)

    def flush(self) -> None:
        """Send what was kept."""
        text, self._parts = "".join(self._parts), []
        if text:
            self._kernel.session.send(
                None, "stream", {"name": self.name, "text": text}, parent=self._kernel.get_parent()
            )

    def fileno(self) -> int:
        """Give the file behind the stream, where programs started by a cell write."""
        return self._descriptor

    def isatty(self) -> bool:
        """Tell that nobody looks at it."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True


class _Line:
    """The line between nbclient and the kernel: a cell that is asked for is run on the spot."""

    allow_stdin = False

    def __init__(self, kernel: _Kernel, raw: Callable[[], Sequence[str]]) -> None:
        self._kernel, self._session, self._raw = kernel, kernel.session, raw
        self._replies: deque[Message] = deque()
        self.iopub_channel = SimpleNamespace(get_msg=self._heard)
        self.shell_channel = SimpleNamespace(get_msg=self._reply)

    async def execute(
        self, code: str, store_history: bool = True, stop_on_error: bool = True
    ) -> str:
        """Run a cell, and give the id of the request."""
        shell = self._kernel.shell
        if shell.exit_now:
            raise DeadKernelError(LEFT)
        request = self._session.msg("execute_request", {"code": code})
        self._kernel.set_parent([], request)
        told = {"code": code, "execution_count": shell.execution_count}
        self._session.send(None, "execute_input", told, parent=request)
        streams: Any = (sys.stdout, sys.stderr)
        for stream in streams:
            stream.left = OUTPUT_BYTES
        reply = await self._kernel.do_execute(code, False, store_history, {}, False)
        for stream, text in zip(streams, self._raw()):
            stream.write(text)
            stream.flush()
        self._session.send(None, "status", {"execution_state": "idle"}, parent=request)
        self._replies.append(self._session.msg("execute_reply", reply, parent=request))
        return str(request["header"]["msg_id"])

    async def is_alive(self) -> bool:
        """Tell that the kernel is there: it is this process."""
        return True

    async def _heard(self, timeout: float | None = None) -> Message:
        message: Message = self._session.sent.popleft()
        return message

    async def _reply(self, timeout: float | None = None) -> Message:
        return self._replies.popleft()


@contextmanager
def opened(own: bool) -> Iterator[_Kernel]:
    """Give a kernel of this process, with its streams; a process of its own is left as it is."""
    streams, main = (sys.stdout, sys.stderr), sys.modules["__main__"]
    _settle_drawing()
    if own and "" not in sys.path:
        sys.path.insert(0, "")  # modules beside the notebook, as a kernel finds them
    config = Config()
    config.HistoryManager.enabled = False
    ZMQInteractiveShell.clear_instance()
    import_lacking("ipykernel.debugger", "debugpy")  # nobody steps through a batch
    log = logging.getLogger("dts_research.reports")
    kernel = _Kernel(session=_Session(sent=deque()), config=config, log=log)
    kernel.shell.enable_gui = lambda gui=None: None  # no window is ever opened
    sys.stdout, sys.stderr = (
        _Stream(kernel, name, descriptor) for name, descriptor in (("stdout", 1), ("stderr", 2))
    )
    try:
        yield kernel
    finally:
        sys.stdout, sys.stderr = streams
        sys.modules["__main__"] = main
        atexit.unregister(kernel.shell.atexit_operations)
        if not own:
            kernel.shell.atexit_operations()
        ZMQInteractiveShell.clear_instance()


@contextmanager
def _raw(own: bool) -> Iterator[Callable[[], Sequence[str]]]:
    """Give what was written on each of the descriptors 1 and 2 since the last time."""
    if not own:
        yield lambda: ("", "")
        return
    with _taken(1) as out, _taken(2) as err:
        yield lambda: (out(), err())


@contextmanager
def _taken(descriptor: int) -> Iterator[Callable[[], str]]:
    """Take what is written on a descriptor in a file; give what came since the last time."""
    former, read = os.dup(descriptor), 0
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), descriptor)

        def since() -> str:
            nonlocal read
            size = os.fstat(file.fileno()).st_size
            text = os.pread(file.fileno(), min(size - read, OUTPUT_BYTES), read)
            read = size
            return text.decode("utf-8", "replace")

        try:
            yield since
        finally:
            os.dup2(former, descriptor)
            os.close(former)


def _settle_drawing() -> None:
    """Have figures shown as in a kernel, matplotlib being imported already or not."""
    os.environ.setdefault("MPLBACKEND", INLINE)
    drawing: Any = sys.modules.get("matplotlib")
    if drawing is not None:
        drawing.rcParams["backend"] = os.environ["MPLBACKEND"]
