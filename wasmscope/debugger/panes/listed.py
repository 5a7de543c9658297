"""Every pane by its name, as rows of lines: what `show` prints, at the prompt and in a panel of the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wasmscope.debugger.lines import CardLine, Cell, Line, note
from wasmscope.debugger.panes.chains import chain_card, chain_of, chains, placed_of
from wasmscope.debugger.panes.changed import changed_lines
from wasmscope.debugger.panes.code_lines import code_line
from wasmscope.debugger.panes.diff_rows import diff_cells, diff_columns
from wasmscope.debugger.panes.facts import heading_of
from wasmscope.debugger.panes.hex_rows import LEGEND, ROW, hex_line
from wasmscope.debugger.panes.inspector import inspector_lines
from wasmscope.debugger.panes.listing import Listing
from wasmscope.debugger.panes.pane import BYTES_WIDTH, Pane, Rows, Table, arranged, told, whole
from wasmscope.debugger.panes.phases import inner_rows, phase_rows
from wasmscope.debugger.panes.reloc_rows import COLUMNS as RELOC_COLUMNS
from wasmscope.debugger.panes.reloc_rows import formula_lines, reloc_cells, reloc_mark
from wasmscope.debugger.panes.status import step_lines
from wasmscope.debugger.panes.stop_rows import break_lines, check_lines, checkpoint_lines, watch_lines
from wasmscope.debugger.panes.structure import source_at, structure_of
from wasmscope.debugger.panes.symbol_rows import COLUMNS as SYMBOL_COLUMNS
from wasmscope.debugger.panes.symbol_rows import reference_lines, resolution_lines, symbol_cells, symbol_mark
from wasmscope.debugger.panes.thing_card import fact_lines, link_card, said, thing_card
from wasmscope.debugger.panes.why_rows import (
    DOMINATOR_COLUMNS,
    DominatorRows,
    dominator_cells,
    path_lines,
    reason_lines,
    subject,
)
from wasmscope.debugger.render import card_lines, table_lines
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.step_rows import step_rows
from wasmscope.explain.reasons.dominators import dominators
from wasmscope.explain.reasons.graph import kept_thing
from wasmscope.explain.symbols import Thing
from wasmscope.format.tree import node_at
from wasmscope.link.model import PHASES


def here_lines(scene: Scene) -> list[Line]:
    """What is looked at, by name, and the facts about it."""
    title = scene.naming.words(heading_of(scene.place.thing))
    return [[(title, "strong")], *([("  ", ""), *one.spans] for one in fact_lines(scene, scene.place.thing))]


def _card(make: Callable[[Scene], Iterable[CardLine]]) -> Callable[[Scene], Rows]:
    return lambda scene: whole(card_lines(make(scene)))


def _mark(here: bool, changed: str) -> tuple[str, str]:
    return (">" if here else " ") + changed, "changed" if changed != " " else ""


def _thing(scene: Scene) -> list[CardLine]:
    title = scene.naming.words(heading_of(scene.place.thing))
    return [note(title, "strong"), *thing_card(scene)]


def _phases(scene: Scene) -> Rows:
    lines: list[Line] = []
    for row in phase_rows(scene):
        here = row.done > 0 and PHASES[row.number - 1] == scene.now.phase
        inner = inner_rows(scene, row) if here else ()
        for one in (row, *inner):
            state = f"{one.done:,} of {one.total:,}" if one.total else ""
            word = "failed" if one.failed else "not reached" if not one.reached else state
            lead = _mark(here and bool(one.number), " ")
            lines.append([lead, (f"{one.number or '':>1} {one.name}  {word}  {one.tally}".rstrip(), "")])
    return whole(lines)


def _steps(scene: Scene) -> Rows:
    shown = step_rows(scene)

    def lines(start: int, end: int) -> list[Line]:
        steps = (scene.steps[shown.step(item)] for item in range(start, end))
        return [
            [_mark(one.number == scene.place.step, " "), (f"@{one.number} {one.phase}: ", "dim"),
             (scene.naming.words(one.text), "")]
            for one in steps
        ]  # fmt: skip

    return Rows(shown.count, shown.position, lines, page=11, told=told(scene, "steps"))


def _chains(scene: Scene) -> Rows:
    lines: list[Line] = []
    for chain in chains(scene):
        now = scene.now.chain(chain)
        here = chain is chain_of(scene, scene.place.atom)
        text = f"{chain.name}: {now.placed:,} of {now.total:,} atoms, {now.size:,} of {chain.size:,} bytes"
        lines.append([_mark(here, "*" if now.placed != scene.before.chain(chain).placed else " "), (text, "")])
    return whole(lines or [[("no chain yet", "pending")]])


def _chain(scene: Scene) -> Rows:
    chain = chain_of(scene, scene.place.atom) or next(iter(chains(scene)), None)
    if chain is None:
        return whole([[("no chain yet", "pending")]])
    placed = placed_of(scene, chain, scene.place.atom)
    at = placed.number if placed is not None else -1

    def lines(start: int, end: int) -> list[Line]:
        found: list[Line] = []
        for item in range(start, end):
            card = chain_card(scene, chain, item)
            pad = f"  after {card.pad} of padding" if card.pad else ""
            broken = f"  ! joined {card.joint}" if card.joint not in ("", "<─>") and item else ""
            text = f"{card.number:>4} {card.name}  {card.place}  {card.facts}  {card.file}{pad}"
            found.append([_mark(item == at, " "), (text, card.role), (broken, "error")])
        return found

    return Rows(scene.now.chain(chain).total, at, lines)


def _symbols(scene: Scene) -> Rows:
    symbols = scene.opened.symbols
    row = scene.opened.symbol_rows.get(scene.place.symbol) if scene.place.symbol is not None else None
    rows, at = arranged(scene, "symbols", len(symbols), row)

    def cells(start: int, end: int) -> list[Sequence[Cell]]:
        return [symbol_cells(scene, symbols[row]) for row in rows[start:end]]

    def lines(start: int, end: int) -> list[Line]:
        marks = [_mark(i == at, symbol_mark(scene, symbols[rows[i]])[0]) for i in range(start, end)]
        return table_lines(SYMBOL_COLUMNS, cells(start, end), marks)

    return Rows(len(rows), at, lines, table=Table(SYMBOL_COLUMNS, cells), told=told(scene, "symbols"))


def _relocations(scene: Scene) -> Rows:
    table = scene.opened.relocations
    row = table.row_of(scene.place.relocation) if scene.place.relocation is not None else None
    rows, at = arranged(scene, "relocations", len(table), row)

    def cells(start: int, end: int) -> list[Sequence[Cell]]:
        return [reloc_cells(scene, row, table[row]) for row in rows[start:end]]

    def lines(start: int, end: int) -> list[Line]:
        marks = [_mark(i == at, reloc_mark(scene, table[rows[i]])[0]) for i in range(start, end)]
        return table_lines(RELOC_COLUMNS, cells(start, end), marks)

    return Rows(len(rows), at, lines, table=Table(RELOC_COLUMNS, cells), told=told(scene, "relocations"))


def _formula(scene: Scene) -> list[CardLine]:
    mention = scene.place.relocation
    return formula_lines(scene, mention) if mention is not None else [note("no relocation here", "pending")]


def _resolution(scene: Scene) -> list[CardLine]:
    symbol = scene.place.symbol
    return resolution_lines(scene, symbol) if symbol is not None else [note("no symbol here", "pending")]


def _references(scene: Scene) -> list[CardLine]:
    symbol = scene.place.symbol
    return reference_lines(scene, symbol) if symbol is not None else [note("no symbol here", "pending")]


def _code(scene: Scene) -> Rows:
    atom = scene.place.atom
    if atom is None:
        return whole([[("no code here", "pending")]])
    mention = scene.place.relocation
    listing = Listing(scene, atom, mention if mention is not None and mention.atom is atom else None)

    def lines(start: int, end: int) -> list[Line]:
        return [code_line(listing.line(number), BYTES_WIDTH) for number in range(start, end)]

    return Rows(len(listing), listing.split, lines)


def _bytes(scene: Scene) -> Rows:
    source = source_at(scene)
    if source is None:
        return whole([[("no bytes: nothing could be read", "pending")]])

    def lines(start: int, end: int) -> list[Line]:
        found: list[Line] = [LEGEND]
        return found + [hex_line(source, ROW * row) for row in range(start, end)]

    return Rows((source.size + ROW - 1) // ROW, scene.place.start // ROW, lines, page=16, centred=False)


def _structure(scene: Scene) -> Rows:
    source = source_at(scene)
    if source is None:
        return whole([[("no bytes: nothing could be read", "pending")]])
    root = structure_of(source)
    way, changed = node_at(root, scene.place.start)[1:], source.changed()
    lines: list[Line] = []
    for section in root.children():
        inside = way if way and section is way[0] else [section]
        for depth, node in enumerate(inside):
            text = f"{'  ' * depth}{node.label}  {node.value}  {node.start:#x}..{node.end:#x}"
            star = "*" if changed is not None and node.start < changed[1] and node.end > changed[0] else " "
            lines.append([_mark(len(inside) > 1 and depth == len(inside) - 1, star), (text, "")])
    return whole(lines)


def _inspector(scene: Scene) -> list[CardLine]:
    source = source_at(scene)
    if source is None:
        return [note("no bytes: nothing could be read", "pending")]
    offset = max(0, min(scene.place.start, source.size - 1))
    path = [(node.label, node.value) for node in node_at(structure_of(source), offset)[1:]]
    return inspector_lines(scene, source, offset, path)


def _difference(scene: Scene) -> Rows:
    comparison = scene.comparison
    rows = comparison.rows if comparison is not None else ()

    columns = diff_columns(comparison) if comparison is not None else ()

    def cells(start: int, end: int) -> list[Sequence[Cell]]:
        return [diff_cells(scene, row)[: len(columns)] for row in rows[start:end]]

    def lines(start: int, end: int) -> list[Line]:
        marks = [(f"{row.mark or ' '} ", "") for row in rows[start:end]]
        title: Line = [(f"difference {comparison.title}" if comparison is not None else "", "strong")]
        return [title, *table_lines(columns, cells(start, end), marks)]

    return Rows(len(rows), 0, lines, centred=False, table=Table(columns, cells))


def _about(make: Callable[[Scene, Thing], list[CardLine]]) -> Callable[[Scene], Rows]:
    def rows(scene: Scene) -> Rows:
        thing = subject(scene)
        return whole(card_lines(make(scene, thing) if thing is not None else [note("nothing is looked at", "pending")]))

    return rows


def _dominators(scene: Scene) -> Rows:
    found, thing = dominators(scene.link), subject(scene)
    rows = DominatorRows(found, kept_thing(thing) if thing is not None else None)

    def cells(start: int, end: int) -> list[Sequence[Cell]]:
        return [dominator_cells(scene, found, rows[row]) for row in range(start, end)]

    def lines(start: int, end: int) -> list[Line]:
        marks = [_mark(rows[row].where == "here", " ") for row in range(start, end)]
        return table_lines(DOMINATOR_COLUMNS, cells(start, end), marks)

    return Rows(len(rows), rows.here, lines, table=Table(DOMINATOR_COLUMNS, cells))


PANES: dict[str, Pane] = {
    "step": Pane("what the last step did, and why", lambda scene: whole(step_lines(scene))),
    "thing": Pane("the card of what is looked at", _card(_thing), ("card", "atom", "symbol", "relocation")),
    "link": Pane("inputs, output, what was assumed, the files", _card(link_card), ("files", "inputs")),
    "said": Pane("what the link said", lambda scene: whole(said(scene) or [[("nothing", "dim")]]), ("diagnostics",)),
    "phases": Pane("the seven phases, and how far each is", _phases),
    "steps": Pane("the steps around this one", _steps, ("events",), "steps"),
    "chains": Pane("every chain, and how much of it is placed", _chains),
    "chain": Pane("the atoms of the chain that the atom is in", _chain, ("atoms",)),
    "symbols": Pane("the symbol table at this step", _symbols, table="symbols"),
    "resolution": Pane("who could have been the symbol, who won, by which rule", _card(_resolution)),
    "references": Pane("why the symbol is kept, and who names it", _card(_references), ("xrefs",)),
    "relocations": Pane("the relocation table at this step", _relocations, ("relocs",), "relocations"),
    "formula": Pane("how the relocation's value comes about", _card(_formula)),
    "code": Pane("the atom's code, with the relocation before and after", _code, ("listing", "disassembly")),
    "bytes": Pane("rows of 16 bytes with what happened to them", _bytes, ("hex",)),
    "structure": Pane("the sections, and the way to the byte", _structure, ("tree",)),
    "changes": Pane("everything that the last step changed", lambda scene: whole(changed_lines(scene))),
    "breakpoints": Pane("breakpoints, and how far the link is past each", lambda scene: whole(break_lines(scene))),
    "watches": Pane("what is watched", lambda scene: whole(watch_lines(scene)), ("watchpoints", "display")),
    "checks": Pane("the checks that failed", lambda scene: whole(check_lines(scene))),
    "checkpoints": Pane("moments with a name", lambda scene: whole(checkpoint_lines(scene))),
    "difference": Pane("what differs: see diff", _difference, ("diff",)),
    "paths": Pane("every path that keeps the thing, or why it is dropped", _about(path_lines), ("why", "path")),
    "reasons": Pane("why it is exported, imported, in the table, at its address", _about(reason_lines)),
    "dominators": Pane("what alone keeps the thing, and what would go with it", _dominators, ("retained",)),
    "inspector": Pane("what the byte is, its numbers, where it is from", _card(_inspector), ("byte",)),
}
"""Pane by name."""
MAIN = ("chain", "symbols", "relocations", "bytes", "difference", "paths")
"""The main pane of each of VIEWS."""
