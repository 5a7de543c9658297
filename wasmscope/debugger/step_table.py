"""The table of steps: what filters and search know of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wasmscope.debugger.cursor import Place
from wasmscope.debugger.fields import Field, Table, Value, both
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import title
from wasmscope.explain.symbols import Mention


def _subject(scene: Scene, number: int) -> object:
    """What a step is about; of a relocation its atom."""
    subject = scene.steps.about(number)
    return subject.atom if isinstance(subject, Mention) else subject


def _name(scene: Scene, thing: object) -> str:
    return both(title(thing)) if thing is not None else ""


def _owner(scene: Scene, number: int) -> object:
    """The file that a step's subject is of; the subject itself if it is of none."""
    thing = _subject(scene, number)
    file: object = getattr(thing, "file", None)
    return file if file is not None else thing


def _kind(scene: Scene, number: int) -> str:
    return scene.steps.head(number)[0]


class StepTable(Table):
    """The steps; row N is step N + 1. They stand in the order in which they happened: none is sorted."""

    name, noun = "steps", "step"
    fields = {  # noqa: RUF012
        "phase": Field("load, resolve, mark, …", lambda scene, one: scene.steps.locate(one)[0]),
        "kind": Field("file, define, placed, relocation, …", lambda scene, kind: kind, source=_kind),
        "name": Field("what it is about", _name, "name", source=_subject),
        "file": Field("whose that is", lambda scene, one: getattr(one, "name", "linker"), "file", source=_owner),
        "text": Field("what happened", lambda scene, one: scene.steps.text(one), "name", dear=True),
        "why": Field("the reason", lambda scene, one: scene.steps[one].why, "name", dear=True),
    }

    def __len__(self) -> int:
        return len(self.opened.steps)

    def thing(self, row: int) -> int:
        return row + 1

    def row_of(self, place: Place) -> int | None:
        return place.step - 1 if place.step else None

    def text(self, row: int) -> str:
        steps = self.opened.steps
        text = steps.text(row + 1)
        return f"{steps.locate(row + 1)[0]} {text}\n{self.opened.naming.words(text)}"

    def parts(self) -> Iterable[tuple[range, Mapping[str, Value]]]:
        return [(range(first - 1, end - 1), {"phase": phase}) for phase, first, end in self.opened.steps.ranges]
