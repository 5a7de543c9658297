"""The things that a module is made of, as two modules are compared: numbered, named, and each with its bytes.

A `Side` is a module, or the output of a link, which knows more names and the address of every atom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, count, repeat
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.thing_names import names_of
from wasmscope.explain.steps import steps
from wasmscope.format.code import body
from wasmscope.format.expr import ConstExpr
from wasmscope.format.frames import Section
from wasmscope.format.linking import SymbolRecord
from wasmscope.format.module import Module
from wasmscope.format.sections import DataSegment
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, MEMORY, TABLE
from wasmscope.link.model import Link
from wasmscope.link.names import readable

NONE = -1
"""The number of what has no number."""


class Thing(NamedTuple):
    """One thing of a module: a type, an import, a function, a piece of data, a custom section, …"""

    number: int
    """Its number in its index space, imports counted; of a piece of data, its position; `NONE` of what has none."""
    name: str
    """As the module says it; "" when it has none."""
    start: int
    """File offsets of its record, in bytes; -1 and -1 when it has none (zeros that are not in the file)."""
    end: int
    what: str = ""
    """What it is, in words that say all of it but the numbers it holds: its type, say."""
    address: int = -1
    """Where a piece of data starts in linear memory; -1 when that is not known."""
    of: object = None
    """What it is in a link: its atom, entity or symbol."""
    size: int = 0
    """Bytes: of its record, of a piece of data in memory."""

    @property
    def title(self) -> str:
        """Its name demangled, or its number."""
        return readable(self.name) if self.name else f"#{self.number}" if self.number != NONE else ""


class Side:
    """One of the two modules compared; everything is made when it is first asked for."""

    def __init__(self, module: Module, link: Link | None = None) -> None:
        self.module = module
        self.link = link
        """The link whose output it is."""
        self.data = module.data

    @classmethod
    def of_link(cls, link: Link) -> Side:
        """The output of a link. Raises LookupError when the link failed."""
        from wasmscope.format.module import read

        if link.emit is None:
            raise LookupError("the link failed, so there is no output")
        return cls(read(link.emit.data, link.options.output), link)

    @cached_property
    def is_object(self) -> bool:
        """Whether its relocations say what every number stands for."""
        return bool(self.module.relocs) and self.module.linking is not None

    @property
    def is_named(self) -> bool:
        """Whether its functions have names of their own, not only those that they are imported and exported by."""
        names = self.module.names
        return self.link is not None or bool(self.symbols) or (names is not None and bool(names.functions))

    @property
    def symbols(self) -> Sequence[SymbolRecord]:
        """The symbol table; empty without one."""
        return self.module.linking.symbols if self.module.linking is not None else ()

    def symbol_title(self, index: int) -> str:
        """What to call symbol `index`."""
        symbols = self.symbols
        name = self.module.symbol_name(symbols[index]) if index < len(symbols) else ""
        return readable(name) if name else f"symbol {index}"

    # --- names ----------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> dict[str, dict[int, str]]:
        """For each index space, the name of each number that has one."""
        return names_of(self.module, self.link)

    def title(self, space: str, number: int) -> str:
        """What to call a number: the demangled name, or space and number."""
        name = self.names.get(space, {}).get(number, "")
        return readable(name) if name else f"{space} {number}"

    # --- things ---------------------------------------------------------------------------------------------------

    @cached_property
    def things(self) -> dict[str, list[Thing]]:
        """For each index space, what is in it; imports first."""
        return {space: [*self.imported[kind], *self._own(kind)] for kind, space in enumerate(KIND_NAMES)}

    def _own(self, kind: int) -> Iterator[Thing]:
        """What the module has of a kind itself."""
        space = KIND_NAMES[kind]
        name, of = self.names[space].get, self._made.get(space, {}).get
        spans, words = self._records(kind)
        missing = repeat((-1, -1), len(words) - len(spans))  # a damaged module may say less of them than how many
        numbers = count(len(self.imported[kind]))
        for number, (start, end), what in zip(numbers, chain(spans, missing), words, strict=False):
            yield Thing(number, name(number, ""), start, end, what, -1, of(number), end - start)

    def _records(self, kind: int) -> tuple[list[tuple[int, int]], list[str]]:
        """Where the records of a kind are, and what each is in words."""
        module = self.module
        if kind == FUNCTION:
            return [(one.start, one.end) for one in module.bodies], list(map(self.type, module.functions))
        if kind == TABLE:
            return module.tables.spans, [str(one.type) for one in module.tables]
        if kind == MEMORY:
            return module.memories.spans, list(map(str, module.memories))
        if kind == GLOBAL:
            return module.globals.spans, [str(one.type) for one in module.globals]
        return module.tags.spans, list(map(self.type, module.tags))

    @cached_property
    def _made(self) -> dict[str, dict[int, object]]:
        """The atoms and entities of a link by their numbers."""
        numbering = self.link.index if self.link is not None else None
        if numbering is None:
            return {}
        return {
            "function": {number: atom for atom, number in numbering.functions.items()},
            "global": {number: one for one, number in numbering.globals.items()},
            "table": {number: one for one, number in numbering.tables.items()},
            "tag": {number: one for one, number in numbering.tags.items()},
        }

    @cached_property
    def imported(self) -> list[list[Thing]]:
        """Imports, for each kind by number."""
        found: list[list[Thing]] = [[] for _ in KIND_NAMES]
        spans = self.module.imports.spans
        for one, (start, end) in zip(self.module.imports, spans, strict=False):
            things = found[one.kind]
            name = self.names[KIND_NAMES[one.kind]].get(len(things), one.name)
            things.append(Thing(len(things), name, start, end, f"import {one.module}.{one.name}", size=end - start))
        return found

    @cached_property
    def types(self) -> list[Thing]:
        """The type index space; a type's name is its text."""
        spans, texts = self.module.types.spans, self._type_texts
        return [
            Thing(number, text, *span, text, size=span[1] - span[0])
            for number, (text, span) in enumerate(zip(texts, spans, strict=False))
        ]

    def type(self, number: int) -> str:
        """Type `number` as text."""
        texts = self._type_texts
        return texts[number] if 0 <= number < len(texts) else f"type {number}"

    @cached_property
    def _type_texts(self) -> list[str]:
        return list(map(str, self.module.types))

    def code(self, thing: Thing) -> tuple[int, int, int]:
        """Of a function of its own: file offsets of its declarations of locals, its code, and its end.

        Raises FormatError when they are damaged.
        """
        if thing.start < 0:
            raise FormatError("there is no body", section="code", expected=f"a body for function {thing.number}")
        start = self.module.bodies[thing.number - self.module.num_imported(FUNCTION)].code_start
        if self.data[start : start + 1] == b"\0":  # no locals: most functions
            return start, start + 1, thing.end
        frame = body(self.data, thing.start, thing.end)
        return frame.size_end, frame.code_start, frame.end

    # --- data -----------------------------------------------------------------------------------------------------

    @cached_property
    def pieces(self) -> list[Thing]:
        """The data, piece by piece: a link's atoms; segments of a module."""
        if self.link is not None:
            return self._atoms(self.link)
        module = self.module
        infos = module.linking.segments if module.linking is not None else ()
        names = self.names["data"] | {number: info.name for number, info in enumerate(infos)}
        return [
            Thing(
                number, names.get(number, ""), one.start, one.end, segment_words(self.module, number, one),
                constant(one.offset), None, one.end - one.start,
            )
            for number, one in enumerate(module.datas)
        ]  # fmt: skip

    def _atoms(self, link: Link) -> list[Thing]:
        assert link.layout is not None
        pieces = steps(link).places.pieces
        found: list[Thing] = []
        for segment in link.layout.segments:
            for placed in segment.chain:
                atom = placed.item
                piece = pieces.get(atom)
                start = piece[1].start if piece is not None else -1
                end = start + piece[1].size if piece is not None else -1
                name = f"{atom.name} of {atom.file.name}" if atom.file is not None else atom.name
                address = segment.address + placed.offset
                found.append(Thing(len(found), name, start, end, f"in {segment.name}", address, atom, placed.size))
        return found

    def table_contents(self) -> list[tuple[int, int]]:
        """(table slot, function) pairs that the active element segments of the module say."""
        found: list[tuple[int, int]] = []
        for one in self.module.elements:
            base = constant(one.offset)
            if base < 0 or one.flags & 1:
                continue
            for place, item in enumerate(one.items):
                number = item if isinstance(item, int) else _function_of(item)  # type: ignore[arg-type]
                if number >= 0:
                    found.append((base + place, number))
        return found

    def section_named(self, name: str) -> Section | None:
        """The first section of that name, custom or not."""
        return next((one for one in self.module.sections if one.name == name), None)


def _function_of(expr: ConstExpr) -> int:
    return expr[0].args[0] if expr and expr[0].opcode == "ref.func" else -1


def constant(expr: ConstExpr | None) -> int:
    """What a constant expression is worth, unsigned; -1 when it is not one constant."""
    if expr is None or len(expr) != 2 or expr[0].opcode not in ("i32.const", "i64.const"):
        return -1
    bits = 32 if expr[0].opcode == "i32.const" else 64
    return expr[0].args[0] & (1 << bits) - 1


def segment_words(module: Module, number: int, one: DataSegment) -> str:
    """What a data segment is, but for its address and contents."""
    words = ["passive" if one.flags & 1 else "active"]
    if one.memory:
        words.append(f"memory {one.memory}")
    infos = module.linking.segments if module.linking is not None else ()
    if number < len(infos):
        words += [f"aligned to {1 << infos[number].align}", f"flags {infos[number].flags:#x}"]
    return ", ".join(words)
