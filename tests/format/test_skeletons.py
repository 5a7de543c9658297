"""Bodies without the numbers that a linker gives."""

import pytest

from tests.toolchain import compiled
from wasmscope.format.code import body, instructions
from wasmscope.format.module import Module, read
from wasmscope.format.skeletons import is_site, numbers, split

CASES = " ".join(f"case {n}: return {n * n % 7};" for n in range(200))
SWITCH = f"int f(int a) {{ switch (a) {{ {CASES} }} return 9; }}"
MIXED = """
extern int far(int); extern int there[9]; static int here[4]; int (*slot)(int) = far;
typedef float vector __attribute__((vector_size(16)));
vector lanes(vector a, vector b) { return a * b + __builtin_shufflevector(a, b, 0, 5, 2, 7); }
int f(int a) { return far(a) + there[a] + here[a & 3]++ + slot(a) + 100000; }
double g(double a) { return a * 1e300 + 2; }
"""


def code(source: str, *flags: str) -> Module:
    return read(compiled(source, "-g0", *flags).read_bytes(), "a.o")


@pytest.mark.parametrize(
    "module",
    [code(MIXED, "-O2", "-msimd128", "-mbulk-memory"), code(SWITCH, "-O2"), code(MIXED, "-O0")],
    ids=["vectors", "a long branch table", "not optimised"],
)
def test_the_parts_are_the_body_and_the_sites_its_instructions_with_numbers(module: Module) -> None:
    for one in module.bodies:
        frame = body(module.data, one.start, one.end)
        parts = split(module.data, frame.code_start, frame.end)
        assert b"".join(plain + site for plain, site in parts) == module.data[frame.code_start : frame.end]
        walk = instructions(module.data, frame.code_start, frame.end)
        sites = [module.data[it.start : it.end] for it in walk if is_site(it)]
        assert [site for _, site in parts if site] == sites


def test_what_is_a_number_and_what_is_plain() -> None:
    code = bytes.fromhex("2001 4105 10808080 8000 41808004 2800 05 2800 8008 0b".replace(" ", ""))
    assert split(code, 0, len(code))[:4] == [
        (bytes.fromhex("20014105"), bytes.fromhex("108080808000")),
        (b"", bytes.fromhex("41808004")),
        (bytes.fromhex("280005"), bytes.fromhex("28008008")),
        (bytes.fromhex("0b"), b""),
    ]


def test_numbers_of_a_site() -> None:
    name, args = numbers(bytes.fromhex("11828080800001"))
    assert name == "call_indirect"
    assert [(arg.kind, arg.value) for arg in args] == [("type", 2), ("table", 1)]


@pytest.mark.parametrize("damaged", ["10ff", "2001ff10", "41"])
def test_code_that_cannot_be_read_is_plain_from_there(damaged: str) -> None:
    code = bytes.fromhex(damaged)
    assert b"".join(plain + site for plain, site in split(code, 0, len(code))) == code
