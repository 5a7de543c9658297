"""Exports: each leads to what its name says, and those that are asked for are there, and no others.

Options that were not told are taken into account where the module shows them: one that exports all, or all that is not
hidden, was linked with --export-all or --export-dynamic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.naming import title, titled
from wasmscope.format.section_ids import EXPORT_ID
from wasmscope.format.sections import Export
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, KIND_NUMBERS, MEMORY
from wasmscope.link.exported import exported
from wasmscope.link.model import Atom, ExportEntry, Symbol
from wasmscope.link.names import readable

KIND_OF = KIND_NUMBERS | {"data": GLOBAL}
BY_ORDER = "order"
"""How data is matched that has no contents and that nothing leads to: the export may know better."""
BY_POLICY = ("--export-all", "--export-dynamic")
"""How the rules begin that export what nobody names."""


class ExportRules:
    """Rules about the exports of the module of `known`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module
        self.link = known.link

    def faults(self) -> Iterator[Fault]:
        """What is wrong, in file order; what is missing comes last."""
        for number, one in enumerate(self.module.exports):
            span = self.module.exports.span(number)
            fault = self.wrong(one, span) or (self.extra(span, one) if one.name in self.unasked else None)
            if fault is not None:
                yield fault
        if not self.renamed:
            yield from self.missing()

    @cached_property
    def symbols(self) -> dict[str, list[Symbol]]:
        """Symbols by the name that they are exported by, and by their own."""
        found: dict[str, list[Symbol]] = defaultdict(list)
        resolve, index = self.link.resolve, self.link.index
        assert resolve is not None
        for symbol in (*resolve.symbols, *(index.startup.values() if index is not None else ())):
            found[symbol.name].append(symbol)
            target = symbol.target
            if isinstance(target, Atom) and target.export_name and target.export_name != symbol.name:
                found[target.export_name].append(symbol)
        return found

    # --- each leads to what its name says -------------------------------------------------------------------------

    def wrong(self, one: Export, span: tuple[int, int]) -> Fault | None:
        """What is wrong with an export of a name that means something."""
        named = self.symbols.get(one.name, [])
        alike = [symbol for symbol in named if KIND_OF.get(symbol.kind) == one.kind]
        if one.kind == MEMORY or not named:
            return None
        if not alike:
            what = f"{title(named[0])} is a {named[0].kind} symbol, and this is a {KIND_NAMES[one.kind]}"
            return Fault("export", f"export {one.name}", span, "export of another", why=what, about=named[0])
        faults = [self.fault(one, span, symbol) for symbol in alike]
        return faults[0] if None not in faults else None

    def fault(self, one: Export, span: tuple[int, int], symbol: Symbol) -> Fault | None:
        if one.kind == FUNCTION:
            return self.function(one, span, symbol)
        if symbol.kind == "data":
            return self.datum(one, span, symbol)
        numbers = self.known.expected.entities.numbers(symbol)
        self.known.checked["export"] += bool(numbers)
        if not numbers or one.index in numbers:
            return None
        points_to = self.known.landmarks.numbered(one.kind, one.index)
        return Fault("export", f"export {one.name}", span, "export of another", numbers[0], f"index({title(symbol)})",
                     one.index, points_to, about=symbol)  # fmt: skip

    def function(self, one: Export, span: tuple[int, int], symbol: Symbol) -> Fault | None:
        known, index = self.known, one.index
        wanted, chosen = known.functions.of(symbol), known.matching.functions.get(index)
        if index in wanted or self.wraps(index, wanted):
            known.checked["export"] += 1
            return None
        own, made = known.first <= index < self.module.total(FUNCTION), index in known.matching.made
        lost = known.causes.lost(chosen, symbol) if chosen is not None else ""
        if (own and chosen is None and not (made and wanted)) or not (wanted or lost or self.other(chosen, symbol)):
            known.unchecked["exports: what they lead to was not found"] += 1
            return None
        known.checked["export"] += 1
        why = "" if wanted else f"{titled(symbol)} was not found in the module"
        return Fault("export", f"export {one.name}", span, lost or "export of another", wanted[0] if wanted else None,
                     f"index({title(symbol)})", index, known.named(index), why, symbol)  # fmt: skip

    def wraps(self, index: int, wanted: tuple[int, ...]) -> bool:
        """Whether a function that no object has calls one of `wanted`: it is a wrapper around it."""
        if index in self.known.matching.functions:
            return False
        return any(one in wanted for one, _ in self.known.calls(index))

    def other(self, chosen: Atom | None, symbol: Symbol) -> bool:
        """Whether `chosen` is surely something else than what `symbol` stands for, which was not found: one of other
        code."""
        target = symbol.target
        if chosen is None or not isinstance(target, Atom) or target.file is None:
            return False
        return chosen.data != target.data or chosen.signature != target.signature

    def datum(self, one: Export, span: tuple[int, int], symbol: Symbol) -> Fault | None:
        known, addresses = self.known, self.known.expected.addresses
        if not symbol.defined or symbol.linker or not isinstance(symbol.target, Atom):
            return None
        wanted = [*addresses.absolute(symbol), *(addresses.in_block(symbol) if symbol.tls else ())]
        found, home = known.image.global_value(one.index), known.matching.atoms.get(symbol.target)
        if found not in wanted and home is not None and home.how == BY_ORDER:
            known.unchecked["exports: where the datum is was only concluded from the order of data"] += 1
            return None
        known.checked["export"] += bool(wanted)
        if not wanted or found in wanted:
            return None
        points_to = known.landmarks.address(found) if found is not None else ""
        return Fault("export", f"export {one.name}", span, "export of another", wanted[0], f"address({title(symbol)})",
                     found, points_to, about=symbol, address=True)  # fmt: skip

    # --- those that are asked for, and no others ------------------------------------------------------------------

    @cached_property
    def asked(self) -> list[ExportEntry]:
        """What our own link of the command line exports."""
        return self.link.index.exports if self.link.index is not None else []

    @cached_property
    def names(self) -> set[str]:
        return {one.name for one in self.module.exports}

    @property
    def renamed(self) -> bool:
        """Whether a tool gave the exports other names: of the functions that are asked for none has its own."""
        asked = {one.export.name for one in self.asked if one.export.kind == FUNCTION}
        there = {one.name for one in self.module.exports if one.kind == FUNCTION}
        return bool(asked and there) and not asked & there and not any(name in self.symbols for name in there)

    def missing(self) -> Iterator[Fault]:
        for entry in self.asked:
            name, symbol = entry.export.name, entry.symbol
            if name in self.names:
                continue
            if symbol is None:
                memory = self.module.imported(MEMORY) or any(one.kind == MEMORY for one in self.module.exports)
                if memory or not self.module.memories:
                    continue
            elif symbol.linker and entry.rule.startswith(BY_POLICY):
                continue
            why = f"there is none of that name, and it is asked for: {self.rule(entry)}"
            place = self.known.place(EXPORT_ID)
            yield Fault("export", f"export {name}", place, "export missing", why=why, about=symbol)

    def rule(self, entry: ExportEntry) -> str:
        """Why something is exported; of a wrapper, why what it wraps is."""
        index = self.link.index
        target = entry.symbol.target if entry.symbol is not None else None
        inner = index.wrappers.get(target) if index is not None and isinstance(target, Atom) else None
        return (exported(inner, self.link.options) if inner is not None else "") or entry.rule

    @cached_property
    def unasked(self) -> set[str]:
        """Names of exports that nothing asks for."""
        if self.link.index is None or self.renamed:
            return set()
        asked = {one.export.name for one in self.asked}
        extra = {one.name for one in self.module.exports if one.name not in asked and self.objects_own(one)}
        if not extra or self.link.options.export_all:
            return set()
        for hidden in (False, True):  # --export-dynamic, --export-all
            functions, every = self.of_policy(hidden)
            if functions <= self.names:
                extra -= every
        return extra

    def objects_own(self, one: Export) -> bool:
        """Whether what is exported is an object's, not the linker's own."""
        symbols = self.symbols.get(one.name, [])
        if symbols:
            return any(symbol.defined and not symbol.linker for symbol in symbols)
        return one.kind == FUNCTION and one.index in self.known.matching.functions

    def of_policy(self, hidden: bool) -> tuple[set[str], set[str]]:
        """What an option that exports all that is not local (`hidden`: nor hidden) exports: names of the functions that
        were found in the module, and all names that it may be."""
        functions, every = set(), set()
        for symbol in self.link.resolve.symbols if self.link.resolve is not None else ():
            target = symbol.target
            if not symbol.defined or symbol.local or (symbol.hidden and not hidden):
                continue
            function = isinstance(target, Atom) and target.kind == "function"
            name = target.export_name or symbol.name if isinstance(target, Atom) and function else symbol.name
            every.add(name)
            if function and not symbol.linker and target in self.known.matching.atoms:
                functions.add(name)
        return functions, every

    def extra(self, span: tuple[int, int], one: Export) -> Fault:
        symbol = next(iter(self.symbols.get(one.name, [])), None)
        hint = f"no symbol is called {readable(one.name)}"
        if symbol is not None:
            hint = f"--export={one.name} would ask for it"
        return Fault("export", f"export {one.name}", span, "export not asked for", None, "", one.index,
                     self.known.named(one.index) if one.kind == FUNCTION else "", hint, symbol)  # fmt: skip
