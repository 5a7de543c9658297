"""The faults of samples/broken: what a linker with each bug would have written. `../rebuild.py` asks for it.

Every fault begins with the true link: the bytes that wasm-ld wrote, and our own link of the same line, which has the
same bytes and knows where in them each relocation's site is. Most faults are a rule for the value at a site; some move
bytes; some are true links of objects whose symbol table was changed, as a linker with wrong rules would read it; and
one is what Zig's own linker really makes of it.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from broken.true_link import OUTPUT, ZIG, Site, TrueLink

from wasmscope.explain.steps import steps
from wasmscope.format.leb128 import read_sleb, sleb, uleb
from wasmscope.format.linking import SYM_BINDING_MASK, SYM_LOCAL, SYM_UNDEFINED, SYM_WEAK, SymbolRecord
from wasmscope.format.module import read
from wasmscope.format.module_value import build_section
from wasmscope.format.relocs import decode, encode

# --- wrong values -------------------------------------------------------------------------------------------------


def addend_dropped(true: TrueLink) -> bytes:
    return true.with_values(lambda site: site.value - site.addend)


def slot_off_by_one(true: TrueLink) -> bytes:
    return true.with_values(lambda site: site.value - 1 if "TABLE_INDEX" in site.type.name else None)


def segment_base(true: TrueLink) -> bytes:
    previous, data = true.link.layout.segments[:2]
    assert (previous.name, data.name) == (".rodata", ".data")
    gap = data.address - previous.address - previous.size
    return true.with_values(lambda site: site.value - gap if true.home(site.symbol) == ".data" else None)


def bss_too_low(true: TrueLink) -> bytes:
    data, bss = true.link.layout.segments
    end, gap = 0, 0
    for placed in data.chain:
        gap += placed.offset - end
        end = placed.offset + placed.item.size
    too_low = bss.address - (-(-(data.address + end - gap) // 16) * 16)
    return true.with_values(lambda site: site.value - too_low if true.home(site.symbol) == ".bss" else None)


def debug_line(true: TrueLink) -> bytes:
    sizes = {placed.item: number for number, placed in enumerate(true.link.index.code, 1)}  # one byte for each function

    def rule(site: Site) -> int | None:
        return site.value - sizes[site.symbol.target] if site.type.name == "R_WASM_FUNCTION_OFFSET_I32" else None

    return true.with_values(rule)


def no_tombstone(true: TrueLink) -> bytes:
    functions, code = list(true.link.index.functions), true.link.index.code

    def rule(site: Site) -> int | None:
        if site.target != "spare":
            return None
        taken = functions[site.symbol.target.index]  # the function that has its number now
        return code[taken].offset + 1 + site.addend

    return true.with_values(rule)


def type_not_renumbered(true: TrueLink) -> bytes:
    return true.with_values(lambda site: site.index if site.type.symbol_kind == "type" else None)


def imports_forgotten(true: TrueLink) -> bytes:
    imports = true.link.index.imported_counts[0]

    def rule(site: Site) -> int | None:
        return site.value - imports if site.type.symbol_kind == "function" and site.symbol.defined else None

    return true.with_values(rule)


def heap_base(true: TrueLink) -> bytes:
    data = next(one for one in true.link.layout.segments if one.name == ".data")
    wrong = -(-(data.address + data.size) // 16) * 16
    return true.with_values(lambda site: wrong + site.addend if site.target == "__heap_base" else None)


def sleb_skipped(true: TrueLink) -> bytes:
    def rule(site: Site) -> int | None:
        return decode(site.type, site.before, 0) if site.type.name == "R_WASM_MEMORY_ADDR_SLEB" else None

    return true.with_values(rule)


def symbol_offset(true: TrueLink) -> bytes:
    def rule(site: Site) -> int | None:
        return site.value - site.atom.file.records[site.index].offset if site.type.symbol_kind == "data" else None

    return true.with_values(rule)


def table_base_twice(true: TrueLink) -> bytes:
    base = true.link.layout.table_base
    return true.with_values(lambda site: site.value + base if "TABLE_INDEX" in site.type.name else None)


def local_by_name(true: TrueLink) -> bytes:
    first = next(site.value for site in true.sites if site.target == "step")
    return true.with_values(lambda site: first if site.target == "step" else None)


# --- wrong bytes --------------------------------------------------------------------------------------------------


def sleb_unsigned(true: TrueLink) -> bytes:
    data = bytearray(true.data)
    for site in true.sites:
        if site.type.encoding == "sleb":
            data[site.start : site.end] = uleb(site.value, site.type.width)
    return bytes(data)


def sleb_too_short(true: TrueLink) -> bytes:
    (site,) = (site for site in true.sites if site.type.encoding == "sleb")
    module = read(true.data, OUTPUT)
    code = module.section(10)
    bodies = []
    for body in module.bodies:
        inside = body.start <= site.start < body.end
        parts = [site.start, site.end] if inside else [body.end, body.end]
        written = uleb(site.value) if inside else b""
        body_bytes = true.data[body.code_start : parts[0]] + written + true.data[parts[1] : body.end]
        bodies.append(uleb(len(body_bytes)) + body_bytes)
    section = build_section(10, uleb(len(bodies)) + b"".join(bodies))
    return true.data[: code.start] + section + true.data[code.end :]


def stale_offset(true: TrueLink) -> bytes:
    first, second = true.sites
    drift = first.type.width - (first.end - first.start)
    data = bytearray(true.data)
    written = data[second.start : second.end]
    data[second.start : second.end] = uleb(0, len(written))  # what the object has there, shortened
    data[second.start + drift : second.end + drift] = written
    return bytes(data)


def two_owners(true: TrueLink) -> bytes:
    (site,) = (site for site in true.sites if site.atom.name == ".rodata.pointer")
    first = next(atom for atom in site.atom.file.segments if atom.name == ".data.limits")
    start = steps(true.link).places.pieces[first][1].start + first.size
    data = bytearray(true.data)
    data[start : start + 4] = encode(site.type, site.value)
    return bytes(data)


def table_sorted(true: TrueLink) -> bytes:
    section = read(true.data, OUTPUT).section(9)
    functions = bytes(true.link.index.functions[atom] for atom in true.link.index.slots)  # each takes one byte
    start = section.end - len(functions)
    assert true.data[start : section.end] == functions
    return true.data[:start] + bytes(sorted(functions)) + true.data[section.end :]


def got_empty(true: TrueLink) -> bytes:
    module = read(true.data, OUTPUT)
    (got,) = true.link.index.got.values()
    end = module.globals.base + module.globals.starts[got.number + 1] - 1
    data = bytearray(true.data)
    start = data.rindex(b"\x41", 0, end) + 1
    assert read_sleb(data, start) == (true.link.layout.home[got.symbol.target].address, end)
    data[start:end] = sleb(0, end - start)
    return bytes(data)


# --- wrong rules --------------------------------------------------------------------------------------------------


def weak_over_strong(true: TrueLink) -> bytes:
    def change(file: str, symbol: SymbolRecord) -> SymbolRecord:
        taken = symbol.name == "limit" and not symbol.flags & SYM_UNDEFINED
        return symbol._replace(flags=symbol.flags ^ SYM_WEAK) if taken else symbol

    return true.relinked(change)


def comdat_loser(true: TrueLink) -> bytes:
    def change(file: str, symbol: SymbolRecord) -> SymbolRecord:
        taken = symbol.flags & SYM_WEAK and not symbol.flags & SYM_UNDEFINED
        return symbol._replace(flags=symbol.flags & ~SYM_BINDING_MASK | SYM_LOCAL) if taken else symbol

    return true.relinked(change, comdats=False)


# --- a linker that has the bug ------------------------------------------------------------------------------------


def zig_weak_alias(true: TrueLink) -> bytes:
    objects = [word for word in true.words if word.endswith(".o")]
    options = ["-target", "wasm32-freestanding", "-fno-lld", "-fno-entry", "-O", "ReleaseSmall", "-fno-strip"]
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / OUTPUT
        command = [*ZIG, "build-exe", *options, "--export=run", *objects, f"-femit-bin={output}"]
        subprocess.run(command, cwd=true.folder, check=True)
        return output.read_bytes()


FAULTS: dict[str, Callable[[TrueLink], bytes]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        addend_dropped, sleb_unsigned, sleb_too_short, slot_off_by_one, table_sorted, stale_offset, segment_base,
        bss_too_low, two_owners, comdat_loser, weak_over_strong, zig_weak_alias, debug_line, no_tombstone,
        type_not_renumbered, imports_forgotten, heap_base, sleb_skipped, symbol_offset, table_base_twice, got_empty,
        local_by_name,
    )
}  # fmt: skip
"""The fault of each case."""
