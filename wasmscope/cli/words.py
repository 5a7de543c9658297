"""A command's own options, picked out of a line that otherwise is wasm-ld's.

`steps --json a.o -o out.wasm`: `--json` is ours, the rest is the link's. Ours may stand anywhere, except where LLD
would take the word as the value of an option (`-o --json`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wasmscope.cli.status import USAGE, Stop
from wasmscope.link.option_spelling import longest_match


def pick(words: Sequence[str], ours: Mapping[str, bool]) -> tuple[dict[str, str], list[str]]:
    """Split `words` into our options and the rest.

    ours: option name to whether it takes a value (`--from 5` or `--from=5`). Returns the options given (flags as "")
    and the other words in order. Raises Stop when a value is missing.
    """
    found, rest = picked(words, ours)
    return dict(found), rest


def picked(words: Sequence[str], ours: Mapping[str, bool]) -> tuple[list[tuple[str, str]], list[str]]:
    """Like `pick`, for options that may come more than once: each with its value, in order."""
    given: list[tuple[str, str]] = []
    rest: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        name, equals, value = word.partition("=")
        if name in ours and (ours[name] or not equals):
            if ours[name] and not equals:
                if position == len(words):
                    raise Stop(USAGE, f"{name} needs a value")
                value = words[position]
                position += 1
            given.append((name, value))
            continue
        rest.append(word)
        spelling = longest_match(word) if word.startswith("-") else None
        if spelling is not None and spelling.value == "next" and position < len(words):
            rest.append(words[position])
            position += 1
    return given, rest


def only(words: Sequence[str], ours: Mapping[str, bool], command: str) -> tuple[dict[str, str], list[str]]:
    """Like `pick` for a command without link options: other words with "-" are errors, unless after `--`."""
    given: dict[str, str] = {}
    names: list[str] = []
    queue = iter(words)
    for word in queue:
        name, equals, value = word.partition("=")
        if word == "--":
            names += [f"./{one}" if one.startswith("-") else one for one in queue]
        elif name in ours and (ours[name] or not equals):
            given[name] = value if equals or not ours[name] else _following(queue, name)
        elif word.startswith("-") and word != "-":
            raise Stop(USAGE, f"{command}: unknown option {word}", *_close(word, ours))
        else:
            names.append(word)
    return given, names


def _following(queue: Iterator[str], name: str) -> str:
    value = next(queue, None)
    if value is None:
        raise Stop(USAGE, f"{name} needs a value")
    return value


def _close(word: str, ours: Mapping[str, bool]) -> list[str]:
    from difflib import get_close_matches

    return [f"did you mean {close}?" for close in get_close_matches(word.partition("=")[0], list(ours), n=1)]


def number(text: str, what: str) -> int:
    """A number that a person typed: decimal, or 0x hexadecimal. Raises Stop."""
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if value < 0:
        raise Stop(USAGE, f"{what} must be a number, decimal or 0x hexadecimal, but is '{text}'")
    return value
