"""Random links: whatever the objects and options, both linkers write the same file and say the same.

More seeds by hand: `python -m tests.link.hunt START COUNT`.
"""

import pytest

from tests.link.generate import scene
from tests.link.hunt import outcome, told
from tests.link.scenes import Declared, File, Mention, Scene
from tests.link.shrinking import described, shrunk

FEW, MANY, BLOCK = 800, 1200, 50


def check(start: int, count: int) -> None:
    """Every seed's scene, made small if the linkers differ."""
    for seed in range(start, start + count):
        difference = told(scene(seed))
        assert not difference, f"seed {seed}: {difference}"


@pytest.mark.parametrize("start", range(0, FEW, BLOCK))
def test_random_links_are_those_of_the_reference(start: int):
    check(start, BLOCK)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(FEW, MANY, BLOCK * 4))
def test_thousands_of_random_links_are_those_of_the_reference(start: int):
    check(start, BLOCK * 4)


def test_a_seed_is_always_the_same_scene():
    """Or else a difference that was found could not be looked at again."""
    assert scene(7) == scene(7) != scene(8)


def test_most_random_links_go_to_their_end():
    """What is refused proves little, and what crashes the reference nothing."""
    outcomes = [outcome(scene(seed))[0] for seed in range(60)]
    assert outcomes.count("same") > 25
    assert outcomes.count("reference crashes") < 6


def test_a_scene_shrinks_to_what_matters():
    """Here: that something in it calls f."""
    calls_f = Declared("function", "f", mentions=(Mention("X", "function", "f"),))
    more = tuple(Declared("data", name) for name in "abc")
    one = Scene((File("a.o", (*more, calls_f)), File("b.o", more)), ("a.o", "b.o"), ("-s", "-O0"))
    small = shrunk(one, lambda scene: "name='f'" in described(scene).partition("mentions=")[2])
    assert [len(file.declared) for file in small.files] == [1]
    assert small.options == ()
