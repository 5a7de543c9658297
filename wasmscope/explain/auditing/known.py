"""What the rules about a module's own records ask, and how they tell a fault.

A record is a row of the module that no object has: an export, the start function, a call in a body that the linker
made. It is held against what the objects and the command line ask for.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any, NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.auditing.audit_causes import CAUSES, Miss
from wasmscope.explain.auditing.audit_findings import AuditFinding
from wasmscope.explain.auditing.cause_rules import Causes
from wasmscope.explain.auditing.expected import Expected
from wasmscope.explain.auditing.landmarks import Landmarks
from wasmscope.explain.matching.matching import Matching
from wasmscope.format.code import Instruction, body, instructions
from wasmscope.format.section_ids import SECTION_ORDER
from wasmscope.format.types import FUNCTION, GLOBAL
from wasmscope.format.vectors import Vec
from wasmscope.link.model import Atom, Entity, Symbol
from wasmscope.link.pic import MEMORY_BASE


class Fault(NamedTuple):
    """A record that is wrong. Offsets are bytes from the start of the module's file."""

    record: str
    """What sort of record it is: "export"."""
    title: str
    """Which one: "export run"."""
    span: tuple[int, int]
    cause: str
    """A key of `audit_causes.CAUSES`."""
    expected: int | None = None
    formula: str = ""
    """How the expected value comes about; or what is expected, where that is no number."""
    found: int | None = None
    points_to: str = ""
    why: str = ""
    """Why no number is right; or what shows that this is wrong."""
    about: Symbol | None = None
    address: bool = False
    """The numbers are addresses or sizes, shown in hex."""

    def finding(self) -> AuditFinding:
        """The fault as an audit tells it."""
        parts = []
        if self.found is not None:
            parts.append(f"found {self.shown(self.found)}" + (f" ({self.points_to})" if self.points_to else ""))
        if self.expected is not None:
            right = f"expected {self.shown(self.expected)} = {self.formula}"
            parts.append(right + (f": {self.why}" if self.why else ""))
        elif self.formula:
            parts.append(f"expected {self.formula}" + (f", but {self.why}" if self.why else ""))
        elif self.why:
            parts.append(self.why)
        text = f"{self.title}: {', '.join(parts)}" if parts else self.title
        return AuditFinding(
            None, None, self.span[0], None, None, "", self.expected, self.formula, self.found, self.points_to,
            self.why, self.cause, f"{text}: {CAUSES[self.cause].words}", self.record, self.span[1], self.about,
        )  # fmt: skip

    def shown(self, value: int) -> str:
        return f"{value:#x}" if self.address else str(value)


class Unfilled(NamedTuple):
    """A relocation that takes `slot` for a function, by its index, that no slot of the table holds."""

    function: int
    slot: int
    miss: Miss


class Known:
    """What is known of the module of `matching`; `unfilled`: relocations whose function is in no slot."""

    def __init__(
        self, matching: Matching, expected: Expected, landmarks: Landmarks, causes: Causes, unfilled: list[Unfilled]
    ) -> None:
        self.unfilled = unfilled
        self.matching = matching
        self.module = matching.module
        self.image = matching.image
        self.link = matching.link
        self.expected = expected
        self.functions = expected.functions
        self.landmarks = landmarks
        self.causes = causes
        self.limits = expected.addresses.linker.memory
        self.first = matching.module.num_imported(FUNCTION)
        self.checked: Counter[str] = Counter()
        """Records that were compared, by sort."""
        self.unchecked: Counter[str] = Counter()
        """Records that could not be compared, by the reason."""

    def place(self, id: int) -> tuple[int, int]:
        """Where the records of a section end; of one that is not there, where it would be."""
        section = self.module.section(id)
        if section is not None:
            return section.end, section.end
        later = (self.module.section(one) for one in SECTION_ORDER[SECTION_ORDER.index(id) :])
        start = next((one.start for one in later if one is not None), len(self.module.data))
        return start, start

    def body_span(self, index: int) -> tuple[int, int]:
        """Where the body of a function of the module's own is, without its size."""
        one = self.module.bodies[index - self.first]
        return one.code_start, one.end

    def code(self, index: int) -> list[Instruction]:
        """The instructions of a function of the module's own; none where they cannot be read."""
        if not 0 <= index - self.first < len(self.module.bodies):
            return []
        one = self.module.bodies[index - self.first]
        try:
            frame = body(self.module.data, one.start, one.end)
            return list(instructions(self.module.data, frame.code_start, frame.end))
        except FormatError:
            return []

    def calls(self, index: int) -> list[tuple[int, tuple[int, int]]]:
        """The functions that a function calls by number, in order, and where each number is in the file."""
        args = (one.args[0] for one in self.code(index) if one.name == "call")
        return [(arg.value, (arg.start, arg.end)) for arg in args]

    def made(self, name: str) -> int | None:
        """The function of that name that the linker made."""
        return next((index for index, one in self.matching.made.items() if one == name), None)

    def named(self, index: int) -> str:
        """ "function 3 is bump of b.o"."""
        imports = self.module.imported(FUNCTION)
        if 0 <= index < len(imports):
            return f"function {index} is the import {imports[index].module}.{imports[index].name}"
        return self.landmarks.function(index)

    @cached_property
    def symbols(self) -> dict[Atom, Symbol]:
        """The symbol that defines each function of the objects; of several names the first."""
        found: dict[Atom, Symbol] = {}
        for bindings in self.link.resolve.bindings.values() if self.link.resolve is not None else ():
            for one in bindings:
                if one.kind == "function" and isinstance(one.target, Atom):
                    found.setdefault(one.target, one)
        return found

    def made_global(self, name: str) -> tuple[Symbol, int] | None:
        """The global that the linker made for the symbol `name`, by number."""
        resolve = self.link.resolve
        symbol = resolve.linker.get(name) if resolve is not None else None
        target = symbol.target if symbol is not None else None
        number = self.expected.entities.own.get(target) if isinstance(target, Entity) else None
        return None if symbol is None or number is None else (symbol, number)

    def global_span(self, number: int) -> tuple[int, int]:
        """Where the record of a global is."""
        return self.record_span(GLOBAL, number, self.module.globals)

    def record_span(self, kind: int, number: int, own: Vec[Any]) -> tuple[int, int]:
        """Where the record of `number` in an index space is: an import's, or that of one of the module's `own`."""
        imports = [at for at, one in enumerate(self.module.imports) if one.kind == kind]
        return self.module.imports.span(imports[number]) if number < len(imports) else own.span(number - len(imports))

    @property
    def placed_later(self) -> bool:
        """Whether a dynamic linker says where memory is, so that addresses are none yet."""
        imported = any(one.name == MEMORY_BASE for one in self.module.imported(GLOBAL))
        return self.link.options.pic or self.module.dylink is not None or imported
