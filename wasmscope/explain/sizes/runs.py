"""Every byte of a module, entered once: a run of bytes, what kind of bytes they are, and whose.

A function's bytes are not its body alone: its type number, imports, exports, table slots and names are its own, too.
What belongs to nothing that has a number (headers, counts, whole custom sections) is listed by its section.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wasmscope.format.elements import item_starts
from wasmscope.format.frames import Section
from wasmscope.format.leb128 import read_u32
from wasmscope.format.module import Module
from wasmscope.format.names import NameMap
from wasmscope.format.section_ids import CUSTOM_ID
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, MEMORY, TABLE, TAG
from wasmscope.format.vectors import Vec

KINDS = {
    "code": "function bodies",
    "data": "the contents of data segments",
    "padding": "zeros that align data and pieces of custom sections",
    "names": "the name section",
    "entries": "types, imports, exports, table slots, and what else is listed by number",
    "debug": "sections called .debug_*",
    "custom": "all other custom sections",
    "framing": "the header, and the ids, sizes and counts of sections, subsections and segments",
}
"""Kinds of bytes, and what they are."""


class Run(NamedTuple):
    """Bytes `start` to `end` of a file, which are of one kind and belong to one thing."""

    start: int
    end: int
    kind: str
    """One of `KINDS`."""
    section: str
    """The section's name; empty for the header of the file."""
    space: str = ""
    """The index space of what they belong to: "function", "global", "data", …; empty when it has no number."""
    number: int = -1

    @property
    def size(self) -> int:
        return self.end - self.start


def module_runs(module: Module) -> Iterator[Run]:
    """The runs of a module from its first byte to its last, without gaps, as far as its sections can be read."""
    position = min(8, len(module.data))
    yield Run(0, position, "framing", "")
    for section in module.sections:
        yield from section_runs(module, section)
        position = section.end
    if position < len(module.data):
        yield Run(position, len(module.data), "framing", "")


def section_runs(module: Module, section: Section) -> Iterator[Run]:
    """The runs of one section, its header included."""
    position = min(section.contents, section.end)
    yield Run(section.start, position, "framing", section.name)
    for run in _own(module, section):
        if run.end > run.start >= position:
            if run.start > position:
                yield Run(position, run.start, "framing", section.name)
            yield run
            position = run.end
    if position < section.end:
        yield Run(position, section.end, _rest_kind(section), section.name)


def custom_kind(name: str) -> str:
    """The kind of bytes that a custom section of that name holds."""
    if name == "name":
        return "names"
    return "debug" if name.startswith(".debug_") else "custom"


def _rest_kind(section: Section) -> str:
    """What the bytes of a section are that are no entry's: those of a custom section are its contents."""
    return custom_kind(section.name) if section.id == CUSTOM_ID else "framing"


def _own(module: Module, section: Section) -> Iterator[Run]:
    """The entries of a section, in order."""
    if section.id == CUSTOM_ID:
        if section.name == "name" and module.custom("name") is section:
            yield from _names(module)
        return
    if module.section(section.id) is not section:
        return
    if section.id in _VECTORS:
        attribute, space, kind, first = _VECTORS[section.id]
        records: Vec[object] = getattr(module, attribute)
        base = module.num_imported(first) if first is not None else 0
        for number, (start, end) in enumerate(records.spans, base):
            yield Run(start, end, kind, section.name, space, number)
    elif section.id in _SPECIAL:
        yield from _SPECIAL[section.id](module, section)


_VECTORS = {
    1: ("types", "type", "entries", None),
    3: ("functions", "function", "entries", FUNCTION),
    4: ("tables", "table", "entries", TABLE),
    5: ("memories", "memory", "entries", MEMORY),
    6: ("globals", "global", "entries", GLOBAL),
    10: ("bodies", "function", "code", FUNCTION),
    13: ("tags", "tag", "entries", TAG),
}
"""By section id: attribute of `Module`, index space, kind of bytes, and the kind whose imports are numbered first."""


def _imports(module: Module, section: Section) -> Iterator[Run]:
    counts = [0] * len(KIND_NAMES)
    for one, (start, end) in zip(module.imports, module.imports.spans, strict=False):
        yield Run(start, end, "entries", section.name, KIND_NAMES[one.kind], counts[one.kind])
        counts[one.kind] += 1


def _exports(module: Module, section: Section) -> Iterator[Run]:
    for one, (start, end) in zip(module.exports, module.exports.spans, strict=False):
        space = KIND_NAMES[one.kind] if one.kind < len(KIND_NAMES) else ""
        yield Run(start, end, "entries", section.name, space, one.index)


def _start(module: Module, section: Section) -> Iterator[Run]:
    if module.start is not None:
        yield Run(section.contents, section.end, "entries", section.name, "function", module.start)


def _elements(module: Module, section: Section) -> Iterator[Run]:
    for element, (start, end) in zip(module.elements, module.elements.spans, strict=False):
        starts = item_starts(module.data, start, element)
        for item, first, last in zip(element.items, starts, starts[1:], strict=False):
            assert isinstance(item, int)
            yield Run(first, last, "entries", section.name, "function", item)
        if not starts:
            yield Run(start, end, "entries", section.name)


def _datas(module: Module, section: Section) -> Iterator[Run]:
    for number, one in enumerate(module.datas):
        yield Run(one.start, one.end, "data", section.name, "data", number)


def _count(module: Module, section: Section) -> Iterator[Run]:
    yield Run(section.contents, section.end, "entries", section.name)


_SPECIAL = {2: _imports, 7: _exports, 8: _start, 9: _elements, 11: _datas, 12: _count}


_NAMED = {"types": "type", "tables": "table", "memories": "memory", "globals": "global", "datas": "data", "tags": "tag"}
"""By attribute of `Names`: the index space that it names."""


def _names(module: Module) -> Iterator[Run]:
    names = module.names
    if names is None:
        return
    runs = list(_named(module, names.functions, "function"))
    for attribute, space in _NAMED.items():
        runs += _named(module, getattr(names, attribute), space)
    for function, inner in (*names.locals.items(), *names.labels.items()):
        if inner.starts:
            start, end = inner.base + inner.starts[0], inner.base + inner.starts[-1]
            runs.append(Run(start, end, "names", "name", "function", function))
    yield from sorted(runs)


def _named(module: Module, names: NameMap, space: str) -> Iterator[Run]:
    base, starts = names.base, names.starts
    numbers: Iterable[int] = names
    if len(names) != len(starts) - 1:  # some number has two names
        numbers = [read_u32(module.data, base + start)[0] for start in starts[:-1]]
    for number, first, last in zip(numbers, starts, starts[1:], strict=False):
        yield Run(base + first, base + last, "names", "name", space, number)
