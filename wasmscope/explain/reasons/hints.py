"""What helps a person with a diagnostic: worked out from the link and what the diagnostic is about, when it is read.

LLD's words stay as they are; these lines stand under them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from wasmscope.errors import Diagnostic
from wasmscope.explain.naming import title, type_title
from wasmscope.explain.reasons.hints_about_files import damage, features, memory
from wasmscope.explain.reasons.near import owners
from wasmscope.explain.sides import joined_by, shown, told
from wasmscope.explain.symbols import SymbolRows
from wasmscope.format.linking import SYMBOL_KINDS
from wasmscope.format.relocs import CALL
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol
from wasmscope.link.names import INTERNAL, readable
from wasmscope.link.subjects import Clash, Feature, Malformed, MemorySize, Side, Use, Variants, Wanted

HOMES = (
    ("__cxa_", "the C++ runtime, libc++abi"),
    ("__gxx_personality", "the C++ runtime, libc++abi"),
    ("_Unwind_", "libunwind"),
    ("_ZSt", "the C++ library, libc++"),
    ("_ZNSt", "the C++ library, libc++"),
    ("_ZNKSt", "the C++ library, libc++"),
    ("_Zn", "the C++ runtime, libc++abi"),
    ("_Zd", "the C++ runtime, libc++abi"),
    ("__wasi_", "wasi libc"),
    ("__stack_chk_", "libc, as the code is compiled with -fstack-protector"),
)
"""Where names are at home that compilers ask for, by how they begin."""
BUILTINS = re.compile(
    r"__(add|sub|mul|div)[dst]f3|__(u?div|u?mod|mul|ashl|lshr|ashr|mulo)ti[34]|__multi3|__(eq|ne|l[et]|g[et]|unord)tf2"
    r"|__(extend|trunc)[dst]f[dst]f2|__(float|fix)\w+|__powi[dst]f2"
)
"""Functions of compiler-rt that code for this machine asks for."""


def hints(link: Link, one: Diagnostic) -> tuple[str, ...]:
    """What helps with a diagnostic of `link`, a line each; nothing if its words are enough."""
    found = _ABOUT.get(type(one.subject))
    return tuple(found(link, one.subject)) if found is not None else ()


# --- undefined ----------------------------------------------------------------------------------------------------


def _use(link: Link, use: Use) -> Iterator[str]:
    atom, file, symbol = use.atom, use.atom.file, use.symbol
    assert atom.relocs is not None
    place = f"{title(readable(atom.name)) or title(atom)}+{atom.site(use.row):#x}"
    offset = f", offset {atom.start + atom.site(use.row):#x} of {file.name}" if file is not None else ""
    yield f"in {place}{offset} ({type_title(atom.relocs.types[use.row])})"
    if symbol.kind == "function" and symbol.signature is not None:
        yield f"it is wanted as function {symbol.signature}"
    if file is not None:
        how = joined_by(link, file)
        if how:
            yield how
        if symbol.defined or "REL" in type_title(atom.relocs.types[use.row]):
            yield from _compiler(file)
    if not symbol.defined:
        yield from missing(link, symbol.name)


def _compiler(file: ObjectFile) -> Iterator[str]:
    names = [
        str(made) for field in file.module.producers or () if field.name == "processed-by" for made in field.values
    ]
    if names:
        yield f"{file.name} is from {', '.join(names)}"


def _wanted(link: Link, wanted: Wanted) -> Iterator[str]:
    if wanted.symbol is not None and wanted.symbol.undefined and wanted.symbol.file is not None:
        yield f"{wanted.symbol.file.name} mentions it, and nothing defines it"
    yield from missing(link, wanted.name)


def missing(link: Link, name: str) -> Iterator[str]:
    """Who has a name that is undefined, but does not show it, or has one that is nearly the same."""
    found = owners(link)
    for one in found.names.get(name, ()):
        kind = SYMBOL_KINDS[one.kind]
        if one.local:
            yield f"{one} has a local {kind} of that name, which other files cannot see"
        elif one.joined:
            yield f"{one} has a {kind} of that name in a COMDAT group that was kept from another file"
        else:
            yield f"{one}, offers a {kind} of that name"
    near = found.near(name)
    if name.startswith("_Z"):
        plain = [one for one in near if not one.startswith("_Z")]
        yield from (f'{_owned(link, one)} is C: is an extern "C" missing?' for one in plain)
        near = [one for one in near if one not in plain]
    if near:
        yield f"similar names are defined: {', '.join(_owned(link, one) for one in near)}"
    if not near:
        home = next((where for start, where in HOMES if name.startswith(start)), "")
        if BUILTINS.fullmatch(name):
            home = "compiler-rt, libclang_rt.builtins"
        if home:
            yield f"it is part of {home}"


def _owned(link: Link, name: str) -> str:
    return f"{readable(name)} ({owners(link).names[name][0]})"


# --- clashes ------------------------------------------------------------------------------------------------------


def _clash(link: Link, clash: Clash) -> Iterator[str]:
    first, second = clash.first, clash.second
    yield told(link, first)
    yield told(link, second)
    if first.file is not None and second.file is not None and first.file.path == second.file.path:
        if first.file.name == second.file.name:
            yield f"{first.file.path} is named twice"
    elif first.file is not None and second.file is not None and first.file.module.data == second.file.module.data:
        yield "the two files are the same, byte for byte"


def _variants(link: Link, variants: Variants) -> Iterator[str]:
    if link.resolve is not None:
        yield from signatures(link, variants.symbol.name, variants.other, variants.symbol)


def signatures(link: Link, name: str, *first: Symbol) -> Iterator[str]:
    """Every signature that functions called `name` have, who has it, and what becomes of calls with the wrong one;
    those of the symbols `first` before the others."""
    for one in dict.fromkeys((*first, *steps_of(link).names.get(name, ()))):
        if one.kind == "function" and one.name == name:
            yield f"{one.signature}: {_standing(link, one)}"


def _standing(link: Link, symbol: Symbol) -> str:
    """Who defines or calls a variant, and the stub that it became."""
    if not symbol.stub and symbol.defined:
        return f"defined in {symbol.file.name if symbol.file is not None else INTERNAL}"
    calls = [
        f"{readable(title(one.atom))}+{one.atom.site(one.row):#x} of {one.atom.file.name}"
        for one in steps_of(link).mentions(symbol)
        if one.atom.file is not None and one.atom.reloc(one.row).type == CALL
    ]
    text = f"called in {shown(calls)}" if calls else "mentioned, and never called"
    if not symbol.stub:
        return text
    target = symbol.target
    number = link.index.functions.get(target) if link.index is not None and isinstance(target, Atom) else None
    return f"{text}; these calls go to {'a function' if number is None else f'function {number}'} that traps"


def steps_of(link: Link) -> SymbolRows:
    """The reverse indexes of the link's symbols."""
    from wasmscope.explain.steps import steps  # steps asks this module for its diagnostics

    return steps(link).symbols


def _symbol(link: Link, symbol: Symbol) -> Iterator[str]:
    if symbol.file is not None and symbol.record >= 0:
        yield told(link, Side(symbol.file, symbol.record))


def _feature(link: Link, feature: Feature) -> Iterator[str]:
    if feature.symbol is not None:
        yield from _symbol(link, feature.symbol)
    yield from features(link, feature.name)


_ABOUT: dict[type, Callable[[Link, Any], Iterator[str]]] = {
    Use: _use,
    Wanted: _wanted,
    Clash: _clash,
    Variants: _variants,
    Symbol: _symbol,
    Feature: _feature,
    MemorySize: memory,
    Malformed: damage,
}
"""What a diagnostic may be about, and who knows what helps then."""
