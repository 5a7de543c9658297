"""Constructors: `__wasm_call_ctors` calls each by priority, and what is exported runs after it.

A module without names has its `__wasm_call_ctors` where a function that no object has does nothing but call them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.explain.naming import title, titled
from wasmscope.format.types import FUNCTION, FuncType
from wasmscope.link.linker_names import CALL_CTORS
from wasmscope.link.mark import constructors
from wasmscope.link.model import Symbol

PLAIN = frozenset(("call", "drop", "end"))
"""All that there is in a `__wasm_call_ctors`."""
WRAPPING = PLAIN | {"local.get"}
"""All that there is in a wrapper around an export."""
RECORD = "constructor call"
Calls = Sequence[tuple[int, tuple[int, int]]]
"""Functions that are called, and where each number is in the file."""


class ConstructorRules:
    """Rules about constructors in the module of `known`."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.link = known.link
        self.module = known.module

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the calls of constructors, and with who runs them."""
        if not self.every:
            return
        index = self.function
        if index is None:
            if self.kept:
                self.known.unchecked[f"calls of constructors: {CALL_CTORS} was not found"] += len(self.kept)
            return
        yield from self.in_body(index)
        if self.kept:
            yield from self.unwrapped(index)

    @cached_property
    def every(self) -> list[tuple[int, Symbol]]:
        """(priority, constructor) of the objects, in the order in which they run."""
        resolve = self.link.resolve
        assert resolve is not None
        found = [one for file in resolve.objects for one in constructors(resolve, file)]
        return sorted(found, key=lambda one: one[0])

    @cached_property
    def kept(self) -> list[Symbol]:
        """Constructors that have to run: those that our own link keeps."""
        index = self.link.index
        return [symbol for _, symbol in index.init_functions] if index is not None else []

    @cached_property
    def numbers(self) -> dict[Symbol, tuple[int, ...]]:
        """Function indices of each constructor."""
        return {symbol: self.known.functions.of(symbol) for _, symbol in self.every}

    @cached_property
    def of_number(self) -> dict[int, Symbol]:
        return {number: symbol for symbol, numbers in self.numbers.items() for number in numbers}

    @cached_property
    def function(self) -> int | None:
        """The index of `__wasm_call_ctors`."""
        named = self.known.made(CALL_CTORS)
        if named is not None:
            return named
        best, most = None, 0
        for index in self.known.functions.unknown:
            if self.known.functions.signature(index) == FuncType((), ()) and self.plain(index, PLAIN):
                calls = sum(number in self.of_number for number, _ in self.known.calls(index))
                if calls > most:
                    best, most = index, calls
        return best

    def plain(self, index: int, names: frozenset[str]) -> bool:
        code = self.known.code(index)
        return bool(code) and all(one.name in names for one in code)

    # --- the calls ------------------------------------------------------------------------------------------------

    def in_body(self, index: int) -> Iterator[Fault]:
        """What is wrong with the calls in `__wasm_call_ctors`."""
        if not self.plain(index, PLAIN):
            self.known.unchecked[f"calls of constructors: {CALL_CTORS} has other code than calls"] += len(self.kept)
            return
        calls = self.known.calls(index)
        self.known.checked[RECORD] += len(calls)
        found = [self.of_number.get(number) for number, _ in calls]
        missing = self.missing([number for number, _ in calls], found)
        yield from self.called(calls, found, missing)
        place = self.known.body_span(index)
        for symbol in missing:
            numbers = self.numbers.get(symbol, ())
            why = "" if numbers else "it is not in the module"
            yield Fault(RECORD, f"call of {titled(symbol)} in {CALL_CTORS}", place, "constructor not run",
                        numbers[0] if numbers else None, f"index({title(symbol)})", None, "", why, symbol)  # fmt: skip

    def missing(self, numbers: list[int], found: Sequence[Symbol | None]) -> list[Symbol]:
        """Constructors that have to run and are not called; one that was not found in the module may be any function
        that is called, and is nobody's."""
        left = [one for one in dict.fromkeys(self.kept) if one not in found]
        nobodys = sum(self.nobodys(number) for number in numbers)
        unknown = [one for one in left if not self.numbers[one]]
        return [one for one in left if one not in unknown[:nobodys]]

    def nobodys(self, number: int) -> bool:
        return number in self.known.functions.unknown and number not in self.known.matching.made

    def called(
        self, calls: Calls, found: Sequence[Symbol | None], missing: list[Symbol]
    ) -> Iterator[Fault]:
        """Calls that are wrong; constructors that should have been called instead are taken out of `missing`."""
        allowed = Counter(symbol for _, symbol in self.every)
        seen: Counter[Symbol] = Counter()
        for (number, span), symbol in zip(calls, found, strict=True):
            if symbol is None:
                if not self.nobodys(number):
                    yield self.instead(number, span, missing)
                continue
            seen[symbol] += 1
            if seen[symbol] > allowed[symbol]:
                which = f"call of {titled(symbol)} in {CALL_CTORS}"
                yield Fault(RECORD, which, span, "constructor run twice", None, "", number, self.known.named(number),
                            about=symbol)  # fmt: skip
        yield from self.order(calls, found)

    def instead(self, number: int, span: tuple[int, int], missing: list[Symbol]) -> Fault:
        wanted = missing.pop(0) if missing else None
        numbers = self.numbers[wanted] if wanted is not None else ()
        return Fault(RECORD, f"call in {CALL_CTORS}", span, "wrong constructor", numbers[0] if numbers else None,
                     f"index({title(wanted)})" if wanted is not None else "", number, self.known.named(number),
                     "" if numbers or wanted is None else f"{titled(wanted)} is not in the module", wanted)  # fmt: skip

    def order(self, calls: Calls, found: Sequence[Symbol | None]) -> Iterator[Fault]:
        """Calls that are not in order: each with the one that belongs there."""
        first = {symbol: call for call, symbol in reversed(list(zip(calls, found, strict=True))) if symbol is not None}
        there = [symbol for symbol in dict.fromkeys(found) if symbol is not None]
        right = [symbol for symbol in dict.fromkeys(one for _, one in self.every) if symbol in first]
        for symbol, wanted in zip(there, right, strict=True):
            if symbol is not wanted:
                number, span = first[symbol]
                yield Fault(RECORD, f"call of {titled(symbol)} in {CALL_CTORS}", span,
                            "constructors in another order", self.numbers[wanted][0],
                            f"index({title(wanted)}, of priority {self.priority[wanted]})", number,
                            f"{self.known.named(number)}, of priority {self.priority[symbol]}",
                            about=symbol)  # fmt: skip

    @cached_property
    def priority(self) -> dict[Symbol, int]:
        return {symbol: priority for priority, symbol in reversed(self.every)}

    # --- who runs them ----------------------------------------------------------------------------------------------

    def unwrapped(self, index: int) -> Iterator[Fault]:
        """Exports that run before the constructors: of a function itself, where a wrapper had to call them first; or of
        a wrapper that does not."""
        numbering = self.link.index
        exported = {one.index for one in self.module.exports if one.kind == FUNCTION} | {self.module.start}
        if numbering is None or not numbering.wrappers or index in exported:
            return
        wrapped = {atom.export_name: symbol for atom, symbol in numbering.wrappers.items()}
        for number, one in enumerate(self.module.exports):
            inner = wrapped.get(one.name) if one.kind == FUNCTION else None
            if inner is None or not self.known.functions.of(inner):
                continue
            span, calls = self.module.exports.span(number), [called for called, _ in self.known.calls(one.index)]
            if one.index in self.known.functions.of(inner):
                why = f"it leads to the function itself, not to one that calls {CALL_CTORS} first"
            elif one.index in self.known.functions.unknown and self.plain(one.index, WRAPPING) and calls[:1] != [index]:
                why = f"{self.known.named(one.index)} does not call {CALL_CTORS} first"
                span = self.known.body_span(one.index)
            else:
                continue
            yield Fault("export", f"export {one.name}", span, "constructor not run", None, "", one.index,
                        self.known.named(one.index), why, inner)  # fmt: skip
