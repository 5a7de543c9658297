"""What the bytes of a file are spent on, as facts and as text.

The facts: `file`, `size` (bytes), `kinds` (bytes by kind), `leb_padding` (bytes of the code that only pad numbers;
null for a large module alone), `by`, `against` (for each other file: name, size), `rows`: name, file, size, kinds, and
changes (bytes more than in each of `against`; a row that only another has is of size 0). The sizes add up to that of
the file. By dominator: rows have `retained` as well, what would go with the thing, and `depth` in the tree, whose
order they are in; their changes are of what is retained.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from wasmscope.explain.alone.module_graph import ModuleDominators, ModuleGraph
from wasmscope.explain.alone.module_references import Item, References
from wasmscope.explain.naming import file_title, title
from wasmscope.explain.reasons.dominators import DominatorTree, dominators
from wasmscope.explain.reasons.graph import ROOT, Node
from wasmscope.explain.sizes.leb_padding import leb_padding, module_leb_padding
from wasmscope.explain.sizes.runs import module_runs
from wasmscope.explain.sizes.shares import Share, add_up, owned_runs
from wasmscope.explain.sizes.size import LINK_PARTS, NoRowsError, Row, compare, numbered_name, rows
from wasmscope.format.module import Module, read
from wasmscope.link.model import Atom, Link, ObjectFile
from wasmscope.link.names import readable
from wasmscope.report.text import count, printable

Facts = dict[str, Any]
BY = (*LINK_PARTS, "dominator")
"""What rows can be made by."""
TOP = 25
"""How many rows are printed when nobody says."""
NOBODYS = "[of nothing alone]"


class Subject(NamedTuple):
    """A file that is looked at, and what to call it."""

    name: str
    of: Link | Module

    @property
    def share(self) -> Share:
        runs = module_runs(self.of) if isinstance(self.of, Module) else (one.run for one in owned_runs(self.of))
        return add_up(runs)


def size_facts(it: Subject, by: str, others: Sequence[Subject] = ()) -> Facts:
    """The facts of a file, and how it differs from others. Raises NoRowsError where it has no rows of that kind."""
    share = it.share
    facts: Facts = {
        "file": it.name,
        "size": share.total,
        "kinds": _kinds(share),
        "leb_padding": leb_padding(it.of) if isinstance(it.of, Link) else module_leb_padding(it.of),
        "by": by,
        "against": [{"name": one.name, "size": one.share.total} for one in others],
    }
    if any(isinstance(one.of, Module) for one in others):  # which does not know the inputs: like is put beside like
        it, others = _alone(it), [_alone(one) for one in others]
    if by == "dominator":
        return facts | {"rows": _tree(it, others)}
    return facts | {"rows": _rows(rows(it.of, by), [rows(one.of, by) for one in others])}


def _alone(it: Subject) -> Subject:
    """What was linked as a module of which nothing more is known."""
    if isinstance(it.of, Module) or it.of.emit is None:
        return it
    return Subject(it.name, read(it.of.emit.data, it.name))


def _kinds(share: Share) -> dict[str, int]:
    return {kind: size for kind, size in share._asdict().items() if size}


def _rows(mine: list[Row], theirs: Sequence[list[Row]]) -> list[Facts]:
    """The rows, the largest first; with others to compare to, those that changed most against the first of them."""
    facts = {(one.name, one.file): _row(one, len(theirs)) for one in mine}
    for number, other in enumerate(theirs):
        for one in compare(other, mine):
            if (one.name, one.file) not in facts:
                facts[one.name, one.file] = _row(Row(one.name, one.file, Share()), len(theirs))
            facts[one.name, one.file]["changes"][number] = one.change
    found = list(facts.values())
    if theirs:
        found.sort(key=lambda one: -abs(one["changes"][0]))
    return found


def _row(row: Row, others: int) -> Facts:
    facts = {"name": row.shown, "file": row.file, "size": row.share.total, "kinds": _kinds(row.share)}
    return facts | {"changes": [0] * others} if others else facts


# --- by dominator -----------------------------------------------------------------------------------------------


def _tree(it: Subject, others: Sequence[Subject]) -> list[Facts]:
    """The dominator tree in preorder, the child that retains most first; what belongs to nothing alone comes last."""
    found = list(_nodes(it))
    for number, other in enumerate(others):
        theirs: dict[tuple[str, str], deque[int]] = {}
        for one in _nodes(other):
            theirs.setdefault((one["name"], one["file"]), deque()).append(one["retained"])
        for one in found:
            same = theirs.get((one["name"], one["file"]))  # of several that are called alike, in their order
            one.setdefault("changes", [0] * len(others))[number] = one["retained"] - (same.popleft() if same else 0)
    return found


def _nodes(it: Subject) -> Iterator[Facts]:
    """The nodes in preorder. Custom sections, which nothing keeps and which keep nothing, are one row for each name."""
    above, called = _dominators(it)
    customs: dict[str, list[Share]] = {}
    stack = [(node, 0) for node in reversed(above.children[ROOT])]
    while stack:
        node, depth = stack.pop()
        stack += [(one, depth + 1) for one in reversed(above.children[node])]
        thing = above.nodes[node]
        assert thing is not None
        if isinstance(thing, Atom) and thing.kind == "custom":
            customs.setdefault(thing.name, []).append(above.own[node])
        else:
            yield _node(*called(thing), above.own[node], above.retained[node].total, depth)
    for name, shares in customs.items():
        whole = Share(*map(sum, zip(*shares, strict=True)))
        yield _node(f"[{name}]", "", whole, whole.total, 0)
    yield _node(NOBODYS, "", above.own[ROOT], above.own[ROOT].total, 0)


def _dominators(it: Subject) -> tuple[DominatorTree[Any], Callable[[Any], tuple[str, str]]]:
    """The tree, and how to call what its nodes stand for: a name and a file."""
    module = it.of
    if isinstance(module, Module):

        def called(item: Item) -> tuple[str, str]:
            return readable(numbered_name(module, *item) or f"{item.space} {item.number}"), ""

        return ModuleDominators(ModuleGraph(References(module))), called
    if module.emit is None:
        raise NoRowsError("the link failed, so there is no output")
    return dominators(module), _called


def _called(thing: Node) -> tuple[str, str]:
    return readable(title(thing)), "" if isinstance(thing, ObjectFile) else file_title(thing.file)


def _node(name: str, file: str, own: Share, retained: int, depth: int) -> Facts:
    return {"name": name, "file": file, "size": own.total, "kinds": _kinds(own), "retained": retained, "depth": depth}


# --- as text ----------------------------------------------------------------------------------------------------


def lines(facts: Facts, top: int = TOP) -> Iterator[str]:
    """The facts as text, at most `top` rows of them (0: all)."""
    size = facts["size"]
    yield f"{printable(facts['file'])}: {count(size, 'byte')}"
    for other in facts["against"]:
        yield f"  {size - other['size']:+,} against {printable(other['name'])}, {count(other['size'], 'byte')}"
    shares = ", ".join(f"{kind} {one:,} ({one / size:.1%})" for kind, one in facts["kinds"].items() if size)
    yield f"  {shares}"
    if facts["leb_padding"]:
        yield f"  of the code, {count(facts['leb_padding'], 'byte')} only pad numbers (--compress-relocations)"
    yield ""
    yield from _shown(facts, top)


def _shown(facts: Facts, top: int) -> Iterator[str]:
    by_retained = facts["by"] == "dominator"
    given = facts["rows"]
    if facts["against"]:
        given = [one for one in given if any(one["changes"])]
    largest = size_rows({**facts, "rows": given}, top)
    amounts = [*(f"change{number or ''}" for number in range(len(facts["against"])))]
    amounts += ["retained", "own"] if by_retained else ["bytes"]
    yield _line(amounts, f"{facts['by']}", "")
    for one in largest:
        changes = [f"{change:+,}" for change in one.get("changes", ())]
        sizes = [f"{one['retained']:,}", f"{one['size']:,}"] if by_retained else [f"{one['size']:,}"]
        name = "  " * min(one.get("depth", 0), DEEPEST) + printable(one["name"])
        yield _line([*changes, *sizes], name, printable(one["file"]))
    left = len(given) - len(largest)
    if left:
        shown = {id(one) for one in largest}
        rest = [one for one in given if id(one) not in shown]
        yield f"  … and {left:,} more, {count(sum(one['size'] for one in rest), 'byte')} (--top 0 prints all)"
    same = len(facts["rows"]) - len(given)
    if same:
        yield f"  {count(same, 'row')} without a change" + (" not shown" if given else "")


DEEPEST = 12
"""Deeper things are not indented any further."""


def size_rows(facts: Facts, top: int = TOP) -> list[Facts]:
    """The rows of the facts that are printed of a file alone: at most `top` of them (0: all)."""
    rows: list[Facts] = facts["rows"]
    return _largest(rows, top, "retained") if facts["by"] == "dominator" else rows[: top or None]


def _largest(rows: list[Facts], top: int, key: str) -> list[Facts]:
    """The `top` largest rows, in the order given: what keeps a thing retains more, so that they are a tree, too."""
    if not top or len(rows) <= top:
        return rows
    wanted = {id(one) for one in sorted(rows, key=lambda one: -one[key])[:top]}
    return [one for one in rows if id(one) in wanted]


def _line(amounts: Sequence[str], name: str, file: str) -> str:
    return "  " + "  ".join(one.rjust(10) for one in amounts) + f"  {name}" + (f"  ({file})" if file else "")
