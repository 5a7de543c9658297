"""The README's picture of the real screen: `python -m tests.tui.picture` draws docs/screen.svg anew."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tests.tui.stage import HELLO, Stage, opened, play

PICTURE = Path(__file__).parent.parent.parent / "docs" / "screen.svg"


def drawn() -> str:
    """The screen in the middle of the relocations of samples/hello, as SVG."""
    app = opened(*HELLO)
    pictures: list[str] = []

    async def scenario(stage: Stage) -> None:
        await stage.keys("3", "g")
        await stage.type("@relocate")
        await stage.keys("s", "s")
        pictures.append(app.export_screenshot(title="wasmscope main.o greet.o"))

    play(app, scenario)
    return pictures[0]


def words(svg: str) -> str:
    """The text in a picture, without what the drawing library adds."""
    rows = re.findall(r"<text [^>]*>(.*?)</text>", svg, flags=re.S)
    return " ".join(html.unescape(" ".join(rows)).split())


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
