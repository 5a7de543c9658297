"""Copying on the screen: by OSC 52, by the desktop's program, and what is said of it."""

from __future__ import annotations

import base64
import json
import re
from xml.etree import ElementTree

from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.tui import clipboard

CELL = 12.2
"""How wide a character is in an exported screen."""


def test_a_copy_goes_to_the_terminal_and_the_status_line_says_so(monkeypatch) -> None:
    monkeypatch.setattr(clipboard, "program", lambda: ())
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("greet")
        await stage.keys("y")
        await stage.type("hex")
        await stage.until(lambda: "sent to the terminal; " in stage.text())
        place = app.place
        assert bytes.fromhex(app.clipboard) == app.debugger.link.emit.data[place.start : place.end]

    play(app, scenario)


def test_the_desktop_s_program_gets_it_too(monkeypatch, tmp_path) -> None:
    program = tmp_path / "xclip"
    program.write_text(f"#!/bin/sh\nexec base64 > {tmp_path}/got\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert clipboard.hand_over("né") == "xclip"
    assert base64.b64decode((tmp_path / "got").read_text()).decode() == "né"
    program.write_text("#!/bin/sh\nexit 1\n")
    assert clipboard.hand_over("x") == ""


def drawn_lines(svg: str) -> list[str]:
    """The text of a screen that was drawn as SVG, line by line, each character where it stands."""
    lines: dict[int, dict[int, str]] = {}
    for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        line = re.search(r"line-(\d+)", one.get("clip-path", ""))
        if line is not None:  # else it is the title
            cells, left = lines.setdefault(int(line[1]), {}), round(float(one.attrib["x"]) / CELL)
            cells.update({left + column: character for column, character in enumerate(one.text or "")})
    made = []
    for number in range(max(lines) + 1):
        cells = lines.get(number, {})
        made.append("".join(cells.get(column, " ") for column in range(max(cells, default=-1) + 1)))
    return [line.replace("\xa0", " ").rstrip() for line in made]


def test_the_screen_is_exported_as_it_is(tmp_path) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        for view in range(1, 7):
            path = tmp_path / f"{view}.svg"
            await stage.keys(str(view))
            before = [line.rstrip() for line in stage.lines()]
            await stage.keys("colon")
            await stage.type(f"export svg {path}")
            assert drawn_lines(path.read_text()) == before  # without the prompt in which that was typed
            assert f"wrote {path}"[:60] in stage.text()
            await stage.keys("escape")  # what was said goes

    play(app, scenario)


def test_an_exported_difference_has_the_card_of_the_row_that_the_cursor_is_on(tmp_path) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon")
        await stage.type("diff @28 @40")
        await stage.keys("down", "down")
        card = [line.strip("│").rstrip() for line in stage.lines()]
        begin = next(number for number, line in enumerate(card) if "Before and now" in line) + 1
        for format in ("json", "text"):
            await stage.keys("colon")
            await stage.type(f"export {format} {tmp_path / format}")
        facts = json.loads((tmp_path / "json").read_text())
        assert facts["compared"] == "@28 → @40"
        told = facts["panes"]["detail"]["lines"]
        assert told == card[begin : begin + len(told)]
        third = app.debugger.steps[31].text
        assert told[0] == app.debugger.opened.naming.words(third)
        assert (tmp_path / "text").read_text().endswith("\n".join(["-- detail", *told, ""]))

    play(app, scenario)
