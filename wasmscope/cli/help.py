"""The help texts of the commands, on stdout."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.cli.status import OK, USAGE, Stop

OVERVIEW = """\
usage: wasmscope [LINK OPTIONS] FILE...        open a link on screen (without a terminal: print a summary)
       wasmscope MODULE                        the same views of a module that is linked already, without steps
       wasmscope --plain [LINK OPTIONS] FILE...      the same line by line, as in gdb (help prompt)
       wasmscope link [LINK OPTIONS] FILE...   link, as wasm-ld does
       wasmscope dump [--json] FILE...         show what is in objects, archives and modules
       wasmscope steps [LINK OPTIONS] FILE...  print every step of a link
       wasmscope why SYMBOL [LINK OPTIONS] FILE...   why a symbol is what it is, and why it is kept
       wasmscope at PLACE [LINK OPTIONS] FILE...     the story of a byte of the output, of memory or of an input
       wasmscope size [LINK OPTIONS] FILE...   what the bytes of the output, or of a module, are spent on
       wasmscope diff A B                      how two files differ, by structure; or two links (help diff)
       wasmscope check [LINK OPTIONS] FILE...  what wasm-ld accepts without a word, and should not
       wasmscope audit LINKED [LINK OPTIONS] FILE... whether another linker did all rightly
       wasmscope help COMMAND                  more about a command; `help link` lists the link options

A debugger for WebAssembly linking. Link options are wasm-ld's. Where wasm-ld would stop for want of one, the viewing
commands go on and say what they assumed; --strict turns that off.

Exit codes: 0 all is well, 1 the link or a check failed, 2 usage, 3 an input cannot be read, 4 it was read in part.
"""

VIEWING = """
Besides the link options:
  --json      print JSON
  --strict    assume nothing: fail where wasm-ld fails
"""

TEXTS = {
    "keys": """\
usage: wasmscope [--keys PRESET|FILE] [--theme NAME] [--ascii] [LINK OPTIONS] FILE...

Every key of the screen can be another one. The file $XDG_CONFIG_HOME/wasmscope/keys.toml (by default
~/.config/wasmscope/keys.toml), or the one that --keys names has a line for each binding that differs:

  preset = "vim"                  # or "gdb"
  theme = "light"                 # or "dark", "high-contrast", "ansi"
  time.over = ["o", "f10"]        # the id of a binding, and its key or keys

Bindings and their keys:

{keys}
""",
    "prompt": """\
usage: wasmscope --plain [-x FILE] [-ex COMMAND] [--keep-going] [--no-session] [--strict] [LINK OPTIONS] FILE...

Walks through a link line by line, as in gdb: for screen readers, for terminals that can show no screen (there it comes
by itself), for pipes and scripts. The commands are those of the screen; `help` lists them. What you leave in it comes
back when the same inputs are opened again, here or on the screen; pipes and scripts neither see nor leave anything.
Ctrl-C drops the line being typed or stops the command at work, and prompts again; a pipe or script it ends, with exit
code 130. `quit` or Ctrl-D leaves.

  --plain       the prompt; commands come from stdin when that is a pipe
  -x FILE       run the commands in FILE (# begins a comment); may be repeated, and mixed with -ex
  -ex COMMAND   run COMMAND (an entry called x is --entry=x)
  --keep-going  go on after a command that was refused; without it that ends the script, with exit code 1
  --no-session  bring nothing back, and keep nothing
  --strict      assume nothing: fail where wasm-ld fails

  $ wasmscope -ex 'goto @relocate' -ex 'step 3' -ex 'show formula' *.o
""",
    "dump": """\
usage: wasmscope dump [--json] [--lines] [--only PART,...] FILE...

Shows what is in relocatable objects, archives (each member) and linked modules: sections, types, imports, functions,
tables, memories, globals, exports, segments, symbols, relocations, names, and code with its relocations inline.

  --json           print JSON: one document, a list with one entry per file or member
  --lines          source lines beside the code, by the file's debug information
  --only PART,...  only these parts:
                   {parts};
                   of debug information, shown only when they are asked for: {more}
""",
    "steps": """\
usage: wasmscope steps [--json] [--strict] [--from N] [--to N] [--phase PHASE,...] [LINK OPTIONS] FILE...

Prints the steps of a link: every file read, symbol decided, atom kept and placed, number given, relocation patched and
section written, with the reason.
"""
    + VIEWING
    + """\
  --from N    from this step on
  --to N      up to this step
  --phase P   only these phases: load, resolve, mark, layout, index, relocate, emit
""",
    "why": """\
usage: wasmscope why SYMBOL [--paths N] [--json] [--strict] [LINK OPTIONS] FILE...

Says which definition of SYMBOL won and what the rule was; what keeps it in the output (the path from a root), what it
would go with, and what with it; or which phase dropped it, and what would keep it; which value and address it has; why
it is exported, imported or in the table; why a call of it traps; and who refers to it. Also in links that fail. SYMBOL
may also be FILE:SYMBOL (an object's own local symbol), FILE (how it came into the link), FILE:OFFSET (a relocation or
atom of an object), memory (why it has its size), 0xOFFSET (of the output), func:N, global:N, table:N, tag:N, slot:N,
type:N or @STEP.
Of a module that is linked already, given alone: what reaches the function, global, … from the exports and the start
function, what alone keeps it and what would go with it, what names it and what it names.
"""
    + VIEWING
    + """\
  --paths N   list up to N paths from the roots, the shortest first
""",
    "at": """\
usage: wasmscope at PLACE [--in LINKED] [--json] [--strict] [LINK OPTIONS] FILE...

Tells the whole story of one byte: the input files and offsets that it is from, its section, atom and symbol, the
relocation that patched it with the terms of its value, the rule of the linker that made it, its place in the output and
in memory, and the source line. PLACE is one of (numbers are decimal, or 0x hexadecimal):
  0x40           a byte of the output file
  mem:0x1010     a byte of memory, as it is when the program starts; mem1:0x10 of memory 1 of a linked module
  main.o:0x40    a byte of an input file
  code+0x10      a byte of a section of the output, counted from its contents; main.o:code+0x10 of an input's
  bump+3  bump   a byte of what a symbol stands for, in the object that defines it; the first
FILE may also be a module that is linked already, alone: it tells what it can without its objects.
"""
    + VIEWING
    + """\
  --in LINKED PLACE is in the module LINKED, which another linker made of the FILEs: as far as they can be matched
""",
    "size": """\
usage: wasmscope size [--by WHAT] [--top N] [--against FILE]... [--against-options OPTIONS]... [--json] [--strict]
                      [LINK OPTIONS] FILE...

Says what the bytes of the output of a link are spent on; FILE may also be a module that is linked already. The rows
add up to the size of the file.
"""
    + VIEWING
    + """\
  --by WHAT   rows by section (unless said otherwise), object (an archive is one), member, symbol, source (the file of
              code, by debug information) or dominator (what would go if a thing went)
  --top N     at most N rows (25; 0: all); JSON has them all
  --against FILE               how it differs from that module, or from the link of that tar archive, which --reproduce
                               wrote: bytes more, or fewer, in each row
  --against-options OPTIONS    how it differs from the same link with these options as well, as in
                               --against-options "--no-gc-sections -O0"
""",
    "audit": """\
usage: wasmscope audit LINKED [--json] [--strict] [LINK OPTIONS] FILE...

Checks a module that another linker made from the objects FILE...: finds the functions and data of the objects in it (by
name, by body, by contents and by what refers to them), and compares each relocation's value with the one that is right
there; then the records that only a linker makes: exports, the start function, calls of constructors, types, table
slots, the stack pointer and its like, the size of memory. Says of a wrong value what it does stand for and what mistake
makes such a value, worst first; mistakes of one kind are put together. Give the options that the module was linked
with; where the module has the objects in another order than they are named, that one counts, and it says so. Exit code
0 if nothing was found, 1 if something was, 2 for wrong usage, 3 if an input cannot be read, 4 if nothing was checked.
"""
    + VIEWING,
    "diff": """\
usage: wasmscope diff [--json] [--bytes] A B
       wasmscope diff [--json] [--bytes] [--strict] --options "OPTIONS" [LINK OPTIONS] FILE...
       wasmscope diff [--json] [--strict] --step A..B [LINK OPTIONS] FILE...
       wasmscope diff [--json] [--bytes] [--strict] [LINK OPTIONS] FILE... -- [LINK OPTIONS] FILE...

Says how two modules, objects or archives differ, by structure: functions, data and all else are paired by name, else by
contents, else by position, and numbers in them are compared through that pairing. What only moved says "moved", things
that moved together in one line.

With --options, compares the link with itself under OPTIONS as well; with --, one link with another, or with a module
that another linker made; two .tar files of --reproduce are two links. Says what was decided in another way, phase by
phase: what differs first explains the rest. With --step, compares two moments of one link: steps (90 or @90) or phases
(resolve..mark: from where the one begins to where the other ends).

  --json      print JSON
  --bytes     with the instructions and bytes that differ: - before, + after, ~ the same with other numbers
  --all       cut no list, however long
  --strict    assume nothing: fail where wasm-ld fails

Exit codes: 0 the same, 1 different, 2 usage, 3 an input cannot be read.
""",
    "check": """\
usage: wasmscope check [--json] [--strict] [LINK OPTIONS] FILE...

Looks for what wasm-ld accepts without a word, and should not: in the objects, in the link that the options ask for, and
in modules that are linked already. Says where each thing is, what comes of it, and who made the rule. Exit code 1 if
anything was found.
"""
    + VIEWING
    + """
Rules:
{rules}
""",
}


def print_help(words: Sequence[str]) -> int:
    """`wasmscope help [COMMAND]`."""
    if not words:
        print(OVERVIEW, end="")
    elif words[0] == "link":
        from wasmscope.cli.link import print_help as link_help

        link_help()
    elif words[0] in TEXTS:
        print(command_help(words[0]), end="")
    else:
        raise Stop(USAGE, f"there is no command '{words[0]}'", f"commands: link, {', '.join(TEXTS)}")
    return OK


def command_help(name: str) -> str:
    """The text of one command."""
    text = TEXTS[name]
    if name == "dump":
        from textwrap import fill

        from wasmscope.report.dump import ALL
        from wasmscope.report.parts import ON_DEMAND

        parts = fill(", ".join(ALL), 100).replace("\n", "\n" + 19 * " ")
        text = text.format(parts=parts, more=", ".join(ON_DEMAND))
    elif name == "keys":
        from wasmscope.tui.program import key_table

        text = text.format(keys="\n".join(key_table()))
    elif name == "check":
        from wasmscope.report.checks import rule_lines

        text = text.format(rules="\n".join(rule_lines()))
    return text
