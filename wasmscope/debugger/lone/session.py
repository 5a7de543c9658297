"""A session over a finished module: where in it the reader is, and what each view is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wasmscope.debugger.arranged import Arranged
from wasmscope.debugger.comparing import Comparison
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import Cell
from wasmscope.debugger.lone.fields import ItemTable, KeptTable
from wasmscope.debugger.lone.marks import here, mark_at, marked, meant, named
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.place import BYTES, ITEMS, MODULE, RELOCS, WHY, LonePlace
from wasmscope.debugger.lone.sources import BytesSearched, FileBytes, LoneSource, MemoryBytes
from wasmscope.debugger.named import Mark, Marks, Named
from wasmscope.debugger.reader import Session
from wasmscope.debugger.search import Search
from wasmscope.debugger.searched import Hit, Searched
from wasmscope.explain.alone.lone_relocations import KeptRelocation
from wasmscope.explain.alone.lone_why import item_at
from wasmscope.explain.alone.module_references import Item


class LoneScene:
    """`opened` seen from `place`."""

    stops = None
    """Nothing stops in a finished module."""

    def __init__(
        self, opened: OpenedModule, place: LonePlace, comparison: Comparison | None = None, look: int = 0,
        tables: Mapping[str, Arranged] | None = None, search: Search | None = None, marks: Marks | None = None,
    ) -> None:  # fmt: skip
        self.marks = marks
        """What the reader noted on things; None: nobody is there to note anything."""
        self.opened = opened
        self.place = place
        self.comparison = comparison
        """What view 5 shows; None: nothing is compared yet."""
        self.look = look
        self.tables = tables or {}
        """The tables that are filtered or sorted, by name."""
        self.pattern = search.pattern if search is not None else None
        """What is looked for, and marked where it is."""
        self.naming = opened.naming

    def note(self, thing: object) -> str:
        """What was noted on a thing."""
        return self.marks.note_on(thing) if self.marks is not None else ""

    def note_mark(self, thing: object) -> Cell:
        """The mark of a thing on which something is noted."""
        return (";", "note") if self.note(thing) else ("", "")

    @property
    def source(self) -> LoneSource:
        """The bytes that the place is in."""
        return MemoryBytes(self.opened, self.place.number) if self.place.memory else FileBytes(self.opened)


class LoneSession(Session[LonePlace]):
    """A session over `opened`, which begins at the module's first own function."""

    def __init__(self, opened: OpenedModule) -> None:
        super().__init__(LonePlace(), Marks(lambda thing: named(opened, thing)))
        self.opened = opened
        self.comparison: Comparison | None = None
        """What view 5 shows: the module and another one."""
        first = Item("function", opened.lone.references.first)
        if first in opened.row_of:
            self.cursor.place = replace(self.at(first), view=MODULE)

    def scene(self) -> LoneScene:
        left = self.comparison, self.look, self.tables, self.search, self.marks
        return LoneScene(self.opened, self.place, *left)

    def show_names(self, raw: bool) -> None:
        self.opened.naming.raw = raw
        self.look += 1

    # --- marks and notes ----------------------------------------------------------------------------------------

    def _pointed_at(self) -> object:
        """What the cursor is on in a side pane; None if none is in focus."""
        return self.pane.target if self.pane is not None else None

    def name_here(self) -> Named:
        return here(self.opened, self.place, self._pointed_at())

    def mark_here(self) -> Mark:
        return mark_at(self.opened, self.place, self._pointed_at())

    def marked(self, mark: Mark) -> LonePlace | None:
        return marked(self, mark)

    def meant(self, name: Named) -> object:
        return meant(self.opened, name)

    def name_of_item(self) -> Named | None:
        """The name of what the cards are about, which need not be what the bytes looked at are of: globals, tables and
        tags have none."""
        return named(self.opened, self.place.item)

    def about(self, place: LonePlace, name: Named | None) -> LonePlace:
        """`place` with cards about the item of that name, if there is one."""
        item = self.meant(name) if name is not None else None
        return replace(place, item=item) if isinstance(item, Item) else place

    def take(self, before: LoneSession) -> None:
        """Go on where the session over the module as it was before left off: by name."""
        self.marks.take(before.marks)
        self.tables = before.tables
        self.renew_tables(self.opened)
        self.search.look_for(before.search.pattern)
        self.show_names(before.opened.naming.raw)
        before.pane = None
        place = self.marked(before.mark_here()) or replace(self.place, view=before.place.view)
        self.cursor.place = self.about(place, before.name_of_item())

    # --- places -------------------------------------------------------------------------------------------------

    def at(self, item: Item) -> LonePlace:
        """The place moved to `item`, and to its bytes if it has any."""
        span = self.opened.bytes_of(item)
        place = replace(self.place, item=item)
        return replace(place, start=span[0], end=span[1], memory=False) if span is not None else place

    def at_byte(self, start: int, end: int = -1, memory: bool = False, number: int | None = None) -> LonePlace:
        """The place moved to bytes of the file or of a memory (None: the one looked at last), and to what they are
        of."""
        number = self.place.number if number is None else number
        offset = self.opened.offset_of(number, start) if memory else start
        item = item_at(self.opened.lone, offset) if offset is not None else None
        sites = self.opened.lone.relocations.sites(offset, offset + 1) if offset is not None else ()
        row = next((row for row, *_ in sites), None)
        return replace(
            self.place, start=start, end=end if end > start else start + 1, memory=memory, number=number,
            item=item or self.place.item, relocation=self.place.relocation if row is None else row,
        )  # fmt: skip

    def at_relocation(self, row: int) -> LonePlace:
        """The place moved to a relocation that was kept, and to its site."""
        site = self.opened.lone.relocations[row].offset
        place = self.at_byte(site) if 0 <= site < len(self.opened.module.data) else self.place
        return replace(place, relocation=row)

    def followed(self, target: object) -> LonePlace | str:
        if isinstance(target, LonePlace):
            return target
        if isinstance(target, Item) and target.space == "memory":
            target = Byte(None, 0, memory=True, number=target.number)
        if isinstance(target, Item):
            if target not in self.opened.row_of:
                return f"nothing more is known of {self.opened.naming.of(target)}"
            view = self.place.view if self.place.view in (ITEMS, WHY) else ITEMS
            return replace(self.at(target), view=view)
        if isinstance(target, Byte):
            size = self.opened.size_of(target.number if target.memory else None)
            if not 0 <= target.offset < size:
                space = "memory" if target.memory else "file"
                return f"there is no byte {target.offset:#x}: the {space} ends at {size:#x}"
            return replace(self.at_byte(target.offset, -1, target.memory, target.number), view=BYTES)
        if isinstance(target, KeptRelocation) and 0 <= target.offset < len(self.opened.module.data):
            return replace(self.at_byte(target.offset), view=RELOCS)
        return "this leads nowhere"

    def entered(self) -> LonePlace | str:
        place, item = self.place, self.place.item
        if place.view in (ITEMS, WHY):
            span = self.opened.bytes_of(item) if item is not None else None
            return replace(place, view=BYTES) if span is not None else "it has no bytes of its own in the file"
        if place.view == RELOCS:
            kept = self.opened.lone.relocations
            return replace(self.at_relocation(place.relocation), view=BYTES) if len(kept) else "no relocation was kept"
        if place.view != BYTES:
            return "this leads nowhere"
        if place.memory:
            return self._pointed()
        here = self.at_byte(place.start)
        there = item_at(self.opened.lone, place.start)
        return replace(here, view=ITEMS) if there is not None else "this byte is of no function and no data"

    def _pointed(self) -> LonePlace | str:
        """Where the word of memory at the cursor points."""
        start, number = self.place.start, self.place.number
        size = self.opened.size_of(number)
        value = int.from_bytes(self.opened.memory(number, start, min(start + 4, size)), "little")
        if not 0 < value < size:
            return f"the word here, {value:#x}, is no address in memory"
        return self.at_byte(value, -1, memory=True)

    # --- tables and search --------------------------------------------------------------------------------------

    def table(self) -> Arranged | None:
        made = {ITEMS: ItemTable, RELOCS: KeptTable}.get(self.place.view)
        return self.arranged_as(made, self.opened) if made is not None else None

    def at_hit(self, hit: Hit) -> LonePlace:
        table = self.table()
        if table is None:
            return replace(self.at_byte(hit.start, hit.end, self.place.memory), view=BYTES)
        row = table.rows[hit.start]
        if self.place.view == RELOCS:
            return self.at_relocation(row)
        return self.at(self.opened.rows[row].item)

    def bytes_searched(self) -> Searched | None:
        return BytesSearched(self.scene().source, self.place.start) if self.place.view == BYTES else None
