"""What the hex view fetches and marks where bytes of functions move (--compress-relocations)."""

from __future__ import annotations

from tests.explain.sample_links import COMMANDS, SAMPLES, link_in
from wasmscope.debugger.cursor import Place, bytes_of
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.bytes_source import OutputBytes
from wasmscope.debugger.scene import Scene
from wasmscope.explain.steps import steps


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
