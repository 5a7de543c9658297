"""Matching functions: by name and body, by body alone, and by who refers to them.

A name says which atoms a function may be, its body which of them it is. Without names, bodies are compared by size and
by their bytes with sites masked; if code was encoded anew, by their instructions. Equal bodies are told apart by their
order, unless what matched code refers to says otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from wasmscope.errors import FormatError
from wasmscope.explain.alike import Shape, differences, masked, padded, reshaped, shape
from wasmscope.explain.matching import Home, Matching, Unmatched
from wasmscope.explain.naming import titled
from wasmscope.format.linking import SYM_FUNCTION, SYM_UNDEFINED
from wasmscope.format.types import FUNCTION, FuncType, func_type
from wasmscope.link.mark import TABLE_INDEX
from wasmscope.link.model import Atom
from wasmscope.link.names import display
from wasmscope.link.relocate import FUNCTION_INDEX, size_field

MADE = ("signature_mismatch:", "undefined_weak:", "undefined_stub", "__wasm_")
"""How the names begin of functions that linkers make."""
MOST_DAMAGE = 24
"""Bytes outside of sites that may differ in a body that is still taken for the atom's."""


Body: TypeAlias = tuple[bytes, tuple[tuple[int, int], ...], FuncType | None]
"""What atoms of one body have in common: the bytes with sites masked, where the sites are and their types, the
signature."""


class Fit(NamedTuple):
    """How a body is an atom's: the same but for `strays`, or encoded anew with its sites at `spans`."""

    strays: tuple[tuple[int, int], ...] = ()
    spans: tuple[tuple[int, int], ...] | None = None
    starts: tuple[tuple[int, int], ...] = ()


EXACT = Fit()


def match_functions(matching: Matching) -> None:
    """Find the functions of the module among the functions of the objects."""
    matcher = _Functions(matching)
    matcher.made_by_the_linker()
    matcher.by_name()
    matcher.by_export()
    matcher.by_body()
    matcher.by_shape()
    matcher.keep()
    matcher.by_references()
    matcher.say_unmatched()


class _Functions:
    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        link, module = matching.link, matching.module
        assert link.resolve is not None
        self.module = module
        self.first = module.num_imported(FUNCTION)
        self.atoms = [atom for file in link.resolve.objects for atom in file.functions]
        kept = link.mark.why if link.mark is not None else {}
        self.rank = {atom: (atom not in kept, number) for number, atom in enumerate(self.atoms)}
        self.fits: dict[Atom, tuple[int, str, Fit]] = {}
        self.atom_of: dict[int, Atom] = {}
        self.groups: list[tuple[list[int], list[Atom]]] = []
        """Functions whose bodies are alike, and the atoms that each of them may be."""
        self._own: dict[Atom, bytes] = {}
        self._shapes: dict[Atom | int, Shape] = {}

    # --- names ----------------------------------------------------------------------------------------------

    def made_by_the_linker(self) -> None:
        """Functions whose name says that a linker made them."""
        link, objects = self.matching.link, self.named()
        made = [atom for atom in link.index.functions if atom.file is None] if link.index is not None else []
        names = {name: atom for atom in made for name in (atom.debug_name, atom.name, display(atom.name)) if name}
        for index, name in self.names().items():
            wrapper = name.endswith((".command_export", "(.command_export)"))
            if index >= self.first and name not in objects and (name in names or wrapper or name.startswith(MADE)):
                self.matching.made[index] = name

    def by_name(self) -> None:
        """Functions whose name is that of a symbol, or of a function in an object's name section."""
        names: dict[str, list[int]] = defaultdict(list)
        for index, name in self.names().items():
            if self.first <= index < self.first + len(self.module.bodies) and index not in self.matching.made:
                names[name].append(index)
        raw = self.named()
        plain: dict[str, list[Atom]] = defaultdict(list)
        if any(name not in raw for name in names):
            for name, atoms in raw.items():
                plain[display(name)] += atoms
        for name, indices in names.items():
            named = raw.get(name) or plain.get(name) or []
            atoms = [one for one in dict.fromkeys(named) if one not in self.fits]
            if atoms:
                self.pair(sorted(indices), atoms)

    def names(self) -> dict[int, str]:
        """Names by index: those of the name section, else of a symbol table that was kept."""
        symbols = self.module.linking.symbols if self.module.linking is not None else ()
        names = {one.index: one.name for one in symbols if one.kind == SYM_FUNCTION and one.name}
        return {**names, **(self.module.names.functions if self.module.names is not None else {})}

    def named(self) -> dict[str, list[Atom]]:
        """Atoms by each of their names."""
        found: dict[str, list[Atom]] = defaultdict(list)
        link = self.matching.link
        for file in link.resolve.objects if link.resolve is not None else ():
            imported = file.imported(FUNCTION)
            for record in file.linking.symbols:
                if record.kind == SYM_FUNCTION and not record.flags & SYM_UNDEFINED and record.name:
                    found[record.name].append(file.functions[record.index - imported])
            for atom in file.functions:
                if atom.debug_name:
                    found[atom.debug_name].append(atom)
        return found

    def pair(self, indices: list[int], atoms: list[Atom]) -> None:
        """Give functions of one name to atoms of that name: to one whose body fits, else by the name alone."""
        left = sorted(atoms, key=lambda one: self.rank[one][len(indices) >= len(atoms) :])
        if len(left) > 1:
            self.groups.append((indices, list(left)))
        for test in (self.exact, self.anew, self.damaged):
            for index in [one for one in indices if one not in self.atom_of]:
                for atom in left:
                    fit = test(atom, index)
                    if fit is not None:
                        self.take(atom, index, "name and body", fit)
                        left.remove(atom)
                        break
        rest = [one for one in indices if one not in self.atom_of]
        if rest and (len(rest) == len(left) or len(left) == 1):
            for index, atom in zip(rest, left, strict=False):
                self.take(atom, index, "name", Fit(spans=()))

    def by_export(self) -> None:
        """Functions that are exported by a symbol's name and whose body is its own (not that of a wrapper)."""
        named = self.named()
        for one in self.module.exports:
            if one.kind != FUNCTION or one.index < self.first or one.index in self.atom_of:
                continue
            for atom in sorted(named.get(one.name, ()), key=self.rank.__getitem__):
                fit = None if atom in self.fits else self.exact(atom, one.index) or self.anew(atom, one.index)
                if fit is not None:
                    self.take(atom, one.index, "name and body", fit)
                    break

    # --- bodies ---------------------------------------------------------------------------------------------

    def by_body(self) -> None:
        """Functions whose bytes are an atom's."""
        alike: dict[Body, list[Atom]] = defaultdict(list)
        sizes: dict[int, dict[Body, None]] = defaultdict(dict)
        for atom in self.left_atoms():
            own = self.own(atom)
            key = own, self.layout(atom), atom.signature
            alike[key].append(atom)
            sizes[len(own)][key] = None
        of_key: dict[Body, list[int]] = defaultdict(list)
        for index in self.left_indices():
            content, type = self.content(index), self.type_of(index)
            for key in sizes.get(len(content), ()):
                atom = alike[key][0]
                if key[2] == type and masked(atom, content, size_field(atom)) == key[0] and padded(key[1], content):
                    of_key[key].append(index)
                    break
        self.settle((indices, alike[key]) for key, indices in of_key.items())

    def by_shape(self) -> None:
        """Functions of the same instructions as an atom, in another encoding."""
        indices, atoms = list(self.left_indices()), list(self.left_atoms())
        if not indices:
            return
        shapes: dict[tuple[int, FuncType | None], list[int]] = defaultdict(list)
        for index in indices:
            shapes[self.shape(index).key, self.type_of(index)].append(index)
        alike: dict[tuple[int, ...], list[Atom]] = defaultdict(list)
        for atom in atoms:
            for index in shapes.get((self.shape(atom).key, atom.signature), ()):
                if self.anew(atom, index) is not None:
                    alike[tuple(one for one in shapes[self.shape(atom).key, atom.signature]
                                if self.anew(atom, one) is not None)].append(atom)  # fmt: skip
                    break
        self.settle((list(indices), atoms) for indices, atoms in alike.items())

    def settle(self, groups: Iterable[tuple[list[int], list[Atom]]]) -> None:
        """Give functions to atoms of the same body: first where there is no choice, then in order."""
        several = []
        for indices, atoms in groups:
            if len(indices) == 1 and len(atoms) == 1:
                self.take_fitting(atoms[0], indices[0])
            else:
                several.append((indices, atoms))
        for indices, atoms in several:
            free = [one for one in indices if one not in self.atom_of]
            self.groups.append((free, atoms))
            for atom, index in zip(self.in_order(free, atoms), free, strict=False):
                if atom is not None:
                    self.take_fitting(atom, index)

    def in_order(self, indices: Sequence[int], atoms: Sequence[Atom]) -> list[Atom | None]:
        """For each index the atom that order suggests: all, or all live ones, or the next after the one before it."""
        live = [one for one in atoms if not self.rank[one][0]]
        for these in (live, atoms):
            if len(these) == len(indices):
                return list(these)
        left = sorted(atoms, key=self.rank.__getitem__)
        chosen: dict[int, Atom] = {}
        for index in indices:
            low, high = self.around(index)
            best = next((one for one in left if low < self.rank[one][1] < high), None)
            if best is not None:
                chosen[index] = best
                left.remove(best)
        for index in indices:
            if index not in chosen and left:
                chosen[index] = left.pop(0)
        return [chosen.get(index) for index in indices]

    def around(self, index: int) -> tuple[int, int]:
        """Where the nearest matched functions before and after `index` stand among the atoms."""
        before = next((one for one in range(index - 1, self.first - 1, -1) if one in self.atom_of), None)
        end = self.first + len(self.module.bodies)
        after = next((one for one in range(index + 1, end) if one in self.atom_of), None)
        low = self.rank[self.atom_of[before]][1] if before is not None else -1
        return low, self.rank[self.atom_of[after]][1] if after is not None else len(self.atoms)

    # --- references -----------------------------------------------------------------------------------------

    def by_references(self) -> None:
        """Exchange functions of equal bodies where matched code refers to them the other way round."""
        self.not_made()
        group_of = {atom: number for number, (_, atoms) in enumerate(self.groups) for atom in atoms}
        votes: dict[int, Counter[tuple[Atom, int]]] = defaultdict(Counter)
        for target, index in self.references(group_of):
            votes[group_of[target]][target, index] += 1
        changed = False
        for number, counted in votes.items():
            indices, atoms = self.groups[number]
            changed |= self.exchange(indices, atoms, counted)
        if changed:
            self.keep()

    def not_made(self) -> None:
        """Give functions back that were taken for an atom that nothing uses, but are called for what linkers make."""
        link = self.matching.link
        if link.index is None:
            return
        made = {atom: 0 for atom in link.index.functions if atom.file is None}
        for target, index in list(self.references(made)):
            atom = self.atom_of.get(index)
            if atom is not None and self.rank[atom][0] and self.fits[atom][1] == "body":
                del self.fits[atom], self.atom_of[index], self.matching.atoms[atom]
                self.matching.made[index] = target.name
        self.keep()

    def references(self, wanted: dict[Atom, int]) -> Iterator[tuple[Atom, int]]:
        """(target, function index) of the calls and slots in matched code that name one of `wanted`."""
        resolve, slots = self.matching.link.resolve, self.matching.image.slots
        assert resolve is not None
        if not wanted:
            return
        for atom, (_, how, _) in self.fits.items():
            if atom.relocs is None or atom.file is None or how == "name":
                continue
            bindings, types, indices = resolve.bindings[atom.file], atom.relocs.types, atom.relocs.indices
            for row in range(atom.lo, atom.hi):
                if types[row] in FUNCTION_INDEX or types[row] in TABLE_INDEX:
                    target = bindings[indices[row]].target
                    if isinstance(target, Atom) and target in wanted:
                        value = self.read(atom, row)
                        if types[row] in TABLE_INDEX and value is not None:
                            value = slots.get(value)
                        if value is not None:
                            yield target, value

    def read(self, atom: Atom, row: int) -> int | None:
        try:
            return self.matching.found(atom, row)
        except FormatError:
            return None

    def exchange(self, indices: list[int], atoms: list[Atom], votes: Counter[tuple[Atom, int]]) -> bool:
        """Give a group's functions to the atoms that more references say they are; whether anything changed."""
        mine = {index: self.atom_of[index] for index in indices if index in self.atom_of}
        agreed = sum(votes[atom, index] for index, atom in mine.items())
        better: dict[int, Atom] = {}
        for (atom, index), _ in votes.most_common():
            if index in indices and index not in better and atom not in better.values() and self.fit(atom, index):
                better[index] = atom
        free = [one for one in (*mine.values(), *atoms) if one not in better.values()]
        for index in mine:
            if index not in better:
                chosen = mine[index] if mine[index] in free else next((a for a in free if self.fit(a, index)), None)
                if chosen is not None:
                    better[index] = chosen
                    free.remove(chosen)
        if sum(votes[atom, index] for index, atom in better.items()) <= agreed:
            return False
        how = self.fits[next(iter(mine.values()))][1]
        for index, atom in mine.items():
            del self.fits[atom], self.atom_of[index], self.matching.atoms[atom]
        for index, atom in better.items():
            fit = self.fit(atom, index)
            assert fit is not None
            self.take(atom, index, how, fit)
        return True

    # --- fits -----------------------------------------------------------------------------------------------

    def fit(self, atom: Atom, index: int) -> Fit | None:
        return self.exact(atom, index) or self.anew(atom, index)

    def exact(self, atom: Atom, index: int) -> Fit | None:
        """The body is the atom's but for its sites."""
        content, own = self.content(index), self.own(atom)
        if len(content) != len(own) or masked(atom, content, size_field(atom)) != own:
            return None
        return EXACT

    def anew(self, atom: Atom, index: int) -> Fit | None:
        """The body has the atom's instructions."""
        own, other = self.shape(atom), self.shape(index)
        spans = reshaped(atom, own, other)
        if spans is None:
            return None
        start = self.module.bodies[index - self.first].start
        starts = zip(own.starts, (start + one for one in other.starts), strict=True)
        return Fit((), tuple((start + low, start + high) for low, high in spans), tuple(starts))

    def damaged(self, atom: Atom, index: int) -> Fit | None:
        """The body is the atom's but for its sites and some other bytes."""
        content, own = self.content(index), self.own(atom)
        if len(content) != len(own):
            return None
        head = size_field(atom)
        runs = differences(own, masked(atom, content, head))
        if sum(end - start for start, end in runs) > min(MOST_DAMAGE, len(own) // 2):
            return None
        return Fit(tuple((start + head, end + head) for start, end in runs))

    def own(self, atom: Atom) -> bytes:
        """The atom's bytes after its size field, its sites masked."""
        if atom not in self._own:
            head = size_field(atom)
            self._own[atom] = masked(atom, atom.data[head:], head)
        return self._own[atom]

    @staticmethod
    def layout(atom: Atom) -> tuple[tuple[int, int], ...]:
        """Where the atom's sites are, and their types."""
        if atom.relocs is None:
            return ()
        return tuple((atom.site(row) - size_field(atom), atom.relocs.types[row]) for row in range(atom.lo, atom.hi))

    def content(self, index: int) -> bytes:
        one = self.module.bodies[index - self.first]
        return self.module.data[one.code_start : one.end]

    def shape(self, thing: Atom | int) -> Shape:
        if thing not in self._shapes:
            if isinstance(thing, int):
                one = self.module.bodies[thing - self.first]
                self._shapes[thing] = shape(self.module.data, one.start, one.end)
            else:
                assert thing.file is not None
                self._shapes[thing] = shape(thing.file.module.data, thing.start, thing.end)
        return self._shapes[thing]

    def type_of(self, index: int) -> FuncType | None:
        own, types = index - self.first, self.module.types
        if own >= len(self.module.functions) or self.module.functions[own] >= len(types):
            return None
        return func_type(types[self.module.functions[own]])

    def left_atoms(self) -> Iterator[Atom]:
        return (atom for atom in self.atoms if atom not in self.fits)

    def left_indices(self) -> Iterator[int]:
        every = range(self.first, self.first + len(self.module.bodies))
        return (index for index in every if index not in self.atom_of and index not in self.matching.made)

    # --- results --------------------------------------------------------------------------------------------

    def take_fitting(self, atom: Atom, index: int) -> None:
        fit = self.fit(atom, index)
        if fit is not None:
            self.take(atom, index, "body", fit)

    def take(self, atom: Atom, index: int, how: str, fit: Fit) -> None:
        self.fits[atom] = index, how, fit
        self.atom_of[index] = atom

    def keep(self) -> None:
        """Put what was found into the matching."""
        for atom, (index, how, fit) in self.fits.items():
            one = self.module.bodies[index - self.first]
            origin = one.code_start - size_field(atom)
            home = Home(index, origin, one.start, one.end, None, how, fit.spans, fit.starts, fit.strays)
            self.matching.atoms[atom] = home
        self.matching.functions = dict(self.atom_of)

    def say_unmatched(self) -> None:
        link = self.matching.link
        for atom, (_, how, _) in self.fits.items():
            if how == "name":
                why = "the function of that name has another body: its own relocations cannot be checked"
                self.matching.unmatched.append(Unmatched(atom, f"{titled(atom)}: {why}"))
        for index in self.left_indices():
            name = self.names().get(index, "")
            why = "no function of the objects has that body"
            self.matching.unmatched.append(Unmatched(index, f"function {index}{' ' if name else ''}{name}: {why}"))
        for atom in self.left_atoms():
            if link.index is not None and atom in link.index.functions:
                why = "nothing in the module has its name or body"
                self.matching.unmatched.append(Unmatched(atom, f"{titled(atom)}: {why}"))
