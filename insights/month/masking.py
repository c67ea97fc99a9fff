"""Mask the names of people in a quote. Doctors of the workspace keep theirs.

It errs on the side of masking: a capital letter inside a sentence is enough. What it cannot know is
a rare name in small letters, at the start of a sentence or in a text of capitals, so the page is
for the team and not for the public.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence

from core.names import fold, load_words
from messaging.assistant.masking import LONG_NUMBER

MASK = "•••"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Between two words, these start a sentence, and so does any picture such as a thumb.
SENTENCE_STARTS = frozenset('.!?…:;\n\r()-–—«“"¡¿*•/')
# What must not be quoted at all: addresses, links and numbers long enough for a phone.
CONTACT = re.compile(rf"@|https?:|www\.|\b[\w-]+\.(?:com|ec|net|org|br|co)\b|{LONG_NUMBER}")
MAX_NAME_WORDS = 4
LONGEST_ABBREVIATION = 4


def has_contact(text: str) -> bool:
    """Return whether a text has a phone, an address or a link, or letters that hide one."""
    hidden = any(unicodedata.category(letter) == "Cf" for letter in text.replace("\u200d", ""))
    return hidden or bool(CONTACT.search(unicodedata.normalize("NFKC", text)))


def mask_names(text: str, *, patient: str, doctors: Iterable[str]) -> str:
    """Return the text with a mask for each name, of however many words the name is."""
    words = list(WORD.finditer(text))
    keys = [fold(word[0]) for word in words]
    own = set(_name_words(patient))
    kept = _doctors_named(keys, [_name_words(name) for name in doctors], own=own)
    hidden = (set(_named(text, words, keys)) | _own(words, keys, own)) - kept
    return _replace(text, words, _joined(hidden, keys))


def _name_words(name: str) -> list[str]:
    known = load_words()
    keys = (fold(word) for word in WORD.findall(name))
    return [key for key in keys if key not in known.particles | known.titles]


def _own(words: Sequence[re.Match[str]], keys: Sequence[str], own: set[str]) -> set[int]:
    """Find the patient's own names, in small letters as well unless they are very short."""
    return {
        index
        for index, key in enumerate(keys)
        if key in own and (len(key) > 2 or words[index][0][0].isupper())  # noqa: PLR2004
    }


def _doctors_named(
    keys: Sequence[str], doctors: Sequence[Sequence[str]], *, own: Collection[str]
) -> set[int]:
    """Find the words that name a doctor: after a title, or two names of the same doctor.

    A single name without a title may be a relative who is called like the doctor, and so may two
    names be the patient's `own`.
    """
    titles, found = load_words().doctor_titles, set[int]()
    for names in doctors:
        titled = False
        for index, key in enumerate(keys):
            before = keys[index - 1] if index else ""
            after = keys[index + 1] if index + 1 < len(keys) else ""
            titled = key in names and (before in titles or titled)
            is_pair = key in names and key not in own and (before in names or after in names)
            if titled or is_pair:
                found.add(index)
    return found


def _named(text: str, words: Sequence[re.Match[str]], keys: Sequence[str]) -> Iterator[int]:
    """Yield the words that look like a name of anybody."""
    known, after_title = load_words(), 0
    for index, (word, key) in enumerate(zip(words, keys, strict=True)):
        is_capital = _is_capital(word[0])
        if after_title and not _continues(text, words, index):
            after_title = 0
        starts = not after_title and _starts_sentence(text, words, index)
        if key in known.titles:
            after_title = MAX_NAME_WORDS
        elif after_title and (is_capital or key in known.names | known.words_too):
            after_title -= 1
            yield index
        else:
            after_title = after_title - 1 if after_title and key in known.particles else 0
            is_name = key in known.names or (is_capital and key in known.words_too)
            is_safe = key.partition("'")[0] in known.safe  # "I'm" too
            if is_name or (is_capital and not starts and not is_safe):
                yield index


def _continues(text: str, words: Sequence[re.Match[str]], index: int) -> bool:
    """Return whether a word belongs to a title before it: "Dra. Paz", but not "doctora. Muy"."""
    before = words[index - 1]
    between = text[before.end() : words[index].start()].strip()
    return not between or (between == "." and len(before[0]) <= LONGEST_ABBREVIATION)


def _is_capital(word: str) -> bool:
    """Return whether only the start is in capitals. A shouted word is not taken for a name."""
    return word[0].isupper() and not (word.isupper() and len(word) > 1)


def _starts_sentence(text: str, words: Sequence[re.Match[str]], index: int) -> bool:
    if index == 0:
        return True
    between = text[words[index - 1].end() : words[index].start()]
    return any(
        letter in SENTENCE_STARTS or unicodedata.category(letter) == "So" for letter in between
    )


def _joined(hidden: set[int], keys: Sequence[str]) -> set[int]:
    """Add the particles between two hidden words: "Zoila de la Vega" is one name."""
    joined, particles = set(hidden), load_words().particles
    for index in hidden:
        after = index + 1
        while after < len(keys) and keys[after] in particles:
            after += 1
        if after in hidden:
            joined |= set(range(index, after))
    return joined


def _replace(text: str, words: Sequence[re.Match[str]], hidden: set[int]) -> str:
    parts, end = [], 0
    for index in sorted(hidden):
        word = words[index]
        is_continued = index - 1 in hidden and not text[end : word.start()].strip()
        if not is_continued:
            parts += [text[end : word.start()], MASK]
        end = word.end()
    return "".join([*parts, text[end:]])
