"""Where the command line begins: `main` is `wasmscope`, `ld` is `wasmscope-ld`.

Every error ends here: a message on stderr and an exit code (see `status.py`), never a traceback. Modules are imported
when their command is asked for, so that `--help` and `dump` of a small file are quick and nothing but the screen loads
Textual.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from wasmscope.cli.status import BROKEN_PIPE, INTERNAL, INTERRUPTED, OK, UNREADABLE, Stop
from wasmscope.cli.streams import prepare
from wasmscope.errors import OptionError, WasmError

COMMANDS = {
    "link": "wasmscope.cli.link",
    "dump": "wasmscope.cli.dump",
    "steps": "wasmscope.cli.steps",
    "why": "wasmscope.cli.why",
    "at": "wasmscope.cli.at",
    "size": "wasmscope.cli.size",
    "diff": "wasmscope.cli.diff",
    "check": "wasmscope.cli.check",
    "audit": "wasmscope.cli.audit",
}
"""Each command's module; its `run(words)` returns the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """The `wasmscope` command. argv: the words after the program's name; returns the exit code."""
    _first(argv)
    words = sys.argv[1:] if argv is None else argv
    status = _guarded(_run, words, raw=words[:1] == ["link"])
    return _last(status) if argv is None else status


def ld(argv: Sequence[str] | None = None) -> int:
    """The `wasmscope-ld` command: a wasm-ld for compiler drivers."""
    _first(argv)
    status = _guarded(_command("link"), sys.argv[1:] if argv is None else argv, raw=True)
    return _last(status) if argv is None else status


def _first(argv: Sequence[str] | None) -> None:
    """In a process of its own (no `argv` given), NumPy need not start threads for algebra, which half of its loading
    would go into."""
    if argv is None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _last(status: int) -> int:
    """The process ends with `status`: the system takes its memory back, so Python need not look through it first."""
    gc.freeze()
    return status


def _run(words: Sequence[str]) -> int:
    first = words[0] if words else "--help"
    if first in ("-h", "--help", "help"):
        return _help(words[1:])
    if first in ("--version", "-V") and len(words) == 1:
        from wasmscope import __version__

        print(f"wasmscope {__version__} (links as LLD 22.1.8)")
        return OK
    if first in COMMANDS:
        return _command(first)(words[1:])
    return _command("open")(words)


def _command(name: str) -> Callable[[Sequence[str]], int]:
    def run(words: Sequence[str]) -> int:
        found: Callable[[Sequence[str]], int] = import_module(COMMANDS.get(name, "wasmscope.cli.view")).run
        return found(words)

    return run


def _help(words: Sequence[str]) -> int:
    from wasmscope.cli.help import print_help

    return print_help(words)


def _guarded(command: Callable[[Sequence[str]], int], words: Sequence[str], raw: bool) -> int:
    """Run `command`; whatever goes wrong becomes a message and an exit code. `raw`: names are printed as LLD would."""
    _fill_in()
    prepare(raw)
    try:
        status = command(words)
        sys.stdout.flush()
        return status
    except Stop as stop:
        _say(stop.message, stop.notes)
        return stop.status
    except OptionError as error:
        _say(str(error), getattr(error, "__notes__", ()))
        return 2
    except WasmError as error:
        _say(str(error))
        return UNREADABLE
    except BrokenPipeError:
        _hush()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        _say(f"cannot open {error.filename}: {error.strerror}" if error.filename else str(error))
        return UNREADABLE
    except MemoryError:
        _say("out of memory")
        return INTERNAL
    except Exception as error:
        return _admit(error)


def _fill_in() -> None:
    """Where the program was started without stdin, stdout or stderr: nothing to read, and words that go nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def _say(text: str, notes: Sequence[str] = ()) -> None:
    if text:
        print(f"wasmscope: {text}", *(f"  {note}" for note in notes), sep="\n", file=sys.stderr)


def _hush() -> None:
    """Nobody reads stdout any more: let Python's own flush at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _admit(error: Exception) -> int:
    if os.environ.get("WASMSCOPE_DEBUG"):
        raise error
    text = str(error).splitlines()[:1]
    _say(
        f"internal error: {type(error).__name__}{': ' + text[0] if text else ''}",
        ["this is a mistake in wasmscope, not in your files; WASMSCOPE_DEBUG=1 shows where"],
    )
    return INTERNAL
