"""Why something is kept, dropped or chosen: against walks written here, assembly by hand, and what wasm-ld tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.explain.sample_links import COMMANDS, LINKING, calls, command, link_in, linked, linked_sources
from tests.toolchain import ROOT, archived, compiled, reference
from wasmscope.explain.naming import title
from wasmscope.explain.reasons.chosen import why_chosen, why_extracted
from wasmscope.explain.reasons.paths import Edge
from wasmscope.explain.reasons.why import why_dead, why_live
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.link.model import Atom, Link
from wasmscope.link.names import display

TYPE_INDEX_LEB = 6
CONSTRUCTOR = "__attribute__((constructor)) static void begin(void) { made = 4; }"


def named(path: list[Edge]) -> list[str]:
    return [title(edge.thing) for edge in path]


def relocations(atom: Atom) -> Iterator[tuple[int, object]]:
    """(row, symbol record) of every relocation of a function or segment that names a symbol, from the raw columns."""
    for row in range(atom.lo, atom.hi):
        if atom.relocs.types[row] != TYPE_INDEX_LEB:
            yield row, atom.relocs.indices[row]


def kept(link: Link) -> list[object]:
    return list(link.mark.why)


# --- live -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LINKING)
def test_a_path_leads_from_a_root_to_the_thing_over_real_relocations(name: str) -> None:
    link = linked(name)
    for thing in kept(link):
        path = why_live(link, thing)
        assert path[-1].thing is thing
        assert (path[0].by, path[0].through) == (None, None)
        assert link.mark.why[path[0].thing].by is None
        for before, edge in pairwise(path):
            assert edge.through is before.thing
            if edge.rule == "relocation":
                symbol = link.resolve.bindings[edge.by.file][edge.by.relocs.indices[edge.row]]
                assert edge.by is before.thing
                assert symbol is edge.symbol
                assert edge.thing is (symbol.target or symbol)


@pytest.mark.parametrize("name", LINKING)
def test_no_path_is_longer_than_need_be(name: str) -> None:
    """Distances by relaxing every relocation of every live atom until nothing gets nearer.

    What calls the constructors counts from the constructors, and they are roots themselves.
    """
    link = linked(name)
    distance = {
        thing: 2 if why.rule.startswith("it calls the constructor") else 1
        for thing, why in link.mark.why.items()
        if why.by is None
    }
    lazy = {thing for thing in distance if getattr(thing, "file", None) is not None and thing.file.lazy}
    changed = True
    while changed:
        changed = False
        for atom in [one for one in distance if isinstance(one, Atom) and one.file is not None]:
            for _, record in relocations(atom):
                symbol = link.resolve.bindings[atom.file][record]
                thing = symbol.target or symbol
                if thing in link.mark.why and distance[atom] + 1 < distance.get(thing, 1 << 30):
                    distance[thing], changed = distance[atom] + 1, True
    for thing in kept(link):
        path = why_live(link, thing)
        if not any(edge.thing in lazy for edge in path):  # a constructor of an archive member is no root by itself
            assert len(path) == distance[thing], thing


@pytest.mark.parametrize("name", LINKING)
def test_each_thing_on_a_path_was_marked_at_its_step(name: str) -> None:
    link = linked(name)
    for thing in kept(link):
        for edge in why_live(link, thing):
            assert steps(link)[edge.step].subject is edge.thing


def test_the_path_in_hello_is_the_one_that_its_source_shows() -> None:
    """main.c: _start passes shout to visit_all; shout calls print; print calls the import fd_write."""
    link = linked("hello")
    symbols = link.resolve.by_name
    assert named(why_live(link, symbols["fd_write"])) == ["_start", "print", "fd_write"]
    assert named(why_live(link, symbols["names"])) == ["_start", "visit_all", ".rodata.names"]
    assert named(why_live(link, symbols["_start"])) == ["_start"]
    assert why_live(link, symbols["_start"])[0].rule == "entry"


def test_a_constructor_in_an_archive_is_kept_by_what_made_its_member_live() -> None:
    member = f"volatile int made; {CONSTRUCTOR} int get(void) {{ return made; }}"
    user = "int get(void); int use(void) { return get(); }"
    objects = [str(compiled(source, "-Os", "-g0")) for source in (user, member)]
    link = link_in(ROOT, ["--no-entry", "--export=use", objects[0], "--start-lib", objects[1], "--end-lib"])
    begin = next(atom for file in link.resolve.objects for atom in file.functions if atom.name == "begin")
    assert named(why_live(link, begin)) == ["use", "get", "begin"]
    assert why_live(link, begin)[-1].rule.startswith("constructor")


def test_what_the_linker_makes_and_custom_sections_are_there_by_rule() -> None:
    link = linked("kernel")
    section = next(atom for file in link.resolve.objects for atom in file.customs if atom.name == "notes")
    assert [edge.rule for edge in why_live(link, section)] == ["custom sections are always kept"]
    assert why_dead(link, section) is None
    source = f"volatile int made; {CONSTRUCTOR} int use(void) {{ return 1; }}"
    wrapped = linked_sources(source, options=("--no-entry", "--export=use"))
    (wrapper,) = wrapped.index.wrappers
    assert named(why_live(wrapped, wrapper)) == ["use", "use.command_export"]
    assert why_live(wrapped, wrapper)[-1].rule == "it wraps the command export use"
    assert why_dead(wrapped, wrapper) is None


# --- dead -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_reference_removes_is_dead_with_a_reason(name: str) -> None:
    """wasm-ld --print-gc-sections names every function, segment, global, tag and table that it drops."""
    argv, folder = command(name)
    outcome = reference([*argv, "--print-gc-sections"], folder)
    removed = [line for line in outcome.stdout.splitlines() if line.startswith("removing unused section ")]
    link = linked(name)
    dead = []
    for file in link.resolve.objects:
        for things in (file.functions, file.segments, file.globals, file.tags, file.tables):
            for thing in things:
                found = why_dead(link, thing)
                assert (found is None) == bool(why_live(link, thing))
                if found is not None:
                    dead.append(f"removing unused section {file.name}:({thing.name})")
                    assert found.reason
                    assert found.help
    ours = [line for line in removed if "<internal>" not in line]
    assert sorted(dead) == sorted(ours)


def test_a_dead_function_names_the_dead_one_that_calls_it() -> None:
    source = "int inner(void); int outer(void) { return inner(); } int keep(void) { return 1; }"
    link = linked_sources(source, "int inner(void) { return 2; }", options=("--no-entry", "--export=keep"))
    symbols = link.resolve.by_name
    inner, outer = why_dead(link, symbols["inner"]), why_dead(link, symbols["outer"])
    assert inner.mentions[0].atom is symbols["outer"].target
    assert inner.reason.startswith("1 atom would keep inner, and dead too: outer of ")
    assert outer.reason == "no relocation names outer, and it is no root"
    assert "--export=outer" in outer.help


def test_debug_information_keeps_nothing_and_that_is_the_reason() -> None:
    found = next(
        why_dead(linked("kernel"), atom)
        for file in linked("kernel").resolve.objects
        for atom in file.functions
        if atom.name == "dead"
    )
    assert found.reason == "only custom sections name dead, and they keep nothing"


def test_no_option_of_collection_keeps_what_a_member_that_nobody_asked_for_offers() -> None:
    main = compiled("int used(void); int alone(void) { return 1; } void _start(void) { used(); }", "-Os", "-g0")
    members = [compiled(f"int {name}(void) {{ return 2; }}", "-Os", "-g0") for name in ("used", "offered")]
    argv = [str(main), str(archived(*members, names=["used.o", "offered.o"])), "--no-gc-sections"]
    link, names = link_in(ROOT, argv), read(reference(argv).output, "it").names.functions.values()
    by_name = link.resolve.by_name
    for name in ("alone", "used", "offered"):
        assert bool(why_live(link, by_name[name])) == (name in names)
    assert why_dead(link, by_name["offered"]).phase == "resolve"


def test_a_lazy_object_that_nobody_asked_for_says_so() -> None:
    link = linked("words")
    unused = next(file for file in link.load.files if file.name.endswith("(sinh.o)"))
    assert unused not in link.resolve.bindings
    found = why_dead(link, link.resolve.by_name["sinh"])
    assert "nothing asked" in found.reason


def functions(output: bytes | None) -> list[str]:
    """Names of the functions in a module that the reference made, debug names and all."""
    assert output is not None
    module = read(output, "it")
    return [module.function_names.get(number, "") for number in range(module.total(0))]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_that_would_keep_a_function_do_so_in_the_reference(name: str) -> None:
    argv, folder = command(name)
    link = linked(name)
    tried = 0
    dead = [atom for file in link.load.files for atom in file.functions if why_live(link, atom) == []]
    for atom in dead[:: max(1, len(dead) // 6)]:
        found = why_dead(link, atom)
        for option in found.options:
            there = functions(reference([*argv, option], folder).output)
            before = functions(reference(argv, folder).output)
            assert there.count(display(atom.name)) > before.count(display(atom.name)), (atom, option)
            tried += 1
    assert tried or not dead


def test_an_export_would_not_keep_what_is_wrapped() -> None:
    """--export=f exports __wrap_f, as in the reference."""
    source = "int f(void) { return 1; } int use(void) { return 2; }"
    argv = [str(compiled(source, "-O1", "-g0")), "--no-entry", "--export=use", "--wrap=f", "--allow-undefined"]
    link = link_in(ROOT, argv)
    function = next(atom for atom in link.resolve.objects[0].functions if atom.name == "f")
    assert why_dead(link, function).options == ("--no-gc-sections",)
    assert "f" not in functions(reference([*argv, "--export=f"]).output)
    assert "f" in functions(reference([*argv, "--no-gc-sections"]).output)


def test_a_definition_that_lost_says_to_whom_and_why() -> None:
    weak = "__attribute__((weak)) int pick(void) { return 1; } int use(void) { return pick(); }"
    options = ("--no-entry", "--export=use")
    link = linked_sources(weak, "int pick(void) { return 2; }", options=options)
    loser = next(atom for atom in link.load.files[0].functions if atom.name == "pick")
    found = why_dead(link, loser)
    assert (found.phase, found.options) == ("resolve", ("--no-gc-sections",))
    assert found.reason == f"pick is that of {link.load.files[1].name}: a strong definition beats a weak one"
    again = linked_sources(weak, weak.replace("use", "other"), options=options)
    second = next(atom for atom in again.load.files[1].functions if atom.name == "pick")
    assert why_dead(again, second).reason.startswith(f"pick is that of {again.load.files[0].name}: ")


@pytest.mark.parametrize(
    ("options", "phase", "reason"),
    [
        (["--strip-debug"], "layout", ".debug_info is stripped by --strip-debug"),
        (["-s"], "layout", ".debug_info is stripped by --strip-all"),
        (["-s", "-S"], "layout", ".debug_info is stripped by --strip-all and --strip-debug"),
    ],
)
def test_debug_sections_go_by_the_option_that_strips_them(options: list[str], phase: str, reason: str) -> None:
    argv, folder = command("shapes")
    link = link_in(folder, [*argv, *options])
    section = next(atom for file in link.resolve.objects for atom in file.customs if atom.name == ".debug_info")
    found = why_dead(link, section)
    assert (found.phase, found.reason) == (phase, reason)
    names = {one.name for one in read(reference([*argv, *options], folder).output, "it").customs}
    assert ".debug_info" not in names


def test_what_the_linker_reads_itself_is_not_copied() -> None:
    link = linked("hello")
    section = next(atom for atom in link.resolve.objects[0].customs if atom.name == "linking")
    assert why_dead(link, section).reason == "linking is the linker's own input: it is read, not copied"


def test_a_link_that_fails_before_marking_says_what_would_be_dropped() -> None:
    found = why_dead(linked("duplicate"), linked("duplicate").resolve.by_name["forget"])
    assert (found.phase, found.reason) == ("mark", "no relocation names forget, and it is no root")


# --- chosen -----------------------------------------------------------------------------------------------------


def test_a_strong_definition_beats_a_weak_one() -> None:
    weak = "__attribute__((weak)) int pick(void) { return 1; } int use(void) { return pick(); }"
    link = linked_sources(weak, "int pick(void) { return 2; }", options=("--no-entry", "--export=use"))
    chosen = why_chosen(link, link.resolve.by_name["pick"])
    assert [(one.standing, one.outcome) for one in chosen.candidates] == [("weak", "replaced"), ("strong", "won")]
    assert chosen.winner.file is link.load.files[1]
    assert chosen.rule == "a strong definition beats a weak one"


def test_the_first_weak_definition_stays() -> None:
    weak = "__attribute__((weak)) int pick(void) { return %d; } int use%d(void) { return pick(); }"
    link = linked_sources(weak % (1, 1), weak % (2, 2), options=("--no-entry", "--export-all"))
    chosen = why_chosen(link, link.resolve.by_name["pick"])
    assert [(one.standing, one.outcome) for one in chosen.candidates] == [("weak", "won"), ("weak", "lost")]
    assert chosen.winner.file is link.load.files[0]


def test_a_comdat_loser_is_a_candidate_that_lost() -> None:
    link = linked("shapes")
    lost = [
        (symbol, one)
        for symbol in link.resolve.symbols
        for one in why_chosen(link, symbol).candidates
        if one.standing == "COMDAT loser"
    ]
    assert lost
    for symbol, one in lost:
        assert one.outcome == "lost"
        assert symbol.file is not one.file


@pytest.mark.parametrize("name", COMMANDS)
def test_the_winner_is_who_defines_the_symbol(name: str) -> None:
    link = linked(name)
    for symbol in link.resolve.symbols:
        chosen = why_chosen(link, symbol)
        assert chosen.rule
        if symbol.defined and not symbol.stub:
            assert chosen.winner is not None, symbol
            assert chosen.winner.file is symbol.file, symbol
            if symbol.file is not None:
                assert chosen.winner.record == symbol.record
        for one in chosen.candidates:
            assert steps(link)[one.step].subject is symbol


def test_a_local_symbol_has_no_rivals() -> None:
    link = linked("hello")
    local = next(one for one in link.resolve.bindings[link.resolve.objects[0]] if one.local and one.kind == "function")
    chosen = why_chosen(link, local)
    assert [one.outcome for one in chosen.candidates] == ["won"]
    assert "its own object's" in chosen.rule


@pytest.mark.parametrize("name", ["words", "words, everything exported"])
def test_members_are_pulled_in_by_whom_the_reference_says(name: str) -> None:
    """wasm-ld --why-extract=- prints: who asked, the member, the symbol."""
    argv, folder = command(name)
    outcome = reference([*argv, "--why-extract=-"], folder)
    lines = [line.split("\t") for line in outcome.stdout.splitlines()[1:]]
    link = linked(name)
    assert lines
    told = {}
    for file in link.resolve.objects:
        chain = why_extracted(link, file)
        if chain:
            last = chain[-1]
            assert last.file is file
            told[file.name] = (last.asker.name if last.asker is not None else last.rule, last.symbol.name)
            for before, after in pairwise(chain):
                assert after.asker is before.file
    expected = {member: (asker, symbol) for asker, member, symbol in lines}
    assert {member: told[member] for member in expected} == expected
    for member in told.keys() - expected.keys():  # wasm-ld keeps silent about members that data mentions pull in
        assert link.resolve.by_name[told[member][1]].kind == "data"


def test_a_member_that_defines_what_another_only_offered_wins_as_the_reference_says() -> None:
    sources = ("__attribute__((weak)) int pick = 1;", "int pick = 2, wanted = 3;")
    library = archived(*(compiled(one, "-Os", "-g0") for one in sources), names=["offers.o", "defines.o"])
    main = compiled("extern int wanted; int use(void) { return wanted; }", "-Os", "-g0")
    argv = [str(main), str(library), "--no-entry", "--export=use"]
    traced = reference([*argv, "--trace"]).stdout
    assert "(defines.o)" in traced
    assert "(offers.o)" not in traced
    link = link_in(ROOT, argv)
    chosen = why_chosen(link, link.resolve.by_name["pick"])
    assert [one.outcome for one in chosen.candidates] == ["offered", "won"]
    assert chosen.candidates[0].file.name.endswith("(offers.o)")
    assert chosen.winner.file.name.endswith("(defines.o)")
    assert chosen.rule == "a definition goes before an offer"


@pytest.mark.parametrize("kind", ["int pick(void)", "int pick"])
def test_a_weak_mention_pulls_nothing_in_although_it_came_first(kind: str) -> None:
    """wasm-ld's --why-extract names it all the same; without the strong one nothing is pulled in."""
    use = "pick()" if "(" in kind else "pick"
    weak = compiled(f"extern __attribute__((weak)) {kind}; int one(void) {{ return &pick ? {use} : 0; }}", "-Os", "-g0")
    strong = compiled(f"extern {kind}; int two(void) {{ return {use}; }}", "-Os", "-g0")
    holder = compiled(f"{kind} " + ("{ return 1; }" if "(" in kind else "= 1;"), "-Os", "-g0")
    argv = ["--start-lib", str(holder), "--end-lib", "--no-entry", "--export-all"]
    link = link_in(ROOT, [str(weak), str(strong), *argv])
    (pulled,) = why_extracted(link, link.load.files[2])
    assert pulled.asker is link.load.files[1]
    reference_says = {files: reference([*map(str, files), *argv, "--trace"]).stdout for files in ((weak,), (strong,))}
    assert [str(holder) in said for said in reference_says.values()] == [False, True]


def test_whoever_pulled_the_winner_in_is_named() -> None:
    link = linked("words")
    chosen = why_chosen(link, link.resolve.by_name["qsort"])
    assert chosen.winner.extracted is not None
    assert chosen.winner.extracted.file is chosen.winner.file
    assert chosen.winner.extracted.symbol is not None


# --- cost -------------------------------------------------------------------------------------------------------


def test_a_path_costs_by_its_length_once_the_walk_is_made() -> None:
    link = linked("words")
    things = kept(link)
    why_live(link, things[0])
    for thing in things[::25]:
        length = len(why_live(link, thing))
        assert calls(lambda thing=thing: why_live(link, thing)) < 25 * length + 20
