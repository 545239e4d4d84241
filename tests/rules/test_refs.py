"""References: derived alike each time, and no slip of the pen passes."""

import random

from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.kernel import refs

SECRET = b"a secret of this installation"


@given(source=st.text(max_size=20), key=st.text(max_size=64))
def test_the_same_source_and_key_give_the_same_well_formed_reference(source: str, key: str) -> None:
    first = refs.derive_reference(SECRET, source, key)
    assert first == refs.derive_reference(SECRET, source, key)
    assert refs.is_reference(first)


def test_source_and_key_cannot_run_into_each_other() -> None:
    assert refs.derive_reference(SECRET, "ab", "c") != refs.derive_reference(SECRET, "a", "bc")


def test_another_secret_gives_another_reference() -> None:
    assert refs.derive_reference(SECRET, "a", "b") != refs.derive_reference(b"another", "a", "b")


@given(seed=st.integers())
def test_every_single_wrong_character_and_every_swap_of_neighbours_is_caught(seed: int) -> None:
    chooser = random.Random(seed)
    whole = refs.new_reference().replace("-", "")
    place = chooser.randrange(len(whole))
    other = chooser.choice([each for each in refs.ALPHABET if each != whole[place]])
    assert not refs.is_reference(whole[:place] + other + whole[place + 1 :])
    place = chooser.randrange(len(whole) - 1)
    left, right = whole[place], whole[place + 1]
    if left != right:
        assert not refs.is_reference(whole[:place] + right + left + whole[place + 2 :])


def test_a_reference_is_read_however_it_was_written() -> None:
    reference = refs.new_reference()
    spoken = reference.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert refs.normalise(spoken) == reference


def test_fresh_references_do_not_repeat() -> None:
    assert len({refs.new_reference() for _ in range(20_000)}) == 20_000
