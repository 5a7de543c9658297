"""Who has a name, or nearly that name: what a person looks for first when a symbol is undefined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.bare_names import ARGUMENTS, without
from wasmscope.format.linking import SYM_LOCAL, SYM_UNDEFINED
from wasmscope.link.model import Link, ObjectFile
from wasmscope.link.names import readable

CLOSE = 0.75
"""How alike two names have to be (difflib's ratio) to be called similar."""
SHOWN = 3
LENGTHS = 3
"""Similar names differ by at most so many characters in length."""
ALIKE_AT_MOST = 2000
"""So many names are compared letter by letter; more are not, as nobody waits for that."""


class Owner(NamedTuple):
    """A file that has a name in its symbol table."""

    file: ObjectFile
    kind: int
    local: bool
    joined: bool
    """Whether it takes part in the link; a member of an archive may not."""

    def __str__(self) -> str:
        return self.file.name if self.joined else f"{self.file.name}, which nothing pulled in"


class Owners:
    """Every name that some object of `link` defines, whether the object takes part or not."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._found: dict[str, list[str]] = {}

    @cached_property
    def names(self) -> dict[str, list[Owner]]:
        """Owners of each name: those that take part first."""
        joined = set(self.link.resolve.objects) if self.link.resolve is not None else set()
        files = self.link.load.files if self.link.load is not None else []
        found: dict[str, list[Owner]] = {}
        for file in sorted(files, key=lambda one: one not in joined):
            if file.module.linking is None:
                continue
            for record in file.module.linking.symbols:
                if record.name and not record.flags & SYM_UNDEFINED and record.kind != 3:
                    local = record.flags & 3 == SYM_LOCAL
                    found.setdefault(record.name, []).append(Owner(file, record.kind, local, file in joined))
        return found

    @cached_property
    def _by_base(self) -> dict[str, list[str]]:
        """Names by what is left of them without arguments, scopes, case and underscores."""
        found: dict[str, list[str]] = {}
        for name, owners in self.names.items():
            if not all(one.local for one in owners):
                found.setdefault(base_name(name), []).append(name)
        return found

    def near(self, name: str) -> list[str]:
        """Up to three names that others can see and that nearly are `name`: another scope, case, signature, letter."""
        if name not in self._found:
            self._found[name] = list(dict.fromkeys(one for one in self._near(name) if one != name))[:SHOWN]
        return self._found[name]

    def _near(self, name: str) -> Iterator[str]:
        base = base_name(name)
        yield from self._by_base.get(base, ())
        like = [one for one in self._by_base if abs(len(one) - len(base)) <= LENGTHS]
        ratios = []
        matcher = SequenceMatcher(None, "", base)
        for one in like if len(like) <= ALIKE_AT_MOST else (one for one in like if one[:2] == base[:2]):
            matcher.set_seq1(one)
            if matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE:
                ratios.append((-matcher.ratio(), one))
        for ratio, one in sorted(ratios):
            if -ratio >= CLOSE:
                yield from self._by_base[one]


_SCOPE = re.compile(r"^.*[ :]")


def base_name(name: str) -> str:
    """What a name is without its scope, arguments, case and underscores: "foo" of "_ZN1a3fooEv"."""
    shown = without(ARGUMENTS, readable(name)).partition("(")[0]
    return (_SCOPE.sub("", shown) or shown).strip("_").lower()


_KEPT = 2
_recent: list[Owners] = []


def owners(link: Link) -> Owners:
    """The owners of `link`'s names; asked again for the same link, the same object."""
    for known in _recent:
        if known.link is link:
            return known
    _recent.insert(0, Owners(link))
    del _recent[_KEPT:]
    return _recent[0]
