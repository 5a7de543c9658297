"""Response files: `@FILE` on a command line stands for the arguments in that file, which may name further ones.

The rules are LLVM's. GNU quoting: blanks separate, a backslash takes the next character as it is (inside either kind of
quotes too), quotes group, an empty argument disappears, and nothing is a comment. Windows quoting: only double quotes
group, and backslashes count only before one. A name that does not exist stays as it is and is met again as an input.
"""

from __future__ import annotations

import os

BLANKS = " \t\r\n"


def expand(argv: list[str], windows: bool = False) -> tuple[list[str], list[str]]:
    """Replace every `@FILE` in `argv`; give the arguments and what went wrong (LLVM's words; expansion stops there)."""
    args = list(argv)
    open_files: list[tuple[str, int]] = []
    """Files whose arguments we are in, with the position where each one's end."""
    at = 0
    while at < len(args):
        while open_files and open_files[-1][1] <= at:
            open_files.pop()
        name = args[at][1:]
        path = os.path.abspath(name)
        if not args[at].startswith("@") or not os.path.exists(path):
            at += 1
            continue
        real = os.path.realpath(path)
        if any(real == opened for opened, _ in open_files):
            return args, [f"recursive expansion of: '{path}'"]
        try:
            with open(path, "rb") as file:
                words = tokenize(_decoded(file.read()), windows)
        except OSError as error:
            return args, [f"cannot not open file '{path}': {error.strerror}"]
        args[at : at + 1] = words
        open_files = [(opened, end + len(words) - 1) for opened, end in open_files]
        open_files.append((real, at + len(words)))
    return args, []


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def tokenize(text: str, windows: bool = False) -> list[str]:
    """Split the text of a response file into arguments (each ends at a NUL, as C strings do)."""
    words = _windows_words(text) if windows else _gnu_words(text)
    return [word.partition("\0")[0] for word in words]


def _gnu_words(text: str) -> list[str]:
    words: list[str] = []
    word: list[str] = []
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "\\" and at < len(text):
            word.append(text[at])
            at += 1
        elif quote:
            if char == quote:
                quote = ""
            else:
                word.append(char)
        elif char in "'\"":
            quote = char
        elif char in BLANKS:
            words.append("".join(word))
            word = []
        else:
            word.append(char)
    words.append("".join(word))
    return [word for word in words if word]


def _windows_words(text: str) -> list[str]:
    words: list[str] = []
    word: list[str] = []
    started = quoted = False
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            end = at
            while end < len(text) and text[end] == "\\":
                end += 1
            count, at, started = end - at, end, True
            if text[at : at + 1] != '"':
                word.append("\\" * count)
                continue
            word.append("\\" * (count // 2))
            if count % 2:
                word.append('"')
                at += 1
            continue
        at += 1
        if char == '"':
            started = True
            if quoted and text[at : at + 1] == '"':
                word.append('"')
                at += 1
            else:
                quoted = not quoted
        elif (char in BLANKS or char == "\0") and not quoted:
            if started:
                words.append("".join(word))
            word, started = [], False
        else:
            word.append(char)
            started = True
    if started:
        words.append("".join(word))
    return words
