"""Phase 7: the file.

Each section is written from the earlier phases' results, with a map from its bytes back to what made them: an atom,
or a linker rule. Sections without contents are left out. Order and contents are LLD 22's (reference: 2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

from wasmscope.format.expr import EXPR, const_expr
from wasmscope.format.leb128 import name_bytes, uleb
from wasmscope.format.module_value import HEADER
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
    SECTION_NAMES,
    START_ID,
    TABLE_ID,
    TAG_ID,
    TYPE_ID,
)
from wasmscope.link.build_id import BLANK, build_id, id_size
from wasmscope.link.definitions import Definitions, Part
from wasmscope.link.dylink import dylink, needs_dylink
from wasmscope.link.layout import PASSIVE
from wasmscope.link.model import (
    Atom,
    CustomSection,
    Emitted,
    Loaded,
    OutputSection,
    Pieces,
    Relocated,
    Segment,
)
from wasmscope.link.options import Options
from wasmscope.link.pic import MEMORY_BASE
from wasmscope.link.relocate import Values
from wasmscope.link.startup import written
from wasmscope.link.symtab import RelocatableWriter, keeps_relocations
from wasmscope.link.tool_sections import tool_sections


def emit(loaded: Loaded, values: Values, relocated: Relocated, options: Options) -> Emitted:
    """Write every section; the result is the file and the map of its bytes."""
    return _Emit(loaded, values, relocated, options).run()


class _Emit:
    def __init__(self, loaded: Loaded, values: Values, relocated: Relocated, options: Options) -> None:
        self.wide = loaded.arch == "wasm64"
        self.values = values
        self.resolution, self.live = values.resolution, values.live
        self.layout, self.index = values.layout, values.index
        self.relocated = relocated
        self.options = options
        self.definitions = Definitions(values, self.wide, options)
        self.written = written(self.layout)
        self.sections: list[OutputSection] = []
        self.chunks: list[bytes] = [HEADER]
        self.position = len(HEADER)

    def run(self) -> Emitted:
        index, options, definitions = self.index, self.options, self.definitions
        if needs_dylink(self.resolution, options):
            contents = dylink(self.resolution, self.live, self.layout, index, options)
            rule = "what the dynamic linker has to know"
            self.section(CUSTOM_ID, "dylink.0", [_name_part("dylink.0"), (contents, None, rule)])
        self.vector(TYPE_ID, definitions.types())
        self.vector(IMPORT_ID, definitions.imports())
        self.vector(FUNCTION_ID, definitions.function_types())
        self.vector(TABLE_ID, definitions.tables())
        self.vector(MEMORY_ID, definitions.memory())
        self.vector(TAG_ID, definitions.tags())
        self.vector(GLOBAL_ID, definitions.globals())
        self.vector(EXPORT_ID, definitions.exports())
        if index.start is not None:
            rule = f"function {index.start} runs when the module is instantiated"
            self.section(START_ID, "start", [(uleb(index.start), None, rule)])
        self.vector(ELEMENT_ID, definitions.elements())
        if options.shared_memory and self.written:
            count = (uleb(len(self.written)), None, "how many segments memory.init can name")
            self.section(DATA_COUNT_ID, SECTION_NAMES[DATA_COUNT_ID], [count])
        self.vector(CODE_ID, [(self.function(placed.item), placed.item, "") for placed in index.code])
        self.data()
        indices = {}
        for custom in self.layout.customs:
            indices[custom] = len(self.sections)
            self.section(CUSTOM_ID, custom.name, [_name_part(custom.name), *self.chain(custom)])
        if keeps_relocations(options):
            self.relocatable(indices)
        for name, parts in tool_sections(self.resolution, self.layout, index, options):
            self.section(CUSTOM_ID, name, [_name_part(name), *((data, None, rule) for data, rule in parts)])
        return Emitted(self.sections, self.identified())

    def identified(self) -> bytes:
        """The whole file, with its build id at the end if it shall have one."""
        style = self.options.build_id
        if style == "none":
            return b"".join(self.chunks)
        size = id_size(style)
        parts: list[Part] = [(uleb(size), None, "size of the build id"), (BLANK * size, None, f"--build-id={style}")]
        self.section(CUSTOM_ID, "build_id", [_name_part("build_id"), *parts])
        blank = b"".join(self.chunks)
        return blank[: len(blank) - size] + build_id(style, blank)

    # --- framing --------------------------------------------------------------------------------------------

    def section(self, id: int, name: str, parts: Iterable[Part]) -> None:
        """Write one section: id, size, and `parts` one after the other."""
        data, atoms, rules = zip(*parts, strict=True)
        header = bytes((id,)) + uleb(sum(map(len, data)))
        start, body = self.position, self.position + len(header)
        *starts, end = accumulate(map(len, data), initial=body)
        rule = f"header of the {name} section: id {id} and size"
        pieces = Pieces([start, *starts], end, (None, *atoms), (rule, *rules))
        self.chunks.append(header)
        self.chunks += data
        self.sections.append(OutputSection(id, name, start, body, end, pieces))
        self.position = end

    def vector(self, id: int, parts: Iterable[Part]) -> None:
        """Write a section that is a vector, unless it is empty."""
        parts = list(parts)
        if parts:
            name = SECTION_NAMES[id]
            self.section(id, name, [(uleb(len(parts)), None, f"count of the {name} section"), *parts])

    # --- code and data --------------------------------------------------------------------------------------

    def function(self, atom: Atom) -> bytes:
        return self.index.bodies[atom] if atom in self.index.bodies else self.final(atom)

    def final(self, atom: Atom) -> bytes:
        """An atom's final bytes."""
        patched = self.relocated.bytes.get(atom)
        if patched is not None:
            return patched
        return atom.data if atom.file is not None else self.merged[atom]

    @cached_property
    def merged(self) -> dict[Atom, bytes]:
        return {merge.atom: merge.data for merge in self.layout.merges.values()}

    def chain(self, home: Segment | CustomSection) -> Iterator[Part]:
        """The atoms of a chain and the padding between them."""
        for placed in home.chain:
            if placed.pad:
                yield bytes(placed.pad), None, f"padding before {placed.item.name}"
            yield self.final(placed.item), placed.item, placed.item.rule

    def data(self) -> None:
        parts: list[Part] = []
        for segment in self.written:
            address = const_expr(segment.address, self.wide)
            if self.options.pic:
                address = self.definitions.based(MEMORY_BASE, segment.address)
            offset = b"" if segment.flags & PASSIVE else EXPR.write(address)
            rule = f"segment {segment.name} at {segment.address:#x}, {segment.size} bytes"
            parts.append((uleb(segment.flags) + offset + uleb(segment.size), None, rule))
            parts += self.chain(segment)
        if parts:
            self.section(DATA_ID, "data", [(uleb(len(self.written)), None, "count of the data section"), *parts])

    # --- what another link needs ------------------------------------------------------------------------------

    def relocatable(self, indices: dict[CustomSection, int]) -> None:
        """The linking section and the relocations; `indices`: of the custom sections."""
        writer = RelocatableWriter(self.resolution, self.live, self.layout, self.index, self.values, self.options)
        rule = "symbols, segments, init functions and COMDATs of the output"
        self.section(CUSTOM_ID, "linking", [_name_part("linking"), (writer.linking(indices), None, rule)])
        customs = {number: custom.name for custom, number in indices.items()}
        for number, section in enumerate(list(self.sections)):
            if section.id not in (CODE_ID, DATA_ID) and number not in customs:
                continue
            shift = section.body + (len(name_bytes(section.name)) if number in customs else 0)
            atoms = [(piece.atom, piece.start - shift) for piece in section.pieces if piece.atom is not None]
            contents = writer.relocations(number, atoms, number in customs)
            if contents:
                name = "reloc." + (section.name if number in customs else section.name.upper())
                self.section(CUSTOM_ID, name, [_name_part(name), (contents, None, "relocations of the inputs, moved")])


def _name_part(name: str) -> Part:
    return name_bytes(name), None, f"name of the {name} section"
