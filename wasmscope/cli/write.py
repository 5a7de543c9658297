"""Write a linked module as LLD does: beside its place and then into it, so that a failure leaves what was there."""

from __future__ import annotations

import os
import stat
import sys


def problem_with(path: str) -> str:
    """Why `path` cannot be written, in the system's words; "" when it can be."""
    if path == "-":
        return ""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        mode = 0
    if stat.S_ISDIR(mode):
        return "Is a directory"
    if mode and not stat.S_ISREG(mode):
        return ""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        return "Not a directory" if os.path.exists(folder) else "No such file or directory"
    return "" if os.access(folder, os.W_OK | os.X_OK) else "Permission denied"


def write_output(path: str, data: bytes) -> None:
    """Put `data` at `path`, executable for all as the umask allows; "-" is stdout, devices and pipes are written into.

    Raises OSError; then whatever was at `path` is still there.
    """
    if path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:
            device.write(data)
        return
    beside = f"{path}.tmp{os.urandom(4).hex()}"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
