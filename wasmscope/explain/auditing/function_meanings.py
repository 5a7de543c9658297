"""Which functions of a finished module a symbol means: an atom's, an import, or one that the linker made."""

from __future__ import annotations

from functools import cached_property

from wasmscope.explain.matching.matching import Matching
from wasmscope.format.defined_types import func_type
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION, FuncType
from wasmscope.link.model import Atom, Symbol

STUB_BODY = b"\0\0\x0b"
"""What follows the size of a function that traps: no locals, unreachable, end."""


class FunctionMeanings:
    """Function indices in the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.module = matching.module
        self.first = matching.module.num_imported(FUNCTION)
        self.numbering = matching.link.index

    def of(self, symbol: Symbol) -> tuple[int, ...]:
        """Indices of the function that `symbol` stands for; none when it was not found."""
        target = symbol.target
        imported = self.imports(symbol)
        if isinstance(target, Atom) and target.file is not None:
            home = self.matching.atoms.get(target)
            own = (home.number,) if home is not None else ()
            # a shared library may let another's definition take the place of its own
            return (*own, *imported) if self.numbering is not None and symbol in self.numbering.imported else own
        if symbol.undefined and imported:
            return imported
        return self.made(symbol) or imported

    def imports(self, symbol: Symbol) -> tuple[int, ...]:
        """Imported functions that may be `symbol`."""
        name, module = symbol.import_name or symbol.name, symbol.import_module
        named = self._imports.get(name, [])
        exact = tuple(number for number, where in named if where == (module or "env"))
        return exact or tuple(number for number, _ in named)

    @cached_property
    def _imports(self) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = {}
        for number, one in enumerate(self.module.imported(FUNCTION)):
            found.setdefault(one.name, []).append((number, one.module))
        return found

    def made(self, symbol: Symbol) -> tuple[int, ...]:
        """Functions that the linker made for `symbol`, or took from a file that is not among the objects: those of its
        name; else all that nothing else is known of."""
        target, numbering = symbol.target, self.numbering
        stub = numbering.undefined_stubs.get(symbol) if numbering is not None else None
        target = stub if stub is not None else target
        names = {symbol.name, symbol.debug_name}
        names |= {target.name, target.debug_name} if isinstance(target, Atom) else set()
        known, every = self.matching.made, self.module.function_names
        named = tuple(index for index, name in known.items() if name in names)
        named = named or tuple(index for index in self.unknown if every.get(index) in names)
        if named:
            return named
        signature = symbol.signature or (target.signature if isinstance(target, Atom) else None)
        unknown = [index for index in self.unknown if index not in known and self.signature(index) == signature]
        traps = symbol.stub or stub is not None
        return tuple(index for index in unknown if not traps or self.traps(index))

    @cached_property
    def unknown(self) -> list[int]:
        """Functions of the module's own that are no atom's."""
        end = self.first + len(self.module.bodies)
        return [index for index in range(self.first, end) if index not in self.matching.functions]

    def elsewhere(self, symbol: Symbol) -> list[int]:
        """Functions that may be `symbol` if the module took it from a file that is not among the objects."""
        return [index for index in self.unknown if self.signature(index) == symbol.signature]

    def signature(self, index: int) -> FuncType | None:
        """The type of a function of the module's own."""
        own, types = index - self.first, self.module.types
        if own >= len(self.module.functions) or self.module.functions[own] >= len(types):
            return None
        return func_type(types[self.module.functions[own]])

    def traps(self, index: int) -> bool:
        """Whether a function of the module's own does nothing but trap."""
        one = self.module.bodies[index - self.first]
        return self.module.data[one.code_start : one.end] == STUB_BODY

    def code_offsets(self, symbol: Symbol) -> tuple[int, ...]:
        """Where the code of `symbol` begins, in bytes from the start of the code section's contents."""
        section, target = self.module.section(CODE_ID), symbol.target
        if section is None or not isinstance(target, Atom):
            return ()
        own = [self.module.bodies[index - self.first] for index in self.of(symbol) if index >= self.first]
        return tuple((one.code_start if target.file is not None else one.start) - section.contents for one in own)
