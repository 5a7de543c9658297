"""Functions of equal bodies: which is which by what matched code calls, and puts into the table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.auditing.expected import Expected
from wasmscope.explain.matching.function_fits import Fit, Fits
from wasmscope.explain.matching.matching import Home, Matching
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, decode
from wasmscope.link.model import Atom
from wasmscope.link.relocate import FUNCTION_INDEX, size_field

Votes = Counter[tuple[Atom, int]]
"""How many references say that an atom is the function of that index."""


class Find(NamedTuple):
    """The function that an atom was found to be, what it was found by, and how it fits."""

    number: int
    how: str
    fit: Fit


class Finds:
    """The functions that were found so far, in the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.fits = Fits(matching.module)
        resolve, live = matching.link.resolve, matching.link.mark
        assert resolve is not None
        atoms = [atom for file in resolve.objects for atom in file.functions]
        self.rank = {atom: (live is not None and atom not in live.why, number) for number, atom in enumerate(atoms)}
        """For every function of the objects: whether it is dropped in our own link, and its place among all."""
        self.found: dict[Atom, Find] = {}
        self.atom_of: dict[int, Atom] = {}
        self.groups: list[tuple[list[int], list[Atom]]] = []
        """Functions whose bodies are alike, and the atoms that each of them may be."""

    def take(self, atom: Atom, index: int, how: str, fit: Fit) -> None:
        """Say that `atom` is function `index`."""
        self.found[atom] = Find(index, how, fit)
        self.atom_of[index] = atom
        self.matching.functions[index] = atom
        one = self.matching.module.bodies[index - self.fits.first]
        home = Home(index, one.code_start - size_field(atom), one.start, one.end, None, how, fit.spans, fit.starts,
                    fit.strays)  # fmt: skip
        self.matching.atoms[atom] = home

    def drop(self, atom: Atom) -> None:
        """Take that back."""
        index = self.found.pop(atom).number
        del self.atom_of[index], self.matching.functions[index], self.matching.atoms[atom]

    def references(self, wanted: Collection[Atom]) -> Iterator[tuple[Atom, int]]:
        """(target, function index) of the calls and slots in matched code that name one of `wanted`."""
        resolve = self.matching.link.resolve
        assert resolve is not None
        for atom, home in list(self.matching.atoms.items()) if wanted else ():
            if atom.relocs is None or atom.file is None or home.how == "name" or home.origin < 0:
                continue
            bindings, types, indices = resolve.bindings[atom.file], atom.relocs.types, atom.relocs.indices
            for row in range(atom.lo, atom.hi):
                if types[row] in FUNCTION_INDEX or types[row] in TABLE_INDEX:
                    target = bindings[indices[row]].target
                    index = self.named(atom, row) if isinstance(target, Atom) and target in wanted else None
                    if index is not None and isinstance(target, Atom):
                        yield target, index

    def named(self, atom: Atom, row: int) -> int | None:
        """The function that relocation `row` of `atom` leads to."""
        assert atom.relocs is not None
        try:
            value = self.matching.found(atom, row)
        except FormatError:
            return None
        slots = atom.relocs.types[row] in TABLE_INDEX
        return self.matching.image.slots.get(value) if slots and value is not None else value


def by_references(finds: Finds) -> None:
    """Exchange functions of equal bodies where what is matched refers to them the other way round."""
    _give_back(finds)
    _exchange_all(finds, _votes(finds))


def by_everything(finds: Finds) -> None:
    """The same once data is matched, too: by what refers to them, and by what each of them refers to."""
    votes, expected = _votes(finds), Expected(finds.matching)
    unsure = {atom for _, atoms in finds.groups for atom in atoms}
    for number, (indices, atoms) in enumerate(finds.groups):
        if len(indices) * len(atoms) <= MOST_PAIRS:
            for index in indices:
                for atom in atoms:
                    agreeing = _agreeing(finds, expected, atom, index, unsure) if atom.lo < atom.hi else 0
                    if agreeing:
                        votes[number][atom, index] += agreeing
    _exchange_all(finds, votes)


MOST_PAIRS = 2000
"""Groups in which more atoms and functions are alike than this are left in order."""


def _votes(finds: Finds) -> dict[int, Votes]:
    """How often what is matched says which atom each function is, by group."""
    group_of = {atom: number for number, (_, atoms) in enumerate(finds.groups) for atom in atoms}
    votes: dict[int, Votes] = defaultdict(Counter)
    for target, index in finds.references(group_of):
        votes[group_of[target]][target, index] += 1
    return votes


def _exchange_all(finds: Finds, votes: dict[int, Votes]) -> None:
    for number, counted in votes.items():
        _exchange(finds, *finds.groups[number], counted)


def _agreeing(finds: Finds, expected: Expected, atom: Atom, index: int, unsure: Collection[Atom]) -> int:
    """How many of the atom's sites hold in function `index` what they must; those that lead to functions which are
    not sure do not count."""
    fit = finds.fits.fit(atom, index)
    if fit is None or atom.relocs is None or atom.file is None:
        return 0
    body, agreed = finds.matching.module.bodies[index - finds.fits.first], 0
    origin, bindings = body.code_start - size_field(atom), expected.bindings[atom.file]
    for row in range(atom.lo, atom.hi):
        type = RELOC_TYPES[atom.relocs.types[row]]
        if type.symbol_kind == "type" or bindings[atom.relocs.indices[row]].target in unsure:
            continue
        start, end = fit.spans[row - atom.lo] if fit.spans else (origin + atom.site(row), 0)
        want = expected.of(atom, row)
        try:
            value = decode(type, finds.matching.module.data[start : end or start + type.width], 0)
        except FormatError:
            continue
        agreed += value - (atom.relocs.addends[row] if want.addend else 0) in want.values
    return agreed


def _give_back(finds: Finds) -> None:
    """Functions that were taken for an atom that nothing uses, but are called for what linkers make."""
    index = finds.matching.link.index
    made = {atom for atom in index.functions if atom.file is None} if index is not None else set()
    for target, number in finds.references(made):
        atom = finds.atom_of.get(number)
        if atom is not None and finds.rank[atom][0] and finds.found[atom].how == "body":
            finds.drop(atom)
            finds.matching.made[number] = target.name


def _exchange(finds: Finds, indices: list[int], atoms: list[Atom], votes: Votes) -> None:
    """Give a group's functions to the atoms that more references say they are."""
    mine = {index: finds.atom_of[index] for index in indices if index in finds.atom_of}
    agreed = sum(votes[atom, index] for index, atom in mine.items())
    if not mine or agreed == votes.total():
        return
    better = _preferred(finds, set(indices), votes)
    taken = set(better.values())
    free = dict.fromkeys(one for one in (*mine.values(), *atoms) if one not in taken)
    for index in mine:
        if index not in better:
            same = mine[index] if mine[index] in free else None
            chosen = same or next((one for one in free if finds.fits.fit(one, index)), None)
            if chosen is not None:
                better[index] = chosen
                del free[chosen]
    if sum(votes[atom, index] for index, atom in better.items()) <= agreed:
        return
    how = finds.found[next(iter(mine.values()))].how
    for atom in {*mine.values(), *better.values()} & finds.found.keys():
        finds.drop(atom)
    for index, atom in better.items():
        fit = finds.fits.fit(atom, index)
        if fit is not None and index not in finds.atom_of:
            finds.take(atom, index, how, fit)


def _preferred(finds: Finds, indices: set[int], votes: Votes) -> dict[int, Atom]:
    """The atom that most references say each function is, where its body allows it."""
    found: dict[int, Atom] = {}
    taken: set[Atom] = set()
    for (atom, index), _ in votes.most_common():
        if index in indices and index not in found and atom not in taken and finds.fits.fit(atom, index):
            found[index] = atom
            taken.add(atom)
    return found
