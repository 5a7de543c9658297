"""What `--verbose` says: the linker's steps in the words and order of LLD 22, between its other messages.

All of it follows from the phases' results. Three things are not alike: what is said about symbols while objects are
added comes after the list of those objects; what is wrong with addresses and mutable globals ends the talk a little
earlier; and LLD's `writing SECTION` lines come from parallel threads in any order (here in the order of the file, as
with --threads=1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasmscope.errors import Diagnostic
from wasmscope.format.section_ids import CODE_ID, CUSTOM_ID, DATA_ID
from wasmscope.format.types import FUNCTION, GLOBAL, TABLE, TAG
from wasmscope.link.hashing import string_map_order
from wasmscope.link.linker_names import INIT_TLS
from wasmscope.link.model import Emitted, Layout, Link, Loaded, Numbering, OutputSection, Resolution
from wasmscope.link.pic import combines
from wasmscope.link.startup import written
from wasmscope.report.map import section_title
from wasmscope.report.messages import has_errors, severe
from wasmscope.report.why_extract import is_later, is_resolved

ABOUT_FEATURES = ("Target feature ", "--shared-memory is disallowed", "'atomics' feature", "'bulk-memory' feature")
ABOUT_STUBS = " Required by "
LAST_CHECK = "mutable global "
SMALL_SET = 8
"""Up to so many features LLVM keeps in the order in which they came; more are sorted."""


def aloud(link: Link) -> list[Diagnostic]:
    """Everything that a link says with --verbose; the steps have the severity "log"."""
    said: list[Diagnostic] = []
    for one in _lines(link):
        said.append(Diagnostic("log", one) if isinstance(one, str) else one)
    return said


Line = str | Diagnostic


def _lines(link: Link) -> Iterator[Line]:
    if link.load is not None:
        yield from _loading(link.load)
    if link.load is None or link.resolve is None:
        return
    yield from _resolving(link, link.load, link.resolve)
    if link.layout is None or link.index is None:
        return
    yield from _laying_out(link, link.layout)
    yield from _indexing(link, link.layout, link.index)
    if link.emit is not None:
        yield from _writing(link, link.layout, link.emit)


# --- load and resolve -------------------------------------------------------------------------------------------


def _loading(loaded: Loaded) -> Iterator[Line]:
    done = 0
    for read in loaded.reads:
        yield from loaded.diagnostics[done : read.said]
        done = read.said
        yield f"Loading: {read.path}"
    yield from loaded.diagnostics[done:]


def _resolving(link: Link, loaded: Loaded, resolution: Resolution) -> Iterator[Line]:
    stubs = [one for one in resolution.diagnostics if ABOUT_STUBS in one.text]
    later = [one for one in resolution.diagnostics if is_later(one) and one not in stubs]
    yield from (f"Processing: {name}" for name in _processed(loaded, resolution))
    yield from (one for one in resolution.diagnostics if one not in stubs and one not in later)
    if is_resolved(link):
        yield from ("-- processStubLibrariesPreLTO", "-- processStubLibraries")
        yield from stubs
        yield "-- done processStubLibraries"
    yield from later


def _processed(loaded: Loaded, resolution: Resolution) -> Iterator[str]:
    """Names of files as they are added: each in its turn, a lazy one once more when it is pulled in."""
    names, places = _turns(loaded)
    turn = 0
    for event in resolution.events:
        if event.file is None or event.kind not in ("add", "extract") or (event.kind == "add" and event.file.lazy):
            continue
        until = places[event.file.number] + 1  # an offer that is wanted already, or a file of the command line
        if event.kind == "extract" and event.other is None:
            until = len(names)  # an option wants it: all files have had their turn
        yield from names[turn:until]
        turn = max(turn, until)
        if event.kind == "extract":
            yield event.file.name
    yield from names[turn:]


def _turns(loaded: Loaded) -> tuple[list[str], list[int]]:
    """The names of objects and stub libraries in the order of the command line, and each object's place in it."""
    names: list[str] = []
    places: list[int] = []
    libraries = [one.name for one in loaded.stub_libraries]
    shared = [one.path for one, _ in loaded.shared_libraries]
    for read in loaded.reads:
        if libraries and libraries[0] == read.path:
            names.append(libraries.pop(0))
        if shared and shared[0] == read.path:
            names.append(shared.pop(0))
        while len(places) < len(loaded.files) and loaded.files[len(places)].path == read.path:
            places.append(len(names))
            names.append(loaded.files[len(places) - 1].name)
    return names, places


# --- layout and index -------------------------------------------------------------------------------------------


def _laying_out(link: Link, layout: Layout) -> Iterator[Line]:
    about_features = [one for one in layout.diagnostics if one.text.startswith(ABOUT_FEATURES)]
    exports = [one for one in layout.diagnostics if one.text.startswith("symbol exported via ")]
    others = [one for one in layout.diagnostics if one not in about_features and one not in exports]
    yield from ("-- createOutputSegments", "-- createSyntheticSections", "-- layoutMemory")
    yield from (f"mem: {line}" if isinstance(line, str) else line for line in _memory(link, layout, others))
    yield from exports
    yield "-- populateTargetFeatures"
    yield from about_features
    yield from (f"Allowed feature: {name}" for name in _features(link))


def _memory(link: Link, layout: Layout, problems: list[Diagnostic]) -> Iterator[Line]:
    """Memory from low to high, as far as it was laid out."""
    at = {one.name: one.address for one in layout.boundaries}
    stack = [
        f"stack size  = {link.options.stack_size}",
        f"stack base  = {at.get('stack low', 0)}",
        f"stack top   = {at.get('stack top', 0)}",
    ] if "stack low" in at else []  # fmt: skip
    yield from (one for one in problems if one.text.startswith("stack size "))
    if link.options.stack_first:
        yield from stack
    if "data start" in at:
        yield f"global base = {at['data start']}"
        for segment in layout.laid_out:
            yield _place(segment.name, segment.address, segment.size, segment.align)
        if layout.flag is not None:
            yield _place(layout.flag.name, layout.values[layout.flag], 4, 4)
        yield f"static data = {at['data end'] - at['data start']}"
        if not link.options.stack_first:
            yield from stack
        if "heap base" in at:
            yield f"heap base   = {at['heap base']}"
    yield from (one for one in problems if not one.text.startswith("stack size "))
    if "memory end" in at:
        limits = layout.memory.limits
        yield f"total pages = {limits.min}"
        if link.resolve is not None and "__heap_end" in link.resolve.linker:
            yield f"heap end    = {at['memory end']}"
        if limits.max is not None:
            yield f"max pages   = {limits.max}"


def _place(name: str, address: int, size: int, align: int) -> str:
    return f"{name:<15} offset={address:<8} size={size:<8} align={align}"


def _features(link: Link) -> list[str]:
    """The output's features in LLD's order: what options add, then what options or objects ask for."""
    options = link.options
    used = (
        one.name
        for file in (link.resolve.objects if link.resolve is not None else [])
        for one in file.module.features or ()
        if one.prefix != "-"
    )
    asked = options.features if options.features is not None else string_map_order(used)
    always = ("mutable-globals",) if options.pic else ()
    names = list(dict.fromkeys((*always, *options.extra_features, *asked)))
    return names if len(names) <= SMALL_SET else sorted(names)


def _indexing(link: Link, layout: Layout, index: Numbering) -> Iterator[Line]:
    constructors = [one for one in index.diagnostics if one.text.startswith("constructor functions ")]
    last = [one for one in index.diagnostics if one.text.startswith(LAST_CHECK)]
    first = [one for one in index.diagnostics if one not in constructors and one not in last]
    if combines(layout.features, link.options):
        yield "-- combineOutputSegments"
    yield from ("-- createSyntheticSectionsPostLayout", "-- populateProducers", "-- calculateImports")
    yield "-- scanRelocations"
    yield from first
    yield from ("-- finalizeIndirectFunctionTable", "-- createSyntheticInitFunctions", "-- assignIndexes")
    yield "-- calculateInitFunctions"
    yield from constructors
    resolution, live = link.resolve, link.mark
    if resolution is not None and resolution.wrappers and not link.options.relocatable:
        yield "-- createCommandExportWrappers"
    init_tls = resolution.linker.get(INIT_TLS) if resolution is not None else None
    if init_tls is not None and live is not None and live.keeps(init_tls):
        yield "-- createInitTLSFunction"
    if _any_error(link, (*layout.diagnostics, *constructors, *first)):
        return
    yield from ("-- calculateTypes", "-- calculateExports", "-- calculateCustomSections", "calculateCustomSections")
    yield from ("-- populateSymtab", "-- checkImportExportTargetFeatures")
    yield from last


def _any_error(link: Link, diagnostics: Iterable[Diagnostic]) -> bool:
    return has_errors(severe(one, link.options.fatal_warnings) for one in diagnostics)


# --- emit -------------------------------------------------------------------------------------------------------


def _writing(link: Link, layout: Layout, emitted: Emitted) -> Iterator[Line]:
    yield "-- addSections"
    yield from _sections_added(link, emitted)
    if link.index is not None:
        yield from _counts(link.index)
    yield "-- finalizeSections"
    for section in emitted.sections:
        if section.id == DATA_ID:
            for one in written(layout):
                yield f"Data segment: size={one.size}, startVA={one.address:x}, name={one.name}"
        title, body, total = section_title(section), section.end - section.body, section.end - section.start
        yield f"createHeader: {title} body={body} total={total}"
    yield from ("-- writeMapFile", "-- openFile", f"writing: {link.options.output}", "-- writeSections")
    for section in emitted.sections:
        yield from _written(layout, section)
    if link.relocate is not None:
        yield from link.relocate.diagnostics
    yield from emitted.diagnostics


def _sections_added(link: Link, emitted: Emitted) -> Iterator[str]:
    titles = [section_title(one) for one in emitted.sections]
    first = 1 if titles[:1] == ["CUSTOM(dylink.0)"] else 0
    rest = enumerate(emitted.sections[first:], first)
    customs = next((number for number, one in rest if one.id == CUSTOM_ID), len(titles))
    yield from (f"addSection: {one}" for one in titles[:customs])
    yield "createCustomSections"
    for title in titles[customs:]:
        yield f"addSection: {title}"
        if title == "CUSTOM(linking)" and (link.options.relocatable or link.options.emit_relocs):
            yield "createRelocSections"


def _counts(index: Numbering) -> Iterator[str]:
    yield f"Defined Functions: {len(index.functions)}"
    yield f"Defined Globals  : {len(index.globals) + len(index.got) + len(index.data_globals)}"
    yield f"Defined Tags     : {len(index.tags)}"
    yield f"Defined Tables   : {len(index.tables)}"
    for name, kind in (("Function", FUNCTION), ("Global", GLOBAL), ("Tag", TAG), ("Table", TABLE)):
        yield f"{name + ' Imports':<17}: {sum(one.kind == kind for one in index.imports)}"


def _written(layout: Layout, section: OutputSection) -> Iterator[str]:
    size = section.end - section.start
    line = f"writing {section_title(section)}"
    copied = next((one for one in layout.customs if section.id == CUSTOM_ID and one.name == section.name), None)
    if section.id == CODE_ID:
        yield f"{line} offset={section.start} size={size}"
        yield f" headersize={section.body - section.start}"
        yield f" codeheadersize={section.pieces[1].size}"
    elif section.id == DATA_ID:
        yield f"{line} offset={section.start} size={size} body={section.end - section.body}"
    elif copied is not None:
        yield f"{line} offset={section.start} size={size} chunks={len(copied.chain)}"
    else:
        yield line
