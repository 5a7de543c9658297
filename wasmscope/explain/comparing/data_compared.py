"""Two pieces of data: are they the same but for addresses and slots that moved?"""

from __future__ import annotations

from wasmscope.explain.comparing.relocations_compared import Relocations
from wasmscope.explain.comparing.renumbering import MOVED, SAME, Renumbering, Verdict
from wasmscope.explain.comparing.things import Thing
from wasmscope.explain.naming import count
from wasmscope.format.relocs import RELOC_TYPES

WORD = 4
REORDERED: Verdict = ("moved", ("its parts are in another order",))


class Data:
    """Compares pieces of data of two sides."""

    def __init__(self, numbers: Renumbering, relocations: Relocations | None) -> None:
        self.numbers = numbers
        self.a, self.b = numbers.a, numbers.b
        self.relocations = relocations

    def compare(self, one: Thing, other: Thing) -> Verdict:
        """What a piece and its partner are to each other."""
        words = [] if one.what == other.what else [f"{one.what} → {other.what}"]
        a, b = self.a.data[one.start : one.end], self.b.data[other.start : other.end]
        if self.relocations is not None:
            verdict = self._with_relocations(self.relocations, one, other, a, b)
        else:
            verdict = self.numbers.by_links(one, other) or (SAME if a == b else self._words(one, other, a, b))
        if words:
            return "changed", (*words, *(verdict[1] if verdict[0] == "changed" else ()))
        return verdict

    def contents(self, one: Thing, other: Thing) -> Verdict:
        """What a custom section and its partner are to each other."""
        a, b = self.a.data[one.start : one.end], self.b.data[other.start : other.end]
        if self.relocations is not None:
            return self._with_relocations(self.relocations, one, other, a, b, one.name)
        return SAME if a == b else ("changed", (_sizes(a, b),))

    def _with_relocations(
        self, relocations: Relocations, one: Thing, other: Thing, a: bytes, b: bytes, section: str = "data"
    ) -> Verdict:
        masked = [
            mask(data, *relocations.of(side, section, thing.start, thing.end))
            for side, thing, data in ((self.a, one, a), (self.b, other, b))
        ]
        words = [] if masked[0] == masked[1] else [_sizes(a, b)]
        words += [] if relocations.same(section, one, other) else ["relocations"]
        if words:
            return "changed", tuple(words)
        return SAME if a == b else MOVED

    def _words(self, one: Thing, other: Thing, a: bytes, b: bytes) -> Verdict:
        """Without relocations: whatever is different must be an address or slot that moved."""
        changed = moved = covered = 0
        for start, end, there in self.numbers.addresses.blocks(one, other):
            low, high = self._in_block(a[start:end], b[there : there + end - start], (one.address + start) % WORD)
            moved, changed, covered = moved + low, changed + high, covered + end - start
        added, removed = len(b) - covered, len(a) - covered
        if changed or added or removed:
            counts = {"changed": changed, "added": added, "removed": removed}
            return "changed", tuple(f"{count(number, 'byte')} {what}" for what, number in counts.items() if number)
        return MOVED if moved else REORDERED

    def _in_block(self, a: bytes, b: bytes, phase: int) -> tuple[int, int]:
        """How many words moved, and how many bytes changed, in two runs of one size that starts at `phase` past a
        word's start."""
        if a == b:
            return 0, 0
        moved = changed = 0
        position = -phase
        while position < len(a):
            low, high = max(position, 0), position + WORD
            mine, theirs = a[low:high], b[low:high]
            position = high
            if mine == theirs:
                continue
            whole = len(mine) == WORD
            if whole and self.numbers.word(int.from_bytes(mine, "little"), int.from_bytes(theirs, "little")):
                moved += 1
            else:
                changed += sum(left != right for left, right in zip(mine, theirs, strict=True))
        return moved, changed


def mask(data: bytes, places: list[int], keys: list[tuple[int, int, int]]) -> bytes:
    """`data` with zeros where relocations patch it."""
    found = bytearray(data)
    for place, (type, _, _) in zip(places, keys, strict=True):
        width = min(RELOC_TYPES[type].width, len(found) - place)
        found[place : place + width] = bytes(width)
    return bytes(found)


def _sizes(a: bytes, b: bytes) -> str:
    if len(a) != len(b):
        return f"{len(a):,} → {count(len(b), 'byte')}"
    return f"{count(sum(left != right for left, right in zip(a, b, strict=True)), 'byte')} changed"
