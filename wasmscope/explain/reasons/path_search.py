"""All simple paths of a graph from its root to a node, shortest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import heappop, heappush

from wasmscope.explain.reasons.graph import ROOT

SEARCHED = 200_000
"""So many edges are looked at in the search for the paths to one node."""


def breadth_first(successors: Sequence[Sequence[int]], passed: Collection[int] = ()) -> tuple[list[int], list[int]]:
    """From the root: by node, the one before it on a shortest path, and its distance; -1 if it is not reached.

    Nodes in `passed` are no step of a path: what is behind them is as far as they are.
    """
    parents, distance = [-1] * len(successors), [-1] * len(successors)
    parents[ROOT] = distance[ROOT] = 0
    queue = deque([ROOT])
    while queue:
        by = queue.popleft()
        for node in successors[by]:
            if distance[node] < 0:
                parents[node], distance[node] = by, distance[by]
                if node in passed:
                    queue.appendleft(node)
                else:
                    distance[node] += 1
                    queue.append(node)
    return parents, distance


class Search:
    """An iterator over all simple paths from the root to node `target` (None: there are none), as lists of nodes.

    `distance` is by node that from the root, as `breadth_first` counts it. The search goes backwards from `target`, and
    tries first what promises the shortest whole path. Where a partial path leads back only through itself, which
    `dominates` tells in most cases, it is not followed. After `most` edges it gives up.
    """

    def __init__(
        self,
        distance: Sequence[int],
        predecessors: Sequence[Sequence[int]],
        dominates: Callable[[int, int], bool],
        target: int | None,
        passed: Collection[int] = (),
        most: int = SEARCHED,
    ) -> None:
        self.gave_up = False
        self._dominates = dominates
        self._passed = passed
        self._left = most
        self._distance = distance
        self._before = predecessors
        self._found = self._paths(target) if target is not None else iter(())

    def __iter__(self) -> Iterator[list[int]]:
        return self

    def __next__(self) -> list[int]:
        return next(self._found)

    def _paths(self, target: int) -> Iterator[list[int]]:
        counter = 0
        heap: list[tuple[int, int, int, list[int]]] = [(self._distance[target], 0, 0, [target])]
        while heap:
            _, _, cost, path = heappop(heap)
            if path[0] == ROOT:
                yield path
                continue
            cost += path[0] not in self._passed
            for by in self._before[path[0]]:
                self._left -= 1
                if self._left < 0:
                    self.gave_up = True
                    return
                if not any(self._dominates(one, by) for one in path):
                    counter += 1
                    heappush(heap, (cost + self._distance[by], counter, cost, [by, *path]))
