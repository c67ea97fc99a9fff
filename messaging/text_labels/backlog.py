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

BATCH_SIZE = 100

# Each branch reads one kind of text with no labels, or with labels of another version. Corrected
# labels are left alone. A text of spaces is labelled too, or each run would find it again. An
# inbound text belongs to an ask; those without one are not of a visit.
FIND_UNREAD = """
SELECT 'COMMENT' AS source, m.id
FROM messaging_message m
LEFT JOIN messaging_textlabels l ON l.source = 'COMMENT' AND l.source_id = m.id
WHERE m.type = 'INITIAL' AND m.comment <> ''
  AND (l.id IS NULL OR l.reader <> %(reader)s AND l.corrected_at IS NULL)
UNION ALL
SELECT 'FEEDBACK', f.id
FROM messaging_feedback f
LEFT JOIN messaging_textlabels l ON l.source = 'FEEDBACK' AND l.source_id = f.id
WHERE f.comment <> ''
  AND (l.id IS NULL OR l.reader <> %(reader)s AND l.corrected_at IS NULL)
UNION ALL
SELECT 'INBOUND', i.id
FROM messaging_inboundmessage i
LEFT JOIN messaging_textlabels l ON l.source = 'INBOUND' AND l.source_id = i.id
WHERE i.body <> '' AND i.rating IS NULL AND i.message_id IS NOT NULL
  AND (l.id IS NULL OR l.reader <> %(reader)s AND l.corrected_at IS NULL)
LIMIT %(limit)s
"""


def label_backlog(*, limit: int | None = None) -> int:
    """Label unread texts in batches, each a transaction. Return how many were labelled."""
    done = 0
    while limit is None or done < limit:
        size = _label_batch()
        done += size
        if size < BATCH_SIZE:
            break
    return done


def _label_batch() -> int:
    with tenancy.platform("label texts"):
        rows = fetch(FIND_UNREAD, reader=understanding.version(), limit=BATCH_SIZE)
        for row in rows:
            _label_one(row["source"], row["id"])
        return len(rows)


def _label_one(source: str, key: UUID) -> None:
    """Label a text without an alert: the backlog is old, and alerts are about what just came."""
    match source:
        case "COMMENT":
            labelling.label_comment(Message.objects.get(pk=key), alert=False)
        case "FEEDBACK":
            feedback = Feedback.objects.select_related("message").get(pk=key)
            labelling.label_feedback(feedback, ask=feedback.message, alert=False)
        case "INBOUND":
            inbound = InboundMessage.objects.select_related("message").get(pk=key)
            assert inbound.message
            labelling.label_inbound(inbound, ask=inbound.message, alert=False)
