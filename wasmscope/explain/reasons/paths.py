"""Paths from a root to something live: the shortest one of each thing, and all of one thing, shortest first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from wasmscope.explain.naming import titled
from wasmscope.explain.reasons.dominators import dominators
from wasmscope.explain.reasons.graph import ROOT, Graph, graph, kept_thing
from wasmscope.explain.reasons.path_search import SEARCHED, Search, breadth_first
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol


class Edge(NamedTuple):
    """A link of the path from a root: relocation `row` of `by` names `symbol`, which is `thing`; a root has no `by`."""

    thing: Thing
    by: Atom | None
    row: int
    """-1 when no relocation keeps it: for a root, and for what another rule keeps."""
    symbol: Symbol | None
    rule: str
    """"relocation", or the rule."""
    step: int
    """The step at which `thing` was marked, or made where that is later; 0 where the link did not come to it."""
    through: Thing | None = None
    """The thing before it on the path: `by`, or the definition that made `thing`'s object live; None for a root."""

    @property
    def mention(self) -> Mention | None:
        """The relocation that keeps `thing`; None where a rule does."""
        return Mention(self.by, self.row) if self.by is not None and self.row >= 0 else None


def shortest_path(found: Steps, thing: Thing) -> list[Edge]:
    """The shortest path from a root to `thing`, root first; empty if it is not live."""
    known = graph(found.link)
    node = known.number.get(kept_thing(thing))
    if node is None:
        return []
    parents, _ = shortest_paths(found)
    path = [node]
    while path[-1] != ROOT:
        path.append(parents[path[-1]])
    return _edges(found, known, path[::-1])


def shortest_paths(found: Steps) -> tuple[list[int], list[int]]:
    """By node of the graph, the node before it on a shortest path from the root, and its distance from the root.
    Built once for each link."""
    if found.shortest is None:
        known = graph(found.link)
        found.shortest = breadth_first(known.successors, known.passed)
    return found.shortest


def _edges(found: Steps, known: Graph, path: list[int]) -> list[Edge]:
    """The edges of a path of nodes, root first; an object on it is told by what it keeps."""
    edges: list[Edge] = []
    through: Thing | None = None
    for by, node in pairwise(path):
        thing = known.nodes[node]
        if thing is None or isinstance(thing, ObjectFile):
            continue
        kept = known.reason(by, node)
        atom = through if isinstance(through, Atom) else None
        rule = kept.rule
        if isinstance(known.nodes[by], ObjectFile) and through is not None:
            rule = f"{rule}, which {titled(through)} makes count as live"
        edges.append(Edge(thing, atom, kept.row, kept.symbol, rule, _step(found, thing), through))
        through = thing
    return edges


def _step(found: Steps, thing: Thing) -> int:
    row = found.symbols.kept_row.get(thing)
    if row is not None:
        return found.number("mark", row)
    if isinstance(thing, Atom) and thing in found.places.homes:
        return found.number("layout", found.places.homes[thing])
    row = found.places.number_row("function", thing) if found.link.index is not None else None
    return found.number("index", row) if row is not None else 0


class Paths:
    """An iterator over all simple paths from a root to `thing`, each root first, shortest first, found when asked
    for."""

    def __init__(self, link: Link, thing: Thing, most: int = SEARCHED) -> None:
        self._steps = steps(link)
        self._graph = known = graph(link)
        node = known.number.get(kept_thing(thing))
        dominates = dominators(link).dominates
        distance = shortest_paths(self._steps)[1]
        self._search = Search(distance, known.predecessors, dominates, node, known.passed, most)

    @property
    def gave_up(self) -> bool:
        """Whether the search ended because it had looked at `most` edges: there may be more paths then."""
        return self._search.gave_up

    def __iter__(self) -> Iterator[list[Edge]]:
        return self

    def __next__(self) -> list[Edge]:
        return _edges(self._steps, self._graph, next(self._search))
