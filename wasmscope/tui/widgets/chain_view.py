"""A chain of atoms as cards joined by `<─>`, or one line each when there is little room.

The joint between two cards is `<─>` only if each names the other; one arrow alone says that the chain is broken. `·`
stands for what is not set yet, the heavy border is the cursor, `+3` under a joint is padding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.panes.chains import ChainCard
from wasmscope.tui.text import cut, fit, wrap
from wasmscope.tui.widgets.line_view import LineView

CARD_WIDTH = 20
JOINT = 3
LISTED_BELOW = 100
"""Columns of the whole screen under which a chain is a list."""
LIGHT, HEAVY = "┌─┐│└┘", "┏━┓┃┗┛"


class ChainView(LineView):
    """The atoms of one chain."""

    HELP = (
        "Left and right: previous and next atom; {move.follow} goes to its symbol; {space.next-chain} "
        "changes chain."
    )
    head = 2

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._cards = 0
        self._card: Callable[[int], ChainCard] = lambda number: ChainCard("", "", "", "", "")
        self._top: Callable[[int], list[Line]] = lambda width: [(), ()]
        self.cards_form = True
        self._words: Sequence[Line] = ()
        self._instead: Sequence[Line] = ()

    def show(self, count: int, card: Callable[[int], ChainCard], top: Callable[[int], list[Line]]) -> None:
        """Show `count` atoms under the two lines of `top(width)`; `card(i)` gives one."""
        self._cards, self._card, self._top, self._words, self._instead = count, card, top, (), ()
        self.changed()

    def show_instead(self, lines: Sequence[Line]) -> None:
        """Show text where there is no chain."""
        self._cards, self._words = 0, lines
        self._instead = [row for line in lines for row in wrap(line, max(20, self.wide))]
        self._top = lambda width: [(), ()]
        self.changed()

    @property
    def line_count(self) -> int:
        return len(self._instead) or super().line_count

    @property
    def count(self) -> int:
        return self._cards

    @property
    def tall(self) -> int:  # type: ignore[override]
        return 5 if self.cards_form else 1

    def resized(self, width: int) -> None:
        per_row = (width - JOINT) // (CARD_WIDTH + JOINT)
        self.cards_form = per_row >= 2 and self.size.height >= self.head + 10 and self.app.size.width >= LISTED_BELOW
        self.across = per_row if self.cards_form else 1
        self._instead = [row for line in self._words for row in wrap(line, width)]

    def _card_width(self, width: int) -> int:
        return min(28, (width - JOINT * (self.across + 1)) // self.across)

    def item_at(self, line: int, x: int) -> int:
        if not self.cards_form:
            return line
        column = max(0, x - JOINT) // (self._card_width(self.wide) + JOINT)
        return min(line // self.tall * self.across + min(column, self.across - 1), max(0, self.count - 1))

    def highlight(self, line: int) -> str:
        return "" if self.cards_form or self._instead else super().highlight(line)

    def draw_head(self, y: int, width: int) -> Line:
        return self._top(width)[y]

    def draw(self, y: int, width: int) -> Line:
        if self._instead:
            return self._instead[y]
        if not self.cards_form:
            return self._draw_listed(y, width)
        row, part = divmod(y, self.tall)
        wide = self._card_width(width)
        line: list[Span] = []
        for item in range(row * self.across, min((row + 1) * self.across, self.count)):
            card = self._card(item)
            line.append(_joint(card, item, part, turn=item == row * self.across))
            line += _part(card, part, wide, item == self.cursor)
        last = (row + 1) * self.across
        if part == 1 and last < self.count:
            line.append(("─╮", "dim"))
        return line

    def _draw_listed(self, y: int, width: int) -> Line:
        card = self._card(y)
        tail = f" {fit(card.facts, 13, right=True)}" + (f"  {fit(card.file, 12, name=True)}" if width >= 60 else "")
        joint = " " if y == 0 else "·" if not card.joint else "⇅" if card.joint == "<─>" else "!"
        place = f"{card.place} +{card.pad}" if card.pad else card.place
        name_width = max(8, width - 7 - 14 - len(tail))
        return [
            ("▶" if y == self.cursor else " ", ""),
            (joint, "error" if joint == "!" else "dim"),
            (f"{card.number:>4} ", "dim"),
            (fit(card.name, name_width, name=True), card.role),
            (fit(f" {place}", 14), card.role),
            (tail, "dim"),
        ]


def _joint(card: ChainCard, item: int, part: int, turn: bool) -> Span:
    """The three cells before a card: the joint beside its name, the padding under it."""
    if item == 0:
        return " " * JOINT, ""
    if part == 1:
        if not card.joint:
            return " · ", "pending"
        whole = card.joint == "<─>"
        text = "╰─>" if turn and whole else card.joint
        return fit(text if whole else f"{card.joint}!", JOINT), "dim" if whole else "error"
    if part == 2 and card.pad:
        return fit(f"+{card.pad}", JOINT), "note"
    return " " * JOINT, ""


def _part(card: ChainCard, part: int, wide: int, here: bool) -> list[Span]:
    """Line `part` of a card."""
    corner, flat, corner2, side, low, low2 = tuple(HEAVY if here else LIGHT)
    edge = "strong" if here else "dim"
    inner = wide - 2
    if part == 0:
        title = cut(f" {card.number} ", inner - 1)
        return [(corner + flat + title + flat * (inner - 1 - len(title)) + corner2, edge)]
    if part == 4:
        file = f" {cut(card.file, inner - 3, name=True)} " if card.file else ""
        return [(low + flat * (inner - 1 - len(file)) + file + flat + low2, edge)]
    text = (card.name, card.place, card.facts)[part - 1]
    role = f"{card.role} name" if part == 1 else card.role if part == 2 else "dim"
    return [(side, edge), (" " + fit(text, inner - 1, name=part == 1), role), (side, edge)]
