"""Checks of a link: what wasm-ld accepts without a word, and should not.

`findings` is the one to ask. A link that failed is checked as far as it came.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.errors import FormatError
from wasmscope.explain.checking.findings import Finding, Place
from wasmscope.explain.checking.object_checks import module_findings, object_findings
from wasmscope.explain.checking.value_checks import value_findings
from wasmscope.explain.naming import count
from wasmscope.explain.steps import steps
from wasmscope.format.linking import SEG_RETAIN, SEG_STRINGS
from wasmscope.format.module import read
from wasmscope.format.relocs import CALL
from wasmscope.link.lenient import ENTRY
from wasmscope.link.model import Atom, CustomSection, ImportEntry, Link, Symbol
from wasmscope.link.names import readable

WEAK_STUB = "undefined_weak:"
SHOWN = 5


def findings(link: Link) -> Iterator[Finding]:
    """Everything that is wrong with a link and its objects: objects first, then the link in the order of its phases."""
    if link.resolve is not None:
        for file in link.resolve.objects:
            yield from object_findings(file)
    if link.mark is not None:
        yield from _dropped_statics(link)
    if link.layout is not None:
        yield from _overflow(link)
        yield from _stack(link)
        yield from _lost_flags(link)
    if link.index is not None and not link.failed:
        yield from _weak_calls(link)
        yield from _imports(link)
        yield from _twice(link)
        yield from _exports(link)
        yield from _reruns(link)
    if link.relocate is not None:
        yield from value_findings(link)
    if link.emit is not None:
        yield from _output(link)


def _whole(link: Link, section: str = "", name: str = "") -> Place:
    return Place(link.options.output or "a.out", section, None, name)


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


# --- mark and layout ----------------------------------------------------------------------------------------------


def _dropped_statics(link: Link) -> Iterator[Finding]:
    assert link.resolve is not None
    assert link.mark is not None
    for file in link.resolve.objects:
        for symbol in link.resolve.bindings[file]:
            atom = symbol.target
            if not (symbol.local and symbol.no_strip and isinstance(atom, Atom)) or atom.kind != "function":
                continue
            if atom not in link.mark.why and atom not in link.resolve.discarded:
                found = "a static function that is marked as used is left out, as nothing refers to it"
                yield Finding("used-static-dropped", Place(file.name, "code", atom.start, readable(symbol.name)), found)


def _overflow(link: Link) -> Iterator[Finding]:
    assert link.layout is not None
    assert link.load is not None
    memory = link.layout.memory
    size, most = memory.limits.min * memory.page_size, 1 << (64 if link.load.arch == "wasm64" else 32)
    if max(size, memory.end) > most:
        found = f"what was laid out ends at {memory.end:#x}, and the memory has {size:,} bytes: more than {most:,}"
        yield Finding("address-overflow", _whole(link, "memory"), found)


def _stack(link: Link) -> Iterator[Finding]:
    assert link.layout is not None
    if link.options.stack_first or link.options.relocatable:
        return
    below = [one for one in link.layout.segments if one.size]
    low = next((one.address for one in link.layout.boundaries if one.name == "stack low"), None)
    if below and low is not None:
        found = (
            f"the stack grows down to {low:#x}, where {below[-1].name} ends at {below[-1].address + below[-1].size:#x}"
        )
        yield Finding("stack-after-data", _whole(link, "data"), found)


def _lost_flags(link: Link) -> Iterator[Finding]:
    assert link.layout is not None
    if not (link.options.relocatable or link.options.emit_relocs):
        return
    lost: dict[str, list[Atom]] = {}
    for atom, home in link.layout.home.items():
        if atom.file is not None and atom.kind == "data" and atom.flags & (SEG_STRINGS | SEG_RETAIN):
            lost.setdefault(home.name, []).append(atom)
    for name, atoms in lost.items():
        flags = " and ".join(what for bit, what in ((SEG_STRINGS, "STRINGS"), (SEG_RETAIN, "RETAIN"))
                             if any(atom.flags & bit for atom in atoms))  # fmt: skip
        found = f"{flags} of {count(len(atoms), 'input segment')} is not in the output"
        yield Finding("segment-flags-lost", _whole(link, "linking", name), found)


# --- index --------------------------------------------------------------------------------------------------------


def _weak_calls(link: Link) -> Iterator[Finding]:
    assert link.resolve is not None
    assert link.mark is not None
    for symbol in link.resolve.symbols:
        if not (symbol.stub and symbol.debug_name.startswith(WEAK_STUB)):
            continue
        calls = [
            one
            for one in steps(link).symbols.mentions(symbol)
            if one.atom in link.mark.why and one.atom.reloc(one.row).type == CALL
        ]
        for atom in dict.fromkeys(one.atom for one in calls):
            first = next(one for one in calls if one.atom is atom)
            assert atom.file is not None
            place = Place(atom.file.name, "code", atom.start + atom.site(first.row), readable(atom.name))
            times = count(sum(one.atom is atom for one in calls), "call")
            yield Finding("weak-call-traps", place, f"{times} of {readable(symbol.name)}, which is weak and undefined")


def _imports(link: Link) -> Iterator[Finding]:
    assert link.index is not None
    fields: dict[tuple[str, str], list[ImportEntry]] = {}
    for entry in link.index.imports:
        fields.setdefault((entry.module, entry.name), []).append(entry)
    for (module, name), entries in fields.items():
        types = dict.fromkeys(_import_type(one.symbol) for one in entries)
        if len(types) > 1:
            files = dict.fromkeys(one.symbol.file.name for one in entries if one.symbol and one.symbol.file)
            found = f"{module}.{name} is imported as {' and as '.join(types)} (by {', '.join(files)})"
            yield Finding("import-types-differ", _whole(link, "import", name), found)


def _import_type(symbol: Symbol | None) -> str:
    if symbol is None:
        return "a memory"
    return f"{symbol.kind} {symbol.signature if symbol.kind in ('function', 'tag') else symbol.type}"


def _twice(link: Link) -> Iterator[Finding]:
    assert link.resolve is not None
    assert link.index is not None
    assert link.layout is not None
    groups: dict[tuple[str, str], list[Atom]] = {}
    for atom in link.resolve.discarded:
        placed = atom in link.index.code or not isinstance(link.layout.home.get(atom), CustomSection | None)
        if placed and atom.file is not None:
            groups.setdefault((atom.file.name, atom.file.comdats[atom.comdat]), []).append(atom)
    for (file, group), atoms in sorted(groups.items()):
        found = f"{count(len(atoms), 'member')}, {sum(one.size for one in atoms)} bytes, of a group that lost is kept"
        section = "code" if atoms[0].kind == "function" else "data"
        first = min(one.start for one in atoms)
        yield Finding("comdat-kept-twice", Place(file, section, first, readable(group)), found)


def _exports(link: Link) -> Iterator[Finding]:
    assert link.index is not None
    assert link.resolve is not None
    there = {one.export.name for one in link.index.exports}
    for name in dict.fromkeys(link.options.exports):
        if name not in there and not link.options.relocatable and name in link.resolve.by_name:
            symbol = link.resolve.by_name[name]
            why = (
                "is wrapped"
                if name in link.options.wrap
                else "is weak and undefined"
                if symbol.stub
                else "is undefined"
            )
            yield Finding(
                "export-missing", _whole(link, "export", name), f"--export={name}: it {why}, and not exported"
            )
    for one in link.index.exports:
        if one.symbol is not None and one.symbol.kind == "data" and one.symbol.tls:
            found = f"the global exported as {one.export.name} holds an offset, as the symbol is thread-local"
            yield Finding("exported-tls-offset", _whole(link, "export", one.export.name), found)


def _reruns(link: Link) -> Iterator[Finding]:
    """Exports besides the entry that run constructors; not those that only the viewer assumed."""
    assert link.index is not None
    if set(ENTRY) <= set(link.assumed):
        return
    again = [one for one in link.index.wrappers.values() if one.export != "--entry"]
    if again and link.index.init_functions:
        names = [readable(one.name) for one in again]
        found = f"{count(len(link.index.init_functions), 'constructor')} run again at each call of {_shown(names)}"
        yield Finding("constructors-rerun", _whole(link, "export"), found)


# --- emit ---------------------------------------------------------------------------------------------------------


def _output(link: Link) -> Iterator[Finding]:
    """The output read again, where options make wasm-ld write what nothing can read."""
    assert link.emit is not None
    options = link.options
    if not (options.relocatable or options.emit_relocs or options.compress_relocations):
        return
    try:
        module = read(link.emit.data, options.output or "a.out")
    except FormatError as error:
        yield Finding("output-malformed", _whole(link), str(error))
        return
    for one in module_findings(module):
        if one.rule in ("malformed", "undecodable-code"):
            yield Finding("output-malformed", one.place, one.found)
