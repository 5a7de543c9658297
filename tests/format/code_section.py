"""Code to look at: what clang makes of small sources, and the bodies in it, found by the section headers alone."""

from __future__ import annotations

from tests.toolchain import compiled
from wasmscope.format.code import FunctionBody, body
from wasmscope.format.leb128 import read_u32


def code_bodies(data: bytes) -> list[FunctionBody]:
    """The bodies in the code section of a module or object."""
    pos, bodies = 8, []
    while pos < len(data):
        section, (size, start) = data[pos], read_u32(data, pos + 1)
        pos = start + size
        if section == 10:
            count, here = read_u32(data, start)
            for _ in range(count):
                bodies.append(body(data, here, pos))
                here = bodies[-1].end
    return bodies


C_SOURCE = """
#include <wasm_simd128.h>
typedef struct { float x[8]; double d; unsigned long long bits; } Shape;
extern int (*table[4])(int); extern int outside(int);
_Atomic int counter; _Thread_local int mine = 3; Shape shapes[4];
v128_t mix(v128_t a, v128_t b) {
  v128_t c = wasm_i8x16_shuffle(a, b, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31);
  return wasm_f32x4_add(wasm_v128_load8_lane(&shapes, c, 3), wasm_f32x4_const(1.5f, -0.0f, 1e-40f, __builtin_nanf("")));
}
int tail(int n) { if (n > 9) __attribute__((musttail)) return outside(n - 1); return table[n & 3](n); }
int pick(int n, Shape *s) {
  switch (n) { case 0: return 5; case 1: return ++counter; case 2: return mine; case 3: s->x[1] *= 1.1f; return 0;
    case 4: __builtin_memcpy(s, shapes, n * 40); return -1; case 5: return (int)s->d; default: return s->bits >> 33; }
}
"""
CXX_SOURCE = """
extern void thrower(int);
int guarded(int n) { try { thrower(n); } catch (int e) { return e; } catch (...) { throw; } return n + 1; }
"""
REAL_CODE = {
    "c at -O0": "br_table i32.atomic.rmw.add i8x16.shuffle call_indirect",
    "c at -O2": "return_call return_call_indirect f32x4.add v128.load8_lane memory.copy i32.trunc_sat_f64_s",
    "legacy exceptions": "try catch catch_all rethrow",
    "exceptions": "try_table throw_ref",
}
"""A program that `real_code` compiles, and some of the instructions in it."""


def real_code(which: str) -> bytes:
    """The object of one of REAL_CODE."""
    if which.startswith("c at"):
        return compiled(C_SOURCE, *_C_FLAGS, which.split()[-1]).read_bytes()
    legacy = str(which == "legacy exceptions").lower()
    return compiled(CXX_SOURCE, *_CXX_FLAGS, f"-wasm-use-legacy-eh={legacy}", language="c++").read_bytes()


_C_FLAGS = ("-msimd128", "-mrelaxed-simd", "-mbulk-memory", "-mtail-call", "-matomics", "-mreference-types")
_CXX_FLAGS = ("-O1", "-fwasm-exceptions", "-mexception-handling", "-mllvm")
