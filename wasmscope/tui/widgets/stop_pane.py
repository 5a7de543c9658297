"""What is watched and where a run stops: values, breakpoints, checks that failed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from wasmscope.debugger.panes.stop_rows import FAILED, StopTarget
from wasmscope.tui.messages import Asked
from wasmscope.tui.widgets.card import Card


class StopPane(Card):
    """Watches and breakpoints, one a line."""

    HELP = (
        "{move.follow} goes to who changed a watch last, or to where a breakpoint stops next; {time.run} and "
        "{time.run-back} run to the next or last change of the value under the cursor, or the next or last stop at "
        "that breakpoint."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "command('delete')", "take it away", show=False, id="stops.delete"),
        Binding("space", "command('toggle')", "let it stop a run, or only show it", show=False, id="stops.toggle"),
    ]
    RUNS: ClassVar[dict[str, str]] = {"continue": "next-writer", "continue-back": "last-writer"}
    """Commands that run to stops, and what they mean on a line."""

    @property
    def label(self) -> str:
        """The label of the line under the cursor; "" if it has none."""
        target = self.target
        return target.label if isinstance(target, StopTarget) and target.label != FAILED else ""

    def meant(self, line: str) -> str:
        return f"{self.RUNS[line]} {self.label}" if line in self.RUNS and self.label else line

    def action_command(self, name: str) -> None:
        if self.label:
            self.post_message(Asked(f"{name} {self.label}"))
