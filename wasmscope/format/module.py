"""A wasm file: what each of its sections says, read when it is first asked for.

This is the gateway for errors: what a codec finds wrong gets its file, section and file offset here. Reading is
lenient, so that a viewer shows what there is; `check.check` says whether a linker would take the file.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from wasmscope.errors import FormatError
from wasmscope.format import sections
from wasmscope.format.custom import (
    BUILD_ID,
    DYLINK,
    NAMES,
    PRODUCERS,
    TARGET_FEATURES,
    Dylink,
    Feature,
    Names,
    ProducerField,
)
from wasmscope.format.defined_types import DefinedType
from wasmscope.format.frames import Section, frames, header_error
from wasmscope.format.leb128 import Codec
from wasmscope.format.linking import LINKING, SYM_FUNCTION, SYM_SECTION, SYMBOL_SPACES, Linking, SymbolRecord
from wasmscope.format.module_value import HEADER
from wasmscope.format.reloc_section import RELOCS, Relocs
from wasmscope.format.section_ids import (
    CODE_ID,
    CUSTOM_ID,
    DATA_COUNT_ID,
    DATA_ID,
    ELEMENT_ID,
    EXPORT_ID,
    FUNCTION_ID,
    GLOBAL_ID,
    IMPORT_ID,
    MEMORY_ID,
    START_ID,
    TABLE_ID,
    TAG_ID,
    TYPE_ID,
)
from wasmscope.format.sections import Body, DataSegment, Element, Export, Global, Import, Table
from wasmscope.format.types import FUNCTION, MEMORY, Limits
from wasmscope.format.vectors import Contents, Vec

T = TypeVar("T")
LINEAR_MEMORY = "__linear_memory"
"""The name by which an object imports the memory that the linker will make."""


def read(data: bytes | memoryview, file: str) -> Module:
    """`data` as a module; `file` is its name in messages.

    Raises FormatError only when `data` does not begin with the magic and version of a wasm module.
    """
    module = Module(bytes(data), file)
    if not module.has_header:
        raise module.errors[0]
    return module


class Module:
    """A wasm file, or what should be one. Every attribute is parsed on first use; what could not be read is in
    `errors`."""

    def __init__(self, data: bytes, file: str) -> None:
        self.data = data
        self.file = file
        self.sections: list[Section] = []
        self.errors: list[FormatError] = []
        self.frame_errors: dict[int, FormatError] = {}
        """By section index: what is wrong with a section's id, size or name."""
        if not self.has_header:
            self.errors.append(header_error(data, file))
            return
        self.sections, faults = frames(data)
        for section, error in faults:
            self.frame_errors[section.index] = error
            self._note(error, section)

    def __repr__(self) -> str:
        return f"Module({self.file!r}, {len(self.sections)} sections)"

    def _note(self, error: FormatError, section: Section, base: int = 0) -> None:
        error.file, error.section = self.file, section.name
        error.offset = base + (error.offset or 0)
        first = section.error
        section.error = first or error
        if first is None or str(first) != str(error):  # contents that end with their frame are no second mistake
            self.errors.append(error)

    @property
    def has_header(self) -> bool:
        """Whether it begins with the magic and version of a wasm module; if not, no section is looked for."""
        return self.data[:8] == HEADER

    @cached_property
    def is_object(self) -> bool:
        """Whether it is input for a linker, as the output of -r is: it has a symbol table, and no memory to show.

        What --emit-relocs makes has a symbol table, too, and exports its memory or imports the host's.
        """
        exported = any(one.kind == MEMORY for one in self.exports)
        imported = any(one.kind == MEMORY and one.name != LINEAR_MEMORY for one in self.imports)
        return self.custom("linking") is not None and not exported and not imported

    # --- finding sections -------------------------------------------------------------------------------------

    def section(self, id: int) -> Section | None:
        """The first section with that id."""
        return self._by_id.get(id)

    @cached_property
    def _by_id(self) -> dict[int, Section]:
        return {section.id: section for section in reversed(self.sections)}

    @cached_property
    def customs(self) -> list[Section]:
        """The custom sections, in the order of the file."""
        return [section for section in self.sections if section.id == CUSTOM_ID]

    def custom(self, name: str) -> Section | None:
        """The first custom section of that name."""
        return next((section for section in self.customs if section.name == name), None)

    def contents(self, section: Section) -> bytes:
        """The bytes of a section, after its header and name."""
        return self.data[section.contents : section.end]

    def num_imported(self, kind: int) -> int:
        """How many imports of `kind` (types.FUNCTION, …) there are: those come first in the index space."""
        return len(self._imported[kind])

    def imported(self, kind: int) -> list[Import]:
        """The imports of `kind`, by their index in its index space."""
        return self._imported[kind]

    @cached_property
    def _imported(self) -> list[list[Import]]:
        by_kind: list[list[Import]] = [[] for _ in range(5)]
        for one in self.imports:
            by_kind[one.kind].append(one)
        return by_kind

    def total(self, kind: int) -> int:
        """How many there are in the index space of `kind`, imports and own."""
        own = (self.functions, self.tables, self.memories, self.globals, self.tags)[kind]
        return len(self._imported[kind]) + len(own)

    @cached_property
    def function_names(self) -> dict[int, str]:
        """A name for each function that has one: by the name section, else a symbol, else an import or export."""
        names = {one.index: one.name for one in self.exports if one.kind == FUNCTION}
        names |= {index: one.name for index, one in enumerate(self.imported(FUNCTION))}
        symbols = self.linking.symbols if self.linking is not None else ()
        names |= {one.index: one.name for one in reversed(symbols) if one.kind == SYM_FUNCTION and one.name}
        return names | (self.names.functions if self.names is not None else {})

    def symbol_name(self, record: SymbolRecord) -> str:
        """The name of a symbol: of its import or section when it has none of its own; "" when those are missing."""
        if record.name is not None:
            return record.name
        if record.kind == SYM_SECTION:
            return self.sections[record.index].name if record.index < len(self.sections) else ""
        imports = self.imported(SYMBOL_SPACES[record.kind])
        return imports[record.index].name if record.index < len(imports) else ""

    # --- reading them -----------------------------------------------------------------------------------------

    def _fill(self, section: Section | None, codec: Contents[T], out: T) -> T:
        if section is not None:
            try:
                codec.decode(self.data[section.contents : section.end], out, section.contents)
            except FormatError as error:
                self._note(error, section, section.contents)
        return out

    def _value(self, section: Section | None, codec: Codec[T]) -> T | None:
        if section is None:
            return None
        try:
            return codec.read(self.data[section.contents : section.end], 0)[0]
        except FormatError as error:
            self._note(error, section, section.contents)
            return None

    def _fill_custom(self, name: str, codec: Contents[T]) -> T | None:
        section = self.custom(name)
        return self._fill(section, codec, codec.new()) if section is not None else None

    @cached_property
    def types(self) -> Vec[DefinedType]:
        """The type index space."""
        return self._fill(self.section(TYPE_ID), sections.TYPES, Vec())

    @cached_property
    def imports(self) -> Vec[Import]:
        """Imports of every kind, in the order of the file."""
        return self._fill(self.section(IMPORT_ID), sections.IMPORTS, Vec())

    @cached_property
    def functions(self) -> Vec[int]:
        """Type index of each function of the module's own."""
        return self._fill(self.section(FUNCTION_ID), sections.FUNCTIONS, Vec())

    @cached_property
    def tables(self) -> Vec[Table]:
        """Tables of the module's own."""
        return self._fill(self.section(TABLE_ID), sections.TABLES, Vec())

    @cached_property
    def memories(self) -> Vec[Limits]:
        """Memories of the module's own."""
        return self._fill(self.section(MEMORY_ID), sections.MEMORIES, Vec())

    @cached_property
    def tags(self) -> Vec[int]:
        """Type index of each tag of the module's own."""
        return self._fill(self.section(TAG_ID), sections.TAGS, Vec())

    @cached_property
    def globals(self) -> Vec[Global]:
        """Globals of the module's own."""
        return self._fill(self.section(GLOBAL_ID), sections.GLOBALS, Vec())

    @cached_property
    def exports(self) -> Vec[Export]:
        """Exports."""
        return self._fill(self.section(EXPORT_ID), sections.EXPORTS, Vec())

    @cached_property
    def start(self) -> int | None:
        """Index of the function to run first."""
        return self._value(self.section(START_ID), sections.START)

    @cached_property
    def elements(self) -> Vec[Element]:
        """Element segments."""
        return self._fill(self.section(ELEMENT_ID), sections.ELEMENTS, Vec())

    @cached_property
    def datacount(self) -> int | None:
        """How many data segments there will be."""
        return self._value(self.section(DATA_COUNT_ID), sections.DATACOUNT)

    @cached_property
    def bodies(self) -> Vec[Body]:
        """Where the body of each function of the module's own is."""
        return self._fill(self.section(CODE_ID), sections.BODIES, Vec())

    @cached_property
    def datas(self) -> Vec[DataSegment]:
        """Data segments."""
        return self._fill(self.section(DATA_ID), sections.DATAS, Vec())

    @cached_property
    def linking(self) -> Linking | None:
        """What the linking section says; None when there is none."""
        return self._fill_custom("linking", LINKING)

    @cached_property
    def relocs(self) -> list[Relocs]:
        """Relocations, one for each `reloc.*` section."""
        return [self._fill(section, RELOCS, Relocs(section_name=section.name)) for section in self.reloc_sections]

    @property
    def reloc_sections(self) -> list[Section]:
        """The sections of which each holds the relocations of another."""
        return [section for section in self.customs if section.name.startswith("reloc.")]

    @cached_property
    def names(self) -> Names | None:
        """What the name section says."""
        return self._fill_custom("name", NAMES)

    @cached_property
    def producers(self) -> Vec[ProducerField] | None:
        """Who made this."""
        return self._fill_custom("producers", PRODUCERS)

    @cached_property
    def features(self) -> Vec[Feature] | None:
        """What the code needs of the machine."""
        return self._fill_custom("target_features", TARGET_FEATURES)

    @cached_property
    def dylink(self) -> Dylink | None:
        """What a shared library says about itself."""
        return self._fill_custom("dylink.0", DYLINK)

    @cached_property
    def build_id(self) -> bytes | None:
        """The build id."""
        return self._value(self.custom("build_id"), BUILD_ID)

    def read_all(self) -> list[FormatError]:
        """Read every section, and return all that is wrong."""
        for name in _ATTRIBUTES:
            getattr(self, name)
        return self.errors


_ATTRIBUTES = (
    "types", "imports", "functions", "tables", "memories", "tags", "globals", "exports", "start", "elements",
    "datacount", "bodies", "datas", "linking", "relocs", "names", "producers", "features", "dylink", "build_id",
)  # fmt: skip
