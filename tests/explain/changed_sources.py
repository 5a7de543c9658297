"""One small program, and what a person may do to it; what the reference makes of each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.toolchain import compiled, reference
from wasmscope.format.module import Module, read

BASE = """
typedef int (*visitor)(int);
extern int limit;
int table[3] = {5, 6, 7};
const char *greeting = "hello";
static int zeros[8];
__attribute__((noinline)) int twice(int a) { return a * 2; }
__attribute__((noinline)) int square(int a) { return a * a; }
__attribute__((noinline)) int visit(visitor each, int a) { return each(a) + table[a & 3]; }
__attribute__((noinline)) int count(const char *text) { int n = 0; while (text[n]) n++; return n; }
int limit = 100;
void _start(void) { zeros[1] = visit(twice, 3) + visit(square, count(greeting)) + limit; }
"""
SQUARE = "__attribute__((noinline)) int square(int a)"

ORDER = ("int table[3] = {5, 6, 7};\n", 'const char *greeting = "hello";\n')
HALF = '__attribute__((export_name("half"))) int half(int a) { return a / 3; }'

CHANGES = {
    "nothing": ("", ""),
    "a function more": (SQUARE, f"{HALF}\n{SQUARE}"),
    "a function less": ("visit(square, count(greeting))", "visit(twice, count(greeting))"),
    "a constant": ("a * 2", "a * 20 + 1"),
    "another callee": ("visit(twice, 3)", "visit(square, 3)"),
    "a number": ("{5, 6, 7}", "{5, 6, 8}"),
    "a longer string": ('"hello"', '"hello, world"'),
    "a larger table": ("table[3]", "table[20]"),
    "a local": ("while (text[n]) n++;", "long m = 0; while (text[n]) { n++; m += n; } n += m;"),
    "a signature": ("int count(const char *text)", "int count(const char *text, int other)"),
    "the order of data": ("".join(ORDER), "".join(reversed(ORDER))),
}
"""What is replaced in the program, and by what."""

FLAGS = ("-O1", "-g0")


def changed_object(change: str) -> Path:
    """The object of the program after a change."""
    old, new = CHANGES[change]
    assert old in BASE
    source = BASE.replace(old, new, 1) if old else BASE
    if change == "a signature":
        source = source.replace("count(greeting)", "count(greeting, 1)")
    return compiled(source, *FLAGS)


@cache
def reference_link(change: str, *options: str) -> Module:
    """What wasm-ld makes of the program after a change."""
    output = reference([str(changed_object(change)), *options]).output
    assert output is not None
    return read(output, f"{change}.wasm")
