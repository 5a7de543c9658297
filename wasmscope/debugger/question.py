"""What a link is asked to do, and what the reader changed about it since: a value, as the link that answers it is.

Nothing is ever changed on disk: an option is added to the words of the command line, an object or an atom is linked
without.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from wasmscope.link.command_line import arguments, command_line, parse
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_to_look_at
from wasmscope.link.load import Source
from wasmscope.link.model import PHASES, Atom, Link
from wasmscope.link.option_checks import EARLY
from wasmscope.link.option_table import TALK, Row
from wasmscope.link.options import Options, Unplugged


@dataclass(frozen=True, slots=True)
class Question:
    """A link's command line as it was given, and what was changed about it."""

    words: tuple[str, ...] = ()
    """As given: options and inputs."""
    strict: bool = False
    """Nothing is assumed that was not given."""
    more: tuple[str, ...] = ()
    """Options added, each one argument (and its value, if that stands in a word of its own)."""
    left_out: tuple[str, ...] = ()
    """Objects to be linked without, by the names that LLD prints."""
    unplugged: tuple[Unplugged, ...] = ()

    @property
    def options(self) -> Options:
        """What the link is made with."""
        options = parse([*self.words, *self.more])
        return replace(options, left_out=self.left_out, unplugged=self.unplugged)

    @property
    def changed(self) -> bool:
        """Whether anything is different from what was given."""
        return bool(self.more or self.left_out or self.unplugged)

    def changes(self) -> list[str]:
        """What was changed, each in a few words."""
        return [
            *(" ".join(words) for words, _ in self._added()),
            *(f"without {name}" for name in self.left_out),
            *(f"without {one.kind} {one.number} of {one.file}" for one in self.unplugged),
        ]

    def command(self, assumed: tuple[str, ...] = ()) -> str:
        """The command line of wasm-ld that asks the same, for a shell, with what a viewer `assumed` (`Link.assumed`);
        members and atoms left out cannot be said."""
        return shlex.join(["wasm-ld", *replace(self, more=(*self.more, *assumed))._plain_words()])

    def said(self) -> list[str]:
        """The words that ask the same of a command of ours: those given and added, unless objects are left out."""
        words = self._plain_words() if self.left_out or not self.words else [*self.words, *self.more]
        return [*(["--strict"] if self.strict else []), *words]

    def _plain_words(self) -> list[str]:
        """Options and inputs in the order of the tables, without the objects left out."""
        options = self.options
        kept = tuple(one for one in options.inputs if one.library or one.name not in self.left_out)
        return command_line(replace(options, inputs=kept))

    def unsaid(self) -> list[str]:
        """What `command` cannot say, in words."""
        inputs = {one.name for one in self.options.inputs}
        members = [f"leave out {name}: no option does that" for name in self.left_out if name not in inputs]
        return members + [
            f"unplug {one.kind} {one.number} of {one.file}: as if its object did not hold it" for one in self.unplugged
        ]

    # --- changing it --------------------------------------------------------------------------------------------

    def with_option(self, text: str) -> Question:
        """With the option in `text` added, in place of what was added before about the same. Raises ValueError, with
        the reason, for what is no option."""
        words = shlex.split(text)
        given = arguments(words)
        wrong = [one.text for one in parse(words).errors if one.subject == EARLY]
        if wrong or not given:
            raise ValueError(wrong[0] if wrong else "no option was given")
        if any(one.row is None for one in given):
            raise ValueError(f"{text} is an input: the inputs are those that the program was opened with")
        rows = [one.row for one in given if one.row is not None]
        talk = next((row for row in rows if row.sets in TALK), None)
        if talk is not None:
            raise ValueError(f"{talk.spelling.rstrip('= ')} has no say in the link: it asks for a report or colours")
        kept = [pair for pair in self._added() if all(not _same(pair[1], row) for row in rows)]
        added = replace(self, more=(*(word for words, _ in kept for word in words), *words))
        # back to what was given already: nothing is added
        plain = replace(self, more=tuple(word for words, _ in kept for word in words))
        return plain if replace(plain.options, diagnostics=()) == replace(added.options, diagnostics=()) else added

    def without_option(self, text: str) -> Question:
        """Without the added option that `text` names (its name is enough). Raises ValueError if none was."""
        kept = [words for words, row in self._added() if not _names(text, words, row)]
        if len(kept) == len(self._added()):
            raise ValueError(f"{text} was not added: {' '.join(self.more) or 'nothing was'}")
        return replace(self, more=tuple(word for words in kept for word in words))

    def _added(self) -> list[tuple[tuple[str, ...], Row]]:
        """The options added: the words of each, and its row."""
        found, at = [], 0
        for one in arguments(self.more):
            assert one.row is not None
            size = 1 if one.written.endswith(one.value) and (one.value or not one.row.takes_value) else 2
            found.append((self.more[at : at + size], one.row))
            at += size
        return found

    def leaving_out(self, name: str) -> Question:
        """Without the object called `name`; with it again if it was left out."""
        if name in self.left_out:
            return replace(self, left_out=tuple(one for one in self.left_out if one != name))
        return replace(self, left_out=(*self.left_out, name))

    def unplugging(self, atom: Atom) -> Question:
        """Without `atom`, a function or segment of an object; with it again if it was unplugged."""
        assert atom.file is not None
        one = Unplugged(atom.file.name, atom.kind, atom.index)
        if one in self.unplugged:
            return replace(self, unplugged=tuple(other for other in self.unplugged if other != one))
        return replace(self, unplugged=(*self.unplugged, one))

    def as_given(self) -> Question:
        """With nothing changed."""
        return Question(self.words, self.strict)


def _same(one: Row, other: Row) -> bool:
    """Whether two options are about the same: the later of them would count alone."""
    return one.sets == other.sets and not one.many


def _names(text: str, words: tuple[str, ...], row: Row) -> bool:
    """Whether `text` is the option that was added as `words`, or only its name."""
    name, equals, _ = text.lstrip("-").partition("=")
    spelled = [one.lstrip("-") for one in row.names.split()]
    return " ".join(words).lstrip("-") == text.lstrip("-") if equals else name in spelled


class Linker:
    """Makes the links of questions. What was read stays, so that only what changed on disk is read again."""

    def __init__(self) -> None:
        self.source = Source()
        self._making: Link | None = None

    @property
    def so_far(self) -> str:
        """How far the link is that is being made (in another thread), in words; "" when nothing can be said."""
        made = self._making
        done = sum(getattr(made, phase) is not None for phase in PHASES) if made is not None else 0
        return f"{PHASES[done]}, phase {done + 1} of {len(PHASES)}" if made is not None and done < len(PHASES) else ""

    def link(self, question: Question) -> Link:
        """The link that `question` asks for, with what a viewer assumes unless it is strict."""
        return link_to_look_at(question.options, question.strict, self.once)

    def once(self, options: Options) -> Link:
        """One link, nothing assumed."""
        self._making = Link(options)
        return link(options, self.source, self._making)
