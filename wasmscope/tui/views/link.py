"""View 1: phases, the chain of the atom at the cursor, the card of what is looked at, the steps around this one."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from wasmscope.debugger.lines import Span
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.chains import chain_card, chain_of, chain_top, chains, placed_of
from wasmscope.debugger.panes.phases import PhaseRow, inner_rows, phase_rows
from wasmscope.debugger.panes.stop_rows import StopTarget, step_mark, stop_lines
from wasmscope.debugger.panes.thing_card import said, thing_card
from wasmscope.debugger.scene import Scene
from wasmscope.debugger.step_rows import step_rows
from wasmscope.debugger.titles import heading_line
from wasmscope.link.chain import Chain
from wasmscope.link.model import PHASES, Atom
from wasmscope.tui.messages import Follow, Looked, Stepped
from wasmscope.tui.views.view import View
from wasmscope.tui.widgets.card import Card
from wasmscope.tui.widgets.chain_view import ChainView
from wasmscope.tui.widgets.event_list import EventList
from wasmscope.tui.widgets.line_view import LineView
from wasmscope.tui.widgets.phase_list import PhaseList
from wasmscope.tui.widgets.stop_pane import StopPane


class LinkView(View):
    """The link as a whole."""

    panes = ("chain", "thing", "events", "stops", "phases")
    alternates = ("thing", "events", "stops", "phases")
    leads = ("chain", "events")
    below = ("events", "stops")
    """Those that stand under the others."""
    keys = (
        ("time.step time.step-back", "step"),
        ("time.over time.over-back", "over"),
        ("time.finish time.finish-back", "phase"),
        ("time.run time.run-back", "run"),
        ("space.next-chain", "chain"),
        ("space.goto", "goto"),
        ("view.zoom", "zoom"),
    )
    _chain: Chain[Atom] | None = None
    _shown: Chain[Atom] | None = None
    _opened: Opened | None = None
    _steps: object = None
    """What the filter of the steps let through when they were drawn last."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="upper"):
            yield PhaseList(id="phases", classes=self.look("phases"))
            yield ChainView(id="chain", classes=self.look("chain"))
            yield Card(id="thing", classes=self.look("thing"))
        with Horizontal(classes="steps"):
            yield EventList(id="events", classes=self.look("events"))
            yield StopPane(id="stops", classes=self.look("stops"))

    def bring_up(self, pane: str) -> None:
        super().bring_up(pane)
        self.set_class(pane in self.below, "-below")

    def meant(self, pane: LineView | None, line: str) -> str:
        if line == "toggle-break" and isinstance(pane, PhaseList):
            name = pane.row(pane.cursor).name
            return f"{line} phase {name}" if name in PHASES else line
        if line == "toggle-break" and isinstance(pane, EventList) and pane.step:
            return f"{line} step {pane.step}"
        return super().meant(pane, line)

    def here(self, pane: LineView) -> object:
        return self.scene.place.atom if pane.id == "chain" and self.scene is not None else super().here(pane)

    def draw(self, scene: Scene) -> None:
        self._draw_phases(scene)
        self._draw_chain(scene)
        card = self.query_one("#thing", Card)
        card.titled(heading_line(scene.naming, scene.place.thing), f"{self.key('move.follow')} follows")
        card.show(thing_card(scene))
        self._draw_steps(scene)
        stops = self.query_one("#stops", StopPane)
        stops.show(stop_lines(scene))
        stops.titled("Watch / Break", f"{self.key('time.watch')} watch  {self.key('time.break')} break")

    def _draw_steps(self, scene: Scene) -> None:
        events, rows = self.query_one("#events", EventList), step_rows(scene)
        known = scene.tables.get("steps")
        chosen = known.rows if known is not None else None
        if scene.opened is not self._opened or chosen is not self._steps:
            self._opened, self._steps = scene.opened, chosen
            events.show(rows, self._event, self._mark)
        elif self.marked:
            events.changed()
        events.to(replace(rows, steps=events.rows.steps))
        told = f"Steps {known.told()}" if known is not None and known.is_chosen else "Steps"
        events.titled(told, f"{scene.place.step:,} of {len(scene.steps):,}")

    # --- phases -------------------------------------------------------------------------------------------------

    def _draw_phases(self, scene: Scene) -> None:
        rows: list[PhaseRow] = []
        here = 0
        for row in phase_rows(scene):
            rows.append(row)
            if row.done > 0 and PHASES[row.number - 1] == scene.now.phase:
                here = len(rows) - 1
                rows += inner_rows(scene, row)
        phases = self.query_one("#phases", PhaseList)
        phases.show(rows)
        phases.titled("Phases", self.key("time.previous-phase time.next-phase"))
        if not phases.has_focus:
            phases.point(here)

    @on(LineView.Followed, "#phases")
    def _to_phase(self, event: LineView.Followed) -> None:
        row = self.query_one("#phases", PhaseList).row(event.item)
        if row.reached:
            self.tell(Stepped(row.step, jump=True))

    # --- the chain ----------------------------------------------------------------------------------------------

    def _draw_chain(self, scene: Scene) -> None:
        found = chain_of(scene, scene.place.atom)
        if found is not None:
            self._chain = found
        known = chains(scene)
        if not any(self._chain is one for one in known):
            self._chain = known[0] if known else None
        view = self.query_one("#chain", ChainView)
        chain = self._chain
        if chain is None:
            view.titled("Chain", "")
            view.show_instead([[(f"no chain: the link stopped in {scene.link.failed}", "pending")], [], *said(scene)])
            return
        total = scene.now.chain(chain).total
        view.titled(
            [("Chain ", ""), (chain.name, "name")],
            f"{self.key('space.next-chain')}: {[one is chain for one in known].index(True) + 1} of {len(known)} chains"
        )
        if self.moved or self._shown is not chain:
            self._shown = chain
            view.show(total, lambda i: chain_card(scene, chain, i), lambda width: chain_top(scene, chain, width))
        placed = placed_of(scene, chain, scene.place.atom)
        if placed is not None:
            view.point(placed.number)

    @on(LineView.Moved, "#chain")
    def _to_atom(self, event: LineView.Moved) -> None:
        placed = self._placed(event.item)
        if placed is not None:
            self.tell(Looked(placed, jump=event.far))

    @on(LineView.Followed, "#chain")
    def _to_symbol(self) -> None:
        self.tell(Follow())

    def _placed(self, item: int) -> Atom | None:
        if self.scene is None or self._chain is None:
            return None
        placed = self.scene.steps.places.placed_at(self._chain, item)
        return placed.item if placed is not None else None

    # --- card and steps -----------------------------------------------------------------------------------------

    @on(LineView.Followed, "#thing")
    def _to_target(self) -> None:
        self.follow(self.query_one("#thing", Card).target)

    @on(LineView.Followed, "#stops")
    def _to_stop(self) -> None:
        target = self.query_one("#stops", StopPane).target
        if isinstance(target, StopTarget) and target.step:
            self.tell(Stepped(target.step, jump=True))

    @on(LineView.Moved, "#events")
    def _to_step(self, event: LineView.Moved) -> None:
        self.tell(Stepped(self.query_one("#events", EventList).rows.step(event.item), jump=event.far))

    @on(LineView.Followed, "#events")
    def _to_subject(self) -> None:
        if self.scene is not None:
            self.follow(self.scene.steps[self.query_one("#events", EventList).step].subject)

    def _mark(self, number: int) -> Span:
        assert self.scene is not None
        return step_mark(self.scene, number)

    def _event(self, number: int) -> tuple[str, str]:
        assert self.scene is not None
        step = self.scene.steps[number]
        text = f"{step.phase:<9}{self.scene.naming.words(step.text)}"
        return text, "error" if step.kind == "error" else "note" if step.kind in ("warning", "note") else ""
