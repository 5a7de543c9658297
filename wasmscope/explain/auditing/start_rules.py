"""The start function: what the linker made to prepare memory, or nothing; and every passive segment is copied."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.naming import titled
from wasmscope.format.linking import SEG_TLS
from wasmscope.format.section_ids import START_ID
from wasmscope.format.types import FUNCTION, MEMORY, FuncType
from wasmscope.link.model import Atom
from wasmscope.link.startup import APPLY_GLOBALS, INIT_MEMORY, START

FIRST = (START, INIT_MEMORY, APPLY_GLOBALS)
"""What runs first, of those that there are: the first of these calls the others."""

RECORD = "start function"


class StartRules:
    """Rules about the start function of the module of `known`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the start function; and where nothing is, which data nothing copies."""
        fault = self.start()
        if fault is not None:
            yield fault
        else:
            yield from self.never_copied()
            yield from self.never_cleared()

    def start(self) -> Fault | None:
        known, index, section = self.known, self.module.start, self.module.section(START_ID)
        wanted = next((name for name in FIRST if known.made(name) is not None), None)
        number = known.made(wanted) if wanted is not None else None
        formula = f"index({wanted})" if number is not None else ""
        if section is None or index is None:
            if number is None or self.runs(number):
                return None
            resolve = known.link.resolve
            symbol = resolve.linker.get(wanted) if resolve is not None and wanted is not None else None
            return Fault(RECORD, RECORD, known.place(START_ID), "start function missing", number, formula, about=symbol)
        known.checked[RECORD] += 1
        why = self.wrong(index, number)
        if why is None:
            return None
        atom = known.matching.functions.get(index)
        return Fault(RECORD, RECORD, (section.contents, section.end), "start function wrong", number, formula, index,
                     known.named(index), why, known.symbols.get(atom) if atom is not None else None)  # fmt: skip

    def runs(self, number: int) -> bool:
        """Whether something else may run function `number`: code that the linker made, the host, or a pointer."""
        known = self.known
        if any(one.kind == FUNCTION and one.index == number for one in self.module.exports):
            return True
        makers = (*known.matching.made, *known.functions.unknown)
        called = any(number == one for maker in makers if maker != number for one, _ in known.calls(maker))
        return called or number in known.image.slots_of

    def wrong(self, index: int, number: int | None) -> str | None:
        """Why function `index` cannot be what runs first, where `number` has to; None when it can."""
        known = self.known
        if number == index:
            return None
        if not known.first <= index < self.module.total(FUNCTION):
            return "it is none of the module's own"
        if index in known.matching.functions:
            return "it is an object's, which no linker runs at once"
        if known.functions.signature(index) != FuncType((), ()):
            return "a start function takes and returns nothing: engines refuse it"
        return "the linker made it for something else" if number is not None or index in known.matching.made else None

    def never_copied(self) -> Iterator[Fault]:
        """Passive segments of the objects' data that no code copies as a whole. Zeros may be filled in, and a thread's
        own data may be copied for each thread alone."""
        known = self.known
        nowhere = (one for one in known.image.areas if one.address is None and one.elsewhere is None)
        lost = {one.number: one for one in nowhere if self.module.datas[one.number].offset is None}
        held: dict[int, list[Atom]] = {}
        for atom, home in known.matching.atoms.items() if lost else ():
            if atom.kind == "data" and home.number in lost:
                held.setdefault(home.number, []).append(atom)
        for number, atoms in held.items():
            content = self.module.data[lost[number].start : lost[number].end]
            if content.strip(b"\0") and not any(atom.flags & SEG_TLS for atom in atoms):
                name = lost[number].name or f"data segment {number}"
                why = "it is passive, and no code that runs first copies it to a constant address"
                yield Fault("data segment", name, self.module.datas.span(number), "data not copied", why=why)

    def never_cleared(self) -> Iterator[Fault]:
        """Data that is not in the file and begins as zeros, in an imported memory of which the start function clears
        another part."""
        cleared, start = self.known.image.cleared, self.module.start
        if not cleared or start is None or not self.module.imported(MEMORY):
            return
        for atom, home in self.known.matching.atoms.items():
            if atom.kind != "data" or home.number >= 0 or home.address is None or not atom.size:
                continue
            low, high = home.address, home.address + atom.size
            if not any(address <= low and high <= address + size for address, size in cleared):
                why = f"it is at {low:#x} to {high:#x}, and no memory.fill covers that"
                yield Fault("data segment", titled(atom), self.known.body_span(start), "zeros not cleared", why=why)
