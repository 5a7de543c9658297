"""Globals: those that the linker makes hold what their names say, and the objects' own begin as the objects say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wasmscope.explain.auditing.known import Fault, Known
from wasmscope.format.expr import ConstExpr
from wasmscope.format.linking import SEG_TLS
from wasmscope.format.sections import Global
from wasmscope.format.types import GLOBAL
from wasmscope.link.linker_names import TLS_BASE
from wasmscope.link.model import Entity
from wasmscope.link.pic import MEMORY_BASE, TABLE_BASE


class GlobalRules:
    """Rules about the globals of the module of `known`, but for the stack pointer."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.module = known.module

    def faults(self) -> Iterator[Fault]:
        """Globals that begin with another value than they have to."""
        yield from self.copied()
        if not self.known.placed_later:
            yield from self.made()

    # --- the linker's ---------------------------------------------------------------------------------------------

    def made(self) -> Iterator[Fault]:
        for name, right in self.values().items():
            found = self.known.made_global(name)
            value = self.known.image.global_value(found[1]) if found is not None else None
            if found is None or value is None:
                continue
            self.known.checked["global"] += 1
            if value != right:
                symbol, number = found
                yield Fault("global", f"{name}, global {number}", self.known.global_span(number),
                            "linker symbol wrong", right, name, value, about=symbol, address=True)  # fmt: skip

    def values(self) -> dict[str, int]:
        """What the linker's globals have to hold, as far as the module tells."""
        found, image = {MEMORY_BASE: 0}, self.known.image
        if image.slots:
            found[TABLE_BASE] = image.first_slot
        numbers = {home.number for atom, home in self.known.matching.atoms.items() if atom.flags & SEG_TLS}
        blocks = [one for one in image.areas if one.number in numbers]
        if len(blocks) == 1:
            found["__tls_size"] = blocks[0].size
            limits = self.known.limits
            if limits is not None and not limits.shared and blocks[0].address is not None:
                found[TLS_BASE] = blocks[0].address
        return found

    # --- the objects' ---------------------------------------------------------------------------------------------

    def copied(self) -> Iterator[Fault]:
        """Those that are constant numbers, where only one has the name."""
        every = self.known.expected.entities.own.items()
        own = {entity: number for entity, number in every if entity.file is not None and entity.kind == "global"}
        times = Counter(entity.name for entity in own)
        first = self.module.num_imported(GLOBAL)
        for entity, number in own.items():
            there = self.module.globals[number - first]
            if times[entity.name] > 1 or not all(one.opcode.endswith(("const", "end")) for one in _init(entity)):
                continue
            self.known.checked["global"] += 1
            if there.type != entity.type or there.init != entity.init:
                yield self.otherwise(entity, number, there)

    def otherwise(self, entity: Entity, number: int, there: Global) -> Fault:
        file = entity.file.name if entity.file is not None else ""
        is_, was = (" ".join(str(arg) for one in init for arg in one.args) for init in (there.init, _init(entity)))
        why = f"it is {there.type} {is_}, and in {file} {entity.type} {was}"
        span = self.known.global_span(number)
        return Fault("global", f"{entity.name}, global {number}", span, "global changed", why=why)


def _init(entity: Entity) -> ConstExpr:
    """What a global of an object begins with."""
    return entity.init if isinstance(entity.init, tuple) else ()
