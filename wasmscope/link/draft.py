"""An object as records, section by section, on its way to bytes.

`ObjectBuilder.draft` makes it complete and right; whoever wants a broken object changes records before `build`, which
checks nothing. Section indices (in `relocs`, section symbols and COMDAT entries) are those of the sections that the
draft had when it was made: a section added before them moves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wasmscope.format import sections
from wasmscope.format.custom import NAMES, PRODUCERS, TARGET_FEATURES, Feature, Names, ProducerField
from wasmscope.format.defined_types import DefinedType
from wasmscope.format.linking import LINKING, Linking
from wasmscope.format.module_value import ModuleValue, SectionValue, build
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
    SECTION_NAMES,
    START_ID,
    TABLE_ID,
    TAG_ID,
    TYPE_ID,
)
from wasmscope.format.sections import DataSegment, Element, Export, Global, Import, Table
from wasmscope.format.types import Limits
from wasmscope.format.vectors import Vec


@dataclass(slots=True)
class Draft:
    """The records of an object. Empty vectors and None become no section."""

    types: list[DefinedType] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    """Type index of each function defined."""
    tables: list[Table] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    """Type index of each tag defined."""
    globals: list[Global] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start: int | None = None
    elements: list[Element] = field(default_factory=list)
    datacount: int | None = None
    bodies: list[bytes] = field(default_factory=list)
    """Function bodies without their sizes."""
    datas: list[tuple[DataSegment, bytes]] = field(default_factory=list)
    customs: list[tuple[str, bytes]] = field(default_factory=list)
    """Custom sections (name, contents) that are nobody's business but the program's."""
    linking: Linking | None = None
    relocs: list[Relocs] = field(default_factory=list)
    """One for each section with sites; `section_name` names the section it is written to."""
    names: Names | None = None
    producers: list[ProducerField] = field(default_factory=list)
    features: list[Feature] = field(default_factory=list)

    def sections(self) -> list[SectionValue]:
        """The sections in the order of the file."""
        known = {
            TYPE_ID: self.types and sections.TYPES.write(self.types),
            IMPORT_ID: self.imports and sections.IMPORTS.write(self.imports),
            FUNCTION_ID: self.functions and sections.FUNCTIONS.write(self.functions),
            TABLE_ID: self.tables and sections.TABLES.write(Vec(self.tables)),
            MEMORY_ID: self.memories and sections.MEMORIES.write(Vec(self.memories)),
            TAG_ID: self.tags and sections.TAGS.write(Vec(self.tags)),
            GLOBAL_ID: self.globals and sections.GLOBALS.write(Vec(self.globals)),
            EXPORT_ID: self.exports and sections.EXPORTS.write(Vec(self.exports)),
            START_ID: self.start is not None and sections.START.write(self.start),
            ELEMENT_ID: self.elements and sections.ELEMENTS.write(Vec(self.elements)),
            DATA_COUNT_ID: self.datacount is not None and sections.DATACOUNT.write(self.datacount),
            CODE_ID: self.bodies and sections.BODIES.write(self.bodies),
            DATA_ID: self.datas and sections.DATAS.write(self.datas),
        }
        found = [SectionValue(id, SECTION_NAMES[id], contents) for id, contents in known.items() if contents]
        customs = (*self.customs, *self._of_tools())
        return found + [SectionValue(CUSTOM_ID, name, contents) for name, contents in customs]

    def _of_tools(self) -> list[tuple[str, bytes]]:
        """The custom sections that linkers read, as LLVM orders them."""
        parts = [] if self.linking is None else [("linking", LINKING.write(self.linking))]
        parts += [(one.section_name, RELOCS.write(one)) for one in self.relocs]
        parts += [] if self.names is None else [("name", NAMES.write(self.names))]
        parts += [("producers", PRODUCERS.write(Vec(self.producers)))] if self.producers else []
        return parts + ([("target_features", TARGET_FEATURES.write(Vec(self.features)))] if self.features else [])

    def build(self) -> bytes:
        """The file."""
        return build(ModuleValue(self.sections()))
