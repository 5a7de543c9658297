"""Paths from a root to something live: the shortest one of each thing, and all of one thing, shortest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from wasmscope.explain.dominators import Dominators, dominators
from wasmscope.explain.graph import ROOT, Graph, graph, kept_thing
from wasmscope.explain.naming import titled
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Thing
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol

SEARCHED = 200_000
"""So many edges are looked at in the search for the paths of one thing."""


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


def shortest_path(found: Steps, thing: Thing) -> list[Edge]:
    """The shortest path from a root to `thing`, root first; empty if it is not live."""
    known = graph(found.link)
    node = known.number.get(kept_thing(thing))
    if node is None:
        return []
    parents = shortest_paths(found)
    path = [node]
    while path[-1] != ROOT:
        path.append(parents[path[-1]])
    return _edges(found, known, path[::-1])


def shortest_paths(found: Steps) -> list[int]:
    """By node of the graph, the node before it on a shortest path from the root. Built once for each link."""
    if found.shortest is None:
        found.shortest = _walk(graph(found.link))[0]
    return found.shortest


def _walk(known: Graph) -> tuple[list[int], list[int]]:
    """Breadth first from the root: parent and distance of each node. Objects that only pass life on are no step."""
    parents, distance = [-1] * len(known.nodes), [-1] * len(known.nodes)
    parents[ROOT] = distance[ROOT] = 0
    queue = deque([ROOT])
    while queue:
        by = queue.popleft()
        for node in known.successors[by]:
            if distance[node] < 0:
                parents[node], distance[node] = by, distance[by]
                if isinstance(known.nodes[node], ObjectFile):
                    queue.appendleft(node)
                else:
                    distance[node] += 1
                    queue.append(node)
    return parents, distance


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
    """An iterator over all simple paths from a root to `thing`, each root first, shortest first, found when asked for.

    A search from `thing` backwards that tries first what promises the shortest whole path. Where a partial path leads
    back only through itself, which the dominators tell in most cases, it is not followed.
    """

    def __init__(self, link: Link, thing: Thing, most: int = SEARCHED) -> None:
        self.gave_up = False
        """Whether the search ended because it had looked at `most` edges: there may be more paths then."""
        self._steps = steps(link)
        self._graph = graph(link)
        self._left = most
        node = self._graph.number.get(kept_thing(thing))
        self._found = self._search(node) if node is not None else iter(())

    def __iter__(self) -> Iterator[list[Edge]]:
        return self

    def __next__(self) -> list[Edge]:
        return _edges(self._steps, self._graph, next(self._found))

    def _search(self, target: int) -> Iterator[list[int]]:
        known, above = self._graph, dominators(self._graph.link)
        distance = _walk(known)[1]
        counter = 0
        heap: list[tuple[int, int, int, list[int]]] = [(distance[target], 0, 0, [target])]
        while heap:
            _, _, cost, path = heappop(heap)
            if path[0] == ROOT:
                yield path
                continue
            cost += not isinstance(known.nodes[path[0]], ObjectFile)
            for by in known.predecessors[path[0]]:
                self._left -= 1
                if self._left < 0:
                    self.gave_up = True
                    return
                if not _leads_back(above, path, by):
                    counter += 1
                    heappush(heap, (cost + distance[by], counter, cost, [by, *path]))


def _leads_back(above: Dominators, path: list[int], node: int) -> bool:
    """Whether the root reaches `node` only through a node of `path`."""
    return any(above.dominates(one, node) for one in path)
