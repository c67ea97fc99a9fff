"""The words that matter, as a hurried thumb writes them: "mensajs", "escirban", "mandr".

Only for the phrases of this package, never for a rating. A slip is one letter left out or two
neighbours exchanged, of a word that is long enough to be known for it.
"""

from collections.abc import Iterator

from messaging.replies.text import sound

# Of a shorter word a letter less is too often another word ("pare", "par").
SHORTEST = 6
SHORTEST_VOWEL = 5
VOWELS = "aeiou"


def slips(of: str, *, known: str) -> dict[str, str]:
    """Map each slip of the words `of` to the word that is meant, unless it is a known word."""
    sounds_known = {sound(word) for entry in known.split() for word in entry.split("-")}
    return {
        slip: word
        for word in sorted(map(sound, of.split()))
        for slip in _slips(word)
        if slip not in sounds_known
    }


def _slips(word: str) -> Iterator[str]:
    for index in range(1, len(word) - 1):
        shortest = SHORTEST_VOWEL if word[index] in VOWELS else SHORTEST
        if len(word) >= shortest:
            yield word[:index] + word[index + 1 :]
        if len(word) >= SHORTEST:
            yield word[:index] + word[index + 1] + word[index] + word[index + 2 :]
