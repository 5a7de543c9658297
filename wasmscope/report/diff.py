"""How two modules or archives differ, as facts and as text.

Facts of modules: `kind` "modules", `before` and `after` (file, size), `same` (byte for byte), `sections` (name, before,
after: bytes), `groups` (group, counts, deltas in bytes, entries), `errors` (file, message, section, offset, expected:
what could not be read, and was not compared). An entry: `change` ("added", "removed", "changed", "moved"), `name`,
`count` (of things that moved together), `what` (what is different, in words), `delta` (bytes), `before` and `after`
(number, offset, size, address; null where it is not there), and with hunks asked for `hunks`: lists of rows (mark,
before, after: offset and text).
Facts of archives: `kind` "archives", `before`, `after`, `same`, `reordered`, `members` (name, change, before and after:
offset and size; `difference`: a module's facts), `errors`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.diff import Difference, Entry, EntryGroup
from wasmscope.explain.comparing.diff_archives import ArchiveDifference, MemberChange
from wasmscope.explain.comparing.diff_hunks import Line, Row, hunks
from wasmscope.explain.comparing.things import NONE, Thing
from wasmscope.format.archive import Member
from wasmscope.report.text import columns, count, printable, table

Facts = dict[str, Any]
SHOWN = {"moved": 10}
"""How many entries of a change are printed of a group, unless all are asked for; of the others `MANY`."""
MANY = 100


def file_facts(found: Difference | ArchiveDifference, with_hunks: bool = False) -> Facts:
    """The facts of two modules or of two archives."""
    return module_facts(found, with_hunks) if isinstance(found, Difference) else archive_facts(found, with_hunks)


def module_facts(found: Difference, with_hunks: bool = False) -> Facts:
    """The facts of two modules."""
    sides = found.a, found.b
    before, after = ({"file": side.module.file, "size": len(side.data)} for side in sides)
    return {
        "kind": "modules",
        "before": before,
        "after": after,
        "same": found.same,
        "sections": [one._asdict() for one in found.sizes],
        "groups": [_group(found, group, with_hunks) for group in found.groups],
        "errors": [error_facts(error) for error in found.errors],
    }


def _group(found: Difference, group: EntryGroup, with_hunks: bool) -> Facts:
    return {
        "group": group.name,
        "counts": group.counts,
        "deltas": group.deltas,
        "entries": [entry_facts(found, entry, with_hunks) for entry in group.entries],
    }


def entry_facts(found: Difference, entry: Entry, with_hunks: bool = False) -> Facts:
    """The facts of one entry."""
    facts: Facts = {
        "change": entry.change,
        "name": entry.name,
        "count": entry.total,
        "what": list(entry.what),
        "delta": entry.delta,
        "before": _thing(entry.before),
        "after": _thing(entry.after),
    }
    if with_hunks and entry.total == 1:
        facts["hunks"] = [[_row(row) for row in hunk] for hunk in hunks(found, entry)]
    return facts


def _thing(thing: Thing | None) -> Facts | None:
    if thing is None:
        return None
    return {
        "number": thing.number if thing.number != NONE else None,
        "offset": thing.start if thing.start >= 0 else None,
        "size": thing.size,
        "address": thing.address if thing.address >= 0 else None,
    }


def _row(row: Row) -> Facts:
    return {"mark": row.mark, "before": _line(row.before), "after": _line(row.after)}


def _line(line: Line | None) -> Facts | None:
    return None if line is None else {"offset": line.start, "text": line.text}


def error_facts(error: FormatError) -> Facts:
    """file, message, section, offset, expected."""
    return {
        "file": error.file,
        "message": error.message,
        "section": error.section or None,
        "offset": error.offset,
        "expected": error.expected or None,
    }


def archive_facts(found: ArchiveDifference, with_hunks: bool = False) -> Facts:
    """The facts of two archives."""
    before, after = ({"file": one.path, "size": len(one.data)} for one in (found.a, found.b))
    return {
        "kind": "archives",
        "before": before,
        "after": after,
        "same": found.same,
        "reordered": found.reordered,
        "members": [_member(one, with_hunks) for one in found.members],
        "errors": [error_facts(error) for error in found.errors],
    }


def _member(one: MemberChange, with_hunks: bool) -> Facts:
    return {
        "name": one.name,
        "change": one.change,
        "before": _place(one.before),
        "after": _place(one.after),
        "difference": None if one.difference is None else module_facts(one.difference, with_hunks),
    }


def _place(member: Member | None) -> Facts | None:
    return None if member is None else {"offset": member.offset, "size": member.size}


# --- as text ----------------------------------------------------------------------------------------------------


def lines(facts: Facts, everything: bool = False) -> Iterator[str]:
    """The facts of modules or archives as text; long lists are cut unless `everything` is to be printed."""
    yield printable(heading(facts))
    if facts["kind"] == "archives":
        yield from _archive_lines(facts, everything)
    else:
        yield from module_lines(facts, everything)


def heading(facts: Facts) -> str:
    """Both names, and both sizes."""
    before, after = facts["before"], facts["after"]
    if facts["same"]:
        return f"{before['file']} and {after['file']} are the same, byte for byte"
    delta = after["size"] - before["size"]
    return f"{before['file']} → {after['file']}: {before['size']:,} → {count(after['size'], 'byte')} ({delta:+,})"


def module_lines(facts: Facts, everything: bool = False) -> Iterator[str]:
    """All but the heading: section sizes, then group by group."""
    changed = [
        {**one, "delta": f"{one['after'] - one['before']:+,}"}
        for one in facts["sections"]
        if one["before"] != one["after"]
    ]
    if changed:
        yield ""
        yield "Sections of another size:"
        yield from table(changed, columns("name before:number after:number delta:number"))
    for group in facts["groups"]:
        yield ""
        yield f"{group['group'].capitalize()}: {_counted(group)}"
        yield from _entries(group["entries"], everything)


def _counted(group: Facts) -> str:
    deltas = group["deltas"]
    return ", ".join(
        f"{number:,} {change}" + (f" ({deltas[change]:+,} bytes)" if change in deltas else "")
        for change, number in group["counts"].items()
    )


def _entries(entries: Iterable[Facts], everything: bool) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for one in entries:
        seen[one["change"]] += 1
        if everything or seen[one["change"]] <= SHOWN.get(one["change"], MANY):
            yield printable(f"  {entry_line(one)}")
            yield from hunk_lines(one.get("hunks", ()))
    over = ((change, number - SHOWN.get(change, MANY)) for change, number in seen.items())
    left = [f"{number:,} {change}" for change, number in over if number > 0]
    if left and not everything:
        yield f"  … and more: {', '.join(left)} (--all prints them)"


def entry_line(one: Facts) -> str:
    """`changed twice  #0: body, +3 bytes`."""
    words = [*one["what"]]
    if one["delta"] and one["change"] in ("changed", "moved") and not any("byte" in word for word in words):
        words.append(f"{one['delta']:+,} bytes")
    more = f" and {one['count'] - 1:,} more" if one["count"] > 1 else ""
    return f"{one['change']:<7} {one['name']}{more}{_where(one)}" + (f": {', '.join(words)}" if words else "")


def _where(one: Facts) -> str:
    """The number, and the address of data, in both; where its bytes are and how many, if it is in one only."""
    before, after = one["before"], one["after"]
    if before is not None and after is not None:
        words = _both("#{}", before["number"], after["number"], True)
        words += _both("at {:#x}", before["address"], after["address"], False)
        return f"  {' '.join(words)}" if words else ""
    thing = before or after
    words = [f"#{thing['number']}"] if thing["number"] is not None else []
    words += [f"at {thing['address']:#x}"] if thing["address"] is not None else []
    text = " ".join(words)
    if thing["size"]:
        text += f"{', ' if text else ''}{count(thing['size'], 'byte')}"
    return f"  {text}" if text else ""


def _both(form: str, was: int | None, now: int | None, if_equal: bool) -> list[str]:
    if was is None or now is None or (was == now and not if_equal):
        return []
    return [form.format(was) if was == now else f"{form.format(was)} → {form.format(now).removeprefix('at ')}"]


def hunk_lines(found: Iterable[list[Facts]]) -> Iterator[str]:
    """Hunks as a unified listing, each under where it begins in both files."""
    for hunk in found:
        starts = [next((row[side]["offset"] for row in hunk if row[side]), None) for side in ("before", "after")]
        yield "      @ " + " → ".join("nothing" if at is None else f"{at:#x}" for at in starts)
        for row in hunk:
            texts = [row[side]["text"].rstrip() for side in ("before", "after") if row[side] is not None]
            shown = texts if row["mark"] == "~" and texts[0] != texts[-1] else texts[:1]
            yield printable(f"      {row['mark']} {'  →  '.join(shown)}".rstrip())


def _archive_lines(facts: Facts, everything: bool) -> Iterator[str]:
    if facts["reordered"]:
        yield "members come in another order"
    for one in facts["members"]:
        yield ""
        sizes = " → ".join(f"{place['size']:,}" for place in (one["before"], one["after"]) if place is not None)
        yield printable(f"{one['change']} {one['name']}: {sizes} bytes")
        if one["difference"] is not None:
            yield from (f"  {line}" if line else "" for line in module_lines(one["difference"], everything))
    if not (facts["same"] or facts["members"] or facts["reordered"]):
        yield "the members are the same; headers, index or padding are not"
