"""Exit codes, and how a command stops early."""

from __future__ import annotations

OK = 0
FAILED = 1
"""The link, or a check, failed."""
USAGE = 2
"""The command line cannot be understood."""
UNREADABLE = 3
"""An input cannot be read at all."""
PARTIAL = 4
"""An input was read in part; what could be read was shown."""
INTERNAL = 70
"""A mistake of ours."""
INTERRUPTED = 130
BROKEN_PIPE = 141


class Stop(Exception):
    """Ends a command: `status` is the exit code, the message goes to stderr with its notes under it."""

    def __init__(self, status: int, message: str = "", *notes: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.notes = notes
