"""What is kept of a session over a finished module: the place, marks and notes, by name (see `debugger/saved.py`)."""

from __future__ import annotations

import os
from dataclasses import replace

from wasmscope.debugger.lone.place import VIEWS
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.debugger.saved import VERSION, Facts, facts_of_mark, facts_of_marks, mark_of, name_of, restore_marks


def facts_of(session: LoneSession) -> Facts:
    """What is kept of a session."""
    place, item = session.place, session.name_of_item()
    return {
        "version": VERSION,
        "inputs": [os.path.abspath(session.opened.module.file)],
        "place": {
            **facts_of_mark(session.mark_here()), "bytes": place.end - place.start,
            "item": list(item) if item is not None else None,
        },
        **facts_of_marks(session),
    }


def restore(session: LoneSession, facts: Facts) -> None:
    """Bring back what was kept; what is not there any more, or is not understood, stays away."""
    restore_marks(session, facts, VIEWS)
    kept = facts.get("place")
    if not isinstance(kept, dict):
        return
    mark = mark_of(kept, VIEWS)
    place = session.marked(mark) if mark is not None else None
    if place is None or mark is None:
        return
    size = kept.get("bytes")
    if mark.space and isinstance(size, int) and 0 < size <= len(session.opened.module.data) - place.start:
        place = replace(place, end=place.start + size)
    session.go(session.about(place, name_of(kept.get("item"))))
