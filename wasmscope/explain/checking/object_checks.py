"""Checks of one object or module: what is wrong in it however it is linked."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.errors import FormatError
from wasmscope.explain.alone.module_memory import memory_limits, page_size
from wasmscope.explain.checking.findings import Finding, Place
from wasmscope.explain.checking.site_checks import operands, site_findings
from wasmscope.explain.matching.image import Image
from wasmscope.format.check import check
from wasmscope.format.linking import SEG_STRINGS, SYM_ABSOLUTE, SYM_UNDEFINED
from wasmscope.format.module import Module
from wasmscope.format.types import FUNCTION, MEMORY
from wasmscope.link.names import readable
from wasmscope.link.objects import ObjectFile


def module_findings(module: Module) -> Iterator[Finding]:
    """What is wrong with a file by itself: an object, or a module that is linked already."""
    errors = module.read_all()
    yield from (_malformed(module, error) for error in errors)
    if not errors and module.linking is not None:
        try:
            check(module)
        except FormatError as error:
            yield _malformed(module, error)
        else:
            yield from object_findings(ObjectFile(module.file, module.file, module, 0))
            return
    for number, one in enumerate(module.bodies):
        name = module.function_names.get(module.num_imported(FUNCTION) + number, f"function {number}")
        unread = operands(module, one.start, one.end, name)[1]
        if unread is not None:
            yield unread
    yield from _names(module)
    yield from _past_memory(module)


def _past_memory(module: Module) -> Iterator[Finding]:
    """Active data that does not fit memory 0 at its first size: instantiating the module traps."""
    limits = memory_limits(module)
    if limits is None or module.num_imported(MEMORY):
        return
    size = limits.min * page_size(limits)
    for area, data in zip(Image(module).areas, module.datas, strict=True):
        if data.offset is not None and area.address is not None and area.address + area.size > size:
            found = f"this data goes to {area.address:#x} to {area.address + area.size:#x}, memory ends at {size:#x}"
            yield Finding("data-past-memory", Place(module.file, "data", area.start, area.name), found)


def object_findings(file: ObjectFile) -> Iterator[Finding]:
    """What is wrong with a well-formed object."""
    yield from site_findings(file)
    for atom in file.segments:
        if atom.flags & SEG_STRINGS and atom.size and file.module.data[atom.end - 1]:
            last = file.module.data[atom.end - 1]
            yield Finding("string-unterminated", Place(file.name, "data", atom.end - 1, atom.name),
                          f"the last byte of this segment of strings is {last:#04x}, not 0")  # fmt: skip
    yield from _symbols(file)
    yield from _names(file.module, file.name)


def _malformed(module: Module, error: FormatError) -> Finding:
    return Finding("malformed", Place(module.file, error.section, error.offset), error.reason)


def _symbols(file: ObjectFile) -> Iterator[Finding]:
    segments, symbols = file.segments, file.linking.symbols
    for number, one in enumerate(symbols):
        if one.kind != 1 or one.flags & (SYM_UNDEFINED | SYM_ABSOLUTE) or one.index >= len(segments):
            continue
        segment = segments[one.index]
        if one.offset + one.size > segment.size:
            found = (f"it has {one.size} bytes at {one.offset:#x} of segment {segment.name},"
                     f" which has {segment.size}")  # fmt: skip
            yield Finding("symbol-past-segment",
                          Place(file.name, "linking", symbols.span(number)[0], one.name or ""), found)  # fmt: skip


def _names(module: Module, file: str = "") -> Iterator[Finding]:
    """The function names of the name section."""
    names = module.names
    if names is None:
        return
    functions, total = names.functions, module.total(FUNCTION)
    starts = functions.starts
    if len(starts) - 1 > len(functions):
        found = f"{len(starts) - 1} entries name {len(functions)} functions: the first name of each counts"
        yield Finding("name-mismatch", Place(file or module.file, "name"), found)
    symbols = {
        one.index: one.name
        for one in reversed(module.linking.symbols if module.linking else ())
        if one.kind == 0 and one.name is not None and not one.flags & SYM_UNDEFINED
    }
    for index, name in functions.items():
        known = symbols.get(index, name)
        if index >= total:
            found = f"there is no function {index}: there are {total}"
        elif known != name and readable(known) != name:
            found = f"function {index} is called {name} here, but its symbol is {known}"
        else:
            continue
        yield Finding("name-mismatch", Place(file or module.file, "name", None, name), found)
