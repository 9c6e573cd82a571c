"""Which of the known words a misspelt one may mean."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

__all__ = ["meant"]

#: No word that anybody knows is longer, and to compare takes the square of the length.
_LONGEST = 60
#: As much of two words has to be the same, as ``difflib`` counts it: four fifths of the letters of both, so
#: that the shorter one has two thirds of the length of the longer one.
_ALIKE = 0.8


def meant(word: str, known: Iterable[str]) -> str:
    """The known word that is most like ``word``, upper and lower case aside; "" if none is like it."""
    if len(word) > _LONGEST:
        return ""
    folded = {each.lower(): each for each in known}
    word = word.lower()
    if word in folded:
        return folded[word]
    letters, length = _letters(word), len(word)
    # Letters that only one of two words has are not the same, which rules most of them out at once.
    near = [
        each
        for each in folded
        if length * 2 <= len(each) * 3
        and len(each) * 2 <= length * 3
        and (letters ^ _known_letters(each)).bit_count() * 5 <= length + len(each)
    ]
    if not near:
        return ""
    import difflib  # not at the top: misspelt words are rare, and the import costs every start two milliseconds

    found = difflib.get_close_matches(word, near, 1, _ALIKE)
    return folded[found[0]] if found else ""


def _letters(word: str) -> int:
    """The letters of a word as bits; of those that share one, as many as do are overlooked."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


#: The known words are those of declarations and grammars, the same in every document.
_known_letters = lru_cache(maxsize=4096)(_letters)
