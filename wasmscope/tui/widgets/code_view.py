"""Disassembly: offset, bytes, instruction, what its relocation names; before and after a patch as `-` and `+`."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger.lines import Line
from wasmscope.debugger.panes.code_lines import code_line
from wasmscope.debugger.panes.listing import CodeLine
from wasmscope.debugger.panes.pane import BYTES_WIDTH
from wasmscope.tui.widgets.line_view import LineView

ROOMY = 90
"""Cells of a line from which on more bytes of an instruction are shown."""
FEW_BYTES = 22
"""Cells for the bytes of a line that is not so long."""


class CodeView(LineView):
    """Instructions of one function, or a few around one."""

    HELP = "Arrows move; {move.follow} goes to what the relocation names."

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = 0
        self._line: Callable[[int], CodeLine] = lambda number: CodeLine(0, b"", "")

    def show(self, count: int, line: Callable[[int], CodeLine]) -> None:
        """Show `count` lines; `line(i)` gives one."""
        self._lines, self._line = count, line
        self.changed()

    @property
    def count(self) -> int:
        return self._lines

    def draw(self, y: int, width: int) -> Line:
        return code_line(self._line(y), FEW_BYTES if width < ROOMY else BYTES_WIDTH)
