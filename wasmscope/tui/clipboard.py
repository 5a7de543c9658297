"""The clipboard: the terminal's by OSC 52, which some drop without a word, and the desktop's by its program."""

from __future__ import annotations

import os
import shutil
import subprocess

PROGRAMS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--input", "--clipboard")),
    ("", ("pbcopy",)),
    ("", ("clip.exe",)),
)
"""An environment variable that must be set (""; none), and the program that takes the text on its standard input."""
PATIENCE = 2
"""Seconds that a program may take."""
OSC_52_MOST = 74_994
"""Characters that every terminal which knows OSC 52 takes (xterm's limit of 100,000 in base64)."""


def program() -> tuple[str, ...]:
    """The desktop's clipboard program and its arguments; empty when there is none."""
    for variable, words in PROGRAMS:
        if (not variable or os.environ.get(variable)) and shutil.which(words[0]):
            return words
    return ()


def hand_over(text: str) -> str:
    """Give `text` to the desktop's program; its name, or "" when there is none or it fails."""
    words = program()
    if not words:
        return ""
    try:
        subprocess.run(
            words, input=text.encode("utf-8", "surrogateescape"), timeout=PATIENCE, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return words[0]
