"""The reference graph, its dominators and its paths: against brute force, phase mark and relinks by the reference."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from random import Random

import pytest

from tests.explain.sample_links import FAILING, LINKING, command, link_in, linked, linked_sources
from tests.link.built import NOTHING, objects
from tests.link.generate import scene
from tests.link.scenes import write
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.naming import title
from wasmscope.explain.reasons.dominators import dominators, immediate_dominators
from wasmscope.explain.reasons.graph import Graph, graph, kept_thing
from wasmscope.explain.reasons.paths import Paths
from wasmscope.explain.reasons.why import why_live
from wasmscope.explain.steps import steps
from wasmscope.format.linking import SYM_NO_STRIP
from wasmscope.format.module import Module, read
from wasmscope.link.builder import ObjectBuilder, body, call
from wasmscope.link.mark import mark
from wasmscope.link.model import Atom, Link, ObjectFile
from wasmscope.link.names import display

CONSTRUCTOR = "volatile int made; __attribute__((constructor)) static void begin(void) { made = 4; }"


def reachable(successors: Sequence[Sequence[int]], without: int = -1, root: int = 0) -> set[int]:
    """Nodes that the root reaches when node `without` is taken out."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in seen and node != without:
            seen.add(node)
            stack += successors[node]
    return seen


def random_graph(random: Random) -> list[list[int]]:
    size = random.randint(1, 14)
    density = random.choice((0.08, 0.15, 0.3, 0.6))
    return [[to for to in range(size) if random.random() < density] for _ in range(size)]


def scene_links(seeds: range) -> Iterator[Link]:
    """Links of random objects with random options that come as far as phase mark."""
    for seed in seeds:
        made = scene(seed)
        with tempfile.TemporaryDirectory() as folder:
            write(made, Path(folder))
            found = link_in(Path(folder), list(made.argv))
        if found.mark is not None and found.failed != "mark":
            yield found


# --- the algorithm ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_without_a_dominator_a_node_cannot_be_reached(start: int) -> None:
    for seed in range(start, start + 100):
        successors = random_graph(Random(seed))
        parents = immediate_dominators(successors)
        everything = reachable(successors)
        cut = {node: everything - reachable(successors, node) for node in everything}
        for node in range(len(successors)):
            above = {one for one in everything if node in cut[one] and one != node}
            if node == 0 or node not in everything:
                assert parents[node] == -1
                continue
            assert parents[node] in above | {0}
            assert above <= cut_chain(parents, node) <= above | {0}


def cut_chain(parents: list[int], node: int) -> set[int]:
    """Every dominator of `node` but itself."""
    found: set[int] = set()
    while parents[node] >= 0:
        node = parents[node]
        found.add(node)
    return found


def test_a_graph_as_deep_as_it_is_large_is_no_problem() -> None:
    """A chain in which every node also leads two back and three on: no single one is needed; and a plain chain."""
    size = 20_000
    successors = [[one for one in (i + 1, i + 3, i - 2) if 0 <= one < size] for i in range(size)]
    parents = immediate_dominators(successors)
    assert parents[:-2] == [-1] + [0] * (size - 3)
    chain = immediate_dominators([[i + 1] for i in range(size - 1)] + [[0]])
    assert chain == list(range(-1, size - 1))


# --- the graph --------------------------------------------------------------------------------------------------


def reached_by_mark(link: Link, monkeypatch: pytest.MonkeyPatch) -> tuple[set[object], set[object]]:
    """What the edges of the graph reach, the net under them taken away, and what phase mark kept."""
    monkeypatch.setattr(Graph, "_catch_the_rest", lambda self, live: None)
    known = Graph(link)
    reached = {known.nodes[node] for node in reachable(known.successors)}
    return reached, set(link.mark.why)


@pytest.mark.parametrize("name", LINKING)
def test_the_roots_reach_what_phase_mark_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, kept = reached_by_mark(linked(name), monkeypatch)
    assert kept <= reached
    more = reached - kept - {None}
    assert all(isinstance(one, ObjectFile) or one.kind == "custom" or one.file is None for one in more)


def test_the_roots_reach_what_phase_mark_kept_in_random_links(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0
    for found in scene_links(range(100)):
        reached, kept = reached_by_mark(found, monkeypatch)
        assert kept <= reached
        count += 1
    assert count > 50


def test_cutting_the_references_of_an_atom_loses_what_it_alone_keeps() -> None:
    """Phase mark, run again on an atom without relocations, is the judge; in objects that are no archive's members."""
    cuts = 0
    for found in scene_links(range(500, 600)):
        if not found.options.gc_sections or any(one.lazy for one in found.resolve.objects):
            continue
        above, known = dominators(found), graph(found)
        atoms = [one for one in found.mark.why if isinstance(one, Atom) and one.lo < one.hi]
        by_rule = {known.nodes[by] for by, _ in known.rules}  # a constructor, say
        for atom in [one for one in atoms if one not in by_rule]:
            end, atom.hi = atom.hi, atom.lo
            try:
                left = mark(found.resolve, found.options).why
            finally:
                atom.hi = end
            lost = set(found.mark.why) - set(left)
            assert lost == {one for one in above.goes_with(atom) if one in found.mark.why}, atom
            cuts += bool(lost)
        assert known is above.graph
    assert cuts > 20


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_drops_what_a_function_dominates_when_its_calls_are_cut(seed: int, tmp_path: Path) -> None:
    """Nine functions that call each other at random; each in turn is emptied, and wasm-ld links again."""
    random = Random(seed)
    count = 9
    calls = {i: random.sample(range(count), random.choice((0, 1, 2, 3))) for i in range(count)}

    def function_names(empty: int) -> set[str]:
        (name,) = objects(tmp_path, calling(calls, empty))
        output = reference([name, "--no-entry"], tmp_path).output
        assert output is not None
        return set(read(output, "it").names.functions.values())

    (name,) = objects(tmp_path, calling(calls, -1))
    found = link_in(tmp_path, [name, "--no-entry"])
    everything = function_names(-1)
    above = dominators(found)
    for i in range(count):
        symbol = found.resolve.by_name[f"f{i}"]
        if symbol.target in found.mark.why:
            dropped = {title(one) for one in above.goes_with(symbol)}
            assert dropped == everything - function_names(i)


def calling(calls: dict[int, list[int]], empty: int) -> ObjectBuilder:
    """An object with functions f0, f1, …, the first of which is a root; `calls` says who calls whom."""
    made = ObjectBuilder()
    functions = [made.function(f"f{i}", NOTHING, flags=0 if i else SYM_NO_STRIP) for i in calls]
    for i, others in calls.items():
        made.update(functions[i], body(*(call(functions[one]) for one in others if i != empty)))
    return made


def test_the_output_is_read_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """To forget what was read of a large one holds every thread up."""
    link = linked_sources("int main(void) { return 0; } void _start(void) { main(); }")
    output, read = steps(link).output, []
    monkeypatch.setattr(Module, "__init__", lambda self, *given: read.append(given))
    assert dominators(link).retains(None).total == len(link.emit.data)
    assert not read
    assert steps(link).output is output


# --- what is retained -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LINKING)
def test_the_root_retains_the_file_and_every_thing_at_least_itself(name: str) -> None:
    link = linked(name)
    above = dominators(link)
    assert above.retains(None).total == len(link.emit.data)
    for thing in graph(link).nodes:
        below = above.under(thing)
        assert above.retains(thing).total == above.share(thing).total + sum(above.retains(one).total for one in below)
        sizes = [above.retains(one).total for one in below]
        assert sizes == sorted(sizes, reverse=True)


EXPORTS = """
extern void print(int);
static int table[64] = {1, 2, 3};
__attribute__((noinline)) static int own(int a) { print(a); print(a + 1); return a * table[a & 63]; }
__attribute__((noinline)) int shared(int a) { print(a * 3); return a; }
__attribute__((export_name("first"))) int first(int a) { return own(a) + own(a + 1) + shared(a); }
__attribute__((export_name("second"))) int second(int a) { return shared(a) - 7; }
"""


def test_the_reference_makes_the_file_smaller_by_what_an_export_retained() -> None:
    """`first` and what it alone keeps: code to the byte, data to the byte, the functions by name."""
    without = EXPORTS.replace('__attribute__((export_name("first"))) ', "")
    flags = ("-Os", "-g0", "-ffunction-sections", "-fdata-sections")
    lines = [[str(compiled(one, *flags)), "--no-entry", "--allow-undefined"] for one in (EXPORTS, without)]
    found = link_in(ROOT, lines[0])
    retained = dominators(found).retains(found.resolve.by_name["first"])
    before, after = (read(reference(line).output, "it") for line in lines)
    bodies = [sum(one.end - one.start for one in module.bodies) for module in (before, after)]
    datas = [sum(one.end - one.start for one in module.datas) for module in (before, after)]
    names = [sum(1 + 1 + len(name) for name in module.names.functions.values()) for module in (before, after)]
    assert retained.code == bodies[0] - bodies[1] > 0
    assert retained.data + retained.padding == datas[0] - datas[1] == 256
    assert retained.names == names[0] - names[1]
    whole = len(before.data) - len(after.data)
    assert abs(retained.total - whole) <= 24  # the type of `print` is left, headers of sections get shorter


@pytest.mark.parametrize("name", ["strtok", "rand", "sin", "tan", "asin"])
def test_the_reference_grows_by_what_one_more_export_retains(name: str) -> None:
    """A function of the archive and what nothing else needs come with it: code to the byte, functions by name."""
    argv, folder = command("words")
    more = [*argv, f"--export={name}"]
    link = link_in(folder, more)
    before, after = (read(reference(line, folder).output, "it") for line in (argv, more))
    retained = dominators(link).retains(link.resolve.by_name[name])
    grown = [sum(one.end - one.start for one in module.bodies) for module in (before, after)]
    assert retained.code == grown[1] - grown[0] > 0
    added = set(after.names.functions.values()) - set(before.names.functions.values())
    things = [link.resolve.by_name[name].target, *dominators(link).goes_with(link.resolve.by_name[name])]
    kept = {one.debug_name or display(one.name) for one in things if isinstance(one, Atom) and one.kind == "function"}
    assert added <= kept


# --- paths ------------------------------------------------------------------------------------------------------


def simple_paths(known: Graph, target: int) -> list[tuple[int, ...]]:
    """Every simple path from the root to `target`, by depth first search."""
    found, stack = [], [(0,)]
    while stack:
        path = stack.pop()
        if path[-1] == target:
            found.append(path)
            continue
        stack += [(*path, one) for one in known.successors[path[-1]] if one not in path]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_all_paths_are_found_shortest_first(seed: int, tmp_path: Path) -> None:
    random = Random(seed + 40)
    calls = {i: random.sample(range(8), random.choice((1, 2, 3))) for i in range(8)}
    (name,) = objects(tmp_path, calling(calls, -1))
    found = link_in(tmp_path, [name, "--no-entry"])
    known = graph(found)
    for thing in found.mark.why:
        paths = Paths(found, thing)
        seen = [tuple(title(edge.thing) for edge in path) for path in paths]
        by_hand = simple_paths(known, known.number[thing])
        expected = [tuple(title(known.nodes[one]) for one in path[1:]) for path in by_hand]
        assert not paths.gave_up
        assert sorted(seen) == sorted(expected)
        assert [len(one) for one in seen] == sorted(len(one) for one in seen)
        assert len(seen[0]) == len(why_live(found, thing))


@pytest.mark.parametrize("name", ["hello", "words", "shapes"])
def test_every_edge_of_every_path_is_a_relocation_of_what_came_before(name: str) -> None:
    link = linked(name)
    for thing in list(link.mark.why)[::7]:
        for path in islice(Paths(link, thing), 5):
            assert path[-1].thing is thing
            assert len({edge.thing for edge in path}) == len(path)
            for before, edge in pairwise(path):
                if edge.rule == "relocation":
                    symbol = link.resolve.bindings[edge.by.file][edge.by.relocs.indices[edge.row]]
                    assert edge.by is before.thing
                    assert kept_thing(symbol) is edge.thing


def test_a_search_that_is_cut_short_says_so() -> None:
    link = linked("words")
    paths = Paths(link, link.resolve.by_name["qsort"], most=1)
    assert list(paths) == []
    assert paths.gave_up


# --- archives, constructors, links that fail ----------------------------------------------------------------------


def test_a_member_keeps_its_constructors_once_something_of_it_is_live() -> None:
    user = "int get(void); int use(void) { return get(); }"
    member = CONSTRUCTOR + "int get(void) { return made; }"
    lines = [str(compiled(source, "-Os", "-g0")) for source in (user, member)]
    link = link_in(ROOT, ["--no-entry", "--export=use", lines[0], "--start-lib", lines[1], "--end-lib"])
    above = dominators(link)
    begin = next(one for one in link.mark.why if title(one) == "begin")
    get, use = link.resolve.by_name["get"], link.resolve.by_name["use"]
    assert [title(one) for one in above.keepers(begin)] == [lines[1], "get", "use"]
    assert above.keepers(get)[0] is use.target
    assert {title(one) for one in above.goes_with(get)} >= {"begin", ".bss.made"}


def test_the_call_of_constructors_goes_with_the_only_constructor() -> None:
    link = linked_sources(CONSTRUCTOR + "int use(void) { return 1; }", options=("--no-entry", "--export=use"))
    above = dominators(link)
    begin = next(one for one in link.mark.why if title(one) == "begin")
    assert above.keepers(link.resolve.linker["__wasm_call_ctors"].target)[0] is begin
    (wrapper,) = link.index.wrappers
    assert above.keepers(wrapper)[0] is link.resolve.by_name["use"].target


@pytest.mark.parametrize("name", FAILING)
def test_a_link_that_fails_has_the_graph_of_what_is_known(name: str) -> None:
    link = linked(name)
    known = graph(link)
    if link.resolve is None:
        assert known.nodes == [None]
    else:
        assert len(known.nodes) > 1
        assert {known.nodes[one] for one in reachable(known.successors)} >= set(known.nodes)


def test_a_link_that_fails_early_foresees_what_phase_mark_would_find() -> None:
    """hello with main.o twice does not link; each of its functions is live as it is in hello."""
    found, whole = linked("duplicate"), linked("hello")
    assert found.mark is None
    names = {title(one) for one in whole.mark.why if isinstance(one, Atom)}
    assert names <= {title(one) for one in graph(found).nodes[1:]}
    assert [title(edge.thing) for edge in why_live(found, found.resolve.by_name["fd_write"])] == [
        "_start", "print", "fd_write",
    ]  # fmt: skip
