"""Write the approved text into messages that were sent before it was known here."""

import json

from core import sql, tenancy
from templates_app.approved import ApprovedBody

BATCH = 500

# By the partial index of the messages that still wait for their text. Whoever holds one (a receipt,
# an erasure) is not waited for: the next run has it.
WAITING = """
SELECT m.id, m.content_values, a.body, a.samples
FROM messaging_message m
JOIN templates_app_approvedtext a
    ON a.workspace_id = m.workspace_id AND a.content_sid = m.content_sid AND a.body <> ''
WHERE m.content_values IS NOT NULL AND m.status NOT IN ('PENDING', 'SENDING')
LIMIT %(limit)s
FOR UPDATE OF m SKIP LOCKED
"""

# Not `updated_at`: by that the sweeper tells what has failed a moment ago.
FILL_IN = """
UPDATE messaging_message m SET content = v.content, content_values = NULL
FROM unnest(%(ids)s::uuid[], %(contents)s::text[]) AS v(id, content)
WHERE m.id = v.id
"""


def fill_in_approved_texts() -> int:
    """Fill in what can be filled in now. Return how many messages got their text."""
    done, last = 0, BATCH
    while last == BATCH:
        last = _fill_in_some()
        done += last
    return done


def _fill_in_some() -> int:
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
