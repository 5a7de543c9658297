"""A finished module and what every view asks about it, looked up on first use."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import NamedTuple

from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lookups import LookUps
from wasmscope.debugger.naming import Naming
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_byte import span_of
from wasmscope.explain.alone.lone_rows import Function, Global, Memory, Segment, Table, Tag
from wasmscope.explain.alone.lone_why import item_at
from wasmscope.explain.alone.module_references import Item
from wasmscope.format.module import Module
from wasmscope.link.names import readable


class ItemRow(NamedTuple):
    """A row of the table of all that has a number."""

    item: Item
    name: str
    """As the module says it; "" when it has none."""
    what: str
    """Its signature, type, or how a segment is filled in."""
    origin: str
    exports: tuple[str, ...]
    role: str
    start: int
    """Its bytes in the file; -1 when it has none of its own."""
    end: int

    @property
    def size(self) -> int:
        """Bytes in the file; 0 when it has none of its own."""
        return max(0, self.end - self.start)

    @property
    def host(self) -> str:
        """The names that the host knows it by: `← MODULE.NAME` of an import, and those of its exports."""
        return ", ".join([f"← {self.origin}"] * bool(self.origin) + list(self.exports))


class ItemNaming(Naming):
    """Names of what has a number in a module."""

    def __init__(self, lone: LoneModule) -> None:
        super().__init__((lone.module.file,))
        self._names = lone.side.names

    def of(self, thing: object) -> str:
        if not isinstance(thing, Item):
            return super().of(thing)
        name = self._names.get(thing.space, {}).get(thing.number, "")
        return readable(name, not self.raw) if name else f"{thing.space} {thing.number}"


class OpenedModule:
    """`module`, which a linker finished."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.lone = LoneModule(module)
        self.naming = ItemNaming(self.lone)
        self.lookups = LookUps()

    @cached_property
    def rows(self) -> list[ItemRow]:
        """All that has a number: functions, globals, tables, memories, tags, data segments."""
        lone = self.lone
        return [
            *map(_function, lone.functions), *map(_global, lone.globals),
            *(_other("table", one, f"{one.filled:,} slots filled") for one in lone.tables),
            *(_other("memory", one, "") for one in lone.memories), *(_other("tag", one, "") for one in lone.tags),
            *map(_segment, lone.segments),
        ]  # fmt: skip

    @cached_property
    def row_of(self) -> dict[Item, int]:
        """The row of each."""
        return {one.item: row for row, one in enumerate(self.rows)}

    @cached_property
    def known_as(self) -> dict[Item, str]:
        """What each goes by: its name, or where others have that, too, or there is none, its space and number."""
        names = Counter((one.item.space, one.name) for one in self.rows)
        return {
            item: name if name and names[item.space, name] == 1 else f"{item.space} {item.number}"
            for item, name, *_ in self.rows
        }

    @cached_property
    def known(self) -> dict[tuple[str, str], Item]:
        """The item of a space that goes by a name."""
        return {(item.space, name): item for item, name in self.known_as.items()}

    def bytes_of(self, item: Item) -> tuple[int, int] | None:
        """Where the bytes of a function or data segment are in the file; None for what has none."""
        return span_of(self.lone, item) if item in self.row_of else None

    # --- memory -------------------------------------------------------------------------------------------------

    def size_of(self, space: int | None) -> int:
        """Bytes of a memory at first (0: there is none), or of the file (None)."""
        return self.lone.memory(space).size if space is not None else len(self.module.data)

    def offset_of(self, memory: int, address: int) -> int | None:
        """Where in the file the byte is that is at an address of a memory at first; None: no segment puts one there."""
        area = self.lone.memory(memory).image.area_of(address)
        return area.start + address - area.address if area is not None and area.address is not None else None

    def address_of(self, offset: int) -> Byte | None:
        """Where in a memory a byte of the file is at first; None: nowhere, or code copies it."""
        item = item_at(self.lone, offset)
        one = self.lone.segments[item.number] if item is not None and item.space == "data" else None
        if one is None or one.address is None:
            return None
        return Byte(None, one.address + offset - one.start, memory=True, number=one.memory)

    def memory(self, number: int, start: int, end: int) -> bytes:
        """The bytes from `start` to `end` of memory `number` when the module starts."""
        found = bytearray(end - start)
        for low, high, one in self.lone.memory(number).image.filled(start, end):
            assert one.address is not None
            shift = one.start - one.address
            found[low - start : high - start] = self.module.data[low + shift : high + shift]
        return bytes(found)


def _function(one: Function) -> ItemRow:
    roles = ["start function"] * one.starts
    if one.slots:
        more = f" and {len(one.slots) - 3} more" if len(one.slots) > 3 else ""
        roles.append(f"slot {', '.join(map(str, one.slots[:3]))}{more}")
    item = Item("function", one.number)
    return ItemRow(item, one.name, one.signature, one.origin, one.exports, ", ".join(roles), one.start, one.end)


def _global(one: Global) -> ItemRow:
    item, value = Item("global", one.number), f" = {one.value:#x}" if one.value is not None else ""
    return ItemRow(item, one.name, f"{one.type}{value}", one.origin, one.exports, one.role, -1, -1)


def _other(space: str, one: Memory | Table | Tag, role: str) -> ItemRow:
    return ItemRow(Item(space, one.number), one.name, one.type, one.origin, one.exports, role, -1, -1)


def placed(one: Segment) -> str:
    """Where a data segment goes in which memory, counted from what, in words."""
    base = f"{one.base}+" if one.base else ""
    return f"{base}{one.address or 0:#x}" + (f" of memory {one.memory}" if one.memory else "")


def _segment(one: Segment) -> ItemRow:
    at = f"at {placed(one)}" if one.address is not None else "code copies it"
    return ItemRow(
        Item("data", one.number), one.name, "passive" if one.passive else "active", "", (), at, one.start, one.end
    )
