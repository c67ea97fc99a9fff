"""Search conversations by the patient's name, phone or e-mail, and by words of their texts.

A trigger keeps the words of a conversation's texts in `messaging_word`, as `patients_word` has
those of names. Whatever is typed, a list is either looked up by at most a few thousand keys, or
filtered from its newest row where matches are dense.
"""

from uuid import UUID

from django.db.models import Q

from core import sql
from messaging.models.conversation import ConversationQuerySet
from patients import search
from workspaces.models import Workspace

# A word that is in more conversations finds the newest of them. Another word narrows it.
MAX_WITH_WORD = 1_000

BEGINS_A_WORD = """
SELECT patient_id FROM messaging_word
WHERE workspace_id = %(workspace)s AND word >= %(beginning{0})s AND word < %(end{0})s
"""
NEWEST = (
    "SELECT patient_id FROM ({found}) found GROUP BY 1 ORDER BY patient_id DESC LIMIT %(limit)s"
)


def search_conversations(
    conversations: ConversationQuerySet, *, workspace: Workspace, typed: str
) -> ConversationQuerySet:
    """Return the conversations that match, or all of them when nothing was typed."""
    typed = typed.strip()
    if not typed:
        return conversations
    with_words = Q(patient__in=_patients_with_words(workspace, typed))
    few = search.find_few(workspace, typed)
    if few is not None:
        return conversations.filter(with_words | Q(patient__in=few))
    named = conversations.alias(is_meant=search.is_meant(workspace, typed, path="patient__"))
    return named.filter(with_words | Q(is_meant=True))


def _patients_with_words(workspace: Workspace, typed: str) -> list[UUID]:
    """Return the patients whose texts have a word for each typed beginning."""
    if "@" in typed:
        return []
    beginnings = [word for word in search.beginnings_of(workspace, typed) if len(word) > 1]
    if not beginnings:
        return []
    values: dict[str, object] = {"workspace": workspace.pk, "limit": MAX_WITH_WORD}
    for place, beginning in enumerate(beginnings):
        values |= {
            f"beginning{place}": beginning,
            f"end{place}": beginning + search.LAST_CHARACTER,
        }
    each = (BEGINS_A_WORD.format(place) for place in range(len(beginnings)))
    statement = NEWEST.format(found=" INTERSECT ".join(each))
    return [row["patient_id"] for row in sql.fetch(statement, **values)]
