"""Copying on the screen: by OSC 52, by the desktop's program, and what is said of it."""

from __future__ import annotations

import base64

from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.tui import clipboard


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


def test_the_screen_is_exported_as_it_is(tmp_path) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        path = tmp_path / "screen.svg"
        await stage.keys("colon")
        await stage.type(f"export svg {path}")
        svg = path.read_text()
        assert svg.startswith("<svg")
        assert "target_features" in svg
        assert f"wrote {path}"[:60] in stage.text()

    play(app, scenario)
