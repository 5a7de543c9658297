"""Output for a dynamic linker: shared libraries, position-independent programs, and programs that use a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain import ROOT, assert_same_link, compiled, complaints, ours, reference
from wasmscope.explain.origin import origin
from wasmscope.explain.reasons.value import why_value
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link

PROGRAM = """
extern int far, call_far(int);
extern __attribute__((weak)) int absent(void), absent_data;
int near = 5, many[10];
static int own = 7;
const char *words[] = {"hello", "ello", "there"};
__attribute__((visibility("hidden"))) int kept_in = 3;
int *pointers[] = {&near, &far, &own, &many[3], &kept_in};
int (*function)(int) = call_far;
static int inner(int a) { return a + own; }
int (*inside)(int) = inner;
int (*address(int a))(int) { return a ? call_far : inner; }
int outer(int a) { return near + far + call_far(a) + many[a] + (absent ? absent() : 0) + (&absent_data ? 1 : 0); }
int used(int a) { volatile char room[64]; room[a] = kept_in; return room[a]; }
__attribute__((constructor)) static void begin(void) { near = 9; }
void _start(void) { used(outer(*pointers[1])); }
"""
OTHER = """
extern int near;
int far = 4;
int call_far(int a) { return a * 2; }
int *to_near = &near;
__attribute__((section("named"))) int named[3] = {1, 2, 3};
extern int __start_named[], __stop_named[];
int span(void) { return __stop_named - __start_named; }
extern char __dso_handle;
void *handle(void) { return &__dso_handle; }
__attribute__((weak)) int weak_data = 3;
__attribute__((weak)) int weak_code(int a) { return a + weak_data; }
int call_weak(void) { return weak_code(3); }
int (*weak_address(void))(int) { return weak_code; }
__attribute__((export_name("shown"))) int hides(void) { return 2; }
__attribute__((import_module("host"), import_name("given"))) int host(int);
int call_host(void) { return host(3); }
struct { int a; int *p; int (*f)(int); } mixed = {1, &far, call_far};
"""
CLASSES = """
struct A { virtual ~A(); virtual int f(); int x = 3; };
A::~A() {}
int A::f() { return x; }
struct B : A { int f() override { return 4; } };
B object;
A *pointer = &object;
template <class T> struct V { static T v; };
template <class T> T V<T>::v = 5;
int value() { return V<int>::v; }
inline int counted(int a) { static int count = 4; return count += a; }
int call() { return counted(2); }
int (*address)(int) = counted;
extern "C" int __cxa_atexit(void (*)(void *), void *, void *) { return 0; }
void operator delete(void *, unsigned long) noexcept {}
"""
THREADS = """
_Thread_local int a = 3, b;
static _Thread_local int c = 7;
__attribute__((visibility("hidden"))) _Thread_local int d = 8;
int z = 5, cleared[100], *pointer = &z;
extern int far;
_Thread_local int *to_data = &z, *to_far = &far;
static int here;
_Thread_local int *to_here = &here;
void code(void) {}
_Thread_local void (*to_code)(void) = code;
int get(void) { return a + b + c + d + cleared[3] + *pointer + *to_data; }
int *address(int n) { return n ? &a : n > 1 ? &c : &d; }
"""
USER = """
extern int far, call_far(int), near;
int weak_code(int);
extern int weak_data;
extern __attribute__((weak)) int outer(int);
int (*kept)(int) = outer, *pointer = &near, (*other)(int) = call_far;
int (*address(void))(int) { return call_far; }
void _start(void) { address()(call_far(far) + weak_code(weak_data) + *pointer + (outer ? outer(1) : 0)); }
"""
WRONG = {
    "signature": "long long call_far(long long); void _start(void) { call_far(3); }",
    "kind": "extern int call_far; int *get(void) { return &call_far; } void _start(void) { get(); }",
}

FLAGS = ("-Os", "-g0", "-fPIC", "-fvisibility=default", "-fno-sanitize=all", "-fno-exceptions")
CPUS = {
    "sums": "-mcpu=generic+extended_const",
    "no-sums": "-mcpu=generic-extended_const",
    "bulk": "-mcpu=generic-extended_const+bulk_memory",
    "bulk-sums": "-mcpu=generic+extended_const+bulk_memory",
    "threads": "-mcpu=generic-extended_const+bulk_memory+atomics+mutable_globals",
    "threads-sums": "-mcpu=generic+extended_const+bulk_memory+atomics+mutable_globals",
}
"""Whether constant expressions can hold sums, whether memory can be filled, whether there are threads."""

DYNAMIC = "--experimental-pic --unresolved-symbols=import-dynamic"
LINES = {
    "library": f"-shared {DYNAMIC}",
    "library-own": f"-shared -Bsymbolic {DYNAMIC}",
    "library-apart": f"-shared --no-merge-data-segments {DYNAMIC}",
    "library-all": f"-shared --export-all {DYNAMIC}",
    "library-few": f"-shared --no-export-dynamic {DYNAMIC}",
    "library-uncollected": f"-shared --no-gc-sections {DYNAMIC}",
    "library-stubs": "-shared --experimental-pic --unresolved-symbols=ignore-all",
    "library-paths": f"-shared --soname=other --rpath=/first --rpath=$ORIGIN {DYNAMIC}",
    "library-small": f"-shared --compress-relocations -s {DYNAMIC}",
    "library-relocations": f"-shared --emit-relocs {DYNAMIC}",
    "library-undefined": "-shared --experimental-pic",
    "program": f"-pie --no-entry --export-all {DYNAMIC}",
    "program-memory": f"--pie --no-entry --export-all --import-memory {DYNAMIC}",
    "program-fixed": f"-pie --no-entry --no-growable-memory {DYNAMIC}",
    "program-allowed": "-pie --no-entry --allow-undefined --experimental-pic",
    "program-undefined": "-pie --no-entry --export-all",
    "waiting": f"--no-entry --export-all {DYNAMIC}",
    "waiting-uncollected": f"--no-entry --no-gc-sections {DYNAMIC}",
}
THREAD_LINES = {
    "library": f"-shared --shared-memory {DYNAMIC}",
    "library-all": f"-shared --shared-memory --export-all {DYNAMIC}",
    "library-alone": f"-shared {DYNAMIC}",
    "program": f"-pie --no-entry --shared-memory --export-all {DYNAMIC}",
    "program-size": f"-pie --no-entry --shared-memory --export-all --import-memory --max-memory=1048576 {DYNAMIC}",
    "program-fixed": f"-pie --no-entry --shared-memory --no-growable-memory {DYNAMIC}",
    "program-fixed-all": f"-pie --no-entry --shared-memory --no-growable-memory --export-all {DYNAMIC}",
}
USES = {
    "program": "-pie {user} {library} --experimental-pic",
    "program-first": "-pie {library} {user} --experimental-pic",
    "library": f"-shared {{user}} {{library}} {DYNAMIC}",
    "fixed": f"-Bdynamic {{user}} {{library}} {DYNAMIC}",
    "fixed-absolute": "-Bdynamic {absolute} {library}",
    "fixed-twice": f"-Bdynamic {{user}} {{library}} {{other}} {DYNAMIC}",
    "fixed-twice-before": f"-Bdynamic {{library}} {{user}} {{other}} {DYNAMIC}",
    "fixed-lazy": f"-Bdynamic {{user}} {{library}} --start-lib {{other}} --end-lib {DYNAMIC}",
    "fixed-static": "-Bstatic {user} {library}",
    "signature": "-pie {signature} {library}",
    "signature-second": "-pie {library} {signature}",
    "signature-unchecked": "-pie --no-shlib-sigcheck {signature} {library}",
    "signature-unchecked-second": "-pie --no-shlib-sigcheck {library} {signature}",
    "kind": "-pie {kind} {library}",
    "kind-second": "-pie {library} {kind}",
    "nothing-else": "-shared {library}",
}


def made(source: str, cpu: str, language: str = "c") -> str:
    """An object of position-independent code."""
    return str(compiled(source, *FLAGS, CPUS[cpu], language=language))


def same(line: list[str]) -> None:
    """Both linkers do the same and say the same."""
    got = assert_same_link(line)
    assert complaints(got.stderr) == complaints(reference(line).stderr)


@pytest.mark.parametrize("cpu", ["sums", "no-sums", "bulk", "bulk-sums"])
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_a_dynamic_linker_gets_is_the_references(line: str, cpu: str) -> None:
    same([*line.split(), made(PROGRAM, cpu)])
    same([*line.split(), made(PROGRAM, cpu), made(OTHER, cpu), made(CLASSES, cpu, "c++")])


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_assembly_and_wide_addresses_link_alike(line: str) -> None:
    assembly = compiled((ROOT / "samples" / "kernel" / "pic.s").read_text(), language="assembly")
    wide = compiled(OTHER, *FLAGS, target="wasm64-freestanding")
    if "--emit-relocs" not in line:  # the reference crashes on an undefined function that is never called
        same([*line.split(), str(assembly), made(PROGRAM, "sums")])
    same([*line.split(), "-mwasm64", str(wide)])


@pytest.mark.parametrize("cpu", ["threads", "threads-sums"])
@pytest.mark.parametrize("line", THREAD_LINES.values(), ids=THREAD_LINES)
def test_threads_are_set_up_as_the_reference_does(line: str, cpu: str) -> None:
    same([*line.split(), made(THREADS, cpu)])
    same([*line.split(), made(PROGRAM, cpu), made(OTHER, cpu)])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shared library, as the reference makes it."""
    output = reference([*LINES["library"].split(), made(PROGRAM, "sums"), made(OTHER, "sums")]).output
    assert output is not None
    path = tmp_path_factory.mktemp("libraries") / "libmade.so"
    path.write_bytes(output)
    return path


def used(line: str, library: Path) -> list[str]:
    absolute = compiled(USER, "-Os", "-g0", "-fno-sanitize=all")
    objects = {name: made(source, "sums") for name, source in {"user": USER, "other": OTHER, **WRONG}.items()}
    return line.format(library=library, absolute=absolute, **objects).split()


@pytest.mark.parametrize("line", USES.values(), ids=USES)
def test_a_library_defines_what_it_exports(line: str, library: Path) -> None:
    same(used(line, library))


def test_a_library_is_found_by_name_where_it_may_stand(library: Path) -> None:
    same(["-pie", made(USER, "sums"), f"-L{library.parent}", "-lmade"])
    same(["-pie", made(USER, "sums"), f"-L{library.parent}", "-Bstatic", "-lmade"])


def test_the_output_says_what_it_needs(library: Path) -> None:
    output = ours(used("-pie {user} {library} --rpath=/here", library)).output
    assert output is not None
    dylink = read(output, "program").dylink
    assert dylink is not None
    assert (list(dylink.needed), list(dylink.runtime_path)) == (["libmade.so"], ["/here"])
    assert [(one.module, one.field) for one in dylink.imports] == []
    assert dylink.memory is not None
    assert dylink.memory.memory_size > 0


def test_absolute_code_cannot_be_moved_and_the_complaint_says_where() -> None:
    got = ours(["-pie", "--no-entry", "--export-all", str(compiled(OTHER, "-Os", "-g0"))])
    assert "recompile with -fPIC" in got.stderr
    assert "call_weak+0x" in got.stderr or "span+0x" in got.stderr


@pytest.mark.parametrize("line", [USES["program"], USES["fixed"], USES["library"], USES["fixed-twice-before"]])
def test_every_step_value_and_byte_is_explained(line: str, library: Path) -> None:
    it = link(parse([*used(line, library), "-o", "linked.wasm"]))
    assert it.emit is not None
    assert it.relocate is not None
    for step in steps(it):
        assert step.text
        assert step.why
    for atom in it.relocate.atoms:
        for row in range(atom.lo, atom.hi):
            story = why_value(it, atom, row)
            assert story is not None
            assert story.ok, story.lines
    for offset in range(0, len(it.emit.data), 7):
        assert origin(it, offset).rule or origin(it, offset).atom
