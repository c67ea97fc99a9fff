"""Claim the messages that may be sent now, in one transaction for each batch.

A batch is shared fairly among the workspaces, paid for and composed; each message is claimed by one
worker only. The statements are in `claim_statements`. The checks that need the digest of an address
follow them in modules of their own.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql, tenancy
from messaging.channels import OutgoingMessage
from messaging.confirmations import CONFIRMED_WITHIN
from messaging.dispatch import (
    claim_statements,
    composing,
    erased_address_check,
    fairness,
    hold_check,
    new_senders,
    past_ask_check,
)
from messaging.dispatch.composing import Wording
from messaging.models import Sender
from patients.addresses import hash_address
from templates_app.models import Channel
from templates_app.segments import measure_text
from workspaces.branding.brands import MailBrand, find_mail_brands

# How long WhatsApp takes free texts after the patient's last message.
WHATSAPP_WINDOW = timedelta(hours=24)
# Asks Twilio to repeat a callback three times whatever went wrong; by default it repeats only when
# it cannot connect. Twilio reads this part of the address and does not call it.
CALLBACK_RETRIES = "#rc=3&rp=ct,rt,5xx"


def claim_batch(
    *, sender: Sender, limit: int, now: datetime | None = None, probing: bool = False
) -> list[OutgoingMessage]:
    """Claim up to `limit` messages that may go now. Return them composed and paid for.

    They are this worker's until the lease ends. Nothing is claimed for a paused sender, except for
    the one message that probes whether it works again.
    """
    now = now or timezone.now()
    with tenancy.platform("claim"):
        recent = _find_workspaces(sender, limit, now, probing=probing)
        shares = fairness.divide_batch(recent, limit)
        if not shares:
            return []
        rows = _read_details(sender, _lock_due(sender, shares, now), now)
        free = [row for row in rows if not row["why_not"]]
        # Read once: a text that changes between the judgement and the sending was not judged.
        texts = composing.texts_of(
            {row["workspace_id"] for row in free}, {row["campaign_id"] for row in free}
        )
        new_senders.judge_new_senders(free, texts, now=now)
        _put_back([row for row in rows if row["why_not"] == claim_statements.NOT_DUE])
        hold_check.put_off([row for row in rows if row["why_not"] == hold_check.HELD], now=now)
        new_senders.put_off(rows, now=now)
        not_cancelled = (None, claim_statements.NOT_DUE, hold_check.HELD, *new_senders.WAITS)
        _cancel_messages([row for row in rows if row["why_not"] not in not_cancelled], now)
        # Sorted again after the checks: some of a workspace's share may not be sendable, and the
        # cut to `limit` must not then fall on one workspace alone.
        sendable = fairness.take_turns([row for row in rows if not row["why_not"]], recent)
        claimed = _lease_messages(
            sender, _debit_credits(sendable[:limit], now), texts, now, probing=probing
        )
        # Count a turn without a message as well, or the same workspaces would get it every time.
        fairness.add_counts(
            sender.pk, Counter(message.workspace_id for message in claimed) | Counter(set(shares))
        )
        return claimed


def _find_workspaces(
    sender: Sender, limit: int, now: datetime, *, probing: bool
) -> dict[UUID, int]:
    """Return the workspaces whose turn it is, with its recent number of messages."""
    recent = fairness.recent_counts(sender.pk)
    rows = sql.fetch(
        claim_statements.FIND_WORKSPACES,
        sender=sender.pk,
        channel=sender.channel,
        owner=sender.workspace_id,
        served=list(recent),
        recent=list(recent.values()),
        probing=probing,
        limit=limit,
        now=now,
    )
    return {row["id"]: row["recent_messages"] for row in rows}


def _lock_due(sender: Sender, shares: dict[UUID, int], now: datetime) -> list[UUID]:
    """Lock the due messages of these workspaces, as many of each as its share."""
    rows = sql.fetch(
        claim_statements.LOCK_DUE,
        workspaces=list(shares),
        shares=list(shares.values()),
        channel=sender.channel,
        sender=sender.pk,
        now=now,
    )
    return [row["id"] for row in rows]


def _read_details(sender: Sender, ids: list[UUID], now: datetime) -> list[dict[str, Any]]:
    """Return a row for each message, where `why_not` is the reason against sending it, or None."""
    rows = sql.fetch(
        claim_statements.READ_DETAILS,
        ids=ids,
        sender=sender.pk,
        now=now,
        oldest=OLDEST_USEFUL_ASK,
        open=WHATSAPP_WINDOW,
        confirmed_within=CONFIRMED_WITHIN,
    )
    sendable = [row for row in rows if not row["why_not"]]
    for row in sendable:
        # Computed once here for all the checks by digest, because each takes an HMAC.
        addresses = [address for address in (row["phone"], row["email"]) if address]
        row["digests"] = {address: hash_address(address) for address in addresses}
    erased = erased_address_check.find_erased(sendable, sender_id=sender.pk)
    asked_lately = past_ask_check.find_asked_lately(sendable)
    held = hold_check.find_held(sendable, sender_id=sender.pk, now=now)
    for row in sendable:
        if row["id"] in erased:
            row["why_not"] = "erased"
        elif row["id"] in asked_lately:
            row["why_not"] = "asked lately"
        else:
            row["why_not"] = held.get(row["id"])
    return rows


def _put_back(rows: list[dict[str, Any]]) -> None:
    if rows:
        sql.execute(claim_statements.PUT_BACK, ids=[row["id"] for row in rows])


def _cancel_messages(rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        sql.execute(
            claim_statements.CANCEL,
            ids=[row["id"] for row in rows],
            whys=[row["why_not"] for row in rows],
            now=now,
        )


def _debit_credits(rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Debit a credit for each message. Return those that the workspaces could pay for."""
    wanted = Counter(row["workspace_id"] for row in rows)
    if not wanted:
        return []
    # A workspace with too few credits is debited for fewer messages. The others stay PENDING, and
    # are sent if credits are bought before they are too old.
    debits = sql.fetch(
        claim_statements.PAY, workspaces=list(wanted), messages=list(wanted.values()), now=now
    )
    paid = Counter({debit["workspace_id"]: debit["messages"] for debit in debits})
    affordable = []
    for row in rows:
        if paid[row["workspace_id"]]:
            paid[row["workspace_id"]] -= 1
            affordable.append(row)
    return affordable


def _lease_messages(
    sender: Sender,
    rows: list[dict[str, Any]],
    texts: composing.Texts,
    now: datetime,
    *,
    probing: bool,
) -> list[OutgoingMessage]:
    """Compose the messages, and store each with its lease and its text as it will be sent."""
    brands = _brands_for_mail(sender, rows)
    composed = [_compose(sender, row, texts, brands) for row in rows]
    outgoing = [replace(message, is_probe=probing) for message, _wording in composed]
    sql.execute(
        claim_statements.TAKE,
        ids=[message.id for message in outgoing],
        contents=[message.body for message in outgoing],
        segments=[_segments(sender, message) for message in outgoing],
        templates=[wording.template_id for _message, wording in composed],
        versions=[wording.version for _message, wording in composed],
        content_sids=[message.content_sid for message in outgoing],
        content_values=[_values_to_keep(message, wording) for message, wording in composed],
        sender=sender.pk,
        until=now + settings.DISPATCH_LEASE,
        now=now,
    )
    return outgoing


def _compose(
    sender: Sender,
    row: dict[str, Any],
    texts: composing.Texts,
    brands: Mapping[UUID, MailBrand],
) -> tuple[OutgoingMessage, Wording]:
    facts = composing.facts_of(row, two_way=sender.two_way)
    wording = composing.choose_wording(facts, texts)
    subject, body, variables = composing.compose_message(facts, wording)
    on_whatsapp = sender.channel == Channel.WHATSAPP
    # Within 24 hours of the patient's last message a free text may go, else only approved ones.
    content_sid = wording.content_sid if on_whatsapp and not row["is_in_conversation"] else ""
    if content_sid:
        body = composing.approved_body(wording, variables, row["language"])
    attempt = row["attempt"] + 1
    message = OutgoingMessage(
        id=row["id"],
        attempt=attempt,
        workspace_id=row["workspace_id"],
        sender_id=sender.pk,
        sender=sender.address,
        to=row["address"],
        type=row["type"],
        subject=subject,
        body=body,
        language=row["language"],
        practice=composing.practice_name(facts),
        content_sid=content_sid,
        content_variables=variables,
        status_callback=status_callback(row["id"], attempt),
        opt_out_link=composing.patient_link("patient_stop", row["token"]),
        links=composing.links_of(facts) if sender.channel == Channel.EMAIL else {},
        brand=brands.get(row["workspace_id"], MailBrand()),
    )
    return message, wording


def _brands_for_mail(sender: Sender, rows: list[dict[str, Any]]) -> Mapping[UUID, MailBrand]:
    if sender.channel != Channel.EMAIL:
        return {}
    return find_mail_brands({row["workspace_id"] for row in rows})


def _values_to_keep(message: OutgoingMessage, wording: Wording) -> str | None:
    """Return the values of an approved text that is not known yet, to fill it in later."""
    if not message.content_sid or wording.approved:
        return None
    return json.dumps(dict(message.content_variables))


def status_callback(message_id: UUID, attempt: int) -> str:
    """Return the address for receipts. It has our own id, so that a receipt finds its message even
    when the provider's answer was lost."""
    url = composing.patient_link("twilio_status", str(message_id))
    return f"{url}?attempt={attempt}{CALLBACK_RETRIES}"


def _segments(sender: Sender, message: OutgoingMessage) -> int | None:
    return measure_text(message.body).count if sender.channel == Channel.SMS else None
