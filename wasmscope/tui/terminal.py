"""Whether a screen can be shown here. Imports nothing of the screen, so asking is cheap."""

from __future__ import annotations

import os
import sys


def refusal() -> str:
    """Why there can be no screen, in a few words; "" when there can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "this is not a terminal"
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return f"a terminal of type '{os.environ.get('TERM', '')}' cannot show a screen"
    return ""
