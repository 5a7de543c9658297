"""What each section is for, in one phrase: of an object that is read, and of the output that is written."""

from __future__ import annotations


def read_role(id: int, name: str) -> str:
    """What a linker makes of an object's section; `name` matters for custom ones (id 0)."""
    if id:
        return _READ.get(id, "a section that a linker passes by")
    if name.startswith("reloc."):
        return f"the sites in {name[len('reloc.') :]} that the linker must patch"
    return _READ_CUSTOM.get(name, "a custom section: copied to the output with its sites patched")


def written_role(id: int, name: str) -> str:
    """What an output section that no atom is in holds."""
    return _WRITTEN.get(id) or _WRITTEN_CUSTOM.get(name, "made by the linker")


_READ = {
    1: "the function types that the other sections name by number",
    2: "what the object wants from elsewhere",
    3: "the type of each function that the object defines",
    4: "the tables that the object defines",
    5: "the memory that the object defines",
    6: "the globals that the object defines",
    7: "export names that functions keep in the output",
    8: "a start function; a linked module gets the linker's own",
    9: "table slots as the compiler numbered them; the linker numbers them anew",
    10: "the bodies of the functions: an atom each",
    11: "the data segments: an atom each",
    12: "how many data segments there are",
    13: "the tags that the object defines",
}
_READ_CUSTOM = {
    "linking": "the symbol table, and the names of segments, constructors and COMDAT groups",
    "name": "names for people; only function names are used",
    "producers": "which tools made the object; merged into the output's list",
    "target_features": "the features of WebAssembly that the object uses; checked against the others'",
}
_WRITTEN = {
    1: "every function type that was asked for, once, in the order of first use",
    2: "what the host must give: nobody defines it",
    3: "the type of each function, in the order of their numbers",
    4: "the tables; the function table has room for every slot",
    5: "how many pages memory begins with, and may grow to",
    6: "the linker's globals, then the objects', then those that hold addresses",
    7: "what the host may use",
    8: "what runs before everything else",
    9: "the functions whose addresses are taken, in the order of their slots",
    10: "the linker's own functions",
    11: "the data segments",
    12: "how many data segments the code may name",
    13: "the tags",
}
_WRITTEN_CUSTOM = {
    "name": "names for people: of functions, globals and data segments",
    "producers": "which tools made the objects, each once",
    "target_features": "the features that an engine must have",
    "build_id": "a number for this very output",
}
