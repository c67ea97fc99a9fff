"""Which messages of a clinic that is not trusted yet have to wait, and why.

The claim runs this last, so it holds for lists, the API, reminders and answers alike. It costs
nothing for trusted clinics. `workspaces/vetting/trust.py` says which are trusted.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql
from messaging.dispatch import composing
from messaging.dispatch.composing import Texts
from patients import strangers
from templates_app.defaults import is_ours
from templates_app.models import ASKS, Channel, MessageType
from workspaces.models import FlagKind
from workspaces.vetting import flags
from workspaces.vetting import trust as vetting
from workspaces.vetting.trust import Trust

OWN_WORDS = "not vetted: own words"
A_LINK = "not vetted: a link"
NO_ROOM = "not vetted: no room"
FIRST_DAYS = "limit of the first days"
# Why a message waits. The code is stored with the message; its page shows the sentence.
WAITS: dict[str, str | Promise] = {
    OWN_WORDS: _(
        "Waits: until your clinic has paid or was vetted, patients get only the texts that came"
        " with your account."
    ),
    A_LINK: _("Waits: until your clinic has paid or was vetted, texts carry no links of your own."),
    NO_ROOM: _(
        "Waits: until your clinic has paid or was vetted, only a few people can be written to."
    ),
    FIRST_DAYS: _(
        "Waits until there is room again: in the first days after paying, the number of new"
        " patients a day is limited."
    ),
}
TOO_OLD = "too old"
# A payment or platform staff make these messages due at once. This is for what changes with time.
CHECK_AGAIN_AFTER = timedelta(minutes=10)

# Our own words, and the patient has asked for them.
CONFIRMATIONS = (MessageType.CONFIRM_STOP, MessageType.CONFIRM_START)

WROTE_TO_US = """
SELECT DISTINCT i.patient_id FROM messaging_inboundmessage i WHERE i.patient_id = ANY(%(patients)s)
"""

WAIT = """
UPDATE messaging_message m SET next_attempt_at = %(until)s, error = v.why, updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(whys)s::text[]) AS v(id, why)
WHERE m.id = v.id AND m.status = 'PENDING'
"""

RELEASE = """
UPDATE messaging_message SET next_attempt_at = %(now)s, error = ''
WHERE workspace_id = %(workspace)s AND status = 'PENDING' AND error = ANY(%(waits)s)
"""


def judge_new_senders(rows: list[dict[str, Any]], texts: Texts, *, now: datetime) -> None:
    """Set `why_not` on the messages that have to wait, and count the strangers of the others.

    `texts` are those that the messages will be composed from. When one workspace of the batch is
    not trusted, all of them are locked: the claim debits them next, in the same order.
    """
    limited = [row for row in rows if row["trust"] != Trust.FULL]
    if not limited:
        return
    strangers.lock_stranger_counts({row["workspace_id"] for row in rows})
    to_strangers = _judge_words(limited, texts)
    trust = {row["workspace_id"]: Trust(row["trust"]) for row in to_strangers}
    wanted = dict.fromkeys(_recipient(row) for row in to_strangers)
    admitted = strangers.admit_strangers(list(wanted), trust=trust, now=now) if wanted else set()
    for row in to_strangers:
        if _recipient(row) not in admitted:
            row["why_not"] = NO_ROOM if row["trust"] == Trust.NONE else FIRST_DAYS
    for row in limited:
        # Without this an answer would wait for ever, and arrive when nobody expects it.
        if row["why_not"] and row["created_at"] < now - OLDEST_USEFUL_ASK:
            row["why_not"] = TOO_OLD


def put_off(rows: Iterable[dict[str, Any]], *, now: datetime) -> None:
    """Delay the messages that have to wait, store the reason, and flag the clinic."""
    waiting = [row for row in rows if row["why_not"] in WAITS]
    if not waiting:
        return
    sql.execute(
        WAIT,
        ids=[row["id"] for row in waiting],
        whys=[row["why_not"] for row in waiting],
        until=now + CHECK_AGAIN_AFTER,
        now=now,
    )
    for workspace_id, why in sorted({(row["workspace_id"], row["why_not"]) for row in waiting}):
        if why in (NO_ROOM, FIRST_DAYS):
            flags.flag_sender(workspace_id, {(FlagKind.LIMIT, why)})


def release_waiting(workspace_id: UUID, *, now: datetime) -> int:
    """Make the messages due that waited for trust. Return how many."""
    return sql.execute(RELEASE, workspace=workspace_id, waits=list(WAITS), now=now)


def _judge_words(limited: list[dict[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Set `why_not` on messages with forbidden words. Return the other messages to strangers."""
    unvetted = [row for row in limited if row["trust"] == Trust.NONE]
    own = vetting.own_addresses({row["workspace_id"] for row in limited})
    wrote = _wrote_to_us(unvetted)
    to_strangers = []
    for row in limited:
        is_own = (row["workspace_id"], row["address"].casefold()) in own
        if row["trust"] == Trust.NONE:
            row["why_not"] = _judge_text(row, texts, is_own=is_own, wrote=wrote)
        if row["why_not"] or is_own or row["type"] in (*CONFIRMATIONS, MessageType.ANSWER):
            continue
        if row["trust"] == Trust.NONE or row["type"] in ASKS:
            to_strangers.append(row)
    return to_strangers


def _judge_text(row: dict[str, Any], texts: Texts, *, is_own: bool, wrote: set[UUID]) -> str | None:
    """Return why a clinic without any trust may not send this text, or None."""
    if row["type"] in CONFIRMATIONS:
        return None
    if row["type"] == MessageType.ANSWER:
        if vetting.is_refused_link(Trust.NONE, row["written"]):
            return A_LINK
        return None if is_own or row["patient_id"] in wrote else OWN_WORDS
    wording = composing.choose_wording(composing.facts_of(row, two_way=True), texts)
    if vetting.is_refused_link(Trust.NONE, wording.subject, wording.content):
        return A_LINK
    if row["channel"] == Channel.WHATSAPP and wording.content_sid:
        # The patient gets the words that Meta approved, which nobody here has read.
        return OWN_WORDS
    is_fine = is_own or is_ours(subject=wording.subject, content=wording.content)
    return None if is_fine else OWN_WORDS


def _recipient(row: dict[str, Any]) -> tuple[UUID, str]:
    return row["workspace_id"], row["digests"][row["address"]]


def _wrote_to_us(rows: list[dict[str, Any]]) -> set[UUID]:
    """Return the patients of these answers who have written to the clinic."""
    answered = [row["patient_id"] for row in rows if row["type"] == MessageType.ANSWER]
    found = sql.fetch(WROTE_TO_US, patients=answered) if answered else []
    return {row["patient_id"] for row in found}
