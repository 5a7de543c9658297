"""Matching custom sections: the pieces of each, in the order of the objects; and strings that were merged."""

from __future__ import annotations

from collections import defaultdict

from wasmscope.explain.matching.alike import differences, masked
from wasmscope.explain.matching.function_fits import MOST_DAMAGE
from wasmscope.explain.matching.matching import Home, Matching, MergedHome, Unmatched
from wasmscope.format.frames import Section
from wasmscope.link.layout import MERGED_CUSTOMS, NOT_COPIED
from wasmscope.link.model import Atom
from wasmscope.link.strings import merge_strings


def match_customs(matching: Matching) -> None:
    """Find the pieces of the objects' custom sections in the module's."""
    link = matching.link
    assert link.resolve is not None
    pieces: dict[str, list[Atom]] = defaultdict(list)
    for file in link.resolve.objects:
        for atom in file.customs:
            wanted = atom.name not in NOT_COPIED and not atom.name.startswith("reloc.")
            if wanted and atom.size and atom not in link.resolve.discarded:
                pieces[atom.name].append(atom)
    for section in matching.module.customs:
        atoms = pieces.get(section.name)
        if atoms and not (section.name in MERGED_CUSTOMS and _merged(matching, section, atoms)):
            _walk(matching, section, atoms)


def _merged(matching: Matching, section: Section, atoms: list[Atom]) -> bool:
    """Whether the section is the strings of all its pieces, merged as wasm-ld does it."""
    contents = matching.module.contents(section)
    if len(atoms) == 1 and atoms[0].data == contents:
        return False
    merge = merge_strings(Atom("custom", None, section.index, section.name), atoms)
    if merge.data != contents:
        return False
    for atom in atoms:
        matching.merged[atom] = MergedHome(merge, section.contents, section.end, None)
    return True


def _walk(matching: Matching, section: Section, atoms: list[Atom]) -> None:
    """Place the pieces one after the other, and leave out those that are not there."""
    data, at, end = matching.module.data, section.contents, section.end
    rigid = sum(atom.size for atom in atoms) == end - at
    for atom in atoms:
        start = section.contents + ((at - section.contents + (1 << atom.align) - 1) >> atom.align << atom.align)
        there = data[start : start + atom.size] if start + atom.size <= end else b""
        if len(there) < atom.size:
            start, there = at, data[at : at + atom.size]
        strays = _strays(atom, there)
        if strays is None or (strays and not rigid):
            why = f"{atom.name} of {atom.file.name if atom.file else ''}: its piece is not at {start:#x} of the module"
            matching.unmatched.append(Unmatched(atom, why))
            continue
        matching.atoms[atom] = Home(section.index, start, start, start + atom.size, None, "order", None, (), strays)
        at = start + atom.size


def _strays(atom: Atom, there: bytes) -> tuple[tuple[int, int], ...] | None:
    """Runs in which these bytes differ from the atom's outside of its sites; None when they are not the atom's."""
    if len(there) != atom.size:
        return None
    own, other = masked(atom, atom.data), masked(atom, there)
    if own == other:
        return ()
    runs = differences(own, other)
    return tuple(runs) if sum(end - start for start, end in runs) <= max(MOST_DAMAGE, atom.size // 4) else None
