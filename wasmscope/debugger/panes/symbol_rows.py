"""The rows of the symbol table on screen, and the panels about one symbol: who could have been it, who names it."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.debugger.lines import BLANK, CardLine, Cell, Column, Span, heading, note
from wasmscope.debugger.panes.facts import UNSET, number
from wasmscope.debugger.panes.stop_rows import thing_mark
from wasmscope.debugger.panes.thing_card import Moment, why_lines
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import count, file_title
from wasmscope.explain.reasons.chosen import Candidate, why_chosen
from wasmscope.explain.reasons.why import why_dead
from wasmscope.explain.state import State
from wasmscope.explain.symbols import Mention
from wasmscope.format.linking import SYM_HIDDEN, SYMBOL_KINDS
from wasmscope.link.model import ObjectFile, Symbol

COLUMNS = (
    Column("file", 20, 8, drop=4, name=True),
    Column("name", 34, 16, grow=3, name=True),
    Column("kind", 8, 6, drop=6),
    Column("bind", 6, drop=5),
    Column("vis", 7, drop=7),
    Column("state", 14, 10),
    Column("stands for", 30, 13, grow=2, drop=3, name=True),
    Column("value", 10, 9, right=True),
    Column("slot", 4, drop=8, right=True),
)
STATES = {"": UNSET, "undefined": "UNDEFINED", "weak undefined": "weak undef"}
ROLES = {
    "": "pending", "lazy": "pending", "dropped": "pending", "imported": "linker", "tolerated": "linker",
    "undefined": "error",
}  # fmt: skip
MENTIONS = 300
"""References listed at most."""


def symbol_cells(scene: Scene, symbol: Symbol) -> Sequence[Cell]:
    """The table's row about `symbol` at this step."""
    now, before = scene.now.symbol(symbol), scene.before.symbol(symbol)
    naming = scene.naming
    met = now.state != ""
    state, was = standing(scene.now, symbol), standing(scene.before, symbol)
    file = UNSET if not met else naming.file(now.file)
    return (
        (file, "linker" if file == "linker" else "" if met else "pending"),
        (naming.of(symbol), "" if met else "pending"),
        (symbol.kind.replace("function", "func"), "dim"),
        ("weak" if symbol.weak else "local" if symbol.local else "global", "dim"),
        ("hidden" if symbol.hidden else "default", "dim"),
        _changed(short_state(was[0]), short_state(state[0]), state),
        (stands_for(scene, symbol) if met and not now.state.endswith("undefined") else UNSET, "dim"),
        _number(before.value, now.value, symbol.kind == "data"),
        _number(before.slot, now.slot),
    )


def _changed(old: str, new: str, cell: Cell) -> Cell:
    """`cell`, or old → new if the last step made the one of the other."""
    return cell if old == new else (f"{old}→{new}", "changed")


def _number(old: int | None, new: int | None, hexadecimal: bool = False) -> Cell:
    cell = number(new, hexadecimal), "" if new is not None else "pending"
    return _changed(number(old, hexadecimal), cell[0], cell)


def short_state(state: str) -> str:
    """A symbol's state in a word that leaves room for another."""
    return state.replace("UNDEFINED", "undef").replace("weak ", "w.")


def record_cells(scene: Scene, file: ObjectFile, number: int) -> Sequence[Cell]:
    """The table's row about a record that no link has bound."""
    record = file.records[number]
    defined = record.defined
    return (
        (scene.naming.file(file), ""),
        (scene.naming.words(record.name or UNSET), ""),
        (SYMBOL_KINDS[record.kind].replace("function", "func"), "dim"),
        (record.binding, "dim"),
        ("hidden" if record.flags & SYM_HIDDEN else "default", "dim"),
        ("defined" if defined else "undefined", "" if defined else "pending"),
        (f"#{number}", "dim"),
        (UNSET, "pending"),
        (UNSET, "pending"),
    )


def standing(state: State, symbol: Symbol) -> Span:
    """The symbol's state in one or two words: also whether it was imported, tolerated or dropped."""
    now = state.standing(symbol)
    return STATES.get(now, now), ROLES.get(now, "")


def stands_for(scene: Scene, symbol: Symbol) -> str:
    """Which part of its file a symbol is."""
    target = symbol.target
    if target is None:
        return UNSET
    name = scene.naming.of(target)
    if symbol.kind == "data":
        return f"{name}+{symbol.offset:#x}" if symbol.offset else name
    return name if name != scene.naming.of(symbol) else f"{target.kind} {target.index}"


def symbol_mark(scene: Scene, symbol: Symbol) -> Span:
    """`*` if the last step changed the symbol; else the mark of a breakpoint on it."""
    now, before = scene.now, scene.before
    if now.symbol(symbol) != before.symbol(symbol) or standing(now, symbol) != standing(before, symbol):
        return "*", "changed"
    return scene.note_mark(symbol, thing_mark(scene, symbol))


def resolution_lines(scene: Scene, symbol: Symbol) -> list[CardLine]:
    """Every candidate for the name, who won and by which rule, as far as it has happened."""
    chosen = why_chosen(scene.link, symbol)
    winner = chosen.winner
    others = len(chosen.candidates)
    lines = [CardLine([(scene.naming.of(symbol), "name"), (f"  {count(others, 'candidate')}", "dim")])]
    if scene.naming.of(symbol) != symbol.name:
        lines.append(note(symbol.name, "dim"))
    for one in chosen.candidates:
        lines += _candidate(scene, one)
    decided = all(scene.done(one.step) for one in chosen.candidates)
    if not decided:
        return [*lines, BLANK, note("· not decided yet", "pending")]
    if winner is None:
        return [*lines, BLANK, note(f"! nobody won: {scene.naming.words(chosen.rule)}", "error")]
    who = scene.naming.file(winner.file)
    return [
        *lines,
        BLANK,
        CardLine([("✓ ", "ok"), (f"{who} won: {scene.naming.words(winner.rule)}", "")], Moment(winner.step)),
    ]


def _candidate(scene: Scene, one: Candidate) -> list[CardLine]:
    done = scene.done(one.step)
    now = one.step == scene.place.step
    who = scene.naming.file(one.file) + (f" #{one.record}" if one.record >= 0 else "")
    role = "step" if now else "" if done else "pending"
    sign = {"won": "✓", "lost": "✗", "replaced": "✗"}.get(one.outcome, "·") if done else "·"
    lines = [
        CardLine([
            (f"@{one.step:<5}", "number" if done else "pending"), (f" {sign} ", role), (who, f"{role} name"),
            (f"  {one.standing}, {one.outcome if done else 'to come'}", role), ("  <this step>" if now else "", "step"),
        ], Moment(one.step), 9),
        note(f"         {scene.naming.words(one.rule)}", "dim", 9),
    ]  # fmt: skip
    if one.extracted is not None:
        asker = file_title(one.extracted.asker) if one.extracted.asker else one.extracted.rule
        text = f"         pulled in by {scene.naming.words(asker)}"
        lines.append(note(text, "note", 9, Moment(one.extracted.step)))
    return lines


def reference_lines(scene: Scene, symbol: Symbol) -> list[CardLine]:
    """Why the symbol is kept or dropped, and the relocations that name it."""
    lines = why_lines(scene, symbol)[1:]
    dead = why_dead(scene.link, symbol) if not lines and scene.now.phase not in ("load", "resolve") else None
    if dead is not None:
        now = "* " if scene.before.phase in ("load", "resolve") else ""
        lines = [CardLine([(now, "changed"), ("why it is not in the output", "head")])]
        lines.append(note(scene.naming.words(dead.reason)))
        lines.append(note(f"would keep it: {dead.help}", "dim"))
    if not lines:
        lines = [note("· not marked yet", "pending")]
    mentions = scene.opened.mentions(symbol)
    lines += [BLANK, heading(f"named by {count(len(mentions), 'relocation')}")]
    for mention in mentions[:MENTIONS]:
        lines.append(_mention(scene, mention))
    if len(mentions) > MENTIONS:
        lines.append(note(f"and {len(mentions) - MENTIONS} more", "dim"))
    return lines


def _mention(scene: Scene, mention: Mention) -> CardLine:
    atom, row = mention
    patched = scene.now.relocation(atom, row).patched
    now = patched and not scene.before.relocation(atom, row).patched
    row_number = scene.steps.places.relocation_row(atom, row)
    dead = row_number is None and scene.link.relocate is not None
    number_text = f"r{row_number}" if row_number is not None else "–"
    return CardLine([
        ("* " if now else "", "changed"), (f"{number_text:<5} ", "number" if row_number is not None else "pending"),
        (scene.naming.of(atom), "patched" if patched else ""), (f"+{atom.site(row):#x}", "dim"),
        (f"  {scene.naming.file(atom.file)}", "dim"), ("  dead" if dead else "", "pending"),
    ], mention, 8)  # fmt: skip
