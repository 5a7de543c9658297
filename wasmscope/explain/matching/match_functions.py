"""Matching functions: by name and body, by body alone, and by who refers to them.

A name says which atoms a function may be, its body which of them it is. Without names, bodies are compared by size and
by their bytes with sites masked; if code was encoded anew, by their instructions. Equal bodies are told apart by their
order, unless what matched code refers to says otherwise (`function_references`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from wasmscope.explain.matching.alike import masked, padded, shape
from wasmscope.explain.matching.function_fits import Fit, layout
from wasmscope.explain.matching.function_names import FunctionNames
from wasmscope.explain.matching.function_references import Finds, by_references
from wasmscope.explain.matching.matching import Matching, Unmatched
from wasmscope.explain.naming import titled
from wasmscope.format.types import FuncType
from wasmscope.link.model import Atom
from wasmscope.link.relocate import size_field

MOST_BETWEEN = 50
"""How many atoms are tried for a function that is like none."""

Sites: TypeAlias = tuple[tuple[int, int], ...]
"""Where sites are, and their types."""
Body: TypeAlias = tuple[bytes, Sites, FuncType | None]
"""What atoms of one body have in common: the bytes with sites masked, sites, signature."""


def match_functions(matching: Matching) -> Finds:
    """Find the functions of the module among the functions of the objects.

    Returns what was found, for a second look once data is matched.
    """
    finds = Finds(matching)
    names = FunctionNames(finds)
    names.made_by_the_linker()
    names.by_name()
    names.by_export()
    matcher = _Functions(finds, names.names)
    matcher.by_bodies()
    names.take_by_name_alone()
    matcher.made_by_shape()
    matcher.by_place()
    matcher.dropped = True
    matcher.by_bodies()
    by_references(finds)
    matcher.say_unmatched()
    return finds


class _Functions:
    def __init__(self, finds: Finds, names: dict[int, str]) -> None:
        self.matching = finds.matching
        self.finds = finds
        self.fits = finds.fits
        self.rank = finds.rank
        self.names = names
        self.dropped = False
        """Whether what our own link leaves out is looked for, too."""

    def made_by_shape(self) -> None:
        """Functions without a name that are like those that the linker makes in our own link."""
        numbering, shapes = self.matching.link.index, defaultdict(list)
        for atom, body in numbering.bodies.items() if numbering is not None else ():
            shapes[shape(body, 0, len(body)).key, atom.signature].append(atom.debug_name or atom.name)
        for index in list(self.left_indices()) if shapes else ():
            names = shapes[self.fits.shape(index).key, self.fits.type_of(index)]
            if names:
                self.matching.made[index] = names.pop(0)

    # --- bodies ---------------------------------------------------------------------------------------------

    def by_bodies(self) -> None:
        """Functions whose bodies are atoms', byte for byte or encoded anew; last those with numbers of odd widths."""
        self.by_body(padded)
        self.by_shape()
        self.by_body(lambda sites, content: True)

    def by_body(self, test: Callable[[Sites, bytes], bool]) -> None:
        """Functions whose bytes are an atom's, and whose sites stand the test."""
        alike: dict[Body, list[Atom]] = defaultdict(list)
        sizes: dict[int, dict[Body, None]] = defaultdict(dict)
        for atom in self.left_atoms():
            own = self.fits.own(atom)
            key = own, layout(atom), atom.signature
            alike[key].append(atom)
            sizes[len(own)][key] = None
        of_key: dict[Body, list[int]] = defaultdict(list)
        for index in self.left_indices():
            content, type = self.fits.content(index), self.fits.type_of(index)
            for key in sizes.get(len(content), ()):
                atom = alike[key][0]
                if key[2] == type and masked(atom, content, size_field(atom)) == key[0] and test(key[1], content):
                    of_key[key].append(index)
                    break
        self.settle((indices, alike[key]) for key, indices in of_key.items())

    def by_shape(self) -> None:
        """Functions of the same instructions as an atom, in another encoding."""
        shapes: dict[tuple[int, FuncType | None], list[int]] = defaultdict(list)
        for index in self.left_indices():
            shapes[self.fits.shape(index).key, self.fits.type_of(index)].append(index)
        alike: dict[tuple[int, ...], list[Atom]] = defaultdict(list)
        sizes = sorted(len(self.fits.content(index)) for indices in shapes.values() for index in indices)
        for atom in self.left_atoms() if shapes else ():
            if not self.fits.may_be_anew(atom, sizes):
                continue
            indices = shapes.get((self.fits.shape(atom).key, atom.signature), ())
            fitting = tuple(index for index in indices if self.fits.anew(atom, index) is not None)
            if fitting:
                alike[fitting].append(atom)
        self.settle((list(indices), atoms) for indices, atoms in alike.items())

    def by_place(self) -> None:
        """Functions that are damaged: those that stand where an atom should, and are nearly it."""
        atoms, taken = list(self.left_atoms()), sorted(self.finds.atom_of)
        for index in list(self.left_indices()):
            low, high = self.around(index, taken)
            start, end = (bisect_left(atoms, edge, key=self.place) for edge in (low + 1, high))
            for atom in atoms[start : min(end, start + MOST_BETWEEN)]:
                same = atom not in self.finds.found and self.fits.type_of(index) == atom.signature
                fit = self.fits.damaged(atom, index) or self.fits.damaged_anew(atom, index) if same else None
                if fit is not None:
                    self.finds.take(atom, index, "order", fit)
                    break

    def settle(self, groups: Iterable[tuple[list[int], list[Atom]]]) -> None:
        """Give functions to atoms of the same body: first where there is no choice, then in order."""
        several = []
        for indices, atoms in groups:
            if len(indices) == 1 and len(atoms) == 1:
                self.take(atoms[0], indices[0])
            else:
                several.append((indices, atoms))
        for indices, atoms in several:
            free = [one for one in indices if one not in self.finds.atom_of]
            self.finds.groups.append((free, atoms))
            for index, atom in self.in_order(free, atoms):
                self.take(atom, index)

    def take(self, atom: Atom, index: int) -> None:
        fit: Fit | None = self.fits.fit(atom, index)
        if fit is not None:
            self.finds.take(atom, index, "body", fit)

    def in_order(self, indices: Sequence[int], atoms: Sequence[Atom]) -> list[tuple[int, Atom]]:
        """The pairs that order suggests: all, or all live ones, or those that stand between the same neighbours."""
        live = [one for one in atoms if not self.rank[one][0]]
        for these in (live, atoms):
            if len(these) == len(indices):
                return list(zip(indices, these, strict=True))
        taken, chosen = sorted(self.finds.atom_of), dict[int, Atom]()
        for these in (live, atoms):
            self.between(indices, sorted(these, key=self.place), taken, chosen)
        used = set(chosen.values())
        left = iter(one for one in sorted(atoms, key=self.rank.__getitem__) if one not in used)
        chosen.update(zip((one for one in indices if one not in chosen), left, strict=False))
        return list(chosen.items())

    def between(self, indices: Sequence[int], atoms: list[Atom], taken: list[int], chosen: dict[int, Atom]) -> None:
        """Choose for each index an atom that stands between the same neighbours, where there is one."""
        used, at = set(chosen.values()), 0
        for index in indices:
            if index in chosen:
                continue
            low, high = self.around(index, taken)
            at = max(at, bisect_left(atoms, low + 1, key=self.place))
            while at < len(atoms) and atoms[at] in used:
                at += 1
            if at < len(atoms) and self.place(atoms[at]) < high:
                chosen[index] = atoms[at]
                at += 1

    def place(self, atom: Atom) -> int:
        """Where an atom stands among all functions of the objects."""
        return self.rank[atom][1]

    def around(self, index: int, taken: list[int]) -> tuple[int, int]:
        """Where the nearest functions before and after `index` stand among the atoms, of those that are `taken`."""
        place = bisect_left(taken, index)
        low = self.rank[self.finds.atom_of[taken[place - 1]]][1] if place else -1
        return low, self.rank[self.finds.atom_of[taken[place]]][1] if place < len(taken) else len(self.rank)

    def left_atoms(self) -> Iterator[Atom]:
        every = (atom for atom in self.rank if atom not in self.finds.found)
        return every if self.dropped else (atom for atom in every if not self.rank[atom][0])

    def left_indices(self) -> Iterator[int]:
        taken, made = self.finds.atom_of, self.matching.made
        return (index for index in self.fits.indices if index not in taken and index not in made)

    # --- what is left ---------------------------------------------------------------------------------------

    def say_unmatched(self) -> None:
        link, say = self.matching.link, self.matching.unmatched
        for atom, one in self.finds.found.items():
            if one.how == "name":
                why = "the function of that name has another body: its own relocations cannot be checked"
                say.append(Unmatched(atom, f"{titled(atom)}: {why}"))
            elif one.number in self.names and one.how == "body":
                called = f"function {one.number} is called {self.names[one.number]}"
                say.append(Unmatched(one.number, f"{called}, but its body is that of {titled(atom)}"))
        for index in self.left_indices():
            name = self.names.get(index, "")
            say.append(Unmatched(index, f"{f'function {index} {name}'.strip()}: no function of the objects is like it"))
        for atom in self.left_atoms():
            if link.index is not None and atom in link.index.functions:
                say.append(Unmatched(atom, f"{titled(atom)}: nothing that is left in the module has its name or body"))
