"""The screen that the views are on: what is painted, and where in a pane's text the mouse is."""

from __future__ import annotations

from textual.actions import SkipAction
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from wasmscope.explain.naming import count
from wasmscope.tui.answering import Answering
from wasmscope.tui.composed import Composed
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.prompt import Prompt


class Page(Screen[None]):
    """Only the pieces that changed are painted. To have text selected, Textual would give every piece of every line its
    offset, which took as long as drawing it: panes of lines are asked instead, when the mouse is there."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor = Composed()
        self._chains: dict[Widget | None, tuple[object, list[tuple[DOMNode, BindingsMap]]]] = {}
        """By the pane in focus, the keymap and whose bindings it has."""

    def spare(self, rows: int) -> None:
        """Lay the views out as on a terminal that is `rows` lower: something else stands there."""
        usual = self.app.VERTICAL_BREAKPOINTS or []
        points = [(least + rows if least else 0, name) for least, name in usual]
        if points == (self.VERTICAL_BREAKPOINTS or usual):
            return
        self.VERTICAL_BREAKPOINTS = points  # Textual asks the screen at each change of size
        fitting = max(one for one in points if one[0] <= self.app.size.height)[1]
        for _, name in points:
            self.set_class(name == fitting, name)

    @property
    def _binding_chain(self) -> list[tuple[DOMNode, BindingsMap]]:
        """Who has a key, found out once for each pane that has the focus: a key asks three times."""
        focused, keymap = self.focused, self.app._keymap
        known = self._chains.get(focused)
        if known is None or known[0] is not keymap:
            known = self._chains[focused] = keymap, super()._binding_chain
        return known[1]

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        if widget is not None:
            for one in widget.ancestors:
                if isinstance(one, View):
                    one.come_to(widget)
        super().set_focus(widget, scroll_visible, from_app_focus)
        if isinstance(widget, LineView) and not from_app_focus:
            for prompt in self.query(Prompt):
                prompt.give_way()

    def action_copy_text(self) -> None:
        """Copy the text that is selected where every copy goes, and say so."""
        text = self.get_selected_text()
        if text is None:
            raise SkipAction
        if isinstance(self.app, Answering):
            self.app.take_along(text, f"copied: {count(len(text), 'character')}")

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        try:
            widget, region = self.get_widget_at(x, y)
        except NoWidget:
            return None, None
        if not isinstance(widget, LineView):
            return super().get_widget_and_offset_at(x, y)
        left, top = widget.gutter.top_left
        return widget, widget.text_offset(x - region.x - left, y - region.y - top)
