"""Scenes made smaller, until nothing can be left out and what is wrong is still wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.link.scenes import Declared, File, Mention, Scene


def smaller(scene: Scene) -> Iterator[Scene]:
    """Scenes with one thing less: a file, an option, a declaration, a mention, an archive or a flag."""
    for number in range(len(scene.files)):
        rest = scene.files[:number] + scene.files[number + 1 :]
        yield replace(scene, files=rest, words=_without(scene.words, rest))
    for number, option in enumerate(scene.options):
        yield replace(scene, options=scene.options[:number] + scene.options[number + 1 :])
        for part in option.split() if " " in option else ():
            options = (*scene.options[:number], option.replace(part, "", 1).strip(), *scene.options[number + 1 :])
            yield replace(scene, options=options)
    for number, file in enumerate(scene.files):
        for changed in _smaller_files(file):
            yield replace(scene, files=(*scene.files[:number], changed, *scene.files[number + 1 :]))


def shrunk(scene: Scene, bad: Callable[[Scene], bool]) -> Scene:
    """A scene that is still `bad`, and from which nothing can be left out."""
    while True:
        found = next((one for one in smaller(scene) if bad(one)), None)
        if found is None:
            return scene
        scene = found


def _without(words: tuple[str, ...], files: tuple[File, ...]) -> tuple[str, ...]:
    """The words that name files or archives that are still there."""
    there = {file.archive or file.name for file in files}
    kept = [word for word in words if not word.endswith((".o", ".a")) or word in there]
    text = " ".join(kept).replace("--start-lib --end-lib", "").replace("--whole-archive --no-whole-archive", "")
    return tuple(text.split())


def _smaller_files(file: File) -> Iterator[File]:
    declared = file.declared
    for number, one in enumerate(declared):
        yield replace(file, declared=declared[:number] + declared[number + 1 :])
        for changed in _smaller_declarations(one):
            yield replace(file, declared=(*declared[:number], changed, *declared[number + 1 :]))


def _smaller_declarations(one: Declared) -> Iterator[Declared]:
    for number in range(len(one.mentions)):
        yield replace(one, mentions=one.mentions[:number] + one.mentions[number + 1 :])
    for plain in ({"comdat": ""}, {"export_name": None}, {"debug_name": ""}, {"segment_flags": 0}, {"data": b""},
                  {"align": 0}, {"flags": one.flags & 3}, {"flags": one.flags & ~1}):  # fmt: skip
        changed = replace(one, **plain)
        if changed != one:
            yield changed


def described(scene: Scene) -> str:
    """The scene in a few lines: what to write into a test."""
    lines = [" ".join(scene.argv)]
    for file in scene.files:
        lines.append(f"{f'{file.archive}({file.name})' if file.archive else file.name}: {file.compiled or ''}")
        lines += [f"    {_fields(one)}" for one in file.declared]
    return "\n".join(lines)


def _fields(one: Declared | Mention) -> str:
    """A record without what is as usual."""
    shown = []
    for name, default in type(one).__dataclass_fields__.items():
        value = getattr(one, name)
        if value != default.default:
            text = ", ".join(map(_fields, value)) if name == "mentions" else repr(value)
            shown.append(f"{name}={text}")
    return f"{type(one).__name__}({', '.join(shown)})"
