"""Types: imports have those that the objects call them by, and functions their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.matching.function_fits import Fits
from wasmscope.explain.naming import titled
from wasmscope.format.defined_types import func_type
from wasmscope.format.sections import Import
from wasmscope.format.types import FUNCTION, KIND_NAMES, KIND_NUMBERS, TAG, TableType
from wasmscope.link.model import Atom, Symbol

MOST_COMPARED = 2500
"""How many pairs of a function and an atom that were not matched are compared."""


class TypeRules:
    """Rules about the types of imports and functions in the module of `known`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module
        self.link = known.link

    def faults(self) -> Iterator[Fault]:
        """What has another type than the objects say."""
        yield from self.imports()
        for index, atom in self.known.matching.functions.items():
            yield from self.function(index, atom)
        yield from self.unmatched()

    # --- imports --------------------------------------------------------------------------------------------------

    def imports(self) -> Iterator[Fault]:
        wanted: dict[tuple[int, str, str], list[Symbol]] = defaultdict(list)
        for symbol in self.link.index.imported if self.link.index is not None else ():
            key = KIND_NUMBERS[symbol.kind], symbol.import_module or "env", symbol.import_name or symbol.name
            wanted[key].append(symbol)
        for number, one in enumerate(self.module.imports):
            symbols = wanted.get((one.kind, one.module, one.name), [])
            types = [type for type in map(self.type_of, symbols) if type is not None]
            if not types or len(types) < len(symbols):
                continue
            found = self.type_there(one)
            self.known.checked["import"] += 1
            if found not in types:
                why = f"the {KIND_NAMES[one.kind]} has type {found}, and {types[0]} in the objects"
                yield Fault("import", f"import {one.module}.{one.name}", self.module.imports.span(number),
                            "import of another type", why=why, about=symbols[0])  # fmt: skip

    def type_of(self, symbol: Symbol) -> object:
        return symbol.type.elem if isinstance(symbol.type, TableType) else symbol.type or symbol.signature

    def type_there(self, one: Import) -> object:
        if one.kind in (FUNCTION, TAG) and isinstance(one.desc, int):
            return func_type(self.module.types[one.desc]) if one.desc < len(self.module.types) else None
        return one.desc.elem if isinstance(one.desc, TableType) else one.desc

    # --- functions ------------------------------------------------------------------------------------------------

    def function(self, index: int, atom: Atom) -> Iterator[Fault]:
        self.known.checked["function type"] += 1
        found = self.known.functions.signature(index)
        if found != atom.signature:
            own = index - self.known.first
            number = self.module.functions[own]
            yield Fault("function type", f"type of {titled(atom)}, function {index}", self.module.functions.span(own),
                        "function of another type", None, f"a type of {atom.signature}", number,
                        f"type {number} is {found}" if found is not None else f"there is no type {number}",
                        about=self.known.symbols.get(atom))  # fmt: skip

    def unmatched(self) -> Iterator[Fault]:
        """Functions that were not matched for their type alone: they have the body of an atom that has none."""
        known, index = self.known, self.link.index
        left = [atom for atom in index.functions if atom.file is not None] if index is not None else []
        left = [atom for atom in left if atom not in known.matching.atoms]
        unknown = [one for one in known.functions.unknown if one not in known.matching.made]
        if not 0 < len(left) * len(unknown) <= MOST_COMPARED:
            return
        fits = Fits(self.module)
        pairs = [(one, atom) for one in unknown for atom in left if fits.fit(atom, one) is not None]
        for one, atom in pairs:
            if sum(pair[0] == one or pair[1] is atom for pair in pairs) == 1:
                yield from self.function(one, atom)
