"""Words of data that code sets when the module is loaded: `__wasm_apply_data_relocs` of position-independent modules.

Nobody knows an address before a dynamic linker has placed the module, so that function stores each: what
`__memory_base` or `__table_base` holds plus an offset, or what a global holds that the dynamic linker fills, plus the
addend. Thread-local data is left out, as LLD 22 stores that wrongly by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.matching.matching import NOT_IN_FILE
from wasmscope.explain.naming import bound, target_title, titled
from wasmscope.format.linking import SEG_TLS
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import GLOBAL
from wasmscope.link.model import Atom, Symbol
from wasmscope.link.pic import GOT_FUNCTIONS, GOT_MEMORY, MEMORY_BASE, TABLE_BASE, WORDS
from wasmscope.link.startup import APPLY_DATA

RECORD = "runtime relocation"


class Sum(NamedTuple):
    """A number plus what globals, by number, hold."""

    globals: tuple[int, ...]
    constant: int


class RuntimeRules:
    """Rules about what the module of `known` stores when it is loaded."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module
        self.imports = dict(enumerate(known.module.imported(GLOBAL)))
        self.relative = any(one.name == MEMORY_BASE for one in self.imports.values())
        self.told_later = {one.name for one in self.imports.values() if one.module in (GOT_MEMORY, GOT_FUNCTIONS)}
        """Symbols whose address the dynamic linker tells."""
        self.bits = 64 if known.limits is not None and known.limits.is64 else 32

    def faults(self) -> Iterator[Fault]:
        """Words that are not set, or to something else. Nothing is told of a function that does more than store."""
        exported = next((one.index for one in self.module.exports if one.name == APPLY_DATA), None)
        index = self.known.made(APPLY_DATA) if exported is None else exported
        if not self.known.placed_later or (index is None and self.module.dylink is None):
            return
        stores = self.stores(index) if index is not None else {}
        if stores is None:
            self.known.unchecked[f"runtime relocations: {APPLY_DATA} has other code than stores"] += 1
            return
        place = self.known.body_span(index) if index is not None else self.known.place(CODE_ID)
        for atom, row, symbol in self.words():
            address = self.known.matching.address_of(atom, atom.site(row))
            if address is not None:
                self.known.checked[RECORD] += 1
                yield from self.word(atom, row, symbol, stores.get(address), place)

    def words(self) -> Iterator[tuple[Atom, int, Symbol]]:
        """Words of data that hold an address, and the symbol whose address that is."""
        for atom, home in self.known.matching.atoms.items():
            if atom.kind != "data" or atom.flags & SEG_TLS or home.origin == NOT_IN_FILE or atom.relocs is None:
                continue
            for row in range(atom.lo, atom.hi):
                symbol = bound(self.known.link, atom, row) if atom.relocs.types[row] in WORDS else None
                if symbol is not None and not symbol.tls and not symbol.linker:
                    yield atom, row, symbol

    def word(
        self, atom: Atom, row: int, symbol: Symbol, store: tuple[Sum, tuple[int, int]] | None, place: tuple[int, int]
    ) -> Iterator[Fault]:
        """What is wrong with the word of relocation `row`, which `store` sets."""
        want = self.known.expected.of(atom, row)
        addend = atom.reloc(row).addend
        title = f"word at {atom.site(row):#x} of {titled(atom)}, for {target_title(self.known.link, atom, row)}"
        mask = (1 << RELOC_TYPES[atom.reloc(row).type].bits) - 1
        values = {(one + (addend if want.addend else 0)) & mask for one in want.values}
        if store is None:
            if symbol.name in self.told_later or (self.relative and symbol.defined and values):
                yield Fault(RECORD, title, place, "word not set", why=f"{APPLY_DATA} does not store it", about=symbol)
            return
        (globals, constant), span = store
        base = self.base(globals[0], symbol) if len(globals) == 1 else ""
        right = {addend & mask} if base == "GOT" else values
        if base and (not right or constant & mask in right):
            return
        expected = min(right) if right and base else None
        what = " and ".join(self.named(one) for one in globals) or "no global"
        formula = f"what {what} holds, plus the offset" if base else f"the address of {symbol.name} where it is placed"
        yield Fault(RECORD, title, span, "word set wrongly", expected, formula, constant & mask, f"plus {what}", "",
                    symbol, True)  # fmt: skip

    def base(self, number: int, symbol: Symbol) -> str:
        """What an address of `symbol` counts from in global `number`; "" when it is none of its bases."""
        one = self.imports.get(number)
        if one is None:
            return ""
        if one.module in (GOT_MEMORY, GOT_FUNCTIONS):
            return "GOT" if one.name == symbol.name else ""
        right = TABLE_BASE if symbol.kind == "function" else MEMORY_BASE
        return right if one.name == right else ""

    def named(self, number: int) -> str:
        return self.imports[number].name if number in self.imports else f"global {number}"

    def stores(self, index: int) -> dict[int, tuple[Sum, tuple[int, int]]] | None:
        """By address from `__memory_base` on, what a function stores there and where in the file it does; None when it
        does anything else."""
        found: dict[int, tuple[Sum, tuple[int, int]]] = {}
        stack: list[Sum] = []
        first = -1
        for one in self.known.code(index):
            first = one.start if not stack else first
            kind, _, operation = one.name.partition(".")
            if operation == "const" and kind in ("i32", "i64"):
                stack.append(Sum((), one.args[0].value))
            elif one.name == "global.get":
                stack.append(Sum((one.args[0].value,), 0))
            elif operation == "add" and len(stack) > 1:
                second, top = stack.pop(), stack.pop()
                stack.append(Sum(top.globals + second.globals, top.constant + second.constant))
            elif operation == "store" and len(stack) == 2:
                (_, address), value = stack
                offset = next(arg.value for arg in one.args if arg.kind == "offset")
                found[(address + offset) % (1 << self.bits)] = value, (first, one.end)
                stack = []
            elif one.name != "end":
                return None
        return found
