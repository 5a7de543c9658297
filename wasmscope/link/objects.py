"""Object files: what is linked, and how each is taken apart into atoms and entities.

An object is taken apart when it is first looked into, so an archive member that nobody asks for costs only its symbol
table. What is made here never changes afterwards: which atoms live, and where they go, is in the phases' results.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from wasmscope.format.check import check
from wasmscope.format.defined_types import func_type
from wasmscope.format.linking import SEG_TLS, SYM_UNDEFINED, SYMBOL_SPACES, Linking, SymbolRecord
from wasmscope.format.module import Module
from wasmscope.format.reloc_section import Relocs
from wasmscope.format.relocs import CALL
from wasmscope.format.section_ids import CODE_ID, DATA_ID
from wasmscope.format.sections import Import
from wasmscope.format.types import FUNCTION, GLOBAL, MEMORY, TABLE, TAG, FuncType, Limits
from wasmscope.link.atoms import Atom, Entity

COMDAT_DATA, COMDAT_FUNCTION, COMDAT_SECTION = 0, 1, 5


class ObjectFile:
    """A relocatable object that was read: a plain file or an archive's member.

    `name` is as LLD prints it (`a.o`, `lib.a(m.o)`); `number` is the position in the order in which files were read;
    `lazy` says that it joins the link only when a symbol asks for it (archive member, --start-lib). Atom and entity
    lists are in index order. Errors: reading a malformed part raises nothing; `format.check.check` finds it first.
    """

    def __init__(
        self, name: str, path: str, module: Module, number: int, archive: str = "", lazy: bool = False
    ) -> None:
        self.name = name
        self.path = path
        self.module = module
        self.number = number
        self.archive = archive
        self.lazy = lazy
        self.good: set[str] = set()
        """With which prefixes of target features no fault was found with it."""

    def __repr__(self) -> str:
        return f"ObjectFile({self.name})"

    def check(self, prefixes: str) -> None:
        """Raise the FormatError that keeps a linker from taking it, as `format.check.check` does; that it is good is
        found out once."""
        if prefixes not in self.good:
            check(self.module, prefixes)
            self.good.add(prefixes)

    @cached_property
    def is_shared_library(self) -> bool:
        """Whether it is made for a dynamic linker: it says so in a section of its own."""
        return any(section.name in ("dylink.0", "dylink") for section in self.module.customs)

    @cached_property
    def is_wasm64(self) -> bool:
        """Whether its memory, imported or its own, has 64-bit addresses: that alone decides, as in LLVM's reader."""
        memories = [one.desc for one in self.module.imports if one.kind == MEMORY] + list(self.module.memories)
        return any(isinstance(memory, Limits) and memory.is64 for memory in memories)

    @property
    def own_name(self) -> str:
        """A member's name without its archive's, as LLD writes it in some messages."""
        return self.name[len(self.archive) + 1 : -1] if self.archive else self.name

    @cached_property
    def linking(self) -> Linking:
        linking = self.module.linking
        assert linking is not None, self.name
        return linking

    @cached_property
    def comdats(self) -> list[str]:
        return [comdat.name for comdat in self.linking.comdats]

    @cached_property
    def _imports_by_kind(self) -> dict[int, list[Import]]:
        by_kind: dict[int, list[Import]] = {kind: [] for kind in range(5)}
        for one in self.module.imports:
            by_kind[one.kind].append(one)
        return by_kind

    @cached_property
    def records(self) -> Sequence[SymbolRecord]:
        """The symbol table with every name filled in: an undefined symbol without a name of its own takes its
        import's."""
        return [
            record if record.name is not None or record.kind == 3 else record._replace(name=self.import_of(record).name)
            for record in self.linking.symbols
        ]

    @cached_property
    def targets(self) -> list[Atom | Entity | None]:
        """What each record of the symbol table defines; None for a mention, and for a datum in none of the segments."""
        return [None if record.flags & SYM_UNDEFINED else self.target(record) for record in self.linking.symbols]

    def target(self, record: SymbolRecord) -> Atom | Entity | None:
        """What a record that defines something defines."""
        if record.kind == 1:
            segments = self.segments  # LLD 22 takes an absolute symbol, too, as an offset in its segment
            return segments[record.index] if record.index < len(segments) else None
        if record.kind == 3:
            return self.customs_by_index[record.index]
        if record.kind == 0:
            return self.functions[record.index - self.imported(FUNCTION)]
        if record.kind == 2:
            return self.globals[record.index - self.imported(GLOBAL)]
        if record.kind == 4:
            return self.tags[record.index - self.imported(TAG)]
        return self.tables[record.index - self.imported(TABLE)]

    @cached_property
    def names_its_tables(self) -> bool:
        """Whether each of its tables, imported or its own, has a symbol."""
        symbols = sum(record.kind == 5 for record in self.linking.symbols)
        return self.imported(TABLE) + len(self.module.tables) == symbols

    @cached_property
    def offers(self) -> list[tuple[int, SymbolRecord]]:
        """What a lazy file can be asked for: symbols that it defines by name, with their indices; local ones, too."""
        symbols = enumerate(self.linking.symbols)
        return [(index, one) for index, one in symbols if not one.flags & SYM_UNDEFINED and one.name is not None]

    def import_of(self, record: SymbolRecord) -> Import:
        """The import behind an undefined function, global, tag or table symbol."""
        return self._imports_by_kind[SYMBOL_SPACES[record.kind]][record.index]

    def imported(self, kind: int) -> int:
        """How many imports of `kind` (FUNCTION, …) stand before the object's own."""
        return len(self._imports_by_kind[kind])

    def signature(self, type_index: int) -> FuncType:
        """Function type `type_index` of the object's type section."""
        found = func_type(self.module.types[type_index])
        assert found is not None, self.name
        return found

    @cached_property
    def called(self) -> set[int]:
        """Symbol indices that a FUNCTION_INDEX_LEB relocation names: those are called directly, so signatures must
        agree."""
        return {index for relocs in self.module.relocs for index in relocs.indices_of(CALL)}

    def relocs_of(self, section_index: int) -> Relocs | None:
        """The relocations of the section with that index in the file, if it has any."""
        return next((one for one in self.module.relocs if one.target == section_index), None)

    @cached_property
    def _names(self) -> dict[int, dict[int, str]]:
        """For each symbol kind, the first name that a symbol gives to each index."""
        names: dict[int, dict[int, str]] = {kind: {} for kind in range(6)}
        for record in self.linking.symbols:
            if not record.flags & SYM_UNDEFINED and record.name is not None:
                names[record.kind].setdefault(record.index, record.name)
        return names

    @cached_property
    def _comdat_of(self) -> dict[tuple[int, int], int]:
        return {entry: number for number, one in enumerate(self.linking.comdats) for entry in one.entries}

    @cached_property
    def functions(self) -> list[Atom]:
        module = self.module
        imported = self.imported(FUNCTION)
        names = self._names[0]
        exports = {one.index: one.name for one in module.exports if one.kind == FUNCTION}
        debug = module.names.functions if module.names is not None else {}
        atoms = []
        for number, (body, type_index) in enumerate(zip(module.bodies, module.functions, strict=True)):
            index = imported + number
            atom = Atom("function", self, number, names.get(index, ""), body.start, body.end)
            atom.signature = self.signature(type_index)
            atom.comdat = self._comdat_of.get((COMDAT_FUNCTION, index), -1)
            atom.export_name = exports.get(index)
            atom.debug_name = debug.get(index, "")
            atoms.append(atom)
        self._attach(atoms, CODE_ID)
        return atoms

    @cached_property
    def segments(self) -> list[Atom]:
        infos = self.linking.segments
        atoms = []
        for number, data in enumerate(self.module.datas):
            info = infos[number] if number < len(infos) else None
            atom = Atom("data", self, number, info.name if info else "", data.start, data.end)
            if info:
                atom.align, atom.flags = info.align, info.flags
                if info.name.startswith((".tdata", ".tbss")):  # as LLD 22: older objects say it by name only
                    atom.flags |= SEG_TLS
            atom.comdat = self._comdat_of.get((COMDAT_DATA, number), -1)
            atoms.append(atom)
        self._attach(atoms, DATA_ID)
        return atoms

    @cached_property
    def customs(self) -> list[Atom]:
        """Every custom section, the linker's own input (linking, reloc.*, name, …) too, by position in the file."""
        atoms = []
        for section in self.module.customs:
            atom = Atom("custom", self, section.index, section.name, section.contents, section.end)
            atom.comdat = self._comdat_of.get((COMDAT_SECTION, section.index), -1)
            if section.name in ("__llvm_covfun", "__llvm_covmap"):  # as LLD 22: coverage records are read 8-aligned
                atom.align = 3
            atom.relocs = self.relocs_of(section.index)
            atom.hi = len(atom.relocs) if atom.relocs is not None else 0
            atoms.append(atom)
        return atoms

    @cached_property
    def customs_by_index(self) -> dict[int, Atom]:
        return {atom.index: atom for atom in self.customs}

    def _attach(self, atoms: list[Atom], section_id: int) -> None:
        """Give each atom the rows of its section's relocations that lie in it (both are in offset order)."""
        section = self.module.section(section_id)
        relocs = self.relocs_of(section.index) if section is not None else None
        if section is None or relocs is None:
            return
        offsets, row, count = relocs.offsets, 0, len(relocs)
        for atom in atoms:
            end = atom.end - section.contents
            atom.relocs, atom.base, atom.lo = relocs, section.contents, row
            while row < count and offsets[row] < end:
                row += 1
            atom.hi = row

    @cached_property
    def globals(self) -> list[Entity]:
        names, imported = self._names[2], self.imported(GLOBAL)
        return [
            Entity("global", self, number, names.get(imported + number, ""), one.type, one.init)
            for number, one in enumerate(self.module.globals)
        ]

    @cached_property
    def tables(self) -> list[Entity]:
        names, imported = self._names[5], self.imported(TABLE)
        return [
            Entity("table", self, number, names.get(imported + number, ""), one.type)
            for number, one in enumerate(self.module.tables)
        ]

    @cached_property
    def tags(self) -> list[Entity]:
        names, imported = self._names[4], self.imported(TAG)
        return [
            Entity("tag", self, number, names.get(imported + number, ""), self.signature(type_index))
            for number, type_index in enumerate(self.module.tags)
        ]
