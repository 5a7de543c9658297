"""Globals, tags and tables of a finished module, and which of the objects' each is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from wasmscope.explain.matching.matching import Matching
from wasmscope.format.defined_types import func_type
from wasmscope.format.types import GLOBAL, KIND_NUMBERS, TABLE, TAG, TableType
from wasmscope.link.linker_names import FUNCTION_TABLE
from wasmscope.link.model import Entity, Symbol
from wasmscope.link.names import display

GOT_NAMES = ("GOT.data.internal.", "GOT.func.internal.", "GOT.mem.", "GOT.func.")


class Entities:
    """The numbers of globals, tables and tags in the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.module = matching.module
        self.image = matching.image

    def numbers(self, symbol: Symbol) -> tuple[int, ...]:
        """Numbers in the module of the global, table or tag that `symbol` stands for."""
        kind = KIND_NUMBERS[symbol.kind]
        name, where = symbol.import_name or symbol.name, symbol.import_module
        if symbol.undefined or symbol.shared or symbol.name == FUNCTION_TABLE:
            found = [
                number
                for number, one in enumerate(self.module.imported(kind))
                if one.name == name and (where is None or one.module == where)
            ]
            if found:
                return tuple(found)
        if symbol.name == FUNCTION_TABLE and kind == TABLE:
            return (self.image.function_table,)
        if isinstance(symbol.target, Entity) and symbol.target in self.own:
            return (self.own[symbol.target],)
        return ()

    @cached_property
    def own(self) -> dict[Entity, int]:
        """Defined globals, tables and tags: by their names, else in the order in which a link has them."""
        found: dict[Entity, int] = {}
        link = self.matching.link
        if link.index is None:
            return found
        for kind, numbered in ((GLOBAL, link.index.globals), (TABLE, link.index.tables), (TAG, link.index.tags)):
            taken: set[int] = set()
            names = self.names(kind)
            free = [number for number in self.range(kind) if kind != GLOBAL or number not in names]
            for entity in numbered:
                named = [number for number, name in names.items() if name == entity.name and number not in taken]
                number = next((one for one in named or free if named or self.alike(kind, entity, one)), None)
                if number is not None:
                    found[entity] = number
                    taken.add(number)
                    free = [one for one in free if (one > number if kind != TABLE else one != number)]
        return found

    def range(self, kind: int) -> range:
        first = self.module.num_imported(kind)
        return range(first, self.module.total(kind))

    def names(self, kind: int) -> dict[int, str]:
        """The names that the module gives: in its name section, else in its exports."""
        known = self.module.names
        maps = {GLOBAL: known.globals, TABLE: known.tables, TAG: known.tags} if known is not None else {}
        found = {one.index: one.name for one in self.module.exports if one.kind == kind} | maps.get(kind, {})
        return {number: name for number, name in sorted(found.items()) if number in self.range(kind)}

    def named(self, symbol: Symbol) -> tuple[int, ...]:
        """Numbers of the module's own globals, tables or tags that it gives the name of `symbol`."""
        return tuple(number for number, name in self.names(KIND_NUMBERS[symbol.kind]).items() if name == symbol.name)

    def alike(self, kind: int, entity: Entity, number: int) -> bool:
        """Whether the module's number `number` has the type of `entity`, and of an object's global the value."""
        own = number - self.module.num_imported(kind)
        if kind == TAG:
            type = self.module.tags[own]
            return type < len(self.module.types) and func_type(self.module.types[type]) == entity.type
        if kind == TABLE:
            there = self.image.table_type(number)
            return isinstance(entity.type, TableType) and there is not None and there.elem == entity.type.elem
        one = self.module.globals[own]
        return one.type == entity.type and (entity.file is None or one.init == entity.init)

    def got(self, symbol: Symbol, values: Iterable[int]) -> tuple[int, ...]:
        """Globals that hold one of `values`, the address or slot of `symbol`; or that are set to it when the module
        starts."""
        imported = [
            number
            for number, one in enumerate(self.module.imported(GLOBAL))
            if one.name == symbol.name and one.module.startswith("GOT.")
        ]
        if imported:
            return tuple(imported)
        wanted, own = set(values), {number for one, number in self.own.items() if one.kind == "global"}
        holding = [one for one in self.range(GLOBAL) if one not in own and self.image.global_value(one) in wanted]
        named = [one for one in self.got_named(symbol.name) if one in holding or self.set_later(one)]
        return tuple(named or holding)

    def got_named(self, name: str) -> list[int]:
        """Globals that the module says hold the address of `name`."""
        known = self.module.names.globals if self.module.names is not None else {}
        names = {f"{prefix}{shown}" for prefix in GOT_NAMES for shown in (name, display(name))}
        return [number for number, one in known.items() if one in names]

    def set_later(self, number: int) -> bool:
        """Whether code sets a global when the module starts."""
        type = self.image.global_type(number)
        return type is not None and type.mutable
