from __future__ import annotations

from tests.tui.stage import Stage, show
from wasmscope.format.node import Children, Node
from wasmscope.tui.widgets.tree_view import TreeView

MADE: list[int] = []


def entry(row: int, start: int, end: int) -> Node:
    MADE.append(row)
    return Node(
        f"entry {row}", start, end, "[/x]", lambda: Children([Node("a", start, start + 1), Node("b", start + 1, end)])
    )


def root(entries: int) -> Node:
    vector = Node("vector", 8, 8 + 4 * entries, "", lambda: Children([], range(8, 9 + 4 * entries, 4), entry))
    return Node("file", 0, 8 + 4 * entries, "", lambda: Children([Node("header", 0, 8), vector]))


def tree(entries: int) -> TreeView:
    made = TreeView()
    made.show(root(entries))
    return made


def test_a_vector_opens_and_only_what_is_seen_is_made() -> None:
    made = tree(100_000)
    MADE.clear()

    async def scenario(stage: Stage) -> None:
        await stage.keys("down", "right")
        assert made.count == 100_002
        assert "entry 3 [/x]" in stage.text()
        await stage.keys("end")
        assert "entry 99999" in stage.text()
        assert len(set(MADE)) < 1000

    show(made, scenario)


def test_left_closes_or_goes_to_the_parent() -> None:
    made = tree(10)

    async def scenario(stage: Stage) -> None:
        await stage.keys("down", "right", "right", "right", "right")
        assert made.node is not None
        assert made.node.label == "a"
        await stage.keys("left")
        assert made.node.label == "entry 0"
        await stage.keys("left", "left", "left")
        assert made.node.label == "vector"
        assert made.count == 2

    show(made, scenario)


def test_revealing_a_byte_opens_the_way_and_closes_the_last_one() -> None:
    made = tree(10)

    async def scenario(stage: Stage) -> None:
        made.reveal(8 + 4 * 3 + 1)
        await stage.settle()
        assert made.node is not None
        assert (made.node.label, made.node.start) == ("b", 21)
        assert made.count == 2 + 10 + 2
        made.reveal(8 + 4 * 7)
        assert made.node.label == "a"
        assert made.count == 2 + 10 + 2
        made.reveal(0)
        assert made.count == 2

    show(made, scenario)


def test_what_the_reader_opened_stays_open() -> None:
    made = tree(10)

    async def scenario(stage: Stage) -> None:
        await stage.keys("down", "right")
        made.reveal(0)
        assert made.count == 12

    show(made, scenario)


def test_another_way_of_as_many_rows_is_drawn() -> None:
    """The last part of an entry and the first of the next stand on the same row, each with its own entry open."""
    made = tree(10)

    async def scenario(stage: Stage) -> None:
        made.reveal(8 + 4 * 3 + 2)
        await stage.settle()
        row, count = made.cursor, made.count
        assert "▾ entry 3" in stage.text().replace("  ", " ")
        made.reveal(8 + 4 * 4)
        await stage.settle()
        assert (made.cursor, made.count) == (row, count)
        text = stage.text().replace("  ", " ")
        assert "▸ entry 3" in text
        assert "▾ entry 4" in text

    show(made, scenario)


def test_a_name_that_does_not_fit_is_cut_inside() -> None:
    made, name = TreeView(), "<core::option::Option<Text> as core::fmt::Debug>::fmt"
    made.show(Node("file", 0, 8, "", lambda: Children([Node("code", 0, 8, "", lambda: Children([
        Node("body 7", 0, 8, name, lambda: Children([Node("size", 0, 1)]))]))])))  # fmt: skip
    made.reveal(0)
    assert "body 7 Option::fmt" in "".join(text for text, _ in made.draw(1, 28))
