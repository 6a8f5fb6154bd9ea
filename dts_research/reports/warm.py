"""A papermill engine that runs a notebook in the process it is called in: no kernel is started.

The cells go through the very kernel of ipykernel, and its messages through the very client of
papermill and nbclient; only the sockets between the two, and waiting, are left out. A notebook
leaves in the process what it leaves in a kernel: call the engine in a process made for one.
"""

from __future__ import annotations

import atexit
import inspect
import json
import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from papermill.engines import Engine
from traitlets import Any as Anything
from traitlets.config import Config

from dts_research.reports.client import Client
from dts_research.reports.failing import LEFT
from dts_research.reports.notebooks import NotebookNode, import_lacking
from dts_research.reports.warm_streams import OUTPUT_BYTES, Stream, written

NAME = "dts-warm"
INLINE = "module://matplotlib_inline.backend_inline"
HEARD = ("on_cell_start", "on_cell_executed", "allow_errors")
Message = dict[str, Any]
# A kernel and a client that were built ahead, see `prepare`.
_READY: list[Any] = []
_ASKING: list[Client] = []


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
        client = _ASKING.pop() if _ASKING else _client(nb_man)
        client.ask_for(nb_man, {key: options[key] for key in HEARD if key in options})
        with opened(own) as kernel, written(own) as raw:
            client.ask = _Line(kernel, raw)
            client.papermill_execute_cells()
        client.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        return client.nb


def _client(nb_man: Any) -> Client:
    return Client(nb_man, store_widget_state=False, record_timing=False)


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
        whole: Message = {**message, "content": _sent(message["content"])}
        self.sent.append(whole)
        return whole


def _sent(content: Any) -> Any:
    """Give a content as it comes out of a socket: a copy, of what JSON knows only."""
    try:
        return _copied(content)
    except TypeError:
        told = json.dumps(content, default=json_default, allow_nan=False)
        return json.loads(told)


def _copied(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is list:
        return [_copied(one) for one in value]
    if kind is dict and all(type(key) is str for key in value):
        return {key: _copied(one) for key, one in value.items()}
    raise TypeError(kind)


class _Kernel(IPythonKernel):
    """ipykernel's kernel without sockets, threads nor debugger."""

    session: Any
    shell: Any
    reading = Anything()
    shell_channel_thread = Anything(SimpleNamespace(parent_thread=None))


class _Line:
    """The line between the client and the kernel: a cell that is asked for is run on the spot."""

    def __init__(self, kernel: _Kernel, raw: Callable[[], Sequence[str]]) -> None:
        self._kernel, self._session, self._raw = kernel, kernel.session, raw

    async def __call__(self, code: str) -> tuple[Message, deque[Message]]:
        """Run a cell; give the reply, and the messages that were sent meanwhile."""
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
        self._kernel.reading.expect(code)
        reply = await self._kernel.do_execute(code, False, True, {}, False)
        for stream, text in zip(streams, self._raw()):
            stream.write(text)
            stream.flush()
        return self._session.msg("execute_reply", reply, parent=request), self._session.sent


@contextmanager
def opened(own: bool) -> Iterator[_Kernel]:
    """Give a kernel of this process, with its streams; a process of its own is left as it is."""
    streams, main = (sys.stdout, sys.stderr), sys.modules["__main__"]
    _settle_drawing()
    if own and "" not in sys.path:
        sys.path.insert(0, "")  # modules beside the notebook, as a kernel finds them
    kernel = _settled(_READY.pop()) if _READY else _built()
    sys.stdout, sys.stderr = (
        Stream(kernel, name, descriptor) for name, descriptor in (("stdout", 1), ("stderr", 2))
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


def prepare() -> None:
    """Build the kernel of this process ahead: those forked from it take it as if it were theirs."""
    main = sys.modules["__main__"]
    _READY[:], _ASKING[:] = [_built()], [_client(SimpleNamespace(nb=NotebookNode(cells=[])))]
    shell = _READY[0].shell
    for asked in (shell.run_cell_async, shell.run_cell):  # ipykernel asks it at each cell
        asked.__func__.__signature__ = inspect.signature(asked.__func__)
    shell.profile_dir = _Profile()
    shell.display_formatter.format(None)  # what shows a value is built the first time
    atexit.unregister(shell.atexit_operations)
    sys.modules["__main__"] = main


def _built() -> _Kernel:
    config = Config()
    config.HistoryManager.enabled = False
    ZMQInteractiveShell.clear_instance()
    import_lacking("ipykernel.debugger", "debugpy")  # nobody steps through a batch
    log = logging.getLogger("dts_research.reports")
    kernel = _Kernel(session=_Session(sent=deque()), config=config, log=log)
    kernel.shell.enable_gui = lambda gui=None: None  # no window is ever opened
    kernel.reading = _Reading(kernel.shell.transform_cell)
    kernel.shell.transform_cell = kernel.reading
    return kernel


class _Reading:
    """How a cell is read: ipykernel asks for it twice before it runs, it is read once."""

    def __init__(self, transform: Callable[[str], str]) -> None:
        self._transform, self._known = transform, list[str]()
        self._asked: str | None = None

    def expect(self, raw: str) -> None:
        """Tell which text is that of the cell: this very object."""
        self._asked, self._known = raw, []

    def __call__(self, raw: str) -> str:
        """Read a text; that of the cell itself as it was read a moment before."""
        if raw is not self._asked:
            return self._transform(raw)
        if self._known:
            self._asked = None
            return self._known.pop()
        self._known.append(self._transform(raw))
        return self._known[0]


class _Profile(ProfileDir):
    """Folder of IPython, without those of terminals and of kernels that others reach."""

    def check_dirs(self) -> None:
        """Make none."""


def _settled(kernel: _Kernel) -> _Kernel:
    """Tell a kernel that was built ahead where it is now: its folders, its environment."""
    shell = kernel.shell
    shell.init_ipython_dir(None)
    shell.profile_dir.location = os.path.join(shell.ipython_dir, "profile_default")
    shell.init_environment()
    shell.init_sys_modules()
    shell.starting_dir = os.getcwd()
    shell.history_manager.dir_hist[:] = [Path.cwd()]
    return kernel


def _settle_drawing() -> None:
    """Have figures shown as in a kernel, matplotlib being imported already or not."""
    os.environ.setdefault("MPLBACKEND", INLINE)
    drawing: Any = sys.modules.get("matplotlib")
    if drawing is not None:
        drawing.rcParams["backend"] = os.environ["MPLBACKEND"]
