"""Data of equal contents: which is which by the addresses that code has for it.

Data that relocations write as a whole has no contents of its own to be known by, and where a linker puts it is its own
affair. When every reference to one says that it is where another was assumed to be, and the other way round, they are
exchanged. One wrong reference exchanges nothing: what is wrong about it stays to be found.
"""

from __future__ import annotations

from collections import defaultdict

from wasmscope.explain.matching.alike import masked
from wasmscope.explain.matching.data_references import Votes, votes
from wasmscope.explain.matching.matching import NOT_IN_FILE, Matching
from wasmscope.link.model import Atom


def exchange_data(matching: Matching) -> None:
    """Exchange the places of equal data among each other where all references agree on it."""
    alike: dict[object, list[Atom]] = defaultdict(list)
    for atom, home in matching.atoms.items():
        if atom.kind == "data" and home.origin != NOT_IN_FILE and home.address is not None and atom.hi > atom.lo:
            sites = tuple((atom.site(row), atom.relocs.types[row]) for row in range(atom.lo, atom.hi) if atom.relocs)
            alike[atom.align, masked(atom, atom.data), sites].append(atom)
    several = [atoms for atoms in alike.values() if len(atoms) > 1]
    said = votes(matching, {atom for atoms in several for atom in atoms})
    for atoms in several:
        _exchange(matching, atoms, said)


def _exchange(matching: Matching, atoms: list[Atom], said: Votes) -> None:
    home_at = {matching.atoms[atom].address: matching.atoms[atom] for atom in atoms}
    moved = {}
    for atom in atoms:
        places = list(said.get(atom, ()))
        if len(places) == 1 and places[0] in home_at and places[0] != matching.atoms[atom].address:
            moved[atom] = home_at[places[0]]
    if {id(home) for home in moved.values()} == {id(matching.atoms[atom]) for atom in moved}:
        for atom, home in moved.items():
            matching.atoms[atom] = home
