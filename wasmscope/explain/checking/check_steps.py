"""Which step of a link a failed check belongs to: a walk through time stops there."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.checking.checks import findings
from wasmscope.explain.checking.findings import Finding
from wasmscope.explain.naming import title
from wasmscope.explain.origin import atom_at, relocation_over
from wasmscope.explain.steps import Steps
from wasmscope.link.model import PHASES, Atom, ObjectFile


class FailedCheck(NamedTuple):
    """A check that failed, and the step after which it can be seen."""

    step: int
    finding: Finding


def failed_checks(found: Steps) -> list[FailedCheck]:
    """What `check` says of the link, in the order of its steps; what belongs to no step comes with the last one.

    Found once and kept with `found`.
    """
    if found.failed_checks is None:
        made = [FailedCheck(_step(found, one), one) for one in findings(found.link)]
        found.failed_checks = sorted(made, key=lambda one: one.step)
    return found.failed_checks


def _step(found: Steps, finding: Finding) -> int:
    """The step that a finding belongs to."""
    place = finding.place
    file = next((one for one in found.symbols.files if one.name == place.file), None)
    step = 0
    if file is not None and place.offset is not None:
        step = _at(found, file, place.offset, finding.rule)
    elif file is not None:
        step = found.number("load", found.symbols.load_first[found.symbols.files[file]])
    elif finding.rule == "stack-after-data":
        step = _named(found, "layout", "boundary", "stack low")
    elif finding.rule in _BY_NAME:
        step = _named(found, *_BY_NAME[finding.rule], place.function)
    return step or _last(found, finding.rule)


def _at(found: Steps, file: ObjectFile, offset: int, rule: str) -> int:
    """The step about byte `offset` of `file`: its relocation is patched, its atom is placed, its section is read."""
    atom = atom_at(file, offset)
    if rule in _PHASE_OF:
        return 0
    if atom is not None and rule in _OF_ATOMS:
        return _placed(found, atom)
    row = relocation_over(atom, offset - atom.start) if atom is not None else None
    applied = found.places.relocation_row(atom, row) if atom is not None and row is not None else None
    if applied is not None:
        return found.number("relocate", applied)
    first = found.symbols.load_first[found.symbols.files[file]]
    for position, section in enumerate(file.module.sections):
        if section.start <= offset < section.end:
            return found.number("load", first + 1 + position)
    return found.number("load", first)


def _placed(found: Steps, atom: Atom) -> int:
    """The step that places `atom`; 0 if none does."""
    number = found.places.number_row("function", atom) if found.link.index is not None else None
    if atom.kind == "function" and number is not None:
        return found.number("index", number)
    placed = found.places.placed.get(atom)
    return found.number("layout", placed[0]) if placed is not None else 0


def _named(found: Steps, phase: str, what: str, name: str) -> int:
    """The row of layout or index that is `what` and is called `name` (any, if `name` is empty)."""
    result = getattr(found.link, phase)
    for row, entry in enumerate(result.rows if result is not None else ()):
        if entry[0] == what and name in ("", getattr(entry[1], "name", ""), title(entry[1]), _exported(entry[1])):
            return found.number(phase, row)
    return 0


def _exported(thing: object) -> str:
    return str(getattr(getattr(thing, "export", None), "name", ""))


def _last(found: Steps, rule: str) -> int:
    """The last step of the phase in which a rule without a place of its own is broken; of the link, if it says none."""
    first, end = found.ranges[PHASES.index(_PHASE_OF.get(rule, "emit"))][1:]
    return end - 1 if first < end else len(found)


_OF_ATOMS = ("bss-dropped", "comdat-kept-twice")
_BY_NAME = {
    "segment-flags-lost": ("layout", "segment"),
    "import-types-differ": ("index", "import"),
    "exported-tls-offset": ("index", "export"),
}
_PHASE_OF = {
    "used-static-dropped": "mark", "address-overflow": "layout", "export-missing": "index",
    "constructors-rerun": "index",
}  # fmt: skip
