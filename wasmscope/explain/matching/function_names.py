"""Matching functions that have a name: it says which atoms a function may be, and the body which of them it is."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from wasmscope.explain.matching.function_fits import BY_NAME_ALONE
from wasmscope.explain.matching.function_references import Finds
from wasmscope.format.linking import SYM_FUNCTION, SYM_UNDEFINED
from wasmscope.format.types import FUNCTION
from wasmscope.link.model import Atom
from wasmscope.link.names import display

MADE = ("signature_mismatch:", "undefined_weak:", "undefined_stub", "__wasm_")
"""How the names begin of functions that linkers make."""
WRAPPER = (".command_export", "(.command_export)")
"""How the names end of those that wrap an export."""


class FunctionNames:
    """The names that the module has for its functions, and that the objects have for theirs."""

    def __init__(self, finds: Finds) -> None:
        self.matching = finds.matching
        self.module = finds.matching.module
        self.finds = finds
        self.fits = finds.fits
        self.rank = finds.rank
        self.by_name_alone: list[tuple[int, Atom]] = []
        """Functions that are an atom by their name, but not by their body."""

    def made_by_the_linker(self) -> None:
        """Functions whose name says that a linker made them."""
        link = self.matching.link
        made = [atom for atom in link.index.functions if atom.file is None] if link.index is not None else []
        names = {name for one in made for name in (one.debug_name or one.name, one.debug_name or display(one.name))}
        for index, name in self.names.items():
            if index in self.fits.indices:
                if name in self.named:  # an object's own function may have the name, too: the linker's come first
                    known = name in names and name not in self.matching.made.values()
                else:
                    known = name in names or name.endswith(WRAPPER) or name.startswith(MADE)
                if known:
                    self.matching.made[index] = name

    def by_name(self) -> None:
        """Functions whose name is that of a symbol, or of a function in an object's name section."""
        names: dict[str, list[int]] = defaultdict(list)
        for index, name in self.names.items():
            if index in self.fits.indices and index not in self.matching.made:
                names[name].append(index)
        plain: dict[str, list[Atom]] = defaultdict(list)
        if any(name not in self.named or name == "main" for name in names):  # what `__main_argc_argv` is shown as
            for name, atoms in self.named.items():
                plain[display(name)] += atoms
        for name, indices in names.items():
            named = dict.fromkeys([*self.named.get(name, ()), *plain.get(name, ())])
            atoms = [one for one in named if one not in self.finds.found]
            if atoms:
                self.pair(sorted(indices), atoms)

    @cached_property
    def names(self) -> dict[int, str]:
        """Names by index: those of the name section, else of a symbol table that was kept."""
        symbols = self.module.linking.symbols if self.module.linking is not None else ()
        names = {one.index: one.name for one in symbols if one.kind == SYM_FUNCTION and one.name}
        return {**names, **(self.module.names.functions if self.module.names is not None else {})}

    @cached_property
    def named(self) -> dict[str, list[Atom]]:
        """Atoms by each of their names."""
        found: dict[str, list[Atom]] = {}
        link = self.matching.link
        for file in link.resolve.objects if link.resolve is not None else ():
            imported = file.imported(FUNCTION)
            for record in file.linking.symbols:
                if record.kind == SYM_FUNCTION and not record.flags & SYM_UNDEFINED and record.name:
                    found.setdefault(record.name, []).append(file.functions[record.index - imported])
            for atom in file.functions:
                if atom.debug_name:
                    found.setdefault(atom.debug_name, []).append(atom)
        return found

    def pair(self, indices: list[int], atoms: list[Atom]) -> None:
        """Give functions of one name to atoms of that name whose body fits; the others may be so by the name alone."""
        left = sorted(atoms, key=lambda one: self.rank[one][len(indices) >= len(atoms) :])
        if len(left) > 1:
            self.finds.groups.append((indices, list(left)))
        for test in (self.fits.exact, self.fits.anew, self.fits.damaged, self.fits.damaged_anew):
            for index in [one for one in indices if one not in self.finds.atom_of]:
                for atom in left:
                    fit = test(atom, index)
                    if fit is not None:
                        self.finds.take(atom, index, "name and body", fit)
                        left.remove(atom)
                        break
        rest = [one for one in indices if one not in self.finds.atom_of]
        if rest and (len(rest) == len(left) or len(left) == 1):
            self.by_name_alone += zip(rest, left, strict=False)

    def take_by_name_alone(self) -> None:
        """Functions whose names are all that there is, as no atom has their bodies."""
        for index, atom in self.by_name_alone:
            if index not in self.finds.atom_of and atom not in self.finds.found:
                self.finds.take(atom, index, "name", BY_NAME_ALONE)

    def by_export(self) -> None:
        """Functions that are exported by a symbol's name and whose body is its own (not that of a wrapper)."""
        for one in self.module.exports:
            known = one.index in self.finds.atom_of or one.index in self.matching.made
            if one.kind != FUNCTION or one.index not in self.fits.indices or known:
                continue
            for atom in sorted(self.named.get(one.name, ()), key=self.rank.__getitem__):
                fit = None if atom in self.finds.found else self.fits.fit(atom, one.index)
                if fit is not None:
                    self.finds.take(atom, one.index, "name and body", fit)
                    break
