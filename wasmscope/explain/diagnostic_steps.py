"""Which step of a link a diagnostic belongs to: a walk through time can stop there."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.errors import Diagnostic
from wasmscope.explain.steps import Steps
from wasmscope.link.model import PHASES
from wasmscope.link.subjects import thing_of


def diagnostic_steps(found: Steps) -> Iterator[tuple[int, Diagnostic]]:
    """Every diagnostic of the link, and the step after which it can be seen.

    In a failing link what stopped it is a step itself. Any other belongs to the last step of its phase that is about
    what it is about, or else to the phase's last step.
    """
    first = len(found) - len(found.failures) + 1
    own = {id(one): first + i for i, one in enumerate(found.failures)}
    for position, phase in enumerate(PHASES):
        result = getattr(found.link, phase)
        for one in result.diagnostics if result is not None else ():
            yield own.get(id(one)) or _step(found, position, one), one


def _step(found: Steps, position: int, one: Diagnostic) -> int:
    _, first, end = found.ranges[position]
    thing = thing_of(one.subject)
    about = [step for step in found.of(thing) if first <= step < end] if thing is not None else []
    return about[-1] if about else min(max(end - 1, 1), len(found))
