"""Stub libraries (`#STUB` files), and the files that -l finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain import archived, assert_same_link, compiled, complaints, reference

MAIN = """
int imp1(int); int imp2(void);
__attribute__((import_module("m"), import_name("renamed"))) int imp3(int);
extern int datum;
__attribute__((weak)) int weakly(void);
int dep1(void) { return 1; }
int dep2(void) { return 2; }
void _start(void) { imp1(imp2()); imp3(weakly ? weakly() : 2); datum++; }
"""
LIBRARY = "int lazy2(void); int lazy3(void) { return lazy2(); }", "int lazy2(void) { return 2; } int imp4(void);"
STUBS = {
    "good.stub": "#STUB\n# comment\nimp1: dep1, dep2\n  imp2 : dep1,lazy3 \nrenamed: lazy2,\ndatum\nweakly: dep2\n"
    "nowhere: dep1\n",
    "bad.stub": "#STUB\nimp1: zz,, nope\nimp2: aa\nimp3: cc\nrenamed: dd\ndatum: ee\nweakly: ff\nimp1b\nimp2: gg\n",
    "ctors.stub": "#STUB\nimp1: __wasm_call_ctors\nimp2\ndatum",
    "empty.stub": "#STUB",
    "unused.stub": "#STUBBORN\nnot one of these: dep1",
    "dynamic/libx.so": "#STUB\nimp1: dep1\nimp2\ndatum\n",
    "other/liby.so": "#STUB\nimp1: dep2\nimp2\ndatum\n",
}
LINES = (
    "main.o x.a good.stub", "good.stub main.o x.a", "main.o x.a good.stub bad.stub", "main.o x.a bad.stub good.stub",
    "main.o x.a bad.stub", "main.o bad.stub --warn-unresolved-symbols", "main.o good.stub", "empty.stub",
    "empty.stub --no-entry", "main.o unused.stub", "main.o unused.stub --allow-undefined", "main.o ctors.stub",
    "main.o good.stub x.a -r", "--start-lib good.stub --end-lib main.o x.a", "main.o x.a good.stub --wrap=imp1",
    "main.o x.a good.stub --no-gc-sections", "main.o x.a good.stub --export-all",
    # what -l finds
    "main.o -Lother -Ldynamic -lx --allow-undefined", "main.o -Lother -Ldynamic -Bdynamic -lx",
    "main.o -Ldynamic -Lother -dy -lx -ly", "main.o -Ldynamic -Bdynamic -Bstatic -lx --allow-undefined",
    "main.o -Ldynamic -ly --allow-undefined", "main.o -Lother -ly", "main.o -Lother -call_shared -ly",
    "main.o -Lother -Ldynamic -l:libx.so", "main.o -Lother -Bdynamic -l:liby.so", "main.o -Ldynamic -l:libx",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the objects and stub libraries of the lines."""
    made = tmp_path_factory.mktemp("stubs")
    objects = [compiled(source, "-Os", "-g0") for source in LIBRARY]
    (made / "main.o").write_bytes(compiled(MAIN, "-Os", "-g0").read_bytes())
    (made / "x.a").write_bytes(archived(*objects, names=("three.o", "two.o")).read_bytes())
    for name, text in STUBS.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text)
    for place in ("dynamic", "other"):
        (made / place / "libx.a").write_bytes((made / "x.a").read_bytes())
    return made


@pytest.mark.parametrize("line", LINES)
def test_lines_with_stub_libraries_link_alike(folder: Path, line: str) -> None:
    got = assert_same_link(line.split(), folder)
    assert complaints(got.stderr) == complaints(reference(line.split(), folder).stderr)


def test_a_static_link_takes_no_shared_library(tmp_path: Path) -> None:
    section = b"\0\x09\x08dylink.0"
    (tmp_path / "libx.so").write_bytes(b"\0asm\1\0\0\0" + section)
    static = assert_same_link(["-L.", "-l:libx.so"], tmp_path)
    assert complaints(static.stderr) == ["error: attempted static link of dynamic object ./libx.so"]
    assert_same_link(["-L.", "-Bdynamic", "-lx", "--no-entry"], tmp_path)
