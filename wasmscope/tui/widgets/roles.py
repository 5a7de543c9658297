"""The one widget that knows how roles look. It is never seen; the others ask it.

Every widget with component classes of its own would have each of them matched again whenever its focus or its classes
change: with two dozen roles in twenty widgets that was most of the time to the first screen.
"""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
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


def _over(ground: Color, color: Color) -> Color:
    """`color`, which may let `ground` through, on it. A terminal's own colours cannot be mixed."""
    return color if color.ansi is not None or ground.ansi is not None else ground + color


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
                ground = self._widget.background_colors[1]
                for one in roles.split():
                    look = holder.get_component_styles(f"role--{one}")
                    if look.has_rule("background"):
                        ground = _over(ground, look.background)
                        style += Style(bgcolor=ground.rich_color)
                    if look.has_rule("color"):
                        color = ground.get_contrast_text(look.color.a) if look.auto_color else look.color
                        style += Style(color=_over(ground, color).rich_color)
                    style += look.text_style
            self._made[roles] = style
        return style

    def clear(self) -> None:
        """Forget them: the widget's own style has changed."""
        self._made.clear()
