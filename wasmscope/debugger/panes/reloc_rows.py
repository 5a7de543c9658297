"""The rows of the relocation table on screen, and the panel that says how one value comes about."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.debugger.audited import finding_lines
from wasmscope.debugger.lines import BLANK, CardLine, Cell, Column, Span, note
from wasmscope.debugger.panes.facts import UNSET
from wasmscope.debugger.panes.source_rows import relocation_source
from wasmscope.debugger.panes.stop_rows import relocation_mark
from wasmscope.debugger.panes.thing_card import Moment, fact_lines
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import bound, target_title, type_title
from wasmscope.explain.reasons.terms import Term
from wasmscope.explain.reasons.value import ValueStory, why_value
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Link

COLUMNS = (
    Column("#", 7, 5, right=True),
    Column("site", 24, 14, grow=2, name=True),
    Column("type", 18, drop=2),
    Column("target", 22, 12, grow=2, name=True),
    Column("value", 10, 10, right=True, drop=1),
    Column("before", 14, 14, drop=3),
    Column("after", 14, 14, drop=4),
    Column("state", 9, 9),
)


def reloc_cells(scene: Scene, row: int | None, mention: Mention) -> Sequence[Cell]:
    """The table's row about one relocation at this step; `row` is None for one that the link does not apply."""
    atom, at = mention
    assert atom.relocs is not None
    state = scene.now.relocation(atom, at)
    now = state.patched and not scene.before.relocation(atom, at).patched
    role = "step" if now else "patched" if state.patched else "pending"
    word = "<now>" if now else "(patched)" if state.patched else "{pending}" if state.value is not None else "-"
    if state.patched and state.before == state.after:
        word = "<same>" if now else "(same)"
    before = state.before.hex(" ") if len(state.before) <= 5 else state.before.hex()
    after = UNSET if state.after is None else state.after.hex(" ") if len(state.after) <= 5 else state.after.hex()
    symbol = bound(scene.link, atom, at)
    target = scene.naming.of(symbol) if symbol is not None else target_title(scene.link, atom, at)
    return (
        (str(row) if row is not None else "-", "dim"),
        (f"{scene.naming.of(atom)}+{atom.site(at):#x}", ""),
        (type_title(atom.relocs.types[at]).removeprefix("R_WASM_"), "dim"),
        (target, "name"),
        (value_text(state.value) if state.patched else UNSET, role),
        (before, "pending"),
        (after, role),
        (word, role),
    )


def value_text(value: int | None) -> str:
    """A value as the table shows it: small ones in decimal."""
    if value is None:
        return UNSET
    return str(value) if -1000 < value < 1000 else f"{value:#x}"


def reloc_mark(scene: Scene, mention: Mention) -> Span:
    """`!` if an audit found it wrong, `*` if the last step patched it; else the mark of a stop at it."""
    if scene.audited is not None and mention in scene.audited.at:
        return "!", "error"
    done = scene.now.relocation(*mention).patched and not scene.before.relocation(*mention).patched
    return ("*", "changed") if done else scene.note_mark(mention, relocation_mark(scene, mention))


def formula_lines(scene: Scene, mention: Mention) -> list[CardLine]:
    """How the value comes about, in six parts: type, formula, symbol, terms, encoding, read back."""
    audited = finding_lines(scene.audited, mention, scene.naming) if scene.audited is not None else []
    try:
        story = why_value(scene.link, *mention)
    except LookupError:
        why = note(f"this link does not apply it: {_left_out(scene.link, mention)}", "pending")
        return [*audited, *fact_lines(scene, mention), BLANK, why]
    state = scene.now.relocation(*mention)
    lines = [
        *audited,
        CardLine([(story.type.name, "name"), (f"  type {story.type.number}: {story.type.summary}", "dim")]),
        CardLine([(scene.naming.words(story.formula), "op")]),
        *_steps_of(scene, "symbol ", story.path),
        *_terms(scene, story),
        _encoded(story, state.patched),
        _reread(story, state.patched),
    ]
    lines += [note(f"! {text}", "note" if story.ok else "error") for text in story.notes]
    number = scene.steps.places.relocation_row(*mention)
    if number is not None:
        step = scene.steps.number("relocate", number)
        word = "patched by this step" if step == scene.place.step else "patched" if state.patched else "to be patched"
        role = "step" if step == scene.place.step else "dim"
        lines += [BLANK, CardLine([(f"@{step} ", "number"), (word, role)], Moment(step))]
    return lines + relocation_source(scene, mention)


def _left_out(link: Link, mention: Mention) -> str:
    """Why a relocation is not applied."""
    if link.relocate is None:
        return f"the link stopped in {link.failed}"
    lost = link.resolve is not None and mention.atom in link.resolve.discarded
    return "its atom is of a COMDAT group that another file has" if lost else "nothing keeps its atom"


def _steps_of(scene: Scene, lead: str, path: Sequence[Term]) -> list[CardLine]:
    lines = []
    for position, one in enumerate(path):
        arrow = lead if position == 0 else " " * (len(lead) - 2) + "→ "
        role = "" if scene.done(one.step) else "pending"
        text = [(arrow, "dim"), (scene.naming.words(one.name), role), *_fixed(scene, one.step)]
        lines.append(CardLine(text, Moment(one.step), len(lead)))
    return lines


def _fixed(scene: Scene, step: int) -> list[Span]:
    """The step that fixed something, and `*` if that is the last one that happened."""
    return [(f"  @{step}", "number"), (" *" if step and step == scene.place.step else "", "changed")]


def _terms(scene: Scene, story: ValueStory) -> list[CardLine]:
    """The terms under each other, and what they add up to."""
    lines = []
    for position, term in enumerate(story.terms):
        sign = "+" if position else "="
        known = scene.done(term.step)
        value = value_text(term.value) if known else UNSET
        text = [
            (f"{sign} {value:>10}  ", "number" if known else "pending"),
            (scene.naming.words(term.name), "" if known else "pending"),
        ]
        lines.append(CardLine([*text, *_fixed(scene, term.step)], Moment(term.step), 14))
    known = all(scene.done(term.step) for term in story.terms)
    if len(story.terms) != 1:
        total = f"{value_text(story.value) if known else UNSET:>10}"
        other = f"  = {story.value:#x}" if -1000 < story.value < 1000 else f"  = {story.value}"
        role = "number" if known else "pending"
        lines.append(CardLine([("= ", "dim"), (total, role), (other if known else "", "dim")], None, 14))
    return lines


def _encoded(story: ValueStory, patched: bool) -> CardLine:
    after = (story.after.hex(" "), "" if patched else "pending")
    return CardLine([("encode ", "dim"), (f"{story.encoding}: ", ""), after], None, 7)


def _reread(story: ValueStory, patched: bool) -> CardLine:
    if not patched:
        return CardLine([("re-read", "dim"), (f" {UNSET} not written yet", "pending")], None, 8)
    read = "cannot be read" if story.reread is None else value_text(story.reread)
    equal = story.reread is not None and (story.reread - story.value) % (1 << story.type.bits) == 0
    sign = ("✓ equal", "ok") if equal else ("✗ differs", "error")
    role = "ok" if story.ok else "error"
    return CardLine([("re-read ", "dim"), (f"{read} ", ""), sign, (f"   {story.range}", role)], None, 8)
