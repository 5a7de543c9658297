"""Why something is in a linked module: what reaches it from the exports, the start function and the tables.

The graph has the shape of a link's (`graph`): node 0 is the root and stands for the module itself; an edge leads from
what names to what is named. A table names what is in its slots, so a function that is called through it alone is
reached by whoever calls through it.
"""

from __future__ import annotations

from collections import deque

from wasmscope.explain.alone.module_references import Item, Reference, References
from wasmscope.explain.reasons.dominators import DominatorTree
from wasmscope.explain.reasons.graph import ROOT
from wasmscope.explain.sizes.runs import module_runs
from wasmscope.explain.sizes.shares import Share


class ModuleGraph:
    """What names what, of all that the root reaches."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.nodes: list[Item | None] = [None]
        """What each node stands for, in order of distance from the root."""
        self.number: dict[Item, int] = {}
        self.successors: list[list[int]] = [[]]
        self.parents = [-1]
        """For each node, the node before it on a shortest path from the root."""
        queue = deque([ROOT])
        while queue:
            node = queue.popleft()
            self._follow(node, queue)

    def _follow(self, node: int, queue: deque[int]) -> None:
        item = self.nodes[node]
        named = self.references.of(item) if item is not None else self.references.roots
        for to in dict.fromkeys(one.to for one in named):
            if to not in self.number:
                self.number[to] = len(self.nodes)
                self.nodes.append(to)
                self.successors.append([])
                self.parents.append(node)
                queue.append(self.number[to])
            self.successors[node].append(self.number[to])

    def path(self, item: Item) -> list[Reference]:
        """The references on a shortest way from the root to `item`, the root's first; empty when it is not reached."""
        node = self.number.get(item, ROOT)
        path: list[Reference] = []
        while node != ROOT:
            path.append(self.reason(self.parents[node], node))
            node = self.parents[node]
        return path[::-1]

    def reason(self, by: int, node: int) -> Reference:
        """The first reference by which node `by` names `node`. Raises KeyError if it does not."""
        source, target = self.nodes[by], self.nodes[node]
        named = self.references.of(source) if source is not None else self.references.roots
        found = next((one for one in named if one.to == target), None)
        if found is None:
            raise KeyError((by, node))
        return found


class ModuleDominators(DominatorTree[Item]):
    """What alone keeps a part of a module, so that it could go with it; what is not reached is in no subtree."""

    def __init__(self, graph: ModuleGraph) -> None:
        self.graph = graph
        super().__init__(graph.nodes, graph.number, graph.successors)

    def own_shares(self) -> list[Share]:
        """Everything of the file that belongs to one thing: its body, name, type number, exports and slots."""
        sums = [[0] * len(Share._fields) for _ in self.nodes]
        column = {kind: position for position, kind in enumerate(Share._fields)}
        for run in module_runs(self.graph.references.module):
            node = self.number.get(Item(run.space, run.number), ROOT)
            sums[node][column[run.kind]] += run.size
        return [Share(*one) for one in sums]
