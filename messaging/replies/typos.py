"""Find words that were typed in a hurry: "mensajs", "escirban", "mandr".

Used only for phrases, never for ratings, where a wrong guess would change a figure. A typo is one
letter left out or two neighbours exchanged, in a word that is long enough to be recognised.
"""

from collections.abc import Iterator

from messaging.replies.tokenizer import phonetic_key

# A shorter word without one letter is too often another word ("pare", "par").
MIN_LENGTH = 6
MIN_LENGTH_WITHOUT_VOWEL = 5
VOWELS = "aeiou"


def typos_of(words: str, *, known: str) -> dict[str, str]:
    """Map each typo of these words to the word that was meant, unless it is a known word itself."""
    known_keys = {phonetic_key(word) for entry in known.split() for word in entry.split("-")}
    return {
        typo: word
        for word in sorted(map(phonetic_key, words.split()))
        for typo in _generate_typos(word)
        if typo not in known_keys
    }


def _generate_typos(word: str) -> Iterator[str]:
    for index in range(1, len(word) - 1):
        min_length = MIN_LENGTH_WITHOUT_VOWEL if word[index] in VOWELS else MIN_LENGTH
        if len(word) >= min_length:
            yield word[:index] + word[index + 1 :]
        if len(word) >= MIN_LENGTH:
            yield word[:index] + word[index + 1] + word[index] + word[index + 2 :]
