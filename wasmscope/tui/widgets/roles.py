"""The one widget that knows how roles look. It is never seen; the others ask it.

Every widget with component classes of its own would have each of them matched again whenever its focus or its classes
change: with two dozen roles in twenty widgets that was most of the time to the first screen.
"""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from wasmscope.tui.palette import COMPONENTS, stylesheet


class Roles(Widget):
    """Holds the component classes `role--…`; a theme or a stylesheet can restyle them here for all."""

    DEFAULT_CSS = "Roles { display: none; }\n" + stylesheet("Roles")
    COMPONENT_CLASSES = COMPONENTS
    version = 0
    """Goes up when looks may have changed."""

    def notify_style_update(self) -> None:
        self.version += 1
        super().notify_style_update()


class Looks:
    """The styles of one widget: its own with the looks of roles laid on it, made once."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._made: dict[str, Style] = {}
        self._version = -1

    def __getitem__(self, roles: str) -> Style:
        """The style of these roles, joined by blanks, the last on top. Never None: without colours that would crash."""
        holder: Roles | None = getattr(self._widget.app, "roles", None)
        version = holder.version if holder is not None else -1
        if version != self._version:
            self._made.clear()
            self._version = version
        style = self._made.get(roles)
        if style is None:
            style = self._widget.rich_style
            if holder is not None:
                for one in roles.split():
                    style += holder.get_component_rich_style(f"role--{one}", partial=True)
            self._made[roles] = style
        return style

    def clear(self) -> None:
        """Forget them: the widget's own style has changed."""
        self._made.clear()
