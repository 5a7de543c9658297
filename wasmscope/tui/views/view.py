"""A view: panes in one arrangement, drawn from the scene of a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from wasmscope.debugger.here import break_on, watch_on
from wasmscope.debugger.lines import CommandLine
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.tui.keymap import keymap_of
from wasmscope.tui.messages import Asked, Follow
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.line_view import LineView


class View(Container):
    """What all views have in common. `panes` are ids in the order of Tab; a small screen shows one of `alternates`."""

    panes: ClassVar[Sequence[str]] = ()
    alternates: ClassVar[Sequence[str]] = ()
    leads: ClassVar[Sequence[str]] = ()
    """The panes whose cursor the others follow."""
    keys: ClassVar[Sequence[tuple[str, str]]] = ()
    """(ids of bindings, what they do) for the key bar, the most useful first."""
    scene: Any = None
    """A `Scene`, or of a finished module a `LoneScene`."""
    moved = True
    """Whether everything may read differently than when it was drawn before."""
    marked = True
    """Whether stops were set, taken away or found since."""
    zoomed: Widget | None = None
    """The pane that is in sight alone."""
    _last: Widget | None = None
    _marks: object = None

    def show(self, scene: Any) -> None:
        """Draw `scene`."""
        before, self.scene = self.scene, scene
        for pane in self.query(LineView):
            pane.look_for(scene.pattern)
        marks = scene.stops.marks(scene.steps) if scene.stops is not None else None
        self.marked, self._marks = marks != self._marks, marks
        other = before is None or before.opened is not scene.opened or before.place.step != scene.place.step
        self.moved = other or self.marked or (before is not None and before.look != scene.look)
        self.draw(scene)

    def draw(self, scene: Any) -> None:
        """Fill the panes."""
        raise NotImplementedError

    def key(self, id: str) -> str:
        """The key of a binding, as the reader's keymap has it."""
        return keymap_of(self.app).shown(id)

    def look(self, pane: str) -> str:
        """The classes that the pane is made with."""
        kind = "alternate" if pane in self.alternates else "main"
        return f"panel {kind} -chosen" if pane in self.alternates[:1] else f"panel {kind}"

    def bring_up(self, pane: str) -> None:
        """Make `pane` the alternate that shows when only one can."""
        for one in self.alternates:
            self.query_one(f"#{one}").set_class(one == pane, "-chosen")

    def zoom(self, pane: Widget | None) -> None:
        """Show `pane` alone, as large as the view; None: all of them again."""
        self.zoomed = pane
        around = {pane, *pane.ancestors} if pane is not None else set()
        for one in self.query("*"):
            one.set_class(one in around, "-zoomed")
            one.set_class(pane is not None and one not in around, "-aside")

    @property
    def first(self) -> Widget:
        """The pane that has the focus when the view comes in sight."""
        return self.zoomed or self.query_one(f"#{self.panes[0]}")

    @property
    def last(self) -> Widget:
        """The pane that had the focus last."""
        return self._last or self.first

    def next_pane(self, by: int) -> Widget:
        """The pane after (or before) the one that had the focus last."""
        at = self.panes.index(self._last.id or "") if self._last is not None else -by if by > 0 else 0
        return self.query_one(f"#{self.panes[(at + by) % len(self.panes)]}")

    def come_to(self, pane: Widget) -> None:
        """`pane` gets the focus: bring it up where not all can be shown."""
        self._last = pane
        if self.zoomed not in (None, pane):
            self.zoom(None)
        name = pane.id or ""
        if name in self.alternates:
            self.bring_up(name)
        self.set_class(name in self.alternates, "-other")

    def meant(self, pane: LineView | None, line: str) -> str:
        """The command line that a key's `line` means with `pane` in focus: `toggle-break` and `toggle-watch` are about
        what the pane's cursor is on."""
        if pane is None or self.scene is None or self.scene.stops is None:
            return line
        words = {"toggle-break": break_on, "toggle-watch": watch_on}.get(line)
        thing = self.here(pane)
        text = words(self.scene.steps, thing) if words is not None and thing is not None else ""
        return f"{line} {text}" if text else pane.meant(line)

    def here(self, pane: LineView) -> object:
        """What the cursor of `pane` is on, where that is not what is looked at: None if it is."""
        return pane.target if isinstance(pane, Card) and not isinstance(pane.target, Moment) else None

    def tell(self, message: Message) -> None:
        """Tell the program where the reader wants to be: at once, not by way of all that the view is in."""
        self.app.post_message(message)

    @on(LineView.Moved)
    def _heard(self, event: LineView.Moved) -> None:
        event.stop()

    def follow(self, target: object) -> None:
        """Go to what a card's line names: a step, or a thing."""
        if isinstance(target, CommandLine):
            self.tell(Asked(target.text))
        elif target is not None:
            self.tell(Follow(target))
