"""What the hex view fetches and marks: also where bytes of functions move (--compress-relocations)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explain.sample_links import COMMANDS, SAMPLES, link_in
from tests.explain.sample_links import linked as sample
from tests.tui.stage import linked
from wasmscope.debugger.cursor import Place, bytes_of
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.debugger.lone.sources import FileBytes
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.bytes_source import InputBytes, OutputBytes
from wasmscope.debugger.panes.memory_source import MemoryBytes
from wasmscope.debugger.panes.structure import source_at, structure_of
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.session import Debugger
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.tui.views.bytes import legend


def test_the_hex_view_marks_each_site_where_it_is_written() -> None:
    link = link_in(SAMPLES / "hello", [*COMMANDS["hello"], "--compress-relocations", "-S"])
    opened = Opened(link)
    first, last = steps(link).ranges[5][1:]
    for step in (first - 1, (first + last) // 2, len(steps(link))):
        view = OutputBytes(Scene(opened, Place(step=step)))
        spans = {(span.start, span.end) for span in view.spans(0, view.size)}
        shown = view.fetch(0, view.size)
        for atom in link.index.shrunk:
            for row in range(atom.lo, atom.hi):
                place = bytes_of(steps(link), steps(link)[steps(link).of((atom, row))[0]].subject, True)
                assert place is not None
                assert place[1:] in spans
        if step == len(steps(link)):
            assert shown == link.emit.data


def test_where_files_share_letters_the_legend_says_whose_the_byte_is() -> None:
    """The link of samples/words has more files than there are letters."""
    scene = Debugger(Opened(sample("words"))).scene()
    assert scene.link.load is not None
    file = next(one for one in scene.link.load.files if one.name.endswith("words.o"))
    atom = next(one for one in file.functions if one in scene.steps.places.pieces)
    source, start = OutputBytes(scene), scene.steps.places.pieces[atom][1].start
    assert source.whose(start) == source.whose(start + atom.size - 1) == "words.o"
    assert source.whose(0) == "linker"
    assert InputBytes(scene, file).whose(atom.start) == "words.o"
    assert InputBytes(scene, file).whose(0) == "not copied"
    letter = source.letters(start, start + 1)
    files = len(scene.link.load.files)
    assert files > 26
    assert legend(scene, "origin", source, start) == f"{letter} here: words.o  L linker  {files} files share 26 letters"
    assert legend(scene, "origin", source, 0) == f"L linker  {files} files share 26 letters"
    image = memory_image(scene.link)
    assert image is not None
    memory = MemoryBytes(scene, image)
    _, address, placed = next(memory._placed(0, 1 << 20))
    assert memory.whose(address) == scene.naming.file(placed.item.file)
    assert memory.whose(0) == "stack"  # which -z stack-size and --stack-first put there


def test_what_is_no_files_is_explained_beside_the_files() -> None:
    """hello has two files; its stack begins at 0, as LLD's --stack-first is the default."""
    scene = Debugger(Opened(sample("hello"))).scene()
    image = memory_image(scene.link)
    assert image is not None
    memory = MemoryBytes(scene, image)
    assert legend(scene, "origin", memory, 0) == "s here: stack  a main.o  b greet.o  L linker"
    end = image.size - 1
    assert legend(scene, "origin", memory, end) == "h here: heap  a main.o  b greet.o  L linker"
    assert scene.link.load is not None
    _, address, _ = next(memory._placed(0, 1 << 20))
    assert legend(scene, "origin", memory, address) == "a main.o  b greet.o  L linker"
    source = InputBytes(scene, scene.link.load.files[0])
    assert legend(scene, "origin", source, 0) == ". here: not copied  a main.o  b greet.o  L linker"


@pytest.mark.parametrize(
    ("data", "offset", "wrong"),
    [(b"\x7fELF\1\1\1\0\0", 0, "invalid magic number"), (b"\0asm\2\0\0\0", 4, "invalid version number: 2"),
     (b"\0asm\1", 4, "missing version number")],
)  # fmt: skip
def test_a_file_that_is_no_wasm_is_shown_from_the_byte_that_is_wrong(
    data: bytes, offset: int, wrong: str, tmp_path: Path
) -> None:
    path = tmp_path / "other.o"
    path.write_bytes(data)
    debugger = Debugger(Opened(linked(str(path))))
    source = source_at(debugger.scene())
    assert source is not None
    assert source.fetch(0, source.size) == data
    assert debugger.place.start == offset
    assert [one.value for one in structure_of(source).children()] == [wrong]


def test_functions_are_called_in_the_tree_as_everywhere_else() -> None:
    """Also where the output has raw names, as rustc asks for."""
    link = link_in(SAMPLES / "shapes", [*COMMANDS["shapes"], "--no-demangle"])
    debugger, lone = Debugger(Opened(link)), LoneSession(OpenedModule(read(link.emit.data, "shapes.wasm")))

    def bodies() -> list[set[str]]:
        source = source_at(debugger.scene())
        assert source is not None
        roots = (structure_of(source), FileBytes(lone.opened).tree)
        return [{one.value for one in node.children()} for root in roots for node in root.children()
                if node.label == "code"]  # fmt: skip

    assert ["title()" in found for found in bodies()] == [True, True]
    for session in (debugger, lone):
        session.show_names(raw=True)
    assert [("_Z5titlev" in found, "title()" in found) for found in bodies()] == 2 * [(True, False)]
