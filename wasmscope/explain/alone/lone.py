"""A linked module by itself, without the objects that it was made of: all that it can tell, in rows.

`LoneModule` is what a screen holds where it otherwise holds a link. Each list of rows is made when it is first asked
for and kept; offsets are bytes from the start of the file, addresses bytes of linear memory.
"""

from __future__ import annotations

from functools import cached_property

from wasmscope.explain.alone.lone_relocations import KeptRelocations
from wasmscope.explain.alone.lone_rows import (
    ROLES,
    Custom,
    Export,
    Function,
    Global,
    Import,
    Memory,
    Segment,
    Slot,
    Table,
    Tag,
    UnitRow,
    held,
    purpose,
)
from wasmscope.explain.alone.module_graph import ModuleDominators, ModuleGraph
from wasmscope.explain.alone.module_memory import MemoryAtStart, stack_pointer
from wasmscope.explain.alone.module_references import Item, References
from wasmscope.explain.comparing.things import Side
from wasmscope.explain.debug_info.module_lines import debug_of, is_dangling
from wasmscope.explain.matching.image import Image
from wasmscope.explain.memory_image import Region
from wasmscope.format.bodies import Body
from wasmscope.format.expr import ConstExpr
from wasmscope.format.grammar import expr_text
from wasmscope.format.module import Module
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, MEMORY, TABLE, TAG, kind_name

NO_BODY = Body(-1, -1, -1)


class LoneModule:
    """Everything about `module`, which a linker finished (or any compiler made)."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.image = Image(module)
        self._memories: dict[int, MemoryAtStart] = {}
        self.side = Side(module)
        self.references = References(module)

    # --- what has a number ----------------------------------------------------------------------------------------

    @cached_property
    def _exported(self) -> dict[Item, tuple[str, ...]]:
        found: dict[Item, tuple[str, ...]] = {}
        for one in self.module.exports:
            item = Item(kind_name(one.kind), one.index)
            found[item] = (*found.get(item, ()), one.name)
        return found

    def _origin(self, kind: int, number: int) -> str:
        imports = self.module.imported(kind)
        return f"{imports[number].module}.{imports[number].name}" if number < len(imports) else ""

    @cached_property
    def functions(self) -> list[Function]:
        """All functions by number, imported ones first."""
        module, slots, exported, start = self.module, self.image.slots_of, self._exported, self.module.start
        name_of, types = self.side.names["function"].get, [str(one) for one in module.types]
        bodies, imports, count = module.bodies, module.imported(FUNCTION), len(types)
        used = [one.desc for one in imports] + list(module.functions)
        found = []
        for number, type in enumerate(used):
            own = number - len(imports)
            body = bodies[own] if 0 <= own < len(bodies) else NO_BODY
            signature = types[type] if isinstance(type, int) and type < count else f"type {type}"
            found.append(
                Function(
                    number, name_of(number, ""), signature, self._origin(FUNCTION, number) if own < 0 else "",
                    exported.get(Item("function", number), ()), tuple(slots.get(number, ())), number == start,
                    body.start, body.end,
                )
            )  # fmt: skip
        return found

    @cached_property
    def globals(self) -> list[Global]:
        """All globals by number, imported ones first."""
        first, names = self.module.num_imported(GLOBAL), self.side.names["global"]
        pointer, found = stack_pointer(self.module), []
        for number in range(self.module.total(GLOBAL)):
            own = self.module.globals[number - first] if number >= first else None
            name = names.get(number, "")
            role = ROLES.get(name) or held(name) or ("it is used as the stack pointer is" if number == pointer else "")
            if self._origin(GLOBAL, number).startswith("GOT."):
                role = f"the dynamic linker puts the address of {name} here"
            exports = self._exported.get(Item("global", number), ())
            role = role or next((ROLES[one] for one in exports if one in ROLES), "")
            type = self.image.global_type(number)
            found.append(
                Global(
                    number, name, str(type), self._origin(GLOBAL, number), exports,
                    expr_text(own.init) if own else "", self.image.constant(own.init) if own else None, role,
                )
            )  # fmt: skip
        return found

    @cached_property
    def tables(self) -> list[Table]:
        """All tables by number, imported ones first."""
        names = self.side.names["table"]
        return [
            Table(
                number, names.get(number, ""), str(self.image.table_type(number)), self._origin(TABLE, number),
                self._exported.get(Item("table", number), ()),
                sum(one.to.space == "function" for one in self.references.slots_of_table(number)),
            )
            for number in range(self.module.total(TABLE))
        ]  # fmt: skip

    @cached_property
    def slots(self) -> list[Slot]:
        """The slots of the table of function pointers that hold one."""
        held = sorted(self.image.slots.items())
        return [Slot(number, one, self.title(Item("function", one))) for number, one in held]

    @cached_property
    def tags(self) -> list[Tag]:
        """All tags by number, imported ones first."""
        names, imports = self.side.names["tag"], self.module.imported(TAG)
        types = [*(one.desc for one in imports), *self.module.tags]
        return [
            Tag(
                number, names.get(number, ""), self.side.type(type) if isinstance(type, int) else str(type),
                self._origin(TAG, number), self._exported.get(Item("tag", number), ()),
            )
            for number, type in enumerate(types)
        ]  # fmt: skip

    def title(self, item: Item) -> str:
        """What to call something: its name demangled, or its kind and number."""
        return self.side.title(item.space, item.number)

    # --- what it needs and offers ---------------------------------------------------------------------------------

    @cached_property
    def imports(self) -> list[Import]:
        """What the host must give, in the order of the file."""
        counts, found = [0] * len(KIND_NAMES), []
        for one in self.module.imports:
            type = self.side.type(one.desc) if isinstance(one.desc, int) else str(one.desc)
            found.append(Import(one.module, one.name, KIND_NAMES[one.kind], counts[one.kind], type))
            counts[one.kind] += 1
        return found

    @cached_property
    def exports(self) -> list[Export]:
        """What the host may use, in the order of the file."""
        return [
            Export(one.name, kind_name(one.kind), one.index, self.title(Item(kind_name(one.kind), one.index)))
            for one in self.module.exports
        ]

    # --- memory -----------------------------------------------------------------------------------------------------

    @cached_property
    def segments(self) -> list[Segment]:
        """The data segments."""
        return [
            Segment(
                area.number, area.name, bool(data.flags & 1), area.elsewhere if area.memory else area.address,
                area.start, area.end, area.memory, self._base(data.offset),
            )
            for area, data in zip(self.image.areas, self.module.datas, strict=True)
        ]  # fmt: skip

    @property
    def bases(self) -> list[str]:
        """The imported globals that places in memory 0 count from; in the map of memory they are 0."""
        return list(dict.fromkeys(one.base for one in self.segments if one.base and not one.memory))

    def _base(self, offset: ConstExpr | None) -> str:
        """What a segment's place counts from: an imported global."""
        named = (one.args[0] for one in offset or () if one.opcode == "global.get")
        return next(filter(None, (self._origin(GLOBAL, number) for number in named)), "")

    @cached_property
    def memories(self) -> list[Memory]:
        """All memories by number, imported ones first."""
        names, imports = self.side.names["memory"], self.module.imported(MEMORY)
        return [
            Memory(
                number, names.get(number, ""), str(limits), self._origin(MEMORY, number),
                self._exported.get(Item("memory", number), ()),
            )
            for number, limits in enumerate([*(one.desc for one in imports), *self.module.memories])
        ]  # fmt: skip

    @property
    def regions(self) -> list[Region]:
        """Memory 0 from address 0 to its size at first."""
        return self.memory(0).regions

    def memory(self, number: int) -> MemoryAtStart:
        """Memory `number`; of no bytes if there is none."""
        if number not in self._memories:
            self._memories[number] = MemoryAtStart(Image(self.module, number) if number else self.image)
        return self._memories[number]

    # --- the rest of the file -----------------------------------------------------------------------------------------

    @cached_property
    def customs(self) -> list[Custom]:
        """The custom sections."""
        return [Custom(one.name, one.start, one.end, purpose(one.name)) for one in self.module.customs]

    @cached_property
    def relocations(self) -> KeptRelocations:
        """The relocations that were kept."""
        return KeptRelocations(self.module)

    @cached_property
    def units(self) -> list[UnitRow]:
        """The compilation units that the debug information describes."""
        debug = debug_of(self.module)
        return [
            UnitRow(
                one.name, one.directory, one.producer, one.version,
                sum(part.end - part.start for part in one.ranges), len(one.dead),
                sum(is_dangling(self.module, part) for part in one.ranges),
            )
            for one in (debug.dwarf.units if debug is not None else ())
        ]  # fmt: skip

    # --- what names what ------------------------------------------------------------------------------------------

    @cached_property
    def graph(self) -> ModuleGraph:
        """What is reached from the exports, the start function and the tables. Decodes the code that is reached."""
        return ModuleGraph(self.references)

    @cached_property
    def dominators(self) -> ModuleDominators:
        """What alone keeps each thing, and the bytes that would go with it."""
        return ModuleDominators(self.graph)
