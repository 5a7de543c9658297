"""How wrong offsets of code are told: those that leave size fields out, and those from before code moved."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate

from wasmscope.explain.auditing.audit_causes import Miss
from wasmscope.explain.matching.matching import Home, Matching
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION
from wasmscope.link.model import Atom
from wasmscope.link.relocate import FUNCTION_OFFSET, size_field


class OffsetRules:
    """Rules about offsets in the code section of the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.module = matching.module
        self.first = matching.module.num_imported(FUNCTION)

    def cause(self, miss: Miss) -> str:
        """The cause of a wrong code offset; "" when none is known."""
        target = miss.symbol.target if miss.symbol is not None else None
        home = self.matching.atoms.get(target) if isinstance(target, Atom) else None
        if miss.type.number not in FUNCTION_OFFSET or not miss.delta or home is None or not isinstance(target, Atom):
            return ""
        own = home.number - self.first
        before, through = self.size_fields[own], self.size_fields[own + 1]
        if -miss.delta in (through - before, through, before):
            return "size field not counted"
        return "stale offset" if miss.delta in self.stale(miss, target, home) else ""

    @cached_property
    def size_fields(self) -> list[int]:
        """Bytes of the size fields before each function, and of all."""
        return list(accumulate((one.code_start - one.start for one in self.module.bodies), initial=0))

    def stale(self, miss: Miss, target: Atom, home: Home) -> set[int]:
        """The differences that come of counting with the sizes that functions have in their objects."""
        own = home.number - self.first
        field = self.size_fields[own + 1] - self.size_fields[own]
        moved = self.before_moving[own] - (home.start - self.module.bodies[0].start)
        found = {moved, moved + size_field(target) - field}
        section = self.module.section(CODE_ID)
        if home.spans is not None and miss.expected is not None and section is not None:
            inside = self.module.bodies[own].code_start - section.contents + miss.addend - miss.expected
            found |= {inside, *(inside + one for one in found)}
        return found - {0}

    @cached_property
    def before_moving(self) -> list[int]:
        """Where each function would begin, from the first, if all had the sizes that they have in their objects."""
        sizes = [one.end - one.start for one in self.module.bodies]
        for index, atom in self.matching.functions.items():
            sizes[index - self.first] = atom.size
        return list(accumulate(sizes, initial=0))
