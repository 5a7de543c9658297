"""What the output tells tools: names, who made it, and which features it needs (LLD 22; reference: 2.6)."""

from __future__ import annotations

import os
from collections.abc import Iterator

from wasmscope.format.custom import PRODUCERS, TARGET_FEATURES, Feature, Producer, ProducerField
from wasmscope.format.leb128 import name_bytes, uleb
from wasmscope.format.types import FUNCTION, GLOBAL
from wasmscope.link.model import Entity, Layout, Numbering, Resolution
from wasmscope.link.names import called, display
from wasmscope.link.options import Options
from wasmscope.link.startup import written

Part = tuple[bytes, str]
"""Bytes of a section and the rule that made them."""


def tool_sections(
    resolution: Resolution, layout: Layout, index: Numbering, options: Options
) -> Iterator[tuple[str, list[Part]]]:
    """Name and contents of each of these sections that the output has, in the order in which they are written.

    --strip-all drops them, --keep-section keeps one all the same.
    """
    found = {
        "name": list(_names(layout, index, options)),
        "producers": _producers(resolution),
        "target_features": _features(layout),
    }
    for name, parts in found.items():
        if parts and (not options.strip_all or name in options.keep_sections):
            yield name, parts


# --- name -------------------------------------------------------------------------------------------------------


def _names(layout: Layout, index: Numbering, options: Options) -> Iterator[Part]:
    module = name_bytes(options.soname or os.path.basename(options.output))
    yield b"\0" + uleb(len(module)) + module, "the output's file name"
    unseen = sum(not atom.name and atom.debug_name != "" for atom in index.functions)
    yield from _name_map(1, "function", _function_names(index, options), unseen)
    yield from _name_map(7, "global", _global_names(index, options))
    yield from _name_map(9, "data segment", [(one.index, one.name) for one in written(layout) if one.name])


def _name_map(id: int, what: str, names: list[tuple[int, str]], unseen: int = 0) -> Iterator[Part]:
    """One subsection: its id, size and count, then a part for each name.

    LLD 22 also counts what has a debug name but no symbol (`unseen`), though it does not write it: that is no valid
    section. Only objects of a relocatable link have such functions, and only without garbage collection do they stay.
    """
    if not names and not unseen:
        return
    count = uleb(len(names) + unseen)
    entries = [(uleb(number) + name_bytes(name), f"name of {what} {number}") for number, name in names]
    size = len(count) + sum(len(data) for data, _ in entries)
    yield bytes((id,)) + uleb(size) + count, f"how many names of {what}s follow"
    yield from entries


def _function_names(index: Numbering, options: Options) -> list[tuple[int, str]]:
    names = _import_names(FUNCTION, index, options)
    for atom, number in index.functions.items():
        if atom.name:
            names.append((number, atom.debug_name or display(atom.name, options.demangle)))
    return names


def _global_names(index: Numbering, options: Options) -> list[tuple[int, str]]:
    names = _import_names(GLOBAL, index, options)
    for entity, number in index.globals.items():
        if entity.name:
            names.append((number, display(entity.name, options.demangle)))
    for symbol, got in index.got.items():
        kind = "func" if symbol.kind == "function" else "data"
        names.append((got.number, f"GOT.{kind}.internal.{called(symbol, options.demangle)}"))
    return names


def _import_names(kind: int, index: Numbering, options: Options) -> list[tuple[int, str]]:
    """Numbers and names of the imports; LLD 22 gives the name of one that has a stub, too, to the stub's number.

    So it does with a global that a shared library imports as well as defines, since another may define it anew.
    """
    found = []
    for one in index.imports:
        if one.kind == kind and one.symbol is not None:
            stub = index.undefined_stubs.get(one.symbol) if kind == FUNCTION else None
            number = one.number if stub is None else index.functions[stub]
            if isinstance(one.symbol.target, Entity):
                number = index.globals.get(one.symbol.target, number)
            found.append((number, display(one.symbol.name, options.demangle)))
    return found


# --- producers and target_features ------------------------------------------------------------------------------


def _producers(resolution: Resolution) -> list[Part]:
    """Tools and languages of all objects; of several versions the first is kept."""
    found: dict[str, dict[str, str]] = {"language": {}, "processed-by": {}, "sdk": {}}
    for file in resolution.objects:
        for one in file.module.producers or ():
            for name, version in one.values if one.name in found else ():
                found[one.name].setdefault(name, version)
    fields = [
        ProducerField(name, tuple(Producer(*one) for one in values.items())) for name, values in found.items() if values
    ]
    return [(PRODUCERS.write(fields), "tools and languages of all objects")] if fields else []


def _features(layout: Layout) -> list[Part]:
    if not layout.features:
        return []
    parts = [(uleb(len(layout.features)), "count of features")]
    for name in sorted(layout.features):
        parts.append((TARGET_FEATURES.write([Feature("+", name)])[1:], f"used by {layout.features[name]}"))
    return parts
