"""What the tests of the API share: the inputs, and what the command line says of them."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from tests.samples import FOLDER as SAMPLES
from wasmscope.cli.main import main

HELLO = SAMPLES / "hello"
FILES = ["main.o", "greet.o"]


def printed(*words: str) -> str:
    """What a command prints on stdout."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        main(words)
    return out.getvalue()


def facts(command: str, *words: str) -> Any:
    """What a command prints with --json."""
    return json.loads(printed(command, "--json", *words))


def as_json(value: Any) -> Any:
    """`value` as it comes back from JSON."""
    return json.loads(json.dumps(value, default=str))
