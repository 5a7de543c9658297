"""Two functions: are they the same but for numbers that moved?"""

from __future__ import annotations

from contextlib import suppress

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.relocations_compared import Relocations
from wasmscope.explain.comparing.renumbering import MOVED, REWRITTEN, SAME, Renumbering, Verdict
from wasmscope.explain.comparing.things import Thing
from wasmscope.format.code import instructions
from wasmscope.format.skeletons import split
from wasmscope.format.types import FUNCTION


class Functions:
    """Compares functions of two sides."""

    def __init__(self, numbers: Renumbering, relocations: Relocations | None) -> None:
        self.numbers = numbers
        self.a, self.b = numbers.a, numbers.b
        self.relocations = relocations
        self.imports = self.a.module.num_imported(FUNCTION), self.b.module.num_imported(FUNCTION)
        self._guesses: dict[int, set[tuple[bytes, bytes]]] = {}
        self._skipped: list[Thing] = []
        """Functions of side a whose addresses were not looked at, as everything in them is the same."""

    def compare(self, one: Thing, other: Thing) -> Verdict:
        """What function `one` and its partner are to each other; a "guess" is settled by `settle`, at the end."""
        imported = one.number < self.imports[0], other.number < self.imports[1]
        if imported != (False, False):
            if imported == (True, True):
                return SAME if one.what == other.what else ("changed", (f"{one.what} → {other.what}",))
            return "changed", ("was imported, is defined now" if imported[0] else "was defined, is imported now",)
        words = [] if one.what == other.what else [f"type {one.what} → {other.what}"]
        verdict, more = self.numbers.by_links(one, other) or self._bodies(one, other)
        return ("changed", (*words, *(more if verdict == "changed" else ()))) if words else (verdict, more)

    def _bodies(self, one: Thing, other: Thing) -> Verdict:
        a, b = self.a, self.b
        same = a.data[one.start : one.end] == b.data[other.start : other.end]
        if same and self.numbers.nothing_moved and not self.relocations:
            self._skipped.append(one)
            return SAME
        try:
            (locals, code, end), (other_locals, other_code, other_end) = a.code(one), b.code(other)
        except FormatError as error:
            return SAME if same else ("changed", (f"body: {error.message}",))
        words = [] if a.data[locals:code] == b.data[other_locals:other_code] else ["locals"]
        verdict = self._code((code, end), (other_code, other_end), one.number)
        if verdict == "changed":
            words.append("body")
        elif self.relocations is not None and not self.relocations.same("code", one, other):
            words.append("relocations")
        if words:
            return "changed", tuple(words)
        return {"moved": MOVED, "rewritten": REWRITTEN}.get(verdict, (verdict, ()))

    def _code(self, one: tuple[int, int], other: tuple[int, int], number: int) -> str:
        """What two expressions, each between two file offsets, are to each other."""
        parts, others = split(self.a.data, *one), split(self.b.data, *other)
        verdict = self._parts(parts, others, number)
        if verdict == "changed" and _is_padded(parts) != _is_padded(others):
            return self._one_by_one(one, other)
        return verdict

    def _parts(self, one: list[tuple[bytes, bytes]], other: list[tuple[bytes, bytes]], number: int) -> str:
        if len(one) != len(other):
            return "changed"
        plain, sites = zip(*one, strict=True) if one else ((), ())
        other_plain, other_sites = zip(*other, strict=True) if other else ((), ())
        if plain != other_plain:
            return "changed"
        verdicts = self.numbers.sites(set(zip(sites, other_sites, strict=True)))
        found = set(verdicts.values())
        if "changed" in found:
            return "changed"
        if "guess" in found:
            self._guesses[number] = {pair for pair, verdict in verdicts.items() if verdict}
            return "guess"
        return "moved" if "moved" in found else ""

    def _one_by_one(self, one: tuple[int, int], other: tuple[int, int]) -> str:
        """Two bodies of which one has its numbers at full width: what is a site there may be plain here."""
        frames = (self.a, one), (self.b, other)
        codes = [list(instructions(side.data, *span, lenient=True)) for side, span in frames]
        if [it.name for it in codes[0]] != [it.name for it in codes[1]]:
            return "changed"
        for mine, theirs in zip(*codes, strict=True):
            if len(mine.args) != len(theirs.args) or any(
                self.numbers.immediate(left, right) not in ("", "moved")
                for left, right in zip(mine.args, theirs.args, strict=True)
            ):
                return "changed"
        return "rewritten"

    def settle(self, one: Thing) -> Verdict:
        """What became of the guess about function `one`."""
        while self._skipped:  # their addresses stayed, which speaks against others
            with suppress(FormatError):
                _, code, end = self.a.code(self._skipped.pop())
                self.numbers.sites((site, site) for _, site in split(self.a.data, code, end))
        found = {self.numbers.settle(*pair) for pair in self._guesses.get(one.number, ())}
        return ("changed", ("body",)) if "changed" in found else MOVED if "moved" in found else SAME


def _is_padded(parts: list[tuple[bytes, bytes]]) -> bool:
    """Whether numbers are at full width."""
    return any(site.endswith(b"\x80\0") for _, site in parts)
