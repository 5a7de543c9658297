"""View 6, why: the paths that keep a thing, what alone keeps it and what would go with it, and every other reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from wasmscope.debugger.lines import BLANK, CardLine, Cell, Column, CommandLine, Span, entry, heading, note
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import count, file_title, type_title
from wasmscope.explain.reasons.chosen import why_extracted
from wasmscope.explain.reasons.dominators import Dominators, DominatorTree
from wasmscope.explain.reasons.listed import why_exported, why_imported, why_not_exported, why_slot
from wasmscope.explain.reasons.memory_size import address_base, why_address
from wasmscope.explain.reasons.paths import Edge, Paths
from wasmscope.explain.reasons.traps import why_symbol_traps
from wasmscope.explain.reasons.why import why_dead, why_live
from wasmscope.explain.symbols import Thing
from wasmscope.link.model import Atom, Entity, ObjectFile, Symbol

OTHERS = 12
"""Further paths shown."""
TAKERS = 8


def subject(scene: Scene) -> Thing | None:
    """What the view is about: the thing at the cursor, if it is one that can be kept."""
    place = scene.place
    for one in (place.thing, place.symbol, place.atom):
        if isinstance(one, Atom | Entity | Symbol):
            return one
    return None


# --- paths --------------------------------------------------------------------------------------------------------


def path_title(scene: Scene, thing: Thing | None) -> list[Span]:
    """What the pane of the paths is called: whether `thing` is kept, where the link came to decide it. None: nothing
    that is known yet."""
    if thing is None:
        return [("Why", "")]
    kept = " is kept" if why_live(scene.link, thing) else " is not kept" if why_dead(scene.link, thing) else ""
    return [("Why ", ""), (scene.naming.of(thing), "name"), (kept, "")]


def path_lines(scene: Scene, thing: Thing) -> list[CardLine]:
    """The shortest path from a root, a relocation on every edge, then the others; or why there is none."""
    path = why_live(scene.link, thing)
    if not path:
        return dead_lines(scene, thing)
    lines = [*_path(scene, path), BLANK]
    if not scene.done(path[-1].step):
        step = path[-1].step
        lines.insert(0, note(f"· not decided at this step: it will be at @{step}", "pending", 2, Moment(step)))
    elif path[-1].step == scene.place.step:
        lines.insert(0, note("* decided by this step", "changed"))
    paths = Paths(scene.link, thing)
    others = [one for one in islice(paths, OTHERS + 2) if _same_way(one) != _same_way(path)]
    if not others:
        return [*lines, note("no other path" if not paths.gave_up else "· other paths are too many to look for", "dim")]
    more = " and more" if len(others) > OTHERS else ""
    lines.append(heading(f"{count(min(len(others), OTHERS), 'other path')}{more}"))
    for one in others[:OTHERS]:
        names = " > ".join(scene.naming.of(edge.symbol or edge.thing) for edge in one)
        target = next((edge.mention for edge in reversed(one) if edge.mention is not None), one[0].thing)
        lines.append(CardLine([(names, "")], target, 2))
    return lines


def _same_way(path: Sequence[Edge]) -> list[tuple[int, int]]:
    return [(id(edge.thing), edge.row) for edge in path]


def _home(scene: Scene, thing: Thing) -> str:
    """The file that has `thing`; of an undefined symbol, which no file has, what became of it."""
    if isinstance(thing, Symbol) and thing.undefined:
        return "imported" if why_imported(scene.link, thing) else "undefined"
    return scene.naming.file(thing.file)


def _path(scene: Scene, path: Sequence[Edge]) -> Iterator[CardLine]:
    for depth, edge in enumerate(path):
        name = scene.naming.of(edge.symbol if edge.symbol is not None else edge.thing)
        role = "name" if scene.done(edge.step) else "pending"
        lead = f"{' ' * min(depth - 1, 12)}└ " if depth else ""
        file = _home(scene, edge.thing)
        if edge.mention is None:
            spans = [(lead, "dim"), (name, role), (f"  {scene.naming.words(edge.rule)}", "dim"), (f"  {file}", "dim")]
            yield CardLine(spans, edge.thing, len(lead) + 2)
            continue
        atom, row = edge.mention
        assert atom.relocs is not None
        how = f"  {type_title(atom.relocs.types[row]).removeprefix('R_WASM_')} at +{atom.site(row):#x}"
        yield CardLine(
            [(lead, "dim"), (name, role), (how, "number"), (f"  {file}", "dim")],
            edge.mention,
            len(lead) + 2,
        )


def dead_lines(scene: Scene, thing: Thing) -> list[CardLine]:
    """Why a thing is not in the output, and what would keep it."""
    dead = why_dead(scene.link, thing)
    if dead is None:
        return [note("· the link failed before it was decided what is kept", "pending")]
    words = scene.naming.words
    lines = [CardLine([("not in the output", "error"), (f"  since {dead.phase}", "dim")]), note(words(dead.reason))]
    lines += [BLANK, heading("what would keep it"), note(words(dead.help))]
    lines += [note(option, "op", 2, CommandLine(f"set {option}")) for option in dead.options]
    if dead.mentions:
        lines += [BLANK, heading(f"named by {count(len(dead.mentions), 'relocation')} that keep nothing")]
        for one in dead.mentions[:50]:
            lines.append(note(f"{scene.naming.of(one.atom)}+{one.atom.site(one.row):#x}", "", 2, one))
    return lines


# --- dominators ---------------------------------------------------------------------------------------------------

DOMINATOR_COLUMNS = (
    Column("thing", 40, 16, grow=3, name=True),
    Column("own", 8, 7, right=True),
    Column("retains", 9, 8, right=True),
    Column("share", 6, right=True, drop=2),
    Column("with it", 8, 7, right=True, drop=3),
    Column("file", 18, 8, drop=1, grow=1, name=True),
)


class DominatorRow(NamedTuple):
    """A row of the dominators: what keeps the subject (`above`), the subject itself, or what would go with it."""

    thing: Any
    """A `graph.Node`, or an `Item` of a finished module; None: the whole."""
    depth: int
    where: str
    """"above", "here" or "below"."""


class DominatorRows(Sequence[DominatorRow]):
    """The keepers of `node` from the root down, `node`, and what it alone keeps, the largest first."""

    def __init__(self, found: DominatorTree[Any], node: object) -> None:
        alive = node is not None and node in found.number
        above = list(reversed(found.keepers(node))) if alive and node is not None else []
        self.rows = [DominatorRow(None, 0, "above" if alive else "here")]
        self.rows += [DominatorRow(one, depth, "above") for depth, one in enumerate(above, 1)]
        if alive:
            self.rows.append(DominatorRow(node, len(above) + 1, "here"))
        self.here = len(self.rows) - 1
        self._below = found.under(node if alive else None)
        self._depth = len(self.rows)

    def __len__(self) -> int:
        return len(self.rows) + len(self._below)

    def __getitem__(self, row: int) -> DominatorRow:  # type: ignore[override]
        if row < len(self.rows):
            return self.rows[row]
        return DominatorRow(self._below[row - len(self.rows)], self._depth, "below")


def dominator_cells(scene: Scene, found: Dominators, row: DominatorRow) -> Sequence[Cell]:
    """The table's row about one thing."""
    own, retained, whole = found.share(row.thing), found.retains(row.thing), found.retains(None)
    kind = row.thing.kind if isinstance(row.thing, Atom | Entity) else ""
    name = "the whole output" if row.thing is None else scene.naming.of(row.thing)
    if isinstance(row.thing, ObjectFile):
        name = f"object {scene.naming.file(row.thing)}"
    lead = "  " * min(row.depth - 1, 8) + ("└ " if row.depth else "")
    role = {"above": "dim", "here": "strong", "below": ""}[row.where]
    goes = found.count_with(row.thing) if row.where != "below" else len(found.under(row.thing))
    file = "" if row.thing is None or isinstance(row.thing, ObjectFile) else _home(scene, row.thing)
    return (
        (f"{lead}{name}" + (f"  {kind}" if kind not in ("function", "") else ""), role),
        (f"{own.total:,}", "dim" if not own.total else ""),
        (f"{retained.total:,}", "number"),
        (f"{100 * retained.total / whole.total:.1f}%" if whole.total else "", "dim"),
        (f"{goes:,}", "dim"),
        (file, "dim"),
    )


# --- the other reasons --------------------------------------------------------------------------------------------


def reason_lines(scene: Scene, thing: Thing) -> list[CardLine]:
    """Why it is exported, imported, in the table, at its address, why a call of it traps; how its file came in."""
    symbols = [thing] if isinstance(thing, Symbol) else scene.steps.symbols.symbols_at.get(thing, [])
    lines: list[CardLine] = []
    for symbol in symbols[:8]:
        found = [*_listed(scene, symbol), *_slot(scene, symbol), *_trap(scene, symbol)]
        if found and len(symbols) > 1:
            lines.append(CardLine([(scene.naming.of(symbol), "name")], symbol))
        lines += found
    lines += _address(scene, thing)
    lines += _extraction(scene, thing.file)
    if scene.link.index is None:
        lines.append(note(f"exports, imports, table: the link stopped in {scene.link.failed}", "pending"))
    return lines or [note("nothing more: it is neither exported, imported, in the table nor in memory", "dim")]


def _listed(scene: Scene, symbol: Symbol) -> Iterator[CardLine]:
    words = scene.naming.words
    for word, rows in (("export", why_exported(scene.link, symbol)), ("import", why_imported(scene.link, symbol))):
        for one in rows:
            yield entry(word, f"{one.name}, {one.kind} {one.number}", "strong", Moment(one.step), 8)
            yield note(f"         {words(one.why)}", "dim", 9, Moment(one.step))
    why_not = why_not_exported(scene.link, symbol)
    if why_not:
        yield entry("export", f"no: {words(why_not)}", "dim", None, 8)


def _slot(scene: Scene, symbol: Symbol) -> Iterator[CardLine]:
    slot = why_slot(scene.link, symbol)
    if slot is None:
        return
    yield entry("slot", f"{slot.number}, as its address is taken", "strong", Moment(slot.step), 8)
    for one in slot.takers[:TAKERS]:
        text = f"         {scene.naming.of(one.atom)}+{one.atom.site(one.row):#x}"
        yield CardLine([(text, ""), (f"  {scene.naming.file(one.atom.file)}", "dim")], one, 9)
    if len(slot.takers) > TAKERS:
        yield note(f"         and {len(slot.takers) - TAKERS} more", "dim", 9)


def _trap(scene: Scene, symbol: Symbol) -> Iterator[CardLine]:
    trap = why_symbol_traps(scene.link, symbol)
    if trap is not None:
        yield note(f"! {scene.naming.words(trap.reason)}", "error", 2, trap.stub)
        yield from (note(f"  {scene.naming.words(one)}", "dim") for one in trap.details)


def _address(scene: Scene, thing: Thing) -> Iterator[CardLine]:
    terms = why_address(scene.link, thing)
    if not terms:
        return
    base = address_base(scene.link, thing)
    yield heading(f"address {f'{base} + ' * bool(base)}{sum(one.value for one in terms):#x}")
    for position, one in enumerate(terms):
        spans = [(f"{'+' if position else '='} {one.value:#10x}", "number"), (f"  {scene.naming.words(one.name)}", "")]
        yield CardLine([*spans, (f"  @{one.step}", "number")], Moment(one.step), 14)


def _extraction(scene: Scene, file: ObjectFile | None) -> Iterator[CardLine]:
    chain = why_extracted(scene.link, file)
    if not chain:
        return
    yield heading(f"how {scene.naming.file(file)} came in")
    for one in chain:
        asker = scene.naming.words(file_title(one.asker) if one.asker is not None else one.rule)
        wanted = f" for {scene.naming.of(one.symbol)}" if one.symbol is not None else ""
        yield CardLine(
            [(f"@{one.step:<5} ", "number"), (scene.naming.file(one.file), "name"), (f"  {asker}{wanted}", "")],
            Moment(one.step),
            9,
        )
