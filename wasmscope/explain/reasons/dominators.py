"""Dominators: what alone keeps a thing, so that it would go with it; and how many bytes each thing retains that way.

Node d dominates x when every path from the root to x leads through d: cut what keeps d, and x goes as well. The nearest
such d is x's parent in the dominator tree, and what d retains is the subtree under it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from wasmscope.explain.reasons.graph import ROOT, Graph, Node, graph
from wasmscope.explain.sizes.shares import Share, owned_runs, unlinked_share
from wasmscope.explain.steps import steps
from wasmscope.link.collector import at_rest
from wasmscope.link.model import Link, Symbol

N = TypeVar("N", bound=Hashable)


class DominatorTree(Generic[N]):
    """The dominator tree of a graph whose nodes stand for things; node 0 is the root, and stands for None.

    What is asked about a thing that is not in the graph raises KeyError.
    """

    def __init__(self, nodes: Sequence[N | None], number: Mapping[N, int], successors: Sequence[Sequence[int]]) -> None:
        self.nodes = nodes
        self.number = number
        self.parents = immediate_dominators(successors)
        """By node: its immediate dominator, or -1 for the root and for what it does not reach."""
        self.own = self.own_shares()
        """By node: its own bytes in the output; what belongs to no thing alone is the root's."""
        self.retained = self._add_up()
        """By node: the bytes of its whole subtree; the root's are all that something keeps."""

    def own_shares(self) -> list[Share]:
        """The own bytes of each node."""
        raise NotImplementedError

    def _add_up(self) -> list[Share]:
        sums = [list(one) for one in self.own]
        for node in reversed(self._preorder):
            if node != ROOT:
                above = sums[self.parents[node]]
                for part, size in enumerate(sums[node]):
                    above[part] += size
        return [Share(*one) for one in sums]

    def common(self, first: int, second: int) -> int:
        """The nearest node that dominates both."""
        while not self.dominates(first, second):
            first = self.parents[first]
        return first

    @cached_property
    def _preorder(self) -> list[int]:
        order, stack = [], [ROOT]
        while stack:
            node = stack.pop()
            order.append(node)
            stack += self._below[node]
        return order

    @cached_property
    def _below(self) -> list[list[int]]:
        below: list[list[int]] = [[] for _ in self.parents]
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                below[parent].append(node)
        return below

    @cached_property
    def children(self) -> list[list[int]]:
        """By node: the nodes right under it, the one that retains most first."""
        size = [-one.total for one in self.retained]
        return [sorted(below, key=size.__getitem__) for below in self._below]

    @cached_property
    def _spans(self) -> tuple[list[int], list[int]]:
        """By node: its position in preorder, and where its subtree ends there."""
        first, end = [0] * len(self.parents), [0] * len(self.parents)
        for position, node in enumerate(self._preorder):
            first[node] = position
        for node in reversed(self._preorder):
            end[node] = max(end[node], first[node] + 1)
            if node != ROOT:
                end[self.parents[node]] = max(end[self.parents[node]], end[node])
        return first, end

    def dominates(self, above: int, node: int) -> bool:
        """Whether every path to `node` leads through node `above`; each node dominates itself."""
        first, end = self._spans
        return first[above] <= first[node] < end[above]

    # --- things instead of nodes ----------------------------------------------------------------------------------

    def node(self, thing: N | None) -> int:
        """The node of a thing. Raises KeyError if it is not live."""
        return ROOT if thing is None else self.number[thing]

    def keepers(self, thing: N) -> list[N]:
        """Everything without which `thing` would go, the nearest first."""
        found: list[N] = []
        node = self.parents[self.node(thing)]
        while node > ROOT:
            keeper = self.nodes[node]
            assert keeper is not None
            found.append(keeper)
            node = self.parents[node]
        return found

    def under(self, thing: N | None) -> list[N]:
        """What goes with `thing` and nothing nearer, the one that retains most first."""
        return [one for node in self.children[self.node(thing)] if (one := self.nodes[node]) is not None]

    def count_with(self, thing: N | None) -> int:
        """How many things would go with `thing`, itself not counted."""
        first, end = self._spans
        node = self.node(thing)
        return end[node] - first[node] - 1

    def goes_with(self, thing: N | None) -> Iterator[N]:
        """Everything that would go with `thing`, itself not counted."""
        first, end = self._spans
        node = self.node(thing)
        for one in self._preorder[first[node] + 1 : end[node]]:
            found = self.nodes[one]
            assert found is not None
            yield found

    def share(self, thing: N | None) -> Share:
        """The own bytes of `thing` in the output; of None: what belongs to no thing alone."""
        return self.own[self.node(thing)]

    def retains(self, thing: N | None) -> Share:
        """The bytes of the output that would go with `thing`, its own included; of None: the whole file's."""
        return self.retained[self.node(thing)]


class Dominators(DominatorTree[Node]):
    """The dominator tree of a link's reference graph. Get it with `dominators(link)`."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        super().__init__(graph.nodes, graph.number, graph.successors)

    def node(self, thing: Node | None) -> int:
        """The node of a thing (a symbol: of what it stands for). Raises KeyError if it is not live."""
        return super().node(thing.target if isinstance(thing, Symbol) and thing.target is not None else thing)

    def own_shares(self) -> list[Share]:
        """A merged string that several things have belongs to what dominates all of them."""
        if self.graph.link.emit is None:
            return [unlinked_share(thing) for thing in self.graph.nodes]
        sums = [[0] * len(Share._fields) for _ in self.graph.nodes]
        column = {kind: position for position, kind in enumerate(Share._fields)}
        number = self.graph.number
        for run, thing, sharers in owned_runs(self.graph.link):
            node = number.get(thing, ROOT) if thing is not None else ROOT
            for other in sharers:
                node = self.common(node, number.get(other, ROOT))
            sums[node][column[run.kind]] += run.end - run.start
        return [Share(*one) for one in sums]


def dominators(link: Link) -> Dominators:
    """The dominator tree of `link`; made once for each link."""
    found = steps(link)
    if found.dominators is None:
        known = graph(link)
        with at_rest():
            found.dominators = Dominators(known)
    return found.dominators


# --- the algorithm ------------------------------------------------------------------------------------------------


def immediate_dominators(successors: Sequence[Sequence[int]], root: int = ROOT) -> list[int]:
    """By node, its immediate dominator; -1 for the root and for what cannot be reached from it.

    The algorithm that LLVM uses: semidominators as Lengauer and Tarjan find them (1979), then the nearest common
    ancestors (Georgiadis, Tarjan and Werneck, "Finding dominators in practice", 2006).
    """
    order, before = _depth_first(successors, root)
    parent = [0, *(one[0] for one in before[1:])]
    semi = _semidominators(parent, before)
    found = parent
    for position in range(1, len(order)):
        above = found[position]
        while above > semi[position]:
            above = found[above]
        found[position] = above
    dominators = [-1] * len(successors)
    for position in range(1, len(order)):
        dominators[order[position]] = order[found[position]]
    return dominators


def _depth_first(successors: Sequence[Sequence[int]], root: int) -> tuple[list[int], list[list[int]]]:
    """Nodes in depth first order, and for each position those of its predecessors, the parent in the tree first."""
    order: list[int] = []
    before: list[list[int]] = []
    number = [-1] * len(successors)
    nodes, parents = [root], [0]
    while nodes:
        node, above = nodes.pop(), parents.pop()
        if number[node] >= 0:
            before[number[node]].append(above)
            continue
        number[node] = position = len(order)
        order.append(node)
        before.append([above])
        nodes += successors[node]
        parents += [position] * len(successors[node])
    return order, before


def _semidominators(parent: list[int], before: list[list[int]]) -> list[int]:
    """By position: the semidominator. Later positions are one forest, whose paths get shorter when walked."""
    count = len(parent)
    semi, lowest, forest = list(range(count)), list(range(count)), parent[:]
    for node in range(count - 1, 0, -1):
        least = node
        for one in before[node]:
            if one > node:
                if forest[one] > node:
                    _compress(one, node, forest, lowest, semi)
                one = semi[lowest[one]]
            if one < least:
                least = one
        semi[node] = least
    return semi


def _compress(node: int, border: int, forest: list[int], lowest: list[int], semi: list[int]) -> None:
    """Lead everything from `node` up to `border` right to the top; `lowest`: the one on that way with the lowest
    semidominator."""
    path = []
    while forest[node] > border:
        path.append(node)
        node = forest[node]
    low, top = lowest[node], forest[node]
    for one in reversed(path):
        if semi[low] < semi[lowest[one]]:
            lowest[one] = low
        else:
            low = lowest[one]
        forest[one] = top
