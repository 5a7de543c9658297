"""What garbage collection left out (`--print-gc-sections`), in the text and order of LLD 22."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.link.model import Atom, Entity, Link
from wasmscope.report.map import atom_title


def removed(link: Link) -> Iterator[Atom | Entity]:
    """The atoms and entities that nothing keeps: object by object, each kind in index order, then the linker's own."""
    if link.mark is None or link.resolve is None or not link.options.gc_sections:
        return
    resolution, kept = link.resolve, link.mark.why
    groups: list[list[Atom] | list[Entity]] = []
    for file in resolution.objects:
        groups += [file.functions, file.segments, file.globals, file.tags, file.tables]
    for group in (*groups, resolution.synthetic_functions, resolution.synthetic_globals):
        yield from (one for one in group if one not in kept)


def removed_lines(link: Link) -> list[str]:
    """A line for each of them, without its end."""
    return [f"removing unused section {atom_title(one)}" for one in removed(link)]
