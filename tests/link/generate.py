"""Random scenes from a seed: names that several files define, want, hide or weaken, and options that matter to them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.link.compiled_sources import objects
from tests.link.scenes import NOTHING, Declared, File, Mention, Scene
from wasmscope.format.linking import (
    SEG_RETAIN,
    SEG_STRINGS,
    SEG_TLS,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_WEAK,
)
from wasmscope.format.types import EXTERNREF, F64, FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType

TAKES = FuncType((I32,), ())
SIGNATURES = (
    NOTHING, NOTHING, FuncType((), (I32,)), FuncType((I32,), ()), FuncType((I32, I64), (F64,)),
    FuncType((), (I32, I64)),
)  # fmt: skip
FUNCTIONS = ("f", "g", "h", "run", "_Z3foov", "_ZN5shape4drawEi", "_RNvC4crab4walk", "main", "__main_argc_argv",
             "_start", "long_name_of_a_function_that_nobody_would_type_twice", "naïve")  # fmt: skip
OWN_FUNCTIONS = ("__wasm_call_ctors", "__wasm_call_dtors", "__real_f", "__wrap_f", "__wrap_g", "__wasm_init_tls",
                 "__wasm_apply_data_relocs")  # fmt: skip
DATA = ("a", "b", "c", "table_of_words", "_ZN5shape5countE", "greeting")
OWN_DATA = ("__heap_base", "__data_end", "__stack_low", "__stack_high", "__global_base", "__heap_end", "__dso_handle",
            "__memory_base", "__table_base", "__wasm_first_page_end", "__start_plugins", "__stop_plugins",
            "__start_hooks", "__stop_hooks")  # fmt: skip
GLOBALS = ("counter", "limit", "pi")
TABLES = ("callbacks", "handles")
TAGS = ("thrown", "_ZTI5shape")
SEGMENTS = (".data", ".rodata", ".bss", ".data.rel.ro", ".rodata.cst4", ".text.jump", ".bssfoo", ".tdata", ".tbss",
            "plugins", "hooks", ".init_array.5", "", ".d")  # fmt: skip
WORDS = (b"hello\0", b"lo\0", b"llo\0", b"\0", b"world\0", b"hello world\0", b"d\0", b"other\0", b"her\0",
         b"caf\xc3\xa9\0")  # fmt: skip
FEATURES = ("mutable-globals", "bulk-memory", "sign-ext", "atomics", "shared-mem", "simd128", "multivalue",
            "bulk-memory-opt", "reference-types", "call-indirect-overlong")  # fmt: skip
DEBUG = (".debug_info", ".debug_line", ".debug_ranges", ".debug_loc", ".debug_str", ".debug_line_str", ".debug_abbrev",
         "note", "llvm.func_attr.annotate.hot", "__llvm_covfun", "__llvm_covmap", ".llvmbc", ".debug_str.dwo",
         "version")  # fmt: skip


class World:
    """What the names of one scene mean when all agree, and who defines them."""

    def __init__(self, random: Random, files: int) -> None:
        self.random = random
        self.files = files
        self.wide = random.random() < 0.1
        self.calm = random.random() < 0.75
        """No wrong types, wrong kinds or duplicates, so that the link goes to its end."""
        self.crossed = random.random() < 0.04
        """Names of data are called; not with lazy files, where the reference takes one for the other without a word."""
        self.tls = random.random() < 0.12
        self.names = random.sample(FUNCTIONS, random.randint(2, 7))
        if random.random() < 0.2:
            self.names += random.sample(OWN_FUNCTIONS, random.randint(1, 3))
        self.signatures = {name: random.choice(SIGNATURES) for name in self.names}
        for name in OWN_FUNCTIONS:
            self.signatures[name] = self.signatures.get(name[-1], NOTHING) if "_f" in name else NOTHING
        self.data = random.sample(DATA, random.randint(1, 4))
        if random.random() < 0.35:
            self.data += random.sample(OWN_DATA, random.randint(1, 4))
        self.globals = {name: self.global_type() for name in random.sample(GLOBALS, random.randint(0, 3))}
        pointer = I64 if self.wide else I32
        self.known_globals = {"__stack_pointer": GlobalType(pointer, True)}
        if random.random() < 0.15:
            for name in ("__memory_base", "__table_base", "__tls_base"):
                self.known_globals[name] = GlobalType(pointer, False)
        self.data = [name for name in self.data if name not in self.known_globals]
        self.tables = {name: TableType(random.choice((FUNCREF, EXTERNREF)), Limits(0, random.randint(0, 3)))
                       for name in random.sample(TABLES, random.choice((0, 0, 0, 1, 2)))}  # fmt: skip
        self.tags = {name: FuncType((random.choice((I32, I64)),), ())
                     for name in random.sample(TAGS, random.choice((0, 0, 1, 2)))}  # fmt: skip
        self.owners = {name: self.choose_owners(name) for name in
                       (*self.names, *self.data, *self.globals, *self.tables, *self.tags)}  # fmt: skip

    def global_type(self) -> GlobalType:
        return GlobalType(self.random.choice((I32, I64)), self.random.random() < 0.6)

    def choose_owners(self, name: str) -> list[int]:
        """Files that define a name: mostly one."""
        random = self.random
        own = name.startswith("__") and name not in ("__main_argc_argv", "__wasm_call_dtors")
        if name == "__wasm_apply_data_relocs":
            return []  # the reference makes a second one of that name
        chance = random.random()
        count = 0 if chance < (0.92 if own else 0.12) else 1 if chance < 0.75 or self.files == 1 else 2
        return random.sample(range(self.files), count)

    def signature(self, name: str) -> FuncType:
        if not self.calm and self.random.random() < 0.08:
            return self.random.choice(SIGNATURES)
        return self.signatures[name]


class Writer:
    """The declarations of one file."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.random = world.random
        self.number = number
        self.comdats = ["group", "_ZN5shapeD2Ev", f"own{number}"]
        self.locals: list[tuple[str, str]] = []

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def declared(self) -> tuple[Declared, ...]:
        world, random = self.world, self.random
        found: list[Declared] = []
        self.locals += [("function", f"local{number}") for number in range(random.choice((0, 0, 1, 2)))]
        self.locals += [("data", f".L{number}") for number in range(random.choice((0, 0, 1, 2)))]
        for kind, name in self.locals:
            found.append(self.function(name, SYM_LOCAL) if kind == "function" else self.datum(name, SYM_LOCAL))
        for name, owners in world.owners.items():
            if self.number in owners:
                found.append(self.define(name, self.binding(len(owners))))
        random.shuffle(found)
        found += self.extras()
        return tuple(found)

    def binding(self, owners: int) -> int:
        """Flags of a global symbol: with several owners, mostly weak ones."""
        weak = self.chance((0.97 if self.world.calm else 0.6) if owners > 1 else 0.1)
        flags = SYM_WEAK if weak else 0
        flags |= SYM_HIDDEN if self.chance(0.4) else 0
        flags |= SYM_NO_STRIP if self.chance(0.1) else 0
        return flags | (SYM_EXPORTED if self.chance(0.08) else 0)

    def define(self, name: str, flags: int) -> Declared:
        world, random = self.world, self.random
        if name in world.globals:
            type = world.globals[name]
            if not world.calm and self.chance(0.1):
                type = world.global_type()
            return Declared("global", name, type, flags, number=random.choice((0, 1, -1, 70000)))
        if name in world.tables:
            return Declared("table", name, world.tables[name], flags)
        if name in world.tags:
            return Declared("tag", name, world.tags[name], flags)
        if name in world.names:
            return self.function(name, flags)
        if self.chance(0.01) and self.number == 0:  # in a lazy file the reference crashes
            return Declared("absolute", name, flags=flags, number=0)
        return self.datum(name, flags)

    def comdat(self, name: str, flags: int) -> str:
        """A group: of the name alone, or one whose members differ from object to object, so that some are undefined."""
        if not self.chance(0.25 if flags & SYM_WEAK else 0.06):
            return ""
        return name if self.world.calm else self.random.choice(self.comdats)

    def function(self, name: str, flags: int) -> Declared:
        world = self.world
        signature = world.signature(name) if name in world.signatures else self.random.choice(SIGNATURES)
        export = self.random.choice(("exported", "run", name, "e e")) if self.chance(0.05) else None
        debug = f"{name} (debug)" if self.chance(0.04) else ""
        mentions = tuple(self.code_mention() for _ in range(self.random.choice((0, 0, 1, 1, 2, 3, 5))))
        return Declared("function", name, signature, flags, mentions, export_name=export,
                        comdat=self.comdat(name, flags), debug_name=debug)  # fmt: skip

    def datum(self, name: str, flags: int) -> Declared:
        random = self.random
        segment = random.choice(SEGMENTS)
        if segment in (".tdata", ".tbss") and not self.world.tls:
            segment = ".data"
        if segment.startswith(".") and self.chance(0.6):
            segment += f".{name}"
        segment_flags = SEG_RETAIN if self.chance(0.08) else 0
        mentions: tuple[Mention, ...] = ()
        align = random.choice((0, 0, 0, 1, 2, 2, 3, 4, 6))
        if self.chance(0.3):
            segment, segment_flags = f".rodata.{name}", segment_flags | SEG_STRINGS
            data = b"".join(random.choice(WORDS) for _ in range(random.randint(0, 5)))
            align = 0 if self.chance(0.8) else align
        elif segment.startswith((".bss", ".tbss")):
            data = bytes(random.randint(0, 40))
        else:
            data = bytes(random.randrange(256) for _ in range(random.choice((0, 1, 3, 4, 8, 17))))
            mentions = tuple(self.data_mention() for _ in range(random.choice((0, 0, 1, 2, 3))))
        if self.world.tls and (segment.startswith((".tdata", ".tbss")) or self.chance(0.1)):
            segment_flags |= SEG_TLS
        group = self.comdat(name, flags)
        return Declared("data", name, None, flags, mentions, data, align, segment, segment_flags, group)

    # --- mentions -------------------------------------------------------------------------------------------

    def code_mention(self) -> Mention:
        world, random = self.world, self.random
        kind = random.choices(("function", "data", "global", "type", "table", "tag"), (8, 6, 2, 1, 1, 1))[0]
        wide = "64" if world.wide else ""
        if kind == "function" or (kind == "table" and not world.tables) or (kind == "tag" and not world.tags):
            relocation = random.choices(
                ("FUNCTION_INDEX_LEB", f"TABLE_INDEX_SLEB{wide}", f"TABLE_INDEX_REL_SLEB{wide}", "GLOBAL_INDEX_LEB"),
                (8, 3, 0.3, 0.5),
            )[0]
            return self.function_mention(relocation)
        if kind == "data":
            relocation = random.choices(
                (f"MEMORY_ADDR_LEB{wide}", f"MEMORY_ADDR_SLEB{wide}", f"MEMORY_ADDR_REL_SLEB{wide}",
                 f"MEMORY_ADDR_TLS_SLEB{wide}", "GLOBAL_INDEX_LEB"),
                (6, 6, 0.5, 3 if world.tls else 0.05, 0.6),
            )[0]  # fmt: skip
            return self.datum_mention(relocation)
        if kind == "type":
            return Mention("TYPE_INDEX_LEB", "type", "", random.choice(SIGNATURES))
        if kind == "table":
            name = random.choice(sorted(world.tables))
            return Mention("TABLE_NUMBER_LEB", "table", name, world.tables[name])
        if kind == "tag":
            name = random.choice(sorted(world.tags))
            return Mention("TAG_INDEX_LEB", "tag", name, world.tags[name])
        known = {**world.globals, **world.known_globals}
        name = random.choice(sorted(known))
        type = known[name] if world.calm or self.chance(0.95) else world.global_type()
        return Mention("GLOBAL_INDEX_LEB", "global", name, type)

    def function_mention(self, relocation: str) -> Mention:
        names = [*self.world.names, *(name for kind, name in self.locals if kind == "function")]
        name = self.random.choice(names)
        if self.world.crossed and self.chance(0.1):
            name = self.random.choice([name for name, owners in self.world.owners.items() if owners])
        type = self.world.signature(name) if name in self.world.signatures else NOTHING
        return Mention(relocation, "function", name, type, weak=self.chance(0.15))

    def datum_mention(self, relocation: str, most: int = 8) -> Mention:
        names = [*self.world.data, *(name for kind, name in self.locals if kind == "data")]
        addend = self.random.choice((0, 0, 0, 1, 4, most, -1))
        if relocation == "GLOBAL_INDEX_LEB":
            addend = 0
        return Mention(relocation, "data", self.random.choice(names), None, addend, self.chance(0.15))

    def odd_mention(self) -> Mention:
        """A relocation where no compiler puts one."""
        relocation = self.random.choice(
            ("FUNCTION_INDEX_I32", "FUNCTION_OFFSET_I32", "GLOBAL_INDEX_I32", "FUNCTION_INDEX_LEB", "MEMORY_ADDR_LEB",
             "TABLE_INDEX_SLEB", "GLOBAL_INDEX_LEB")
        )  # fmt: skip
        if "GLOBAL" in relocation:
            return Mention(relocation, "global", "__stack_pointer", self.world.known_globals["__stack_pointer"])
        return self.datum_mention(relocation) if "MEMORY" in relocation else self.function_mention(relocation)

    def data_mention(self) -> Mention:
        width = 64 if self.world.wide else 32
        if self.chance(0.02):
            return self.odd_mention()
        if self.chance(0.4):
            return self.function_mention(f"TABLE_INDEX_I{width}")
        return self.datum_mention("MEMORY_ADDR_LOCREL_I32" if self.chance(0.06) else f"MEMORY_ADDR_I{width}")

    def custom_mention(self, sections: list[str]) -> Mention:
        random = self.random
        if self.chance(0.03):
            return self.odd_mention()
        width = 64 if self.world.wide and self.chance(0.7) else 32
        relocation = random.choice(
            (f"FUNCTION_OFFSET_I{width}", f"MEMORY_ADDR_I{width}", "SECTION_OFFSET_I32", "FUNCTION_INDEX_I32",
             f"TABLE_INDEX_I{width}", "GLOBAL_INDEX_I32")
        )  # fmt: skip
        if relocation == "SECTION_OFFSET_I32":
            return Mention(relocation, "section", random.choice(sections), None, random.choice((0, 0, 2, 6, 11)))
        if "MEMORY" in relocation:
            return self.datum_mention(relocation)
        if "GLOBAL" in relocation:
            return Mention(relocation, "global", "__stack_pointer", self.world.known_globals["__stack_pointer"])
        addend = random.choice((0, 0, 3)) if "OFFSET" in relocation else 0
        return replace(self.function_mention(relocation), addend=addend)

    # --- the rest of a file ---------------------------------------------------------------------------------

    def extras(self) -> list[Declared]:
        world, random = self.world, self.random
        found: list[Declared] = []
        functions = [*world.names, *(name for kind, name in self.locals if kind == "function")]
        if world.calm:
            functions = [name for name in functions if not world.signatures.get(name, TAKES).params]
        for _ in range(random.choice((0, 0, 0, 0, 1, 2)) if functions else 0):
            found.append(Declared("init", random.choice(functions), number=random.choice((65535, 65535, 0, 100, 101))))
        for _ in range(random.choice((0, 0, 0, 1))):
            target = random.choice([*functions, *world.data, "f"])
            number = self.number if world.calm else random.randrange(3)
            found.append(Declared("alias", f"alias{number}", flags=self.binding(1), text=target,
                                  number=random.choice((0, 0, 1))))  # fmt: skip
        if self.chance(0.12):
            name = random.choice(world.names)
            module = "env" if world.calm and name != "f" else random.choice(("env", "host"))
            flags = random.choice((0, 0, SYM_WEAK, SYM_HIDDEN, SYM_NO_STRIP, SYM_EXPORTED, SYM_WEAK | SYM_NO_STRIP,
                                   SYM_LOCAL))  # fmt: skip
            found.insert(0, Declared("extern", name, world.signature(name), flags, text="function", module=module,
                                     import_name=random.choice((None, name, "field"))))  # fmt: skip
        if self.chance(0.05):
            flags = random.choice((0, SYM_WEAK, SYM_HIDDEN, SYM_NO_STRIP, SYM_EXPORTED))
            found.insert(0, Declared("extern", random.choice(world.data), None, flags, text="data"))
        if self.chance(0.05) and world.globals:
            name = random.choice(sorted(world.globals))
            found.insert(0, Declared("extern", name, world.globals[name], random.choice((0, SYM_HIDDEN, SYM_NO_STRIP)),
                                     text="global", import_name=random.choice((None, name))))  # fmt: skip
        if self.chance(0.3):
            sections = random.sample(DEBUG, random.randint(1, 4))
            found += [self.custom(name, sections) for name in sections]
        if self.chance(0.5) or world.tls:
            found += [Declared("feature", name, number=ord("-") if self.chance(0.03) else ord("+"))
                      for name in random.sample(FEATURES, random.randint(1, 4))]  # fmt: skip
        if world.tls and self.chance(0.95):
            found += [Declared("feature", name, number=ord("+")) for name in ("atomics", "bulk-memory")]
        if self.chance(0.3):
            found += [Declared("producer", random.choice(("clang", "rustc", "zig")), text=field,
                               data=random.choice((b"1", b"2.0", b"")))
                      for field in random.sample(("language", "processed-by", "sdk"), 2)]  # fmt: skip
        return found

    def custom(self, name: str, sections: list[str]) -> Declared:
        random = self.random
        if "str" in name:
            data = b"".join(random.choice(WORDS) for _ in range(random.randint(1, 6)))
            return Declared("custom", name, data=data)
        mentions = tuple(self.custom_mention(sections) for _ in range(random.choice((0, 1, 2, 4))))
        comdat = random.choice(self.comdats) if self.chance(0.1) and not self.world.calm else ""
        return Declared("custom", name, mentions=mentions, data=bytes(random.choice((0, 1, 4, 7))), comdat=comdat)


# --- options ----------------------------------------------------------------------------------------------------

PLAIN_OPTIONS = (
    "--export-all", "--export-dynamic", "--allow-undefined", "--import-undefined", "--no-gc-sections", "-s", "-S",
    "--import-memory", "--export-memory=mem", "--import-memory=foo,bar --export-memory", "--initial-memory=1048576",
    "--max-memory=2097152", "--no-stack-first", "-zstack-size=4096", "-zstack-size=16 --no-stack-first",
    "--global-base=131072", "--global-base=70001", "--table-base=5", "--table-base=0", "--no-demangle", "-O0", "-O2",
    "--import-table", "--export-table", "--growable-table", "--growable-table --export-table",
    "--no-merge-data-segments", "--unresolved-symbols=ignore-all", "--warn-unresolved-symbols",
    "--initial-heap=65536", "--no-growable-memory", "--page-size=1", "--no-check-features", "-s --keep-section=name",
    "--noinhibit-exec", "--allow-multiple-definition", "-z muldefs", "--soname=abc", "--extra-features=bulk-memory",
    "--features=mutable-globals", "--features=mutable-globals,atomics,bulk-memory --no-check-features",
    "--export=__wasm_call_ctors", "--export=__stack_pointer", "--export=__heap_base", "--export=__data_end",
    "--export=__tls_base", "--export=__indirect_function_table", "--export=__start_plugins --export=__stop_plugins",
    "--export-if-defined=__stop_hooks", "--fatal-warnings", "--error-limit=2", "--error-limit=0",
    "--strip-all --keep-section=target_features", "--initial-memory=65536", "--max-memory=100000", "--stack-first",
    "--merge-data-segments", "--gc-sections", "--no-stack-first --global-base=1024",
    "--shared-memory --max-memory=1048576 --features=atomics,bulk-memory,mutable-globals --no-check-features",
    "--shared-memory --max-memory=1048576 --extra-features=atomics,bulk-memory",
    "--shared-memory --max-memory=1048576 --no-check-features --import-memory",
    "--compress-relocations -S", "--compress-relocations -s", "--emit-relocs", "--emit-relocs", "--emit-relocs -O0",
    "--build-id", "--build-id=sha1", "--build-id=0x12aBcd", "--print-map", "--trace", "--why-extract=-",
    "--print-gc-sections", "--color-diagnostics",
)  # fmt: skip
NAMED_OPTIONS = ("--export={}", "--export-if-defined={}", "--entry={}", "-u {}", "--wrap={}", "--undefined={}",
                 "--trace-symbol={}")  # fmt: skip
RELOCATABLE_OPTIONS = (
    "-O0", "-O2", "-s", "-S", "--no-merge-data-segments", "--merge-data-segments", "--export=f", "--print-map",
    "--trace", "--build-id", "--soname=abc", "--no-demangle", "--unresolved-symbols=ignore-all", "--allow-undefined",
    "--features=mutable-globals", "--no-check-features", "-z muldefs", "--wrap=f", "--import-memory", "--page-size=1",
    "--emit-relocs", "--no-stack-first", "--strip-all --keep-section=name",
)  # fmt: skip
"""What goes with -r, or is not refused there."""


def options(world: World) -> tuple[str, ...]:
    """Random options; most links need no entry, and may leave something undefined."""
    random = world.random
    if random.random() < 0.12:
        return ("-r", *random.sample(RELOCATABLE_OPTIONS, random.choice((0, 0, 1, 2, 3))))
    found = random.sample(PLAIN_OPTIONS, random.choice((0, 0, 1, 1, 2, 3, 5)))
    names = [*world.names, *world.names, *world.data, *world.globals, *world.tables, *world.tags, "absent"]
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        option = random.choice(NAMED_OPTIONS)  # the reference crashes on wrapped data and entries that are no functions
        found.append(option.format(random.choice(world.names if option in ("--wrap={}", "--entry={}") else names)))
    if random.random() < (0.6 if world.owners.get("_start") else 0.95):
        found.append("--no-entry")
    if random.random() < 0.65:
        found.append("--allow-undefined")
    random.shuffle(found)
    return tuple(dict.fromkeys(found))


def arranged(world: World, files: list[File]) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """The files, some of them in archives or lazy, and the words that name them."""
    random = world.random
    words: list[str] = []
    arranged_files: list[File] = []
    archives: list[str] = []
    for file in files:
        places = ("plain", "old", "new", "lazy")
        place = random.choices(places, (5, 3 if archives else 0, 3, 1))[0]
        if world.crossed or file.name == "a.o":
            place = "plain"
        if place == "new":
            name = f"lib{len(archives)}.a"
            archives.append(name)
            words += ["--whole-archive", name, "--no-whole-archive"] if random.random() < 0.15 else [name]
        if place in ("new", "old"):
            arranged_files.append(File(file.name, file.declared, file.compiled, random.choice(archives)))
            continue
        arranged_files.append(file)
        words += ["--start-lib", file.name, "--end-lib"] if place == "lazy" else [file.name]
    if archives and random.random() < 0.1:
        words.append(archives[0])
    return tuple(arranged_files), tuple(words)


def with_compiled(world: World, files: list[File]) -> list[File]:
    """The files, some of them replaced by what a compiler made of a short program."""
    random = world.random
    paths = random.sample(objects(world.wide), random.randint(1, 4))
    compiled = [File(f"compiled{number}.o", compiled=path) for number, path in enumerate(paths)]
    return [*random.sample(files, random.randint(0, len(files))), *compiled]


def scene(seed: int) -> Scene:
    """The scene of a seed: always the same one."""
    random = Random(seed)
    world = World(random, random.choice((1, 2, 2, 3, 3, 4, 5, 9)))
    files = [File(f"{'abcdefghi'[number]}.o", Writer(world, number).declared()) for number in range(world.files)]
    if random.random() < 0.25:
        files = with_compiled(world, files)
    random.shuffle(files)
    arranged_files, words = arranged(world, files)
    return Scene(arranged_files, words, options(world), world.wide)
