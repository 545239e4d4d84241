"""Do references tell nothing, and does the check character catch what people get wrong?"""

import math
import random

from standfast.foundation.kernel import refs

GUESSES = 100_000
SAMPLE = 10_000
HIGHEST_CORRELATION = 0.05


def plain(reference: str) -> str:
    return reference.replace("-", "")


def rank_correlation(values: list[str]) -> float:
    """Spearman's ρ between the order of making and the order of the values."""
    by_value = sorted(range(len(values)), key=values.__getitem__)
    rank = [0] * len(values)
    for place, index in enumerate(by_value):
        rank[index] = place
    middle = (len(values) - 1) / 2
    covariance = sum((index - middle) * (place - middle) for index, place in enumerate(rank))
    return covariance / sum((index - middle) ** 2 for index in range(len(values)))


def test_references_tell_nothing_of_the_order_they_were_made_in() -> None:
    made = [plain(refs.derive_reference(b"secret", "ctrl", f"call-{number:08}")) for number in range(SAMPLE)]
    assert abs(rank_correlation(made)) < HIGHEST_CORRELATION
    assert abs(rank_correlation([reference[::-1] for reference in made])) < HIGHEST_CORRELATION


def test_the_measure_of_order_sees_order() -> None:
    assert math.isclose(rank_correlation([f"{number:08}" for number in range(SAMPLE)]), 1)


def test_every_single_wrong_character_is_caught() -> None:
    chance = random.Random(5)
    for number in range(50):
        reference = plain(refs.derive_reference(b"secret", "ctrl", str(chance.random())))
        for place in range(len(reference)):
            for wrong in refs.ALPHABET.replace(reference[place], ""):
                assert not refs.is_reference(reference[:place] + wrong + reference[place + 1 :]), number


def test_every_swap_of_neighbours_is_caught() -> None:
    for number in range(2_000):
        reference = plain(refs.derive_reference(b"secret", "ctrl", str(number)))
        for place in range(len(reference) - 1):
            first, second = reference[place], reference[place + 1]
            swapped = reference[:place] + second + first + reference[place + 2 :]
            assert first == second or not refs.is_reference(swapped)


def test_a_hundred_thousand_guesses_find_nothing() -> None:
    known = {refs.derive_reference(b"secret", "ctrl", f"call-{number}") for number in range(SAMPLE)}
    guessed = {refs.derive_reference(b"a guess", "ctrl", f"call-{number}") for number in range(GUESSES)}
    assert not known & guessed
    assert len(guessed) == GUESSES
