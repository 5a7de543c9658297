from __future__ import annotations

from tests.tui.picture import PICTURE, drawn, words


def test_the_readme_s_picture_is_the_screen_as_it_is() -> None:
    assert words(drawn()) == words(PICTURE.read_text(encoding="utf-8")), "python -m tests.tui.picture draws it anew"
