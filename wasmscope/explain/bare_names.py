"""What people call a symbol for short: its demangled name without parameters, without the arguments of templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wasmscope.link.names import RUST_HASH

ARGUMENTS = re.compile(r"<[^<>]*>")
"""Of a template, with no others in them."""
GENERICS = re.compile(r"(?:::)?<[^<>]*>")
"""Arguments of something of Rust, with no others in them."""
ARROW = "\u2192"
"""Stands for `->`, which closes nothing."""


def bare_names(name: str) -> Iterator[str]:
    """Shorter names by which people mean the demangled `name`; none for one that has nothing to leave out.

    `std::vector<int>::size() const` is `std::vector<int>::size` and `std::vector::size`; Rust's `zoo::first::<u32>` is
    `zoo::first`, `<zoo::Dog as zoo::Animal>::name` is `zoo::Dog::name`, and no hash is asked for.
    """
    if is_rust(name):
        text = without_hash(name)
        yield from dict.fromkeys((*([text] if text != name else ()), *filter(None, (rust_path(text),))))
    elif "(" in name:
        before = name.partition("(")[0]
        yield before
        if "<" in before and "operator" not in before:
            yield without(ARGUMENTS, before)


def is_rust(name: str) -> bool:
    """Whether the demangled `name` has what only names of Rust have."""
    return name.startswith("<") or "::<" in name or RUST_HASH.search(name) is not None


def without_hash(name: str) -> str:
    """A demangled name without the hash that rustc's legacy mangling puts behind it."""
    found = RUST_HASH.search(name)
    return name[: found.start()] if found else name


def rust_path(name: str) -> str:
    """A demangled name of Rust, without a hash, as a path alone: no generics, no trait; "" if nothing is left of it."""
    name = name.replace("->", ARROW)
    end = _closing(name) if name.startswith("<") else 0
    of, rest = name[1:end], name[end + 1 :] if end else name
    path = without(GENERICS, _implementing(of)) + without(GENERICS, rest)
    return "" if path.startswith(":") else path.replace(ARROW, "->")


def _implementing(of: str) -> str:
    """The type in `type as trait`."""
    depth = 0
    for at, character in enumerate(of):
        depth += (character == "<") - (character == ">")
        if depth == 0 and of.startswith(" as ", at):
            return of[:at]
    return of


def _closing(name: str) -> int:
    """Where the bracket closes with which `name` begins; 0 if it does not."""
    depth = 0
    for at, character in enumerate(name):
        depth += (character == "<") - (character == ">")
        if depth == 0:
            return at
    return 0


def without(arguments: re.Pattern[str], name: str) -> str:
    """A demangled name without `arguments`: `std::vector<int>::size` is `std::vector::size`."""
    before = ""
    while before != name:
        before, name = name, arguments.sub("", name)
    return name
