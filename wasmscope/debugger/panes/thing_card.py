"""The card about a thing: its facts and what the last step changed, the sum behind its place, what keeps it."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.debugger.audited import record_lines
from wasmscope.debugger.lines import BLANK, CardLine, Line, entry, heading, note
from wasmscope.debugger.panes.facts import UNSET, Fact, facts
from wasmscope.debugger.panes.source_rows import relocation_source, thing_source
from wasmscope.debugger.panes.stop_rows import check_line
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import count
from wasmscope.explain.reasons.why import why_live
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, Entity, Symbol
from wasmscope.report.messages import said as spoken


class Moment(NamedTuple):
    """A card line that leads to a step."""

    step: int


def thing_card(scene: Scene) -> list[CardLine]:
    """The card about `scene.place.thing`; about the link when nothing is looked at."""
    thing = scene.place.thing
    if thing is None:
        return link_card(scene)
    text = scene.note(thing)
    lines = [entry("note", text, "note")] if text else []
    if isinstance(thing, Symbol) and scene.audited is not None:
        lines += record_lines(scene.audited, thing, scene.naming)
    lines += fact_lines(scene, thing)
    if isinstance(thing, Symbol | Atom):
        lines += thing_source(scene, thing)
    if isinstance(thing, Mention):
        lines += relocation_source(scene, thing)
    if isinstance(thing, Atom):
        lines += offset_sum(scene, thing)
    if isinstance(thing, Atom | Entity | Symbol):
        lines += why_lines(scene, thing)
    return lines + history(scene, thing)


def fact_lines(scene: Scene, thing: object) -> list[CardLine]:
    """One line for each fact; `*` and old → new where the last step changed it."""
    old = {fact.key: fact.value for fact in facts(scene.before, thing)} if scene.place.step else {}
    return [_fact_line(scene, fact, old.get(fact.key, fact.value)) for fact in facts(scene.now, thing)]


def _fact_line(scene: Scene, fact: Fact, old: str) -> CardLine:
    value = scene.naming.words(fact.value)
    if old == fact.value:
        return entry(fact.key, value, "pending" if value == UNSET else "", fact.target)
    was = scene.naming.words(old)
    return CardLine([(f"{fact.key:<7}", "dim"), ("*", "changed"), (f"{was} → {value}", "changed")], fact.target, 8)


def offset_sum(scene: Scene, atom: Atom) -> list[CardLine]:
    """How the atom's offset in its chain comes about."""
    placed = scene.now.place(atom)
    if placed is None:
        return []
    lines = [BLANK, heading(f"why offset {placed.offset:#x}")]
    if placed.prev is None:
        return [*lines, note(f"the first in its chain, which starts at {placed.offset - placed.pad:#x}")]
    before = placed.prev
    name = scene.naming.of(before.item)
    lines.append(CardLine([(f"{before.offset:#8x}", "number"), (f"  where {name} is", "")], before.item, 10))
    lines.append(CardLine([(f"+{before.size:#7x}", "number"), ("  its size", "")], before.item, 10))
    if placed.pad:
        lines.append(CardLine([(f"+{placed.pad:#7x}", "number"), (f"  padding to {1 << atom.align}", "")], None, 10))
    return [*lines, CardLine([(f"={placed.offset:#7x}", "number")])]


def why_lines(scene: Scene, thing: Atom | Entity | Symbol) -> list[CardLine]:
    """The path from a root to `thing`, once it is marked."""
    path = why_live(scene.link, thing)
    if not path or not scene.done(path[-1].step):
        return []
    now = path[-1].step == scene.place.step
    lines = [BLANK, CardLine([("* " if now else "", "changed"), ("why it is kept", "head")])]
    for depth, edge in enumerate(path[-8:]):
        name = scene.naming.of(edge.symbol if edge.symbol is not None else edge.thing)
        lead, mention = f"{' ' * min(depth, 4)}└ " if edge.through is not None else "", edge.mention
        why = f"r{mention.row - mention.atom.lo}" if mention is not None else scene.naming.words(edge.rule)
        spans = [(lead, "dim"), (name, "name"), (f"  {why}", "dim")]
        lines.append(CardLine(spans, mention or edge.thing, 6 if lead else 2))
    return lines


def history(scene: Scene, thing: object) -> list[CardLine]:
    """The steps that touch `thing`."""
    numbers = scene.steps.of(thing)
    if not numbers:
        return []
    lines = [BLANK, heading(f"touched by {count(len(numbers), 'step')}")]
    for number in numbers[:40]:
        step = scene.steps[number]
        role = "step" if number == scene.place.step else "" if scene.done(number) else "pending"
        text = scene.naming.words(step.text)
        lines.append(CardLine([(f"@{number:<5} ", "number"), (text, role)], Moment(number), -1))
    return lines


def link_card(scene: Scene) -> list[CardLine]:
    """The link as a whole: what goes in, what was assumed, what was said."""
    link = scene.link
    files = link.load.files if link.load else []
    lines = [
        entry("inputs", f"{len(link.options.inputs)} named, {count(len(files), 'object')} read"),
        entry("output", link.options.output or "a.out"),
        entry("steps", f"{len(scene.steps):,}"),
    ]
    if link.assumed:
        lines.append(entry("assumed", f"{' '.join(link.assumed)} (--strict turns it off)", "note", width=7))
    lines.append(
        entry("result", f"failed in {link.failed}" if link.failed else "linked", "error" if link.failed else "ok")
    )
    words = said(scene)
    if words:
        lines += [BLANK, heading("said"), *map(CardLine, words)]
    failed = scene.stops.failed(scene.steps) if scene.stops is not None else ()
    if failed:
        lines += [BLANK, heading("failed checks")]
    lines += [CardLine(check_line(scene, one), Moment(one.step), 3) for one in failed]
    if files:
        lines += [BLANK, heading("files")]
    return lines + [
        CardLine([(scene.naming.file(file), ""), (f"  {len(file.module.data):,} B", "dim")], file)
        for file in files[:500]
    ]


def said(scene: Scene) -> list[Line]:
    """What the link said, with what helps."""
    lines: list[Line] = []
    for one in spoken(scene.link):
        role = "error" if one.severity == "error" else "note"
        first, *more = one.text.split("\n")
        lines.append([(f"! {one.severity}: ", role), (scene.naming.words(first), role)])
        lines += [[(scene.naming.words(text), role)] for text in more]
        lines += [[("  ", ""), (scene.naming.words(text), "dim")] for text in one.notes]
    return lines
