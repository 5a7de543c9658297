"""What the cards of a finished module say: the module as a whole, its memory, one item, one byte, a relocation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lines import BLANK, CardLine, Cell, Column, Span, entry, heading, note
from wasmscope.debugger.lone.listing import ItemListing
from wasmscope.debugger.lone.opened import ItemRow, OpenedModule, placed
from wasmscope.debugger.lone.session import LoneScene
from wasmscope.debugger.panes.data_inspector import LONGEST, data_lines
from wasmscope.explain.alone.lone_byte import LoneByte, address_text, byte_there
from wasmscope.explain.alone.lone_rows import Segment
from wasmscope.explain.alone.lone_why import source_of_item
from wasmscope.explain.alone.module_memory import memory_limits, page_size
from wasmscope.explain.alone.module_references import Item
from wasmscope.explain.debug_info.debug_sections import has_debug_information
from wasmscope.explain.naming import count
from wasmscope.format.node import node_at
from wasmscope.format.types import MEMORY
from wasmscope.link.names import readable

MEANWHILE = "…"
"""Stands for what is being looked up in the debug information."""
SHOWN = 200
"""Lines of a list that a card shows at most."""


# --- the module -----------------------------------------------------------------------------------------------------


def module_lines(scene: LoneScene) -> list[CardLine]:
    """The module as a whole, and its sections."""
    module, lone = scene.opened.module, scene.opened.lone
    functions, imported = lone.functions, lone.references.first
    named = sum(bool(one.name) for one in functions)
    lines = [entry("size", count(len(module.data), "byte"), "", None, 9)]
    lines.append(entry("functions", f"{len(functions):,}: {imported:,} imported, {named:,} named", "", None, 9))
    if module.start is not None:
        start = Item("function", module.start)
        lines.append(entry("start", scene.naming.of(start), "name", start, 9))
    tools = (f"{one.name} {one.version}".rstrip() for field in module.producers or () for one in field.values)
    made = ", ".join(dict.fromkeys(tools))
    kept = len(lone.relocations)
    for key, text in (
        ("made by", made), ("features", ", ".join(f"{one.prefix}{one.name}" for one in module.features or ())),
        ("build id", module.build_id.hex() if module.build_id is not None else ""),
        ("kept", f"{count(kept, 'relocation')} of --emit-relocs" if kept else ""),
        ("needs", ", ".join(module.dylink.needed) if module.dylink is not None else ""),
    ):  # fmt: skip
        if text:
            lines.append(entry(key, text, "", None, 9))
    lines += _error_lines(scene)
    lines += [BLANK, heading(f"Sections {len(module.sections)}")]
    wide = _wide([(one.start, one.end - one.start) for one in module.sections])
    for one in module.sections:
        spans = _sized(one.start, one.end - one.start, wide)
        lines.append(CardLine([*spans, (one.name, "name")], Byte(None, one.start), -1))
    return lines


def _wide(parts: Iterable[tuple[int | None, int]]) -> tuple[int, int]:
    """Cells that the longest address and the longest size take, a blank before the size."""
    wide = [(len(f"{start or 0:#08x}"), len(f" {size:,}")) for start, size in parts]
    return max((one for one, _ in wide), default=8), max(11, *(one for _, one in wide), 0)


def _sized(start: int | None, size: int, wide: tuple[int, int]) -> list[Span]:
    """An address, ` ?` if there is none, and a size in bytes, in so many cells."""
    at = f"{start:#08x}" if start is not None else " ?"
    return [(f"{at:<{wide[0]}}", "number"), (f"{size:>{wide[1]},}  ", "")]


def _error_lines(scene: LoneScene) -> Iterator[CardLine]:
    for one in scene.opened.module.errors[:SHOWN]:
        text = f"! {one.message} ({one.place})" if one.place else f"! {one.message}"
        yield note(text, "error", 2, Byte(None, one.offset) if one.offset is not None else None)


def memory_lines(scene: LoneScene) -> list[CardLine]:
    """The map of memory, and what fills it."""
    module, lone = scene.opened.module, scene.opened.lone
    limits = memory_limits(module)
    if limits is None:
        return [note("the module has no memory", "pending")]
    most = f", at most {limits.max:,}" if limits.max is not None else ""
    imported = ", imported" if module.num_imported(MEMORY) else ""
    lines = [note(f"{count(limits.min, 'page')} of {page_size(limits):,} bytes{most}{imported}")]
    lines += [note(f"addresses count from {base}") for base in lone.bases]
    if len(lone.memories) > 1:
        more = len(lone.memories) - 1
        others = f"the other {more:,} are" if more > 1 else "the other one is"
        lines.append(note(f"memory 0; {others} in view 2, and at mem1:0x0{', …' if more > 1 else ''}"))
    regions, segments = lone.regions[:SHOWN], lone.segments[:SHOWN]
    wide = _wide(
        [(one.start, one.end - one.start) for one in regions] + [(one.address, one.end - one.start) for one in segments]
    )
    for one in regions:
        spans = [*_sized(one.start, one.end - one.start, wide), (one.name, "name"), (f"  {one.rule}", "dim")]
        lines.append(CardLine(spans, Byte(None, one.start, memory=True), sum(wide) + 1))
    if lone.segments:
        lines += [BLANK, heading(f"Data segments {len(lone.segments):,}")]
    for segment in segments:
        item = Item("data", segment.number)
        spans = [*_sized(segment.address, segment.end - segment.start, wide), (scene.naming.of(item), "name")]
        lines.append(CardLine([*spans, (_filled(segment), "dim")], item, -1))
    return lines


def _filled(one: Segment) -> str:
    """How a data segment is placed, where that is not simply at its address of memory 0."""
    base, memory = f"  from {one.base} on", f"  in memory {one.memory}"
    return "  passive" * one.passive + base * bool(one.base) + memory * bool(one.memory)


EXPORT_COLUMNS = (
    Column("export", 24, 12, grow=2, name=True), Column("kind", 9, 8, drop=1), Column("is", 30, 12, grow=2, name=True),
)  # fmt: skip
IMPORT_COLUMNS = (
    Column("module", 12, 6, grow=1), Column("import", 24, 12, grow=2, name=True), Column("kind", 9, 8, drop=1),
    Column("type", 24, 8, grow=1, drop=2),
)  # fmt: skip


def export_cells(scene: LoneScene, row: int) -> list[Cell]:
    """A row of what the host may use."""
    one = scene.opened.lone.exports[row]
    return [(one.name, "name"), (one.kind, "dim"), (scene.naming.of(Item(one.kind, one.number)), "")]


def import_cells(scene: LoneScene, row: int) -> list[Cell]:
    """A row of what the host must give."""
    one = scene.opened.lone.imports[row]
    return [(one.module, ""), (one.name, "name"), (one.kind, "dim"), (one.type, "dim")]


# --- one item -------------------------------------------------------------------------------------------------------

ITEM_COLUMNS = (
    Column("kind", 8, drop=3), Column("no.", 6, 4, right=True), Column("name", 36, 14, grow=3, name=True),
    Column("type", 26, 10, grow=1, drop=4), Column("size", 8, 6, right=True), Column("host", 18, 8, grow=1, drop=2),
    Column("role", 18, 8, grow=2, drop=1),
)  # fmt: skip


def item_columns(opened: OpenedModule) -> tuple[Column, ...]:
    """The columns of view 2: types, roles and what the host knows take no more width than they need in this module."""
    texts = [(one.what, one.host, one.role) for one in opened.rows]
    titles = ("type", "host", "role")
    longest = {title: max((len(row[at]) for row in texts), default=0) for at, title in enumerate(titles)}
    return tuple(_narrowed(one, longest[one.title]) if one.title in longest else one for one in ITEM_COLUMNS)


def _narrowed(column: Column, longest: int) -> Column:
    """`column` where no cell has more than `longest` characters; without any it is the first to be left out."""
    if longest > column.width:
        return column
    width = max(longest, len(column.title))
    return column._replace(width=width, least=min(column.least, width), grow=0, drop=column.drop if longest else 9)


def item_cells(scene: LoneScene, row: ItemRow) -> list[Cell]:
    """A row of view 2."""
    return [
        (row.item.space, "dim"), (f"{row.item.number:,}", "number"),
        (scene.naming.of(row.item), "name" if row.name else "pending"), (row.what, ""),
        (f"{row.size:,}" if row.start >= 0 else "", ""), (row.host, "note" if row.origin else "ok"), (row.role, "dim"),
    ]  # fmt: skip


def item_lines(scene: LoneScene, item: Item | None) -> list[CardLine]:
    """Everything about one item that is known without following code."""
    row = scene.opened.row_of.get(item) if item is not None else None
    if row is None or item is None:
        return [note("the module has nothing with a number", "pending")]
    one = scene.opened.rows[row]
    lines = [CardLine([(scene.naming.of(item), "name"), (f"  {item.space} {item.number}", "dim")])]
    noted = scene.note(item)
    lines += [entry("note", noted, "note")] if noted else []
    lines.append(entry("type", one.what))
    for key, text in (("import", one.origin), ("export", ", ".join(one.exports)), ("role", one.role)):
        if text:
            lines.append(entry(key, text))
    if one.start >= 0:
        lines.append(entry("bytes", f"{one.start:#x}..{one.end:#x}, {one.size:,}", "link", Byte(None, one.start)))
    segment = scene.opened.lone.segments[item.number] if item.space == "data" else None
    if segment is not None and segment.address is not None:
        there = Byte(None, segment.address, memory=True, number=segment.memory)
        lines.append(entry("memory", placed(segment), "link", there))
    source = source_text(scene, item)
    lines += [entry("source", source, "comment")] if source else []
    last = ItemListing(scene, item).unread if item.space == "function" else None
    return [*lines, note(f"! {last[1]}", "error", 2, Byte(None, last[0]))] if last else lines


def source_text(scene: LoneScene, item: Item) -> str:
    """The first source line of a function; "" where nothing says so."""
    opened = scene.opened
    if item.space != "function" or not has_debug_information(opened.module):
        return ""
    return opened.lookups.get(("item", item), lambda: str(source_of_item(opened.lone, item) or ""), MEANWHILE)


# --- one byte -------------------------------------------------------------------------------------------------------


def byte_lines(scene: LoneScene, offset: int) -> list[CardLine]:
    """The inspector: what the byte is, of what, where it is in file and memory, its source line, its numbers."""
    source, opened = scene.source, scene.opened
    lines = [entry("address" if source.memory else "byte", f"{offset:#x}  ({offset:,})")]
    for depth, node in enumerate(node_at(source.tree, offset)[1:]):
        lines.append(entry("" if depth else "in", f"{node.label}  {node.value}".rstrip()))
    try:
        told = byte_there(opened.lone, offset, scene.place.space, lines=False)
    except LookupError as error:
        return [*lines, note(str(error), "pending")]
    lines += _about(scene, told)
    lines += [entry(key, text, "comment") for key, text in _said(scene, offset)]
    numbers = data_lines(source.fetch(offset, min(offset + LONGEST, source.size)))
    return [*lines, BLANK, heading("read as"), *numbers] if numbers else lines


def _about(scene: LoneScene, told: LoneByte) -> Iterator[CardLine]:
    yield BLANK
    if told.item is not None:
        yield entry("of", f"{scene.naming.of(told.item)}+{told.item_offset:#x}", "name", told.item)
    if told.symbol is not None:
        yield entry("symbol", f"{told.symbol[0]}+{told.symbol[1]:#x}")
    if told.space == "memory" and told.offset is not None:
        yield entry("file", f"{told.offset:#x}", "link", Byte(None, told.offset))
    if told.space == "file" and told.address is not None:
        there = Byte(None, told.address, memory=True, number=told.memory)
        yield entry("memory", address_text(told.memory, told.address), "link", there)
    if told.region is not None:
        yield entry("region", f"{told.region.name}: {told.region.rule}")
    rows = scene.opened.lone.relocations
    row = next((row for row, *_ in rows.sites(told.offset, told.offset + 1)), None) if told.offset is not None else None
    if row is not None:
        yield entry("reloc", f"{rows[row].type.removeprefix('R_WASM_')} {rows[row].target}", "patched", rows[row])


def _said(scene: LoneScene, offset: int) -> tuple[tuple[str, str], ...]:
    """What the debug information says of a byte: (key, text)."""
    opened, memory = scene.opened, scene.place.space
    if not has_debug_information(opened.module):
        return ()

    def find() -> tuple[tuple[str, str], ...]:
        told = byte_there(opened.lone, offset, memory)
        variable = ("variable", told.variable.name) if told.variable is not None else None
        source = ("source", str(told.source)) if told.source is not None else None
        frames = [("inlined", f"{one.function} at {one.source}") for one in told.frames[:-1]]
        return tuple(one for one in (source, variable, *frames) if one is not None)

    return opened.lookups.get(("byte", offset, memory), find, (("source", MEANWHILE),))


# --- a relocation ---------------------------------------------------------------------------------------------------

KEPT_COLUMNS = (
    Column("site", 10, 8, right=True), Column("type", 24, 15, grow=1), Column("target", 34, 12, grow=3, name=True),
    Column("addend", 7, 6, right=True, drop=1), Column("section", 14, 6, drop=2),
)  # fmt: skip


def kept_cells(scene: LoneScene, row: int) -> list[Cell]:
    """A row of view 3."""
    one = scene.opened.lone.relocations[row]
    target = scene.naming.of(one.to) if one.to is not None and one.to.space != "data" else readable(one.target)
    addend = f"{one.addend:+}" if one.addend else ""
    return [(f"{one.offset:#x}", "number"), (one.type.removeprefix("R_WASM_"), ""), (target, "name"), (addend, ""),
            (one.section, "dim")]  # fmt: skip


def kept_lines(scene: LoneScene, row: int) -> list[CardLine]:
    """Everything about one relocation that was kept, or why there is none."""
    kept, opened = scene.opened.lone.relocations, scene.opened
    if not len(kept):
        return [note("no relocation was kept: --emit-relocs keeps them; audit finds them from the objects", "pending")]
    one = kept[row]
    low, high = next(((low, high) for at, low, high in kept.sites(one.offset, one.offset + 1) if at == row), (0, 0))
    found = opened.module.data[low:high].hex(" ")
    lines = [CardLine([(one.type, "name")])]
    lines.append(entry("site", f"{one.offset:#x} in {one.section}", "link", Byte(None, one.offset)))
    lines += [entry("names", one.target, "name", one.to), entry("addend", f"{one.addend:+}")]
    lines.append(entry("bytes", found, "patched"))
    if has_debug_information(opened.module):
        offset = one.offset
        find = lambda: str(byte_there(opened.lone, offset).source or "")  # noqa: E731
        source = opened.lookups.get(("site", offset), find, MEANWHILE) if 0 <= offset < len(opened.module.data) else ""
        lines += [entry("source", source, "comment")] if source else []
    return lines
