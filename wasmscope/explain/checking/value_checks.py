"""Checks of the values that a link wrote: those that do not fit, and data that was not written at all."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.checking.findings import Finding, Place
from wasmscope.explain.naming import target_title, title
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Layout, Link, Relocated
from wasmscope.link.relocate import LOCREL

TOMBSTONES = -2
"""The least value of a custom section that says that something is dead."""


def value_findings(link: Link) -> Iterator[Finding]:
    """Values of relocations that do not fit their sites or the memory, and data that is not zero but left out."""
    assert link.layout is not None
    assert link.relocate is not None
    for atom in link.relocate.atoms:
        yield from _values(link, atom, link.relocate.values[atom])
    yield from _dropped(link.layout, link.relocate)


def _values(link: Link, atom: Atom, values: list[int]) -> Iterator[Finding]:
    assert link.layout is not None
    assert atom.relocs is not None
    least, end = (0, link.layout.memory.end) if atom.kind != "custom" else (TOMBSTONES, 1 << 31)
    most = max(values, default=0)
    if min(values, default=0) >= least and most <= end and most < 1 << 31:
        return  # nearly every atom
    for row, value in enumerate(values, atom.lo):
        problem = _problem(link.layout, atom, row, value)
        if problem and atom.file is not None:
            rule, text = problem
            section = {"function": "code", "data": "data"}.get(atom.kind, atom.name)
            place = Place(atom.file.name, section, atom.start + atom.site(row), title(atom))
            type = RELOC_TYPES[atom.relocs.types[row]]
            addend = f"{atom.relocs.addends[row]:+}" if atom.relocs.addends[row] else ""
            yield Finding(rule, place, f"{type.name} {target_title(link, atom, row)}{addend} is {text}")


def _problem(layout: Layout, atom: Atom, row: int, value: int) -> tuple[str, str] | None:
    """The rule that a value breaks, and what is wrong with it."""
    assert atom.relocs is not None
    type = RELOC_TYPES[atom.relocs.types[row]]
    mask = (1 << type.bits) - 1
    if value < 0 and (atom.kind == "custom" or type.relative or type.number == LOCREL):
        return None  # a tombstone, or a distance
    if type.encoding == "uleb" and value < 0:
        return "negative-memarg", f"{value}: it becomes {value & mask}"
    if value > mask:
        return "value-out-of-range", f"{value:#x}, which does not fit {type.bits} bits: it becomes {value & mask:#x}"
    if type.symbol_kind == "data" and atom.kind != "custom" and value > layout.memory.end:
        return "past-memory", f"{value:#x}, but data and stack end at {layout.memory.end:#x}"
    return None


def _dropped(layout: Layout, relocated: Relocated) -> Iterator[Finding]:
    """Segments that are left out because of their names, although they are not zero."""
    for segment in layout.segments if not layout.emit_bss else ():
        for placed in segment.chain if segment.bss else ():
            atom = placed.item
            data = relocated.bytes.get(atom, atom.data)
            start = len(data) - len(data.lstrip(b"\0"))
            if start < len(data) and atom.file is not None:
                found = (
                    f"{len(data) - data.count(0)} bytes of {segment.name} are not zero, the first {data[start]:#04x}"
                )
                yield Finding("bss-dropped", Place(atom.file.name, "data", atom.start + start, title(atom)), found)
