"""The relocations of a finished module that are plainly right, found fast: nearly all of them.

A site is plainly right when its bytes are those that its type writes for the value that is expected first. What is
left is for `audit` to look at closely.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.auditing.expected import Expected
from wasmscope.explain.matching.matching import Matching
from wasmscope.format.relocs import RELOC_TYPES, WIDTHS, encode
from wasmscope.link.model import Atom, ObjectFile
from wasmscope.link.relocate import FUNCTION_OFFSET, LOCREL, SECTION_OFFSET

Rule = tuple[int, int] | None
"""A value without its addend and how many times that counts (0 or 1); None: look closely."""


class QuickCheck:
    """Goes through the relocations of atoms; `right` counts those that are plainly right."""

    def __init__(self, matching: Matching, expected: Expected) -> None:
        self.matching = matching
        self.expected = expected
        self.data = matching.module.data
        self.right = 0
        self._rules: dict[tuple[ObjectFile, str], dict[int, Rule]] = {}
        self._encoded: dict[int, bytes] = {}

    def doubtful(self, atom: Atom) -> Iterator[int]:
        """The rows of the atom's relocations that are not plainly right."""
        home, relocs = self.matching.atoms[atom], atom.relocs
        if relocs is None or atom.file is None:
            return
        if home.spans is not None:
            yield from range(atom.lo, atom.hi)
            return
        kinds, offsets, indices, addends = relocs.types, relocs.offsets, relocs.indices, relocs.addends
        data, encoded, shift = self.data, self._encoded, home.origin + atom.base - atom.start
        rules = self._rules.setdefault((atom.file, atom.name if atom.kind == "custom" else ""), {})
        for row in range(atom.lo, atom.hi):
            kind, which, addend = kinds[row], indices[row], addends[row]
            key = which << 8 | kind
            if key not in rules:
                rules[key] = self.rule(atom, kind, which)
            rule = rules[key]
            value = self.closer(atom, kind, which, addend) if rule is None else rule[0] + rule[1] * addend
            if value is not None:
                code, start = value << 8 | kind, offsets[row] + shift
                raw = encoded.get(code)
                if raw is None:
                    raw = encoded[code] = encode(RELOC_TYPES[kind], value)
                if data[start : start + WIDTHS[kind]] == raw:
                    self.right += 1
                    continue
            yield row

    def rule(self, atom: Atom, kind: int, which: int) -> Rule:
        """How relocations of a type against an index come to their value."""
        if kind == LOCREL:
            return None
        if kind == SECTION_OFFSET:
            return self.section(atom, which)
        want = self.expected.base(atom, kind, which)
        if not want.values or (kind in FUNCTION_OFFSET and self.moved(atom, which)):
            return None
        return want.values[0], int(want.addend)

    def section(self, atom: Atom, which: int) -> Rule:
        """How offsets in a custom section come about whose pieces stand one after the other."""
        target = self.target(atom, which)
        home = self.matching.atoms.get(target) if target is not None else None
        section = self.matching.module.custom(target.name) if target is not None else None
        return (home.origin - section.contents, 1) if home is not None and section is not None else None

    def closer(self, atom: Atom, kind: int, which: int, addend: int) -> int | None:
        """The value of an offset in merged strings; None for anything else."""
        if kind != SECTION_OFFSET:
            return None
        target = self.target(atom, which)
        merged = self.matching.merged.get(target) if target is not None else None
        return merged.offset(target, addend) if merged is not None and target is not None else None

    def moved(self, atom: Atom, which: int) -> bool:
        """Whether the function was encoded anew, so that its instructions are not where they were in it."""
        target = self.target(atom, which)
        home = self.matching.atoms.get(target) if target is not None else None
        return home is not None and home.spans is not None

    def target(self, atom: Atom, which: int) -> Atom | None:
        assert atom.file is not None
        target = self.expected.bindings[atom.file][which].target
        return target if isinstance(target, Atom) else None
