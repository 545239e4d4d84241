"""
Can these words be judged at all, or are they in a language the lexicon does not know?

A text is taken for English if enough of its words are known as they were written: misspellings put right would make
English of anything. A text that is not is said to be "not assessed", so that nobody takes silence for safety.
"""

from collections.abc import Collection

from standfast.science.detector.words import Words

FEWEST_WORDS = 4
"""Below this many words in Latin letters nothing is said: a name or a place would look foreign."""
LEAST_KNOWN = 0.4
"""Of 9,000 posts and requests in English one in a thousand knows less; of twenty short texts in others all but one."""
OTHER_LANGUAGE = "not assessed: language"
NO_WORDS = "not assessed: no words"


def unread_because(words: Words, *, known: Collection[str]) -> str:
    """Return why a text cannot be judged by its words, or nothing if it can."""
    text = words.text
    spoken = known_ones = foreign = 0
    before = -1
    for start, end, read in zip(words.starts, words.ends, words.words, strict=True):
        # Words that stand in one place were written as one.
        if start == before:
            continue
        before = start
        written = text[start:end].lower().replace("’", "'")
        if not written.isalpha() and not any(map(str.isalpha, written)):
            continue
        spoken += 1
        if written in known or _is_known(written, read, known):
            known_ones += 1
        elif not written.isascii():
            foreign += 1
    if not spoken:
        return NO_WORDS if words.text.strip() else ""
    if 2 * foreign > spoken:
        return OTHER_LANGUAGE
    return OTHER_LANGUAGE if spoken >= FEWEST_WORDS and known_ones < LEAST_KNOWN * spoken else ""


def _is_known(written: str, read: str, known: Collection[str]) -> bool:
    """Say whether a word is known but for its apostrophe, or in letters that only look like others."""
    if written.endswith("'s") or written.replace("'", "") in known:
        return True
    return not written.isascii() and read in known
