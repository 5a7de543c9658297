"""Every pane of a finished module by its name, as rows of lines, and the title and status in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wasmscope.debugger.lines import CardLine, Cell, Column, Line, Span
from wasmscope.debugger.lone import cards, why
from wasmscope.debugger.lone.listing import ItemListing
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.session import LoneScene
from wasmscope.debugger.panes.code_lines import code_line
from wasmscope.debugger.panes.diff_rows import COLUMNS as DIFF_COLUMNS
from wasmscope.debugger.panes.diff_rows import diff_cells
from wasmscope.debugger.panes.hex_rows import ROW, hex_line
from wasmscope.debugger.panes.pane import BYTES_WIDTH, Pane, Rows, Table, arranged, told, whole
from wasmscope.debugger.render import card_lines, table_lines
from wasmscope.explain.alone.lone_byte import address_text
from wasmscope.format.node import node_at


def _card(make: Callable[[LoneScene], Iterable[CardLine]]) -> Callable[[LoneScene], Rows]:
    return lambda scene: whole(card_lines(make(scene)))


def _table(
    total: int, at: int, columns: Sequence[Column], cell: Callable[[int], Sequence[Cell]],
    mark: Callable[[int], Cell] = lambda row: ("", ""), arrangement: str = "",
) -> Rows:  # fmt: skip
    def cells(start: int, end: int) -> list[Sequence[Cell]]:
        return [cell(row) for row in range(start, end)]

    def lines(start: int, end: int) -> list[Line]:
        marks = [((">" if row == at else " ") + (mark(row)[0] or " "), mark(row)[1]) for row in range(start, end)]
        return table_lines(columns, cells(start, end), marks)

    return Rows(total, at, lines, table=Table(columns, cells), told=arrangement)


def _exports(scene: LoneScene) -> Rows:
    return _table(len(scene.opened.lone.exports), 0, cards.EXPORT_COLUMNS, lambda row: cards.export_cells(scene, row))


def _imports(scene: LoneScene) -> Rows:
    return _table(len(scene.opened.lone.imports), 0, cards.IMPORT_COLUMNS, lambda row: cards.import_cells(scene, row))


def _items(scene: LoneScene) -> Rows:
    rows = scene.opened.rows
    row = scene.opened.row_of.get(scene.place.item) if scene.place.item is not None else None
    order, at = arranged(scene, "items", len(rows), row)
    return _table(
        len(order), at, cards.ITEM_COLUMNS, lambda place: cards.item_cells(scene, rows[order[place]]),
        lambda place: scene.note_mark(rows[order[place]].item), told(scene, "items"),
    )  # fmt: skip


def _relocations(scene: LoneScene) -> Rows:
    total = len(scene.opened.lone.relocations)
    if not total:
        return whole(card_lines(cards.kept_lines(scene, 0)))
    order, at = arranged(scene, "relocs", total, scene.place.relocation)
    kept = scene.opened.lone.relocations
    return _table(
        len(order), at, cards.KEPT_COLUMNS, lambda place: cards.kept_cells(scene, order[place]),
        lambda place: scene.note_mark(kept[order[place]]), told(scene, "relocs"),
    )  # fmt: skip


def _code(scene: LoneScene) -> Rows:
    listing = ItemListing(scene, scene.place.item)

    def lines(start: int, end: int) -> list[Line]:
        return [code_line(listing.line(number), BYTES_WIDTH) for number in range(start, end)]

    return Rows(len(listing), listing.row_at(scene.place.start), lines)


def _bytes(scene: LoneScene) -> Rows:
    source = scene.source

    def lines(start: int, end: int) -> list[Line]:
        return [hex_line(source, row * ROW) for row in range(start, end)]

    return Rows((source.size + ROW - 1) // ROW, scene.place.start // ROW, lines, page=8)


def _structure(scene: LoneScene) -> Rows:
    way = node_at(scene.source.tree, scene.place.start)[1:]
    lines: list[Line] = [
        [("  " * depth + one.label, "name"), (f"  {one.start:#x}..{one.end:#x}  ", "dim"), (one.value, "")]
        for depth, one in enumerate(way)
    ]
    return whole(lines)


def _difference(scene: LoneScene) -> Rows:
    comparison = scene.comparison
    if comparison is None:
        return whole([[("nothing is compared: diff FILE", "pending")]])
    rows = comparison.rows
    return _table(len(rows), 0, DIFF_COLUMNS, lambda row: diff_cells(scene, rows[row]))._replace(centred=False)


def _dominators(scene: LoneScene) -> Rows:
    found = why.dominators(scene)
    if found is None:
        return whole([[("· being counted", "pending")]])
    rows = why.dominator_rows(scene, found)
    cell = lambda row: why.dominator_cells(scene, found, rows[row])  # noqa: E731
    return _table(len(rows), rows.here, why.DOMINATOR_COLUMNS, cell)


LONE_PANES: dict[str, Pane] = {
    "module": Pane("size, makers, features, sections", _card(cards.module_lines), ("sections",)),
    "memory": Pane("the map of memory, and what fills it", _card(cards.memory_lines), ("map",)),
    "exports": Pane("what the host may use", _exports),
    "imports": Pane("what the host must give", _imports),
    "items": Pane("functions, globals, tables, memories, tags, data", _items, ("functions", "symbols"),
                  "items"),
    "thing": Pane("the item looked at", _card(lambda scene: cards.item_lines(scene, scene.place.item)), ("card",)),
    "code": Pane("its code, with source lines", _code, ("listing", "disassembly")),
    "relocations": Pane("the relocations that were kept", _relocations, ("relocs",), "relocs"),
    "relocation": Pane("the relocation looked at",
                       _card(lambda scene: cards.kept_lines(scene, scene.place.relocation))),
    "bytes": Pane("rows of 16 bytes", _bytes, ("hex",)),
    "structure": Pane("the way to the byte", _structure, ("tree",)),
    "inspector": Pane("what the byte is", _card(lambda scene: cards.byte_lines(scene, scene.place.start)), ("byte",)),
    "difference": Pane("what differs from another module: see diff", _difference, ("diff",)),
    "paths": Pane("the shortest way to the item", _card(why.path_lines), ("why", "path")),
    "references": Pane("who names the item, and what it names", _card(why.reference_lines), ("xrefs",)),
    "dominators": Pane("what alone keeps it, and what would go with it", _dominators, ("retained",)),
}  # fmt: skip
"""Pane by name."""
VIEW_PANES = (
    ("module", "memory", "exports", "imports"), ("items", "thing", "code"), ("relocations", "relocation"),
    ("structure", "bytes", "inspector"), ("difference",), ("paths", "references", "dominators"),
)  # fmt: skip
"""The panes of each view."""
MAIN = ("module", "items", "relocations", "bytes", "difference", "paths")
"""The main one of each."""


def title_text(opened: OpenedModule) -> str:
    """What is looked at."""
    return f"wasmscope  {opened.module.file.rpartition('/')[2]}"


def state_span(opened: OpenedModule) -> Span:
    """Whether all of it could be read, for the right end of the title."""
    errors = len(opened.module.errors)
    return (f"! {errors} error{'s' * (errors != 1)}", "error") if errors else ("✓ linked", "ok")


def status_lines(scene: LoneScene, notice: str) -> list[Line]:
    """What is looked at, and `notice`, or where its bytes are."""
    place, item = scene.place, scene.place.item
    name = scene.naming.of(item) if item is not None else "no item"
    where = (address_text(place.number, place.start) if place.memory else f"{place.start:#x}")
    where += (f"..{place.end:#x}" if place.end > place.start + 1 else "")
    what: Line = [(f" {name}", "strong"), (f"  {item.space} {item.number}" if item is not None else "", "dim")]
    return [what, [("  ", ""), (notice, "note") if notice else (where, "dim")]]


def section_line(scene: LoneScene, width: int) -> Line:
    """The sections of the file, the one with the byte looked at in brackets: what there is instead of a time line."""
    place, spans, used = scene.place, [(" no steps  ", "dim")], 11
    for one in scene.opened.module.sections:
        here = not place.memory and one.start <= place.start < one.end
        text = f"[{one.name}]" if here else one.name
        if used + len(text) + 1 > width - 2:
            return [*spans, ("…", "dim")]
        spans += [(text, "strong" if here else "dim"), ("─", "dim")]
        used += len(text) + 1
    return spans[:-1]
