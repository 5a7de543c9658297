"""What `audit` found, as facts and as text.

The facts: `linked`, the module's file; `identical`, whether our own link has the same bytes; `order`,
the objects in the order of the module, if it is another than theirs on the command line; `matched`, atoms by kind;
`checked` and `unchecked` relocations (these by reason); `records` and `records_unchecked`, the same of the module's own
records (exports, the start function, …; by what they are, and by reason); `groups`, findings by cause, worst first,
each finding with its site in both files and its relocation, or its record, and what was expected and found;
`unmatched`; `assumed`, options of the viewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wasmscope.explain.auditing.audit import Audit, AuditFinding, AuditGroup
from wasmscope.explain.naming import file_title, target_title, title
from wasmscope.link.model import Atom, Link
from wasmscope.link.names import displayed
from wasmscope.report.text import count, printable

Facts = dict[str, Any]
SHOWN = 8
"""How many findings of a group, and other lines of a kind, are printed."""


def audit_facts(link: Link, found: Audit, order: Sequence[str] = ()) -> Facts:
    """The facts of an audit; `order` are the objects in the order that counted, if they were given in another."""
    return {
        "linked": found.matching.module.file,
        "identical": found.identical,
        "order": list(order),
        "matched": found.matched,
        "functions": len(found.matching.module.bodies),
        "checked": found.checked,
        "unchecked": dict(found.unchecked),
        "records": dict(+found.records),
        "records_unchecked": dict(found.records_unchecked),
        "groups": [_group(link, one) for one in found.groups],
        "unmatched": [{"what": _what(one.thing), "why": one.why} for one in found.unmatched],
        "assumed": list(link.assumed),
        "failed": link.failed,
    }


def _what(thing: Atom | int) -> str:
    return f"function {thing}" if isinstance(thing, int) else f"{thing.kind} {title(thing)} of {file_title(thing.file)}"


def _group(link: Link, group: AuditGroup) -> Facts:
    findings = [_finding(link, one) for one in group.findings]
    return {"cause": group.cause, "sentence": group.sentence, "findings": findings}


def _finding(link: Link, one: AuditFinding) -> Facts:
    atom, about = one.atom, one.about
    return {
        "offset": one.offset,
        "record": one.record or None,
        "file": file_title(atom.file) if atom is not None else None,
        "object_offset": one.object_offset,
        "atom": title(atom) if atom is not None else None,
        "relocation": None if one.mention is None else one.mention.row - one.mention.atom.lo,
        "type": one.type.name if one.type is not None else None,
        "target": target_title(link, *one.mention) if one.mention is not None else about and title(about),
        "expected": one.expected,
        "formula": one.formula,
        "found": one.found,
        "points_to": one.points_to,
        "why": one.why,
        "cause": one.cause,
        "message": one.message,
    }


def lines(facts: Facts, demangle: bool = True) -> Iterator[str]:
    """The facts as text: what is wrong first, then what could not be checked."""
    for line in _lines(facts):
        yield printable(displayed(line) if demangle else line)


def _lines(facts: Facts) -> Iterator[str]:
    same = "the same bytes as" if facts["identical"] else "other bytes than"
    yield f"{facts['linked']} has {same} our own link of the same command line"
    if facts["order"]:
        yield f"the module has the objects in another order, which counts here: {' '.join(facts['order'])}"
    matched = facts["matched"]
    parts = [count(matched["function"], "function"), count(matched["data"], "data segment")]
    parts += [count(matched["custom"], "piece") + " of custom sections"] if matched["custom"] else []
    checked = f"{count(facts['checked'], 'relocation')} and {count(sum(facts['records'].values()), 'record')}"
    yield f"matched {', '.join(parts)}; checked {checked}"
    for group in facts["groups"]:
        yield ""
        yield f"{group['cause']}: {group['sentence']}"
        for one in group["findings"][:SHOWN]:
            origin = f" (from {one['file']} {one['object_offset']:#x})" if one["file"] is not None else ""
            yield f"  {one['offset']:#x}{origin}"
            yield f"    {one['message']}"
        yield from _more(len(group["findings"]))
    yield from _left_out(facts)
    total = sum(len(group["findings"]) for group in facts["groups"])
    yield ""
    if total:
        causes = {group["cause"] for group in facts["groups"]}
        yield f"{count(total, 'finding')} of {count(len(causes), 'cause')}"
    else:
        yield "nothing found" if checked_any(facts) else "nothing was checked: the module was made from other objects"


def checked_any(facts: Facts) -> bool:
    """Whether anything could be checked that there was to check."""
    return bool(facts["checked"] or not facts["unmatched"])


def _left_out(facts: Facts) -> Iterator[str]:
    if facts["unmatched"]:
        yield ""
        yield f"{count(len(facts['unmatched']), 'thing')} without a counterpart:"
        yield from (f"  {one['why']}" for one in facts["unmatched"][:SHOWN])
        yield from _more(len(facts["unmatched"]))
    if facts["unchecked"]:
        yield ""
        yield f"{count(sum(facts['unchecked'].values()), 'relocation')} not checked:"
        yield from (f"  {number:,}: {why}" for why, number in list(facts["unchecked"].items())[:SHOWN])
        yield from _more(len(facts["unchecked"]))
    if facts["records_unchecked"]:
        yield ""
        yield f"{count(sum(facts['records_unchecked'].values()), 'record')} not checked:"
        yield from (f"  {number:,}: {why}" for why, number in facts["records_unchecked"].items())


def _more(number: int) -> Iterator[str]:
    if number > SHOWN:
        yield f"  … and {number - SHOWN:,} more (--json prints all)"
