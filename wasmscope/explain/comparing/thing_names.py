"""What a module's things are called, in every index space."""

from __future__ import annotations

from collections.abc import Iterable

from wasmscope.format.linking import SYMBOL_SPACES
from wasmscope.format.module import Module
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.model import Atom, Entity, Link


def names_of(module: Module, link: Link | None = None) -> dict[str, dict[int, str]]:
    """For each index space, the name of each number that has one: by the name section, else a symbol, else an import or
    export; else by the link whose output it is, which knows the names of stripped ones."""
    found = {
        space: {one.index: one.name for one in module.exports if one.kind == kind}
        | {number: one.name for number, one in enumerate(module.imported(kind))}
        for kind, space in enumerate(KIND_NAMES)
    }
    for symbol in reversed(module.linking.symbols if module.linking is not None else ()):
        if symbol.kind in SYMBOL_SPACES and symbol.name:
            found[KIND_NAMES[SYMBOL_SPACES[symbol.kind]]][symbol.index] = symbol.name
    found |= {"type": {}, "element": {}, "data": {}}
    names = module.names
    if names is not None:
        given = (names.functions, names.tables, names.memories, names.globals, names.tags)
        found |= {space: found[space] | more for space, more in zip(KIND_NAMES, given, strict=True)}
        found |= {"type": dict(names.types), "element": dict(names.elements), "data": dict(names.datas)}
    if link is not None:
        _add_linked(link, found)
    return found


def _add_linked(link: Link, found: dict[str, dict[int, str]]) -> None:
    numbering = link.index
    if numbering is None:
        return
    for one in numbering.imports:
        if one.symbol is not None:
            found[KIND_NAMES[one.kind]].setdefault(one.number, one.symbol.name)
    entities: Iterable[tuple[Atom | Entity, int]] = (
        *numbering.functions.items(), *numbering.globals.items(), *numbering.tables.items(), *numbering.tags.items()
    )  # fmt: skip
    for thing, number in entities:
        if thing.name:
            found[thing.kind].setdefault(number, thing.name)
