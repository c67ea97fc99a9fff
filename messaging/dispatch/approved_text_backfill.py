"""Fill in the text of WhatsApp messages that were sent before their approved text was known."""

import json

from core import sql, tenancy
from templates_app.approved import ApprovedBody

BATCH = 500

# By the partial index `message_text_to_fill_in`. SKIP LOCKED leaves a message that a receipt or an
# erasure holds to the next run.
WAITING = """
SELECT m.id, m.content_values, a.body, a.samples
FROM messaging_message m
JOIN templates_app_approvedtext a
    ON a.workspace_id = m.workspace_id AND a.content_sid = m.content_sid AND a.body <> ''
WHERE m.content_values IS NOT NULL AND m.status NOT IN ('PENDING', 'SENDING')
LIMIT %(limit)s
FOR UPDATE OF m SKIP LOCKED
"""

# `updated_at` stays: the sweeper uses it to find what has failed recently.
FILL_IN = """
UPDATE messaging_message m SET content = v.content, content_values = NULL
FROM unnest(%(ids)s::uuid[], %(contents)s::text[]) AS v(id, content)
WHERE m.id = v.id
"""


def fill_in_approved_texts() -> int:
    """Fill in every text that is known by now. Return how many messages got theirs."""
    total, filled = 0, BATCH
    while filled == BATCH:
        filled = _fill_in_batch()
        total += filled
    return total


def _fill_in_batch() -> int:
    with tenancy.platform("approved texts"):
        rows = sql.fetch(WAITING, limit=BATCH)
        contents = [
            ApprovedBody(row["body"], json.loads(row["samples"])).fill(
                json.loads(row["content_values"])
            )
            for row in rows
        ]
        if rows:
            sql.execute(FILL_IN, ids=[row["id"] for row in rows], contents=contents)
        return len(rows)
