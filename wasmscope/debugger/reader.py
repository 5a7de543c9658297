"""What every session has, whatever is looked at: where the reader is, the way back, the search, tables as arranged.

A front end shows, and the commands that are the same for a link and for a finished module work on, a `Session`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from wasmscope.debugger.arranged import Arranged
from wasmscope.debugger.cursor import Cursor
from wasmscope.debugger.fields import Table
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.named import Mark, Marks, Named
from wasmscope.debugger.search import Search
from wasmscope.debugger.searched import Hit, Items, Searched


class Where(Protocol):
    """A place: a moment, and the view that shows it."""

    @property
    def step(self) -> int:
        """The number of the last step that has happened; 0 before the first."""

    @property
    def view(self) -> int:
        """The view, from 0."""


At = TypeVar("At", bound=Where)


class Pane(Protocol):
    """A pane of the screen that is not the view's main one: so many items, the cursor on one of them."""

    cursor: int

    @property
    def count(self) -> int:
        """How many items there are."""

    @property
    def target(self) -> object:
        """What the item under the cursor names; None if nothing."""

    def text_of(self, item: int) -> str:
        """What a search looks at."""

    def go(self, item: int) -> None:
        """Put the cursor on `item`."""


class Session(Generic[At]):
    """A session that begins at `place`. Its `scene` is what panes are drawn from."""

    def __init__(self, place: At, marks: Marks) -> None:
        self.cursor: Cursor[At] = Cursor(place)
        self.draw: Callable[[], str] | None = None
        """The front end's: what it shows, as SVG."""
        self.search = Search()
        self.marks = marks
        self.tables: dict[str, Arranged] = {}
        """The tables by their names, as they are arranged."""
        self.look = 0
        """Goes up when panes read differently although they are at the same place."""
        self.picks: Sequence[CardLine] = ()
        """The list to choose from that was shown last."""
        self.pane: Pane | None = None
        """The pane in focus, if a screen has one beside the main one; commands about "this" are about it."""
        self.shown: Pane | None = None
        """The main pane of the view in sight, if there is a screen."""

    @property
    def row(self) -> int | None:
        """The row of the main pane that the cursor of a screen is on; None without a screen."""
        return self.shown.cursor if self.shown is not None else None

    # --- what a kind of session says --------------------------------------------------------------------------------

    def scene(self) -> Any:
        """What panes are drawn from."""
        raise NotImplementedError

    def entered(self) -> At | str:
        """Where Enter leads in the main pane of the view in sight, or why nowhere."""
        raise NotImplementedError

    def followed(self, target: object) -> At | str:
        """Where `target` leads, which a line names, or why nowhere."""
        raise NotImplementedError

    def at_hit(self, hit: Hit) -> At:
        """The place of a hit in what the main pane shows."""
        raise NotImplementedError

    def table(self) -> Arranged | None:
        """The table that the view in sight shows; None where it shows bytes, or none."""
        raise NotImplementedError

    def arranged(self) -> Arranged | None:
        """The table that filters and sorting are about in the view in sight; None where there is none."""
        return self.table()

    @property
    def filters_time(self) -> bool:
        """Whether the view in sight leaves out steps."""
        return False

    def bytes_searched(self) -> Searched | None:
        """The bytes that the view in sight shows; None where it shows none."""
        raise NotImplementedError

    def name_here(self) -> Named:
        """The name of what the cursor is on, for a note."""
        raise NotImplementedError

    def mark_here(self) -> Mark:
        """The mark of this place."""
        raise NotImplementedError

    def marked(self, mark: Mark) -> At | None:
        """The place of a mark, seen from this one; None if what was marked is gone."""
        raise NotImplementedError

    def meant(self, name: Named) -> object:
        """What has that name, to be followed; None if nothing has."""
        raise NotImplementedError

    def show_names(self, raw: bool) -> None:
        """Show names as they are in the files, or demangled."""
        raise NotImplementedError

    def arranged_as(self, made: Callable[[Any], Table], opened: Any) -> Arranged:
        """The table of that kind, as it is arranged."""
        fresh = made(opened)
        known = self.tables.get(fresh.name)
        if known is None:
            known = self.tables[fresh.name] = Arranged(fresh)
        return known

    def renew_tables(self, opened: Any) -> None:
        """Have the tables of what is looked at from now on; how they were arranged stays to be done there."""
        for name, one in self.tables.items():
            self.tables[name] = one.again(type(one.table)(opened))

    # --- the cursor -------------------------------------------------------------------------------------------------

    @property
    def place(self) -> At:
        """Where the reader is."""
        return self.cursor.place

    def go(self, place: At, jump: bool = False) -> None:
        """Move to `place`; a `jump` can be undone."""
        self.cursor.move(place, jump)

    def enter(self) -> str:
        """Go to what the thing under the cursor names; why it leads nowhere, or "" if it did."""
        return self.arrive(self.entered())

    def follow(self, target: object) -> str:
        """Go to what a line names; why it leads nowhere, or "" if it did."""
        return self.arrive(self.followed(target))

    def arrive(self, place: At | str) -> str:
        """Jump to a place that was found; pass on why there is none."""
        if isinstance(place, str):
            return place
        self.go(place, jump=True)
        return ""

    # --- searching --------------------------------------------------------------------------------------------------

    def asked(self, kind: str) -> str:
        """What was answered before at the prompt of `kind`, to be changed."""
        if kind == "note":
            return self.marks.notes.get(self.name_here(), "")
        table = self.arranged() if kind == "filter" else None
        return table.filter.text if table is not None and table.filter is not None else ""

    def searched_pane(self) -> Pane | None:
        """The pane whose lines a search goes through; None: it goes through the session's own table, or bytes."""
        if self.pane is not None or self.table() is not None or self.bytes_searched() is not None:
            return self.pane
        return self.shown

    def searched(self) -> Searched | None:
        """What a search goes through: the side pane in focus, else what the main pane shows."""
        pane = self.searched_pane()
        if pane is not None:
            return Items((id(pane), pane.count, self.place.step), pane.count, pane.cursor, pane.text_of)
        found = self.bytes_searched()
        if found is not None:
            return found
        arranged = self.table()
        if arranged is None:
            return None
        table, rows, scene = arranged.table, arranged.rows, self.scene()
        of = [table.fields[name].of for name in ("signature", "type") if name in table.fields]
        types = (lambda item: "\n".join(str(one(scene, table.thing(rows[item]))) for one in of)) if of else None
        cursor = arranged.position_of(table.row_of(self.place))
        key = (table.key, table.name, id(rows), scene.naming.raw)
        return Items(key, len(rows), -1 if cursor is None else cursor, lambda item: table.text(rows[item]), types)
