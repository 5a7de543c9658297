"""What the parts of a linked module name: functions, globals, tables, tags and segments by number.

A linker left no symbols and no relocations, so code is decoded: once for each function, when it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.matching.image import Image
from wasmscope.format.code import body, instructions
from wasmscope.format.expr import ConstExpr
from wasmscope.format.module import Module
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES

NAMED = frozenset(("function", "global", "table", "tag", "memory", "data", "element"))
"""Kinds of immediates that are numbers in an index space of the same name."""

PASSIVE = 1
"""The mode, in the low bits of an element segment's flags, of one that code copies; active ones are their table's."""


class Item(NamedTuple):
    """Something of a module that has a number. space: "function", "global", "table", "tag", "memory", "data" or
    "element"."""

    space: str
    number: int


class Reference(NamedTuple):
    """`by` names `to`. `offset` is where, in bytes from the start of the file; -1 when that is not known."""

    by: Item | None
    """None: the module itself, by an export, its start function, or an active segment."""
    to: Item
    what: str
    """An instruction, or a phrase: "call", "export 'main'", "slot 3", "initial value"."""
    offset: int


class References:
    """The references of one module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.image = Image(module)
        self._of: dict[int, list[Reference]] = {}
        self.problems: list[FormatError] = []
        """Bodies that could not be read to their end: they may name more."""

    @cached_property
    def first(self) -> int:
        """The number of the first function that has a body."""
        return self.module.num_imported(FUNCTION)

    def of_function(self, number: int) -> list[Reference]:
        """What a function names, in the order of its instructions; nothing for an imported one."""
        if number not in self._of:
            self._of[number] = self._decode(number)
        return self._of[number]

    def _decode(self, number: int) -> list[Reference]:
        module, position = self.module, number - self.first
        found: list[Reference] = []
        if not 0 <= position < len(module.bodies):
            return found
        by, one = Item("function", number), module.bodies[position]
        try:
            frame = body(module.data, one.start, one.end)
            for start, _, name, args, _ in instructions(module.data, frame.code_start, frame.end):
                for kind, value, _, _ in args:
                    if kind in NAMED and isinstance(value, int):
                        found.append(Reference(by, Item(kind, value), name, start))
        except FormatError as error:
            self.problems.append(error)
        return found

    def of(self, item: Item) -> list[Reference]:
        """What something names by itself: a function in its code, a global or segment in its expressions."""
        if item.space == "function":
            return self.of_function(item.number)
        if item.space == "table":
            return list(self.slots_of_table(item.number))
        if item.space == "global":
            position = item.number - self.module.num_imported(GLOBAL)
            known = 0 <= position < len(self.module.globals)
            return list(_in_expr(item, self.module.globals[position].init, "initial value")) if known else []
        if item.space == "element" and item.number < len(self.module.elements):
            return list(self._in_items(item, self.module.elements[item.number].items, -1))
        return []

    def slots_of_table(self, table: int) -> Iterator[Reference]:
        """What active element segments put into the slots of a table."""
        for one in self.module.elements:
            if one.offset is not None and one.table == table:
                yield from self._in_items(Item("table", table), one.items, self.image.constant(one.offset) or 0)

    def _in_items(self, by: Item, items: Iterable[int | ConstExpr], first: int) -> Iterator[Reference]:
        for position, one in enumerate(items):
            what = f"slot {first + position}" if first >= 0 else f"item {position}"
            if isinstance(one, int):
                yield Reference(by, Item("function", one), what, -1)
            else:
                yield from _in_expr(by, one, what)

    @cached_property
    def roots(self) -> list[Reference]:
        """What the module keeps by itself: exports, the start function, active segments and what these name."""
        module = self.module
        found = [
            Reference(None, Item(KIND_NAMES[one.kind], one.index), f"export '{one.name}'", -1)
            for one in module.exports
            if one.kind < len(KIND_NAMES)
        ]
        if module.start is not None:
            found.append(Reference(None, Item("function", module.start), "start function", -1))
        for number, one in enumerate(module.datas):
            if one.offset is not None:
                found.append(Reference(None, Item("data", number), "active segment", one.start))
                found += _in_expr(None, one.offset, f"address of data segment {number}")
        for number, element in enumerate(module.elements):
            if element.offset is not None:
                found += _in_expr(None, element.offset, f"place of element segment {number}")
        return found

    @cached_property
    def to(self) -> dict[Item, list[Reference]]:
        """For each thing, everything that names it: roots first, then by number. Decodes all code on first use."""
        module = self.module
        found: dict[Item, list[Reference]] = {}
        sources = [
            *(Item("global", number) for number in range(module.total(GLOBAL))),
            *(Item("table", number) for number in range(module.total(1))),
            *(Item("element", number) for number, one in enumerate(module.elements) if one.flags & 3 == PASSIVE),
            *(Item("function", self.first + position) for position in range(len(module.bodies))),
        ]
        for one in self.roots:
            found.setdefault(one.to, []).append(one)
        for item in sources:
            for one in self.of(item):
                found.setdefault(one.to, []).append(one)
        return found


def _in_expr(by: Item | None, expr: ConstExpr, what: str) -> Iterator[Reference]:
    for one in expr:
        if one.opcode == "ref.func":
            yield Reference(by, Item("function", one.args[0]), what, -1)
        elif one.opcode == "global.get":
            yield Reference(by, Item("global", one.args[0]), what, -1)
