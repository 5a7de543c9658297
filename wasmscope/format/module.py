"""A wasm file: the walk over its sections, and what each of them says, read when it is first asked for.

    module  ::= 00 61 73 6d version:u32le section*
    section ::= id:byte size:u32 byte^size            custom (id 0) ::= name byte*

This is the gateway for errors: what a codec finds wrong gets its file, section and file offset here. Reading is
lenient, so that a viewer shows what there is; `check.check` says whether a linker would take the file.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from wasmscope.errors import FormatError
from wasmscope.format import sections
from wasmscope.format.check import check
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
from wasmscope.format.leb128 import EXTENDS_PAST_END, Codec, uleb_tail
from wasmscope.format.linking import LINKING, SYM_FUNCTION, SYM_SECTION, SYMBOL_SPACES, Linking, SymbolRecord
from wasmscope.format.module_value import HEADER, MAGIC, ModuleValue, SectionValue, build, build_section, value_of
from wasmscope.format.reloc_section import RELOCS, Relocs
from wasmscope.format.sections import SECTION_NAMES, Body, DataSegment, Element, Export, Global, Import, Table
from wasmscope.format.types import FUNCTION, MEMORY, Limits
from wasmscope.format.vectors import Contents, Vec

T = TypeVar("T")
LINEAR_MEMORY = "__linear_memory"
"""The name by which an object imports the memory that the linker will make."""

__all__ = [
    "HEADER", "MAGIC", "Module", "ModuleValue", "Section", "SectionValue", "build", "build_section", "check", "read",
    "value_of",
]  # fmt: skip



class Section:
    """One section. `index` counts every section of the file from 0; the other numbers are file offsets.

    `start` is where its id is; `body` is after id and size; `contents` the same, or after the name of a custom section.
    `error` is what went wrong while it was read, if anything did.
    """

    __slots__ = ("body", "contents", "end", "error", "id", "index", "name", "start")

    def __init__(self, index: int, id: int, name: str, start: int, body: int, contents: int, end: int) -> None:
        self.index = index
        self.id = id
        self.name = name
        self.start = start
        self.body = body
        self.contents = contents
        self.end = end
        self.error: FormatError | None = None

    def __repr__(self) -> str:
        return f"Section({self.index}, {self.name!r}, {self.start:#x}..{self.end:#x})"


def read(data: bytes | memoryview, file: str) -> Module:
    """`data` as a module; `file` is its name in messages.

    Raises FormatError only when `data` does not begin with the magic and version of a wasm module.
    """
    module = Module(bytes(data), file)
    if not module.has_header:
        raise module.errors[0]
    return module


COMPONENT = b"\1\0"
"""The layer, in the upper half of the version, of a component; a module's is 0."""


def _bad_header(data: bytes, file: str) -> FormatError:
    if data[:4] != MAGIC:
        return FormatError("invalid magic number", file, offset=0, expected="00 61 73 6d (\\0asm)")
    if len(data) < 8:
        return FormatError("missing version number", file, offset=4, expected="01 00 00 00")
    if data[6:8] == COMPONENT:
        expected = "1: this is a component, and only the core modules inside it can be read, each by itself"
    else:
        expected = "1"
    version = int.from_bytes(data[4:8], "little")
    return FormatError(f"invalid version number: {version}", file, offset=4, expected=expected)


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
        self._walk()

    def __repr__(self) -> str:
        return f"Module({self.file!r}, {len(self.sections)} sections)"

    def _walk(self) -> None:
        data, pos, end, found = self.data, 8, len(self.data), self.sections
        if not self.has_header:
            self.errors.append(_bad_header(data, self.file))
            return
        try:
            while pos < end:
                start = pos
                id = data[pos]
                size = data[pos + 1]
                pos += 2
                if size > 127:
                    size, pos = uleb_tail(data, pos, size)
                body = contents = pos
                pos += size
                if id == 0 and size and pos <= end:
                    size = data[body]
                    contents = body + 1
                    if size > 127:
                        size, contents = uleb_tail(data, contents, size)
                    name = str(data[contents : contents + size], "utf-8", "surrogateescape")
                    contents += size
                else:
                    name = SECTION_NAMES[id] if id < 14 else f"id {id}"
                section = Section(len(found), id, name, start, body, contents, pos)
                found.append(section)
                if contents > pos or pos > end or id > 13:
                    self._damaged(section)
        except (IndexError, FormatError) as error:
            self._cut_off(start, error)

    def _damaged(self, section: Section) -> None:
        """Note what is wrong with the frame of `section`, and keep as much of it as the file has."""
        left = len(self.data) - section.body
        if section.end - section.body > left:
            error = FormatError("section too large", offset=section.start, expected=f"at most {left} bytes")
            section.end = len(self.data)
        elif section.contents > section.end:
            error = FormatError("EOF while reading string", offset=section.body, expected="a name inside the section")
            section.name, section.contents = "", section.end
        else:
            error = FormatError(f"invalid section type: {section.id}", offset=section.start, expected="0 to 13")
        self.frame_errors[section.index] = error
        self._note(error, section)

    def _cut_off(self, start: int, error: IndexError | FormatError) -> None:
        """Note that the file ends inside the id and size of a section, or of a name; the bytes stay as a section."""
        data, end = self.data, len(self.data)
        id = data[start]
        name = SECTION_NAMES[id] if id < 14 else f"id {id}"
        section = Section(len(self.sections), id, name, start, end, end, end)
        self.sections.append(section)
        if not isinstance(error, FormatError):
            error = FormatError(EXTENDS_PAST_END, offset=start + 1)
        self.frame_errors[section.index] = error
        self._note(error, section)

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
        return [section for section in self.sections if section.id == 0]

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
        return self._fill(self.section(1), sections.TYPES, Vec())

    @cached_property
    def imports(self) -> Vec[Import]:
        """Imports of every kind, in the order of the file."""
        return self._fill(self.section(2), sections.IMPORTS, Vec())

    @cached_property
    def functions(self) -> Vec[int]:
        """Type index of each function of the module's own."""
        return self._fill(self.section(3), sections.FUNCTIONS, Vec())

    @cached_property
    def tables(self) -> Vec[Table]:
        """Tables of the module's own."""
        return self._fill(self.section(4), sections.TABLES, Vec())

    @cached_property
    def memories(self) -> Vec[Limits]:
        """Memories of the module's own."""
        return self._fill(self.section(5), sections.MEMORIES, Vec())

    @cached_property
    def tags(self) -> Vec[int]:
        """Type index of each tag of the module's own."""
        return self._fill(self.section(13), sections.TAGS, Vec())

    @cached_property
    def globals(self) -> Vec[Global]:
        """Globals of the module's own."""
        return self._fill(self.section(6), sections.GLOBALS, Vec())

    @cached_property
    def exports(self) -> Vec[Export]:
        """Exports."""
        return self._fill(self.section(7), sections.EXPORTS, Vec())

    @cached_property
    def start(self) -> int | None:
        """Index of the function to run first."""
        return self._value(self.section(8), sections.START)

    @cached_property
    def elements(self) -> Vec[Element]:
        """Element segments."""
        return self._fill(self.section(9), sections.ELEMENTS, Vec())

    @cached_property
    def datacount(self) -> int | None:
        """How many data segments there will be."""
        return self._value(self.section(12), sections.DATACOUNT)

    @cached_property
    def bodies(self) -> Vec[Body]:
        """Where the body of each function of the module's own is."""
        return self._fill(self.section(10), sections.BODIES, Vec())

    @cached_property
    def datas(self) -> Vec[DataSegment]:
        """Data segments."""
        return self._fill(self.section(11), sections.DATAS, Vec())

    @cached_property
    def linking(self) -> Linking | None:
        """What the linking section says; None when there is none."""
        return self._fill_custom("linking", LINKING)

    @cached_property
    def relocs(self) -> list[Relocs]:
        """Relocations, one for each `reloc.*` section."""
        found = []
        for section in self.customs:
            if section.name.startswith("reloc."):
                columns = self._fill(section, RELOCS, Relocs())
                columns.section_name, columns.start, columns.end = section.name, section.contents, section.end
                found.append(columns)
        return found

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
