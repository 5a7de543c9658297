"""How two links differ, or two steps of one, as facts and as text.

Facts of links: `kind` "links", `before` and `after` (name, size of the output, failed: phase or null), `same`, `first`
(the decision that differs first and explains the rest; null if none does), `phases` (phase, decisions: kind, change,
name, was, now, count), `output` (how the outputs differ, as in `report.diff`; null when a link failed).
Facts of steps: `kind` "steps", `first`, `last`, `phases` (phase, counts, steps: as in `report.steps`), `symbols` (name,
was, now: state and file), `bytes` (start and end of the ranges of the output written in between).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.comparing.decision import Decision
from wasmscope.explain.comparing.diff_links import LinkDifference
from wasmscope.explain.comparing.diff_steps import StepsDifference
from wasmscope.explain.naming import file_title, title
from wasmscope.explain.standing import SymbolState
from wasmscope.link.model import Link
from wasmscope.report.diff import heading, module_facts, module_lines
from wasmscope.report.text import count, printable

Facts = dict[str, Any]
SHOWN = 20
"""How many decisions or steps of a phase are printed."""


def link_facts(found: LinkDifference, names: tuple[str, str], with_hunks: bool = False) -> Facts:
    """The facts of two links, which are called `names`."""
    before, after = (_side(link, name) for link, name in zip((found.a, found.b), names, strict=True))
    first = found.first
    return {
        "kind": "links",
        "before": before,
        "after": after,
        "same": found.same,
        "first": None if first is None else {"phase": first.phase, **_decision(found, first)},
        "phases": [
            {"phase": phase, "decisions": [_decision(found, one) for one in decisions]}
            for phase, decisions in found.phases
        ],
        "output": None if found.output is None else module_facts(found.output, with_hunks),
    }


def _side(link: Link, name: str) -> Facts:
    size = len(link.emit.data) if link.emit is not None else None
    return {"file": name, "size": size, "failed": link.failed}


def _decision(found: LinkDifference, one: Decision) -> Facts:
    was, now = found.why(one) if one is found.first else (one.was, one.now)
    return {
        "kind": one.kind,
        "change": one.change,
        "name": one.name,
        "was": was or None,
        "now": now or None,
        "count": one.total,
    }


def step_facts(found: StepsDifference) -> Facts:
    """The facts of two steps of a link."""
    return {
        "kind": "steps",
        "first": found.first,
        "last": found.last,
        "phases": [
            {
                "phase": phase,
                "counts": counts,
                "steps": [{"step": one.number, "kind": one.kind, "text": one.text} for one in rows],
            }
            for phase, counts, rows in found.phases
        ],
        "symbols": [
            {"name": title(one.symbol), "was": _standing(one.before), "now": _standing(one.after)}
            for one in found.symbols
        ],
        "bytes": [{"start": start, "end": end} for start, end in found.bytes],
    }


def _standing(state: SymbolState) -> str | None:
    return f"{state.state}, {file_title(state.file)}" if state.state else None


# --- as text ----------------------------------------------------------------------------------------------------


def link_lines(facts: Facts, everything: bool = False) -> Iterator[str]:
    """The facts of two links as text; long lists are cut unless `everything` is to be printed."""
    for line in _link_lines(facts, everything):
        yield printable(line)


def _link_lines(facts: Facts, everything: bool) -> Iterator[str]:
    before, after = facts["before"], facts["after"]
    if None in (before["size"], after["size"]):
        yield f"{before['file']} → {after['file']}: " + " → ".join(map(_outcome, (before, after)))
    else:
        yield heading({**facts, "same": facts["output"]["same"]})
    first = facts["first"]
    if first is not None:
        yield ""
        yield f"What differs first is decided in phase {first['phase']}:"
        yield f"  {_decision_line(first)}"
    for phase in facts["phases"]:
        yield ""
        yield f"{phase['phase']}:"
        shown = phase["decisions"] if everything else phase["decisions"][:SHOWN]
        yield from (f"  {_decision_line(one)}" for one in shown)
        yield from _more(len(phase["decisions"]) - len(shown))
    if facts["output"] is not None and facts["output"]["groups"]:
        yield ""
        yield "The outputs:"
        yield from (f"  {line}" if line else "" for line in module_lines(facts["output"], everything))


def _outcome(side: Facts) -> str:
    return f"fails in phase {side['failed']}" if side["size"] is None else count(side["size"], "byte")


def _decision_line(one: Facts) -> str:
    more = f" and {one['count'] - 1:,} more" if one["count"] > 1 else ""
    said = " → ".join(words or "nothing" for words in (one["was"], one["now"]))
    return f"{one['change']:<7} {one['kind']} {one['name']}{more}: {said}"


def _more(number: int) -> Iterator[str]:
    if number:
        yield f"  … and {number:,} more (--all prints them)"


_NOUNS = (
    "export", "file", "function", "global", "import", "relocation", "section", "segment", "slot", "string", "table",
    "tag", "type",
)  # fmt: skip
_PLURALS = {"boundary": "boundaries", **{noun: f"{noun}s" for noun in _NOUNS}}
"""Kinds of rows that are nouns; others ("10 data", "4 placed") are the same in any number."""


def _amount(number: int, kind: str, phase: str) -> str:
    """How many rows of one kind a phase has: "14 sections"; in resolve a kind is what happened ("10 define")."""
    return count(number, kind, kind if phase == "resolve" else _PLURALS.get(kind, kind))


def step_lines(facts: Facts, everything: bool = False) -> Iterator[str]:
    """The facts of two steps as text; long lists are cut unless `everything` is to be printed."""
    yield f"@{facts['first']} → @{facts['last']}: {count(facts['last'] - facts['first'], 'step')}"
    for phase in facts["phases"]:
        yield ""
        amounts = (_amount(number, kind, phase["phase"]) for kind, number in phase["counts"].items())
        yield f"{phase['phase']}: {', '.join(amounts)}"
        shown = phase["steps"] if everything else phase["steps"][:SHOWN]
        yield from (printable(f"{one['step']:>8}  {one['text']}") for one in shown)
        yield from _more(len(phase["steps"]) - len(shown))
    if facts["symbols"]:
        yield ""
        yield f"{count(len(facts['symbols']), 'symbol')} changed:"
        shown = facts["symbols"] if everything else facts["symbols"][:SHOWN]
        for one in shown:
            yield printable(f"  {one['name']}: {one['was'] or 'not met'} → {one['now'] or 'not met'}")
        yield from _more(len(facts["symbols"]) - len(shown))
    for one in facts["bytes"]:
        yield ""
        yield f"output written: {one['start']:#x} to {one['end']:#x}, {count(one['end'] - one['start'], 'byte')}"
