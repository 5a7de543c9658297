"""What the views are drawn from: a link, a place in it, and the state just before and after the last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmscope.debugger.cursor import Place
from wasmscope.debugger.opened import Opened
from wasmscope.explain.state import State
from wasmscope.explain.steps import Step, Steps
from wasmscope.link.model import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasmscope.debugger.arranged import Arranged
    from wasmscope.debugger.audited import Audited
    from wasmscope.debugger.comparing import Comparison
    from wasmscope.debugger.named import Marks
    from wasmscope.debugger.search import Search
    from wasmscope.debugger.stops import Stops


class Scene:
    """`opened` seen from `place`. `look` differs when panes read differently although both are the same."""

    def __init__(
        self,
        opened: Opened,
        place: Place,
        stops: Stops | None = None,
        comparison: Comparison | None = None,
        look: int = 0,
        tables: Mapping[str, Arranged] | None = None,
        search: Search | None = None,
        marks: Marks | None = None,
        audited: Audited | None = None,
    ) -> None:
        self.audited = audited
        """Another linker's module that was audited with these objects."""
        self.marks = marks
        """What the reader noted on things; None: nobody is there to note anything."""
        self.look = look
        self.tables = tables or {}
        """The tables that are filtered or sorted, by name."""
        self.pattern = search.pattern if search is not None else None
        """What is looked for, and marked where it is."""
        self.opened = opened
        self.steps: Steps = opened.steps
        self.naming = opened.naming
        self.place = place
        self.stops = stops
        """What the reader set, for panes that mark it; None: nobody is there to set anything."""
        self.comparison = comparison
        """What view 5 shows; None: nobody compares."""
        self.now = State(self.steps, place.step)
        self.before = State(self.steps, max(0, place.step - 1))

    def note(self, thing: object) -> str:
        """What was noted on a thing."""
        return self.marks.note_on(thing) if self.marks is not None else ""

    def note_mark(self, thing: object, mark: tuple[str, str]) -> tuple[str, str]:
        """`mark`, or where there is none, that something is noted on a thing."""
        return (";", "note") if not mark[0].strip() and self.note(thing) else mark

    @property
    def link(self) -> Link:
        """The link that is looked at."""
        return self.steps.link

    @property
    def step(self) -> Step:
        """The last step that happened."""
        return self.steps[self.place.step]

    def done(self, step: int) -> bool:
        """Whether step `step` has happened."""
        return step <= self.place.step
