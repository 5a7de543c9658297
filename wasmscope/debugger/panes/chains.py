"""Chains at a step: which there are, which an atom is in, and how its card reads."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.debugger.lines import Line, bar
from wasmscope.debugger.panes.stop_rows import thing_mark
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import count
from wasmscope.link.chain import Chain, Placed
from wasmscope.link.model import Atom, CustomSection, Segment


class ChainCard(NamedTuple):
    """One atom as its card says it."""

    number: str
    """Its place in the chain, behind the mark of a breakpoint on it."""
    name: str
    place: str
    """Its offset, `·` while it has none, "· → 0x10" in the step that gives it."""
    facts: str
    """Size and relocations."""
    file: str
    role: str = ""
    """"" placed, "pending" not yet, "step" by this step, "linker" made by the linker."""
    pad: int = 0
    """Bytes of padding before it."""
    joint: str = "<─>"
    """How it is joined to the one before: "<─>"; "─>" or "<─" if only one names the other; "" not yet."""


def chains(scene: Scene) -> list[Chain[Atom]]:
    """The chains of the link: code, data segments, custom sections; those that have atoms."""
    link = scene.link
    found = [link.index.code] if link.index is not None else []
    if link.layout is not None:
        found += [one.chain for one in link.layout.segments] + [one.chain for one in link.layout.customs]
    return [one for one in found if one.first is not None]


def chain_of(scene: Scene, atom: Atom | None) -> Chain[Atom] | None:
    """The chain that `atom` is in, or (merged strings) that what it became is in."""
    if atom is None:
        return None
    link = scene.link
    if atom.kind == "function":
        return link.index.code if link.index is not None and atom in link.index.code.places else None
    home = link.layout.home.get(atom) if link.layout is not None else None
    return home.chain if isinstance(home, Segment | CustomSection) else None


def placed_of(scene: Scene, chain: Chain[Atom], atom: Atom | None) -> Placed[Atom] | None:
    """The place in `chain` of `atom`, or of what its strings were merged into."""
    merges = scene.link.layout.merges if scene.link.layout is not None else {}
    if atom is not None and atom not in chain.places and atom in merges:
        atom = merges[atom].atom
    return chain.places.get(atom) if atom is not None else None


def chain_top(scene: Scene, chain: Chain[Atom], width: int) -> list[Line]:
    """The two lines over a chain: how many atoms are placed and where the next goes, and a bar in scale."""
    now, before = scene.now.chain(chain), scene.before.chain(chain)
    mark = "*" if now.size != before.size else " "
    place = f"next offset {now.size:#x}" if now.placed < now.total else f"{now.size:#x} bytes"
    if mark == "*":
        place = f"next offset {before.size:#x} → {now.size:#x} "
    filled = bar(now.size - chain.start, max(1, chain.size - chain.start), max(4, min(40, width - 30)))
    return [
        [
            (f"{count(now.total, 'atom')}, {now.placed:,} placed   ", ""),
            (place, "changed" if mark == "*" else ""),
            (mark, "changed"),
        ],
        [("placed ", "dim"), (filled, "ok"), (f" {now.size:,}/{chain.size:,} B", "dim")],
    ]


def chain_card(scene: Scene, chain: Chain[Atom], item: int) -> ChainCard:
    """The card of the atom at `item` of `chain`, now."""
    placed = scene.steps.places.placed_at(chain, item)
    before = scene.steps.places.placed_at(chain, item - 1)
    if placed is None:
        return ChainCard(str(item), "?", "", "", "")
    atom = placed.item
    done, was = scene.now.chain(chain).placed, scene.before.chain(chain).placed
    place, role = f"{placed.offset:#x}", "linker" if atom.file is None else ""
    if item >= done:
        place, role = "·", "pending"
    elif item >= was:
        place, role = f"· → {placed.offset:#x} *", "step"
    joint = "" if item >= done or before is None else "<─>" if placed.prev is before and before.next is placed else (
        "─>" if before.next is placed else "<─"
    )  # fmt: skip
    facts = f"{placed.size} B  {atom.hi - atom.lo} r"
    number, file = f"{thing_mark(scene, atom)[0]}{item}".strip(), scene.naming.file(atom.file)
    return ChainCard(number, scene.naming.of(atom), place, facts, file, role, placed.pad, joint)
