"""The reference graph of what is live: an edge from what keeps to what is kept, and from the root to every root.

Phase mark records one reason for each thing, the first; questions such as "what else keeps it" need them all. A node is
an atom, an entity, or a symbol that stands for nothing else; node 0 is the root, and stands for the linker and its
options. An object that counts as live only once something of it is (an archive member) is a node, too: what is defined
in it leads to it, and it leads to its constructors and RETAIN segments. What later phases add for one thing alone (the
wrapper of a command export, the stub of a tolerated undefined function) hangs on that thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

from wasmscope.explain.made import made_roots
from wasmscope.explain.naming import bound, title
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Thing
from wasmscope.format.relocs import TYPE_INDEX
from wasmscope.link.collector import at_rest
from wasmscope.link.linker_names import CALL_CTORS
from wasmscope.link.mark import STUB_SLOT, constructors, file_roots, is_live_at_once, mark, root_symbols
from wasmscope.link.model import Atom, Kept, Link, Live, ObjectFile, Symbol

Node = Thing | ObjectFile
"""What a node of the graph stands for."""
ROOT = 0
NO_GC = "--no-gc-sections"


def kept_thing(thing: Thing) -> Thing:
    """What the mark phase decides on: for a symbol its atom, global, table or tag, if it has one."""
    if isinstance(thing, Symbol) and thing.target is not None:
        return thing.target
    return thing


def edges(link: Link, atom: Atom) -> Iterator[tuple[int, Symbol]]:
    """The relocations of `atom` that keep what they name, as (row, symbol): custom sections keep nothing."""
    if atom.relocs is None or atom.file is None or atom.kind == "custom" or link.resolve is None:
        return
    bindings = link.resolve.bindings.get(atom.file)
    if bindings is None:
        return
    types, indices = atom.relocs.types, atom.relocs.indices
    for row in range(atom.lo, atom.hi):
        if types[row] != TYPE_INDEX:
            symbol = bindings[indices[row]]
            if not (symbol.stub and types[row] in STUB_SLOT):
                yield row, symbol


class Graph:
    """What keeps what in `link`. Get it with `graph(link)`.

    Of a link that failed before its phase mark the graph shows what that phase would find; one that failed before its
    symbols were resolved has only the root.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        live = link.mark
        if live is None and link.resolve is not None:
            live = mark(link.resolve, link.options)
        self.nodes: list[Node | None] = [None, *(live.why if live is not None else ())]
        """What each node stands for; the root stands for nothing else."""
        self.number: dict[Node, int] = {thing: i for i, thing in enumerate(self.nodes) if thing is not None}
        self.rules: dict[tuple[int, int], Kept] = {}
        """Why one node keeps another where that is no relocation, by (from, to). The first reason stays."""
        self.successors: list[list[int]] = [[] for _ in self.nodes]
        """For each node, what it keeps: by relocations first, in the order of the first that names each."""
        self._rows: list[list[int]] = [[] for _ in self.nodes]
        """For each node, the row of the first relocation for each of those."""
        if live is not None:
            self._find_edges(live)

    @cached_property
    def passed(self) -> frozenset[int]:
        """The objects, which only pass on that they count as live: they are no step of a path."""
        return frozenset(node for node, thing in enumerate(self.nodes) if isinstance(thing, ObjectFile))

    @cached_property
    def predecessors(self) -> list[list[int]]:
        """For each node, what keeps it: the root first, then in node order."""
        return reversed_edges(self.successors)

    def relocations(self, by: Node, thing: Node) -> list[tuple[int, Symbol]]:
        """The relocations, as (row, symbol), by which `by` keeps `thing`; empty where another rule does."""
        if not isinstance(by, Atom):
            return []
        return [(row, symbol) for row, symbol in edges(self.link, by) if kept_thing(symbol) is thing]

    def reason(self, by: int, node: int) -> Kept:
        """Why node `by` keeps `node`: the rule, or the first of the relocations. Raises KeyError if it does not."""
        found = self.rules.get((by, node))
        if found is not None:
            return found
        source, rows = self.nodes[by], self._rows[by]
        position = self.successors[by].index(node) if node in self.successors[by] else len(rows)
        if position >= len(rows) or not isinstance(source, Atom):
            raise KeyError((by, node))
        return Kept(source, rows[position], bound(self.link, source, rows[position]), "relocation")

    # --- building -----------------------------------------------------------------------------------------------

    def _find_edges(self, live: Live) -> None:
        self._follow_relocations()
        if self.link.options.gc_sections:
            self._find_roots()
            self._find_late_roots(live)
            self._find_call_ctors()
        else:
            for node in range(1, len(self.nodes)):
                self._keep(ROOT, node, Kept(None, -1, None, NO_GC))
        self._find_made()
        self._find_customs()
        self._catch_the_rest(live)

    def _add(self, thing: Node) -> int:
        if thing not in self.number:
            self.number[thing] = len(self.nodes)
            self.nodes.append(thing)
            self.successors.append([])
            self._rows.append([])
        return self.number[thing]

    def _keep(self, by: int, node: int, kept: Kept) -> None:
        if (by, node) not in self.rules:
            self.rules[by, node] = kept
            if by == ROOT or node not in self.successors[by]:
                self.successors[by].append(node)

    def _follow_relocations(self) -> None:
        number, known = self.number, len(self.nodes)
        for node, atom in enumerate(self.nodes):
            if not isinstance(atom, Atom) or atom.lo == atom.hi:
                continue
            kept: dict[int, int] = {}
            for row, symbol in edges(self.link, atom):
                kept.setdefault(number.get(symbol.target or symbol, known), row)
            kept.pop(known, None)  # what is not live
            kept.pop(node, None)
            self.successors[node], self._rows[node] = list(kept), list(kept.values())

    def _find_roots(self) -> None:
        resolution, options = self.link.resolve, self.link.options
        assert resolution is not None
        at_once = (file for file in resolution.objects if is_live_at_once(file, options))
        of_files = chain.from_iterable(file_roots(resolution, file) for file in at_once)
        for root, kept in chain(root_symbols(resolution, options), of_files):
            node = self.number.get(kept_thing(root))
            if node is not None:
                self._keep(ROOT, node, kept)

    def _find_late_roots(self, live: Live) -> None:
        """Objects that count as live once something of them is, and what they keep then."""
        resolution, options = self.link.resolve, self.link.options
        assert resolution is not None
        late: dict[ObjectFile, list[tuple[int, Kept]]] = {}
        for file in resolution.objects:
            if file in live.files and not is_live_at_once(file, options):
                roots = ((self.number.get(kept_thing(root)), kept) for root, kept in file_roots(resolution, file))
                kept_roots = [(node, kept) for node, kept in roots if node is not None]
                if kept_roots:
                    late[file] = kept_roots
        for node, thing in enumerate(list(self.nodes)):
            if thing is None or isinstance(thing, ObjectFile) or (isinstance(thing, Symbol) and not thing.defined):
                continue
            if thing.file is not None and thing.file in late:
                rule = f"{title(thing)} makes {thing.file.name} count as live"
                self._keep(node, self._add(thing.file), Kept(None, -1, None, rule))
        for file, kept_roots in late.items():
            for node, kept in kept_roots:
                self._keep(self._add(file), node, kept)

    def _find_call_ctors(self) -> None:
        """The function that calls the constructors is kept by each of them."""
        resolution = self.link.resolve
        assert resolution is not None
        ctors = resolution.linker.get(CALL_CTORS)
        node = self.number.get(kept_thing(ctors)) if ctors is not None else None
        if node is None:
            return
        if self.link.options.pic:
            self._keep(ROOT, node, Kept(None, -1, ctors, "whoever loads the module calls it"))
        for file in resolution.objects:
            for _, symbol in constructors(resolution, file):
                constructor = self.number.get(kept_thing(symbol))
                if constructor is not None:
                    rule = f"it calls the constructor {symbol.name} of {file.name}"
                    self._keep(constructor, node, Kept(None, -1, ctors, rule))

    def _find_made(self) -> None:
        """What phase index made: wrappers of exports, stubs of undefined functions, what sets memory up."""
        index = self.link.index
        if index is None:
            return
        for wrapper, symbol in index.wrappers.items():
            self._hang(wrapper, symbol, "it wraps the command export {}")
        for symbol, stub in index.undefined_stubs.items():
            self._hang(stub, symbol, "{} is undefined, and calls of it go there")
        for thing, kept in made_roots(self.link).items():
            self._keep(ROOT, self._add(thing), kept)

    def _hang(self, made: Atom, symbol: Symbol, rule: str) -> None:
        node = self.number.get(kept_thing(symbol))
        if node is not None:
            self._keep(node, self._add(made), Kept(None, -1, symbol, rule.format(title(symbol))))

    def _find_customs(self) -> None:
        if self.link.layout is None:
            return
        for atom in self.link.layout.home:
            if atom.kind == "custom" and atom.file is not None:
                self._keep(ROOT, self._add(atom), Kept(None, -1, None, "custom sections are always kept"))

    def _catch_the_rest(self, live: Live) -> None:
        """Every live thing is reached; one that is not would be a root, by the reason that phase mark gives."""
        reached, stack = bytearray(len(self.nodes)), [ROOT]
        while stack:
            node = stack.pop()
            if not reached[node]:
                reached[node] = 1
                stack += self.successors[node]
        for node, thing in enumerate(self.nodes):
            if not reached[node] and thing in live.why:
                self._keep(ROOT, node, live.why[thing])


def reversed_edges(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """By node, where its edges come from, in node order."""
    found: list[list[int]] = [[] for _ in successors]
    for node, kept in enumerate(successors):
        for one in kept:
            found[one].append(node)
    return found


def graph(link: Link) -> Graph:
    """The reference graph of `link`; built once for each link."""
    found = steps(link)
    if found.graph is None:
        with at_rest():
            found.graph = Graph(link)
    return found.graph
