"""Shared memory and thread-local data: the startup functions, passive segments and globals that LLD makes."""

from __future__ import annotations

import pytest

from tests.toolchain import assert_same_link, compiled

SOURCE = """
_Thread_local int a = 3;
_Thread_local int b;
static _Thread_local int c = 7;
int z = 5, cleared[100];
int *pointer = &z;
_Thread_local int *own = &z;
int get(void) { return a + b + c + z + cleared[3] + *pointer + *own; }
int *address(void) { return &a; }
void _start(void) { b = get(); }
"""
LINES = {
    "one thread": "",
    "shared": "--shared-memory",
    "everything exported": "--shared-memory --export-all",
    "init-tls exported": "--shared-memory --export=__wasm_init_tls --export=__tls_size --export=__tls_align",
    "imported": "--shared-memory --import-memory --max-memory=1048576",
    "imported, not shared": "--import-memory --export-all",
    "nothing collected": "--shared-memory --no-gc-sections",
    "segments apart": "--shared-memory --no-merge-data-segments --no-stack-first",
    "features not checked": "--shared-memory --no-check-features --features=mutable-globals",
    "feature missing": "--shared-memory --features=mutable-globals",
}


@pytest.fixture(scope="module")
def program():
    """An object with thread-local data, made for threads."""
    return str(compiled(SOURCE, "-mcpu=generic+atomics+bulk_memory+mutable_globals", "-fno-sanitize=all"))


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_threads_are_set_up_as_the_reference_does(program, line):
    """The same bytes, or the same refusal."""
    assert_same_link([*line.split(), program])


@pytest.mark.parametrize("options", ["", "--shared-memory"])
def test_position_independent_thread_data_goes_through_globals(options):
    """Position-independent code keeps the address of its thread-local data in a GOT global that each thread sets."""
    source = """
        extern _Thread_local int a;
        int get(void) { return a; }
        _Thread_local int a = 3;
        void _start(void) { get(); }
    """
    flags = ("-mcpu=generic+atomics+bulk_memory+mutable_globals", "-fPIC", "-fvisibility=default", "-fno-sanitize=all")
    assert_same_link([*options.split(), str(compiled(source, *flags))])
