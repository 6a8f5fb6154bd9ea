"""papermill's client, for a kernel that answers on the spot: nothing is waited for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError
from nbclient.util import run_hook
from nbformat import NotebookNode, from_dict
from papermill.clientwrap import PapermillNotebookClient

Message = dict[str, Any]
# What an output is made of, by the kind of its message.
SHOWN = {
    "execute_result": ("metadata", "data", "execution_count"),
    "display_data": ("metadata", "data"),
    "stream": ("name", "text"),
}


# Turns given between two cells to tasks that run in the background.
TURNS = 20


class Client(PapermillNotebookClient):
    """Runs cells one after the other; `ask` gives the reply of a cell, and its messages."""

    ask: Callable[[str], Awaitable[tuple[Message, deque[Message]]]]

    def ask_for(self, nb_man: Any, heard: Mapping[str, Any]) -> None:
        """Take a notebook, and what is called as its cells run."""
        self.nb_man, self.nb = nb_man, nb_man.nb
        for name, called in heard.items():
            setattr(self, name, called)
        self.reset_execution_trackers()

    def papermill_execute_cells(self) -> None:
        """Run the cells of the notebook, and tell papermill of each."""
        run_sync(self._every_cell)()

    async def _every_cell(self) -> None:
        for index, cell in enumerate(self.nb.cells):
            await _meanwhile()
            try:
                self.nb_man.cell_start(cell, index)
                await self.async_execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                break
            finally:
                self.nb_man.cell_complete(cell, cell_index=index)
        await _meanwhile()

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *_: Any, **__: Any
    ) -> NotebookNode:
        """Run a cell as nbclient does, without its timers."""
        about: dict[str, Any] = {"cell": cell, "cell_index": cell_index}
        await run_hook(self.on_cell_start, **about)
        passed = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or passed:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        reply, sent = await self.ask(cell.source)
        self.code_cells_executed += 1
        while sent:
            self.process_message(sent.popleft(), cell, cell_index)
        await run_hook(self.on_cell_executed, **about, execute_reply=reply)
        await self._check_raise_for_error(cell, cell_index, reply)
        return cell

    def output(
        self, outs: list[NotebookNode], msg: Message, display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output as the kernel gave it, not checked again.

        One that replaces others, or that a widget takes, goes the long way.
        """
        kind, hooks = msg["msg_type"], self.output_hook_stack[msg["parent_header"].get("msg_id")]
        apart = hooks or display_id or self.clear_before_next_output
        if apart or kind not in SHOWN or not _sound(msg["content"]):
            return super().output(outs, msg, display_id, cell_index)
        told = {key: msg["content"][key] for key in SHOWN[kind]}
        outs.append(from_dict({"output_type": kind, **told}))
        return outs[-1]


def _sound(content: Message) -> bool:
    """Whether what is shown is what a notebook may hold: texts, or JSON that says so."""
    data = content.get("data", {})
    return isinstance(content.get("metadata", {}), dict) and all(
        isinstance(value, str) or name.endswith("+json") for name, value in data.items()
    )


async def _meanwhile() -> None:
    """Let what cells started in the background go on, as it does in a kernel between cells."""
    await asyncio.sleep(0)
    for _ in range(TURNS):
        if len(asyncio.all_tasks()) == 1:  # this one
            break
        await asyncio.sleep(0)
