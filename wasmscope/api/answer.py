"""Answers: what was found out, as facts, as text, and by the attributes that a test or a script asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

Facts = dict[str, Any]
Lines = Callable[[Facts], Iterable[str]]


class Answer:
    """What was found out.

    `facts` are plain data (dicts, lists, texts, numbers, None): what the command of the same name prints with `--json`.
    `str()` gives the text that it prints.
    """

    def __init__(self, facts: Facts, lines: Lines) -> None:
        self.facts = facts
        self._lines = lines

    def __str__(self) -> str:
        return "\n".join(self._lines(self.facts))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {next(iter(self._lines(self.facts)), '')}>"


class Dropped(NamedTuple):
    """Why something is not in the output."""

    phase: str
    """The first phase that dropped it."""
    reason: str
    help: str
    """What would keep it, in words."""
    options: tuple[str, ...]
    """Options, each of which alone would keep it."""


class AnswerOfMany(Answer):
    """An answer about a text that may mean more than one thing."""

    def __init__(self, facts: Facts, lines: Lines, also: tuple[Self, ...] = ()) -> None:
        super().__init__(facts, lines)
        self.also = also
        """Whatever else the same text means: symbols that are local to other objects, for instance."""

    def __str__(self) -> str:
        return "\n\n".join([super().__str__(), *map(str, self.also)])


class Why(AnswerOfMany):
    """Why something is as it is in a link; `report/why.py` says what its facts are."""

    @property
    def name(self) -> str:
        """What it is called, demangled."""
        return str(self.facts["name"])

    @property
    def kind(self) -> str:
        """ "symbol", "file", "atom", "relocation", "segment", "section", "type", "global", "table", "tag", "import",
        "memory" or "step"."""
        return str(self.facts["kind"])

    @property
    def live(self) -> bool:
        """Whether something keeps it in the output."""
        return bool(self.facts.get("live"))

    @property
    def path(self) -> tuple[str, ...]:
        """What keeps it: the shortest path from a root to it; empty when nothing does."""
        return tuple(edge["thing"] for edge in self.facts.get("live") or ())

    @property
    def dropped(self) -> Dropped | None:
        """Why it is not in the output; None for what is, and for what cannot be dropped."""
        dead = self.facts.get("dead")
        return dead and Dropped(dead["phase"], dead["reason"], dead["help"], tuple(dead["options"]))

    @property
    def winner(self) -> str | None:
        """Of a symbol: the object whose definition counts; None when nobody defines it."""
        chosen = self.facts.get("chosen")
        return chosen and chosen["winner"]

    @property
    def rule(self) -> str | None:
        """Of a symbol: the rule by which the winner won, in words."""
        chosen = self.facts.get("chosen")
        return chosen and chosen["rule"]

    @property
    def value(self) -> int | None:
        """Of a symbol: its address in bytes, or its number in the index space of its kind; of a relocation: what it
        writes. None where nothing fixed one."""
        return self.facts.get("value")

    @property
    def slot(self) -> int | None:
        """Of a function: its slot in the function table; None when it has none."""
        return self.facts.get("slot")

    @property
    def exports(self) -> tuple[str, ...]:
        """The names by which it is exported."""
        return tuple(one["name"] for one in self.facts.get("exported") or ())

    @property
    def trap(self) -> str | None:
        """Why a call of it traps; None when it does not, as far as a linker can tell."""
        traps = self.facts.get("traps")
        return traps and traps["reason"]


class ModuleWhy(AnswerOfMany):
    """Why something is in a module, as far as that alone can tell; `report/lone_answers.py` says what its facts are."""

    @property
    def name(self) -> str:
        """What it is called, demangled; "function 3" of what has no name."""
        return str(self.facts["title"])

    @property
    def kind(self) -> str:
        """ "function", "global", "table", "tag" or "data"."""
        return str(self.facts["space"])

    @property
    def index(self) -> int:
        """Its number in the index space of its kind."""
        return int(self.facts["index"])

    @property
    def live(self) -> bool:
        """Whether an export, the start function or something that is active reaches it."""
        return bool(self.facts["reached"])

    @property
    def path(self) -> tuple[str, ...]:
        """The shortest way from the module itself to it; empty when nothing reaches it."""
        return tuple(one["to"] for one in self.facts["reached"] or ())

    @property
    def keepers(self) -> tuple[str, ...]:
        """What alone keeps it, the nearest first."""
        return tuple(self.facts["keepers"])

    @property
    def retains(self) -> int | None:
        """How many bytes would go with it; None when nothing reaches it."""
        retains: int | None = self.facts["retains"]
        return retains

    @property
    def exports(self) -> tuple[str, ...]:
        """The names by which it is exported."""
        return tuple(self.facts["exports"])
