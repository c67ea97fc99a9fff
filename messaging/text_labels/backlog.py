"""Label texts that came while the reader was not installed, or that an older version has read.

New texts are labelled when they are stored, so after an upgrade this has much to do, and otherwise
nothing.
"""

from uuid import UUID

from core import tenancy
from core.sql import fetch
from messaging import understanding
from messaging.models import Feedback, InboundMessage, Message
from messaging.text_labels import labelling

# About half a minute of one core, so that a backlog never holds a worker for long.
TEXTS_A_RUN = 1_000

# Each branch reads one kind of text that has no labels of this version and none that a member
# corrected. A text of spaces is labelled too, or each run would find it again. An inbound text
# belongs to an ask; those without one are not of a visit. With a million labelled texts this reads
# all of them and takes two or three seconds, so a run asks it once.
FIND_UNREAD = """
SELECT 'COMMENT' AS source, m.id
FROM messaging_message m
WHERE m.type = 'INITIAL' AND m.comment <> '' AND NOT EXISTS (
    SELECT FROM messaging_textlabels l WHERE l.source = 'COMMENT' AND l.source_id = m.id
      AND (l.reader = %(reader)s OR l.corrected_at IS NOT NULL))
UNION ALL
SELECT 'FEEDBACK', f.id
FROM messaging_feedback f
WHERE f.comment <> '' AND NOT EXISTS (
    SELECT FROM messaging_textlabels l WHERE l.source = 'FEEDBACK' AND l.source_id = f.id
      AND (l.reader = %(reader)s OR l.corrected_at IS NOT NULL))
UNION ALL
SELECT 'INBOUND', i.id
FROM messaging_inboundmessage i
WHERE i.body <> '' AND i.rating IS NULL AND i.message_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM messaging_textlabels l WHERE l.source = 'INBOUND' AND l.source_id = i.id
      AND (l.reader = %(reader)s OR l.corrected_at IS NOT NULL))
LIMIT %(limit)s
"""


def label_backlog(*, limit: int = TEXTS_A_RUN) -> int:
    """Label unread texts, each in a transaction of its own. Return how many were found.

    A transaction for many would lock their labels for seconds, and a patient's next text or a
    member's correction would wait.
    """
    with tenancy.platform("find unread texts"):
        unread = fetch(FIND_UNREAD, reader=understanding.version(), limit=limit)
    for row in unread:
        with tenancy.platform("label a text"):
            _label_one(row["source"], row["id"])
    return len(unread)


def _label_one(source: str, key: UUID) -> None:
    """Label a text without an alert: the backlog is old, and alerts are about what just came.

    The lock keeps a patient from adding to the text while it is read. A text that was deleted since
    it was found is left out.
    """
    match source:
        case "COMMENT":
            if ask := Message.objects.select_for_update().filter(pk=key).first():
                labelling.label_comment(ask, alert=False)
        case "FEEDBACK":
            if feedback := Feedback.objects.select_for_update().filter(pk=key).first():
                labelling.label_feedback(feedback, ask=feedback.message, alert=False)
        case "INBOUND":
            inbound = InboundMessage.objects.select_for_update().filter(pk=key).first()
            if inbound and inbound.message:
                labelling.label_inbound(inbound, ask=inbound.message, alert=False)
