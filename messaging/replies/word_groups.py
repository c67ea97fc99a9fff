"""Groups of words that mean the same in phrases, for use as `{name}`.

phrases/word_groups.txt holds them. Verbs that count in all their forms are in `verb_forms`.
"""

from messaging.replies.phrase_files import read_phrase_file

GROUPS = read_phrase_file("word_groups").groups
