"""A session: a link that is looked at, where in it the reader is, and what the reader left there.

A front end (the screen, the `--plain` prompt, a script) holds one `Debugger`, runs commands on it (`commands/`), and
shows what it says. Moving changes the cursor and nothing else: the link is a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wasmscope.debugger.arranged import Arranged
from wasmscope.debugger.audited import Audited
from wasmscope.debugger.checkpoints import Checkpoints
from wasmscope.debugger.commands.command import Refused
from wasmscope.debugger.comparing import Comparison, LinksCompared, StepsCompared
from wasmscope.debugger.cursor import BYTES, DIFF, LINK, RELOCS, SYMBOLS, Place, at_bytes, at_step, at_thing
from wasmscope.debugger.fields import ChainTable, RelocTable, SymbolTable
from wasmscope.debugger.follow import entered, followed
from wasmscope.debugger.kept import kept_place, kept_step
from wasmscope.debugger.marks import here, mark_at, marked, meant, named
from wasmscope.debugger.named import Mark, Marks, Named
from wasmscope.debugger.opened import Opened, first_place
from wasmscope.debugger.panes.chains import chain_of
from wasmscope.debugger.panes.structure import source_at
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.reader import Session
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.searched import Bytes, Hit, Searched
from wasmscope.debugger.step_table import StepTable
from wasmscope.debugger.stops import Stops
from wasmscope.debugger.subject import subject
from wasmscope.debugger.tour import Tour
from wasmscope.explain.comparing.renewed import renewed
from wasmscope.explain.steps import Steps
from wasmscope.link.model import Link
from wasmscope.link.subjects import Malformed


class Debugger(Session[Place]):
    """A session over `opened`, which begins at `place` (None: where a reader wants to begin)."""

    def __init__(self, opened: Opened, place: Place | None = None, question: Question | None = None) -> None:
        super().__init__(place or first_place(opened), Marks(lambda thing: named(self.steps, thing)))
        self.opened = opened
        self.question = question or Question()
        """What the link was asked to do."""
        self.asked_last = self.question
        """What the link that is waited for is asked to do; the same as `question` when none is."""
        self.stale = ""
        """Why this is not the link of the inputs as they are now; "" when it is, as far as anybody knows."""
        self.before: Opened | None = None
        """The link that was looked at before this one: with other options, or with other contents of the inputs."""
        self.relink: Callable[[Question, bool], object] | None = None
        """The front end's: makes the link of a question, soon or at once, and hands it to `answer`; or, if True, to
        `compare_with`."""
        self.tours = False
        """The link is the one that the tour walks through."""
        self.tour: Tour | None = None
        """Where on it the reader is; None: not on the tour."""
        self._comparison: Comparison | None = None
        self._asked_before = self.question
        self._worked: tuple[Steps, Place] | None = None
        self.left: Callable[[], Place] | None = None
        """Finds where an earlier session was left, for the first link that does not fail; None: not known."""
        self._moments: tuple[int | None, int | None] = (None, None)
        self.stops = Stops()
        self.audited: Audited | None = None
        """The module that was audited last."""

    @property
    def checkpoints(self) -> Checkpoints:
        """The moments with a name."""
        return self.stops.checkpoints

    @property
    def link(self) -> Link:
        """The link that is looked at."""
        return self.opened.link

    @property
    def steps(self) -> Steps:
        """Its steps."""
        return self.opened.steps

    @property
    def worked(self) -> tuple[Steps, Place] | None:
        """The last link that did not fail, and where in it the reader is, or was left; None if every one failed."""
        return self._worked if self.steps.failures else (self.steps, self.place)

    def subject(self, out: bool = False) -> object:
        """What the cursor is on; `out`: of a patched byte its relocation."""
        target = self.pane.target if self.pane is not None else None
        if isinstance(target, Moment):
            return self.steps[target.step].subject
        return target if target is not None else subject(self.opened, self.place, out)

    def moment(self, step: int) -> Moment:
        """A target that leads to a step."""
        return Moment(step)

    def entered(self) -> Place | str:
        return entered(self.opened, self.place)

    def followed(self, target: object) -> Place | str:
        return followed(self.opened, self.place, target) or "this leads nowhere"

    def at_hit(self, hit: Hit) -> Place:
        place, table = self.place, self.table()
        if table is None:
            return replace(at_bytes(place, place.file, hit.start, hit.end, place.memory), view=BYTES)
        thing = table.table.thing(table.rows[hit.start])
        if isinstance(thing, int):
            return at_step(self.steps, place, thing)
        return replace(at_thing(self.steps, place, thing), view=place.view)

    def table(self) -> Arranged | None:
        view, opened = self.place.view, self.opened
        if view in (SYMBOLS, RELOCS):
            return self.arranged_as(SymbolTable if view == SYMBOLS else RelocTable, opened)
        if view != LINK:
            return None
        chain = chain_of(self.scene(), self.place.atom)
        return Arranged(ChainTable(opened, chain) if chain is not None else StepTable(opened))

    def arranged(self) -> Arranged | None:
        if self.place.view == LINK:  # a chain is what it is: the table beside it has fields
            return self.arranged_as(StepTable, self.opened)
        return self.table()

    @property
    def filters_time(self) -> bool:
        known = self.tables.get(StepTable.name) if self.place.view == LINK else None
        return known is not None and known.is_chosen

    def name_here(self) -> Named:
        return here(self.opened, self.place, self.subject())

    def mark_here(self) -> Mark:
        return mark_at(self.opened, self.place, self.subject())

    def marked(self, mark: Mark) -> Place | None:
        return marked(self.opened, self.place, mark)

    def meant(self, name: Named) -> object:
        thing = meant(self.opened, name)
        return self.moment(thing) if isinstance(thing, int) else thing

    def bytes_searched(self) -> Searched | None:
        source = source_at(self.scene()) if self.place.view == BYTES else None
        return Bytes(self.steps, source, self.place.start) if source is not None else None

    def show_names(self, raw: bool) -> None:
        self.opened.naming.raw = raw
        self.look += 1

    def scene(self) -> Scene:
        left = self.comparison, self.look, self.tables, self.search, self.marks, self.audited
        return Scene(self.opened, self.place, self.stops, *left)

    def refuses(self, opened: Opened) -> str:
        """Why `opened` is not worth looking at in place of the link that is: an input that cannot be read, or options
        that make no sense. "" when it is."""
        if opened.link.failed != "load":
            return ""
        first = next(one for one in opened.link.diagnostics if one.severity == "error")
        return str(first.subject.error) if isinstance(first.subject, Malformed) else first.text

    def answer(self, opened: Opened, question: Question | None = None) -> None:
        """Look at another link, which answers `question`: at the same step, and at what has the same name; after links
        that failed, where the reader was before them."""
        self.renew_tables(opened)
        self.audited = None
        self.search.look_for(self.search.pattern)
        opened.naming.raw = self.opened.naming.raw
        old, self.before, self._worked = self.opened.steps, self.opened, self.worked
        asked = (self.question, question or self.question)
        self._asked_before = self.question
        self.opened = opened
        self.question = self.asked_last = asked[1]
        self.stale = ""
        self.cursor.renew(lambda place: kept_place(old, opened.steps, place))
        if old.failures and not opened.steps.failures:
            self._return()
        self.marks.renew(lambda step: kept_step(old, opened.steps, min(step, len(old))))
        self._moments = (None, None)
        self._comparison = LinksCompared(self.before, opened, asked)

    def _return(self) -> None:
        """Go where the reader was before links failed, in this session or in one before it."""
        if self._worked is not None:
            place = kept_place(self._worked[0], self.steps, self._worked[1])
        elif self.left is not None:
            place = self.left()
        else:
            return
        self.go(replace(place, view=self.place.view), jump=True)

    # --- comparing ------------------------------------------------------------------------------------------------

    @property
    def comparison(self) -> Comparison:
        """What view 5 shows: what was asked for, or what the last step did."""
        first, last = self._moments
        first = max(0, self.place.step - 1) if first is None else first
        last = self.place.step if last is None else last
        known = self._comparison
        if known is None or (isinstance(known, StepsCompared) and known.moments != (first, last)):
            known = self._comparison = StepsCompared(self.steps, first, last)
        return known

    def compare(self, comparison: Comparison) -> None:
        """Show `comparison` in view 5."""
        self._comparison = comparison

    def compare_with_before(self) -> bool:
        """Show in view 5 how this link differs from the one before it; False if there was none."""
        if self.before is not None:
            self.compare(LinksCompared(self.before, self.opened, (self._asked_before, self.question)))
        return self.before is not None

    def compare_steps(self, first: int | None, last: int | None = None) -> None:
        """Show in view 5 what is different at step `last` (None: at the one where the reader is) from step `first`
        (None: the one before)."""
        self._moments, self._comparison = (first, last), None

    def compare_with(self, opened: Opened, question: Question) -> None:
        """Show in view 5 how the link of `question` differs from this one, which stays the one looked at."""
        self.compare(LinksCompared(self.opened, opened, (self.question, question)))
        self.go(replace(self.place, view=DIFF), jump=True)


def opened_on(question: Question, linker: Linker) -> Debugger:
    """A session over the link of `question`; a link asked for in it is made by `linker` at once.

    What asks for one raises Refused when it is not worth looking at (`Debugger.refuses`): the link before stays.
    """
    debugger = Debugger(Opened(linker.link(question)), question=question)

    def relink(asked: Question, aside: bool) -> None:
        opened = Opened(linker.link(asked))
        problem = debugger.refuses(opened)
        if problem:
            debugger.asked_last = debugger.question
            raise Refused(f"the link before stays, as now: {problem}")
        if aside:
            debugger.compare_with(opened, asked)
        else:
            opened.renewed = renewed(debugger.link, opened.link)
            debugger.answer(opened, asked)

    debugger.relink = relink
    return debugger
