"""Send a text to oneself, through the real provider.

A self-test is not a message to a patient: it has no Message row, no statistics and no follow-up.
The ledger makes sure that it is sent once: the worker first debits a credit for a cause that can be
debited only once, and commits. Then it calls the provider without an open transaction. That is why
it is a task: a request is one transaction.
"""

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing.models import CreditEntry, EntryKind
from core import audit, tenancy
from core.errors import ProblemError
from core.ids import uuid7
from messaging import limits, senders, task_queue
from messaging.channels import OutgoingMessage, SendResult
from messaging.dispatch import composing
from messaging.dispatch.composing import Wording
from messaging.dispatch.sending import send_one
from messaging.error_codes import meaning_of
from messaging.models import Sender
from messaging.patient_texts import in_language
from messaging.patient_texts.messages import TEST_MARKS
from messaging.text_previews import people
from messaging.text_previews.people import PreviewKind
from messaging.text_previews.previews import ApprovedVersion
from patients import suppressions
from templates_app.models import Channel, Template
from workspaces import entitlements
from workspaces.branding.brands import MailBrand, find_mail_brands
from workspaces.models import Feature, User, Workspace
from workspaces.vetting import trust
from workspaces.vetting.trust import Trust, trust_of

log = structlog.get_logger("testing")

AN_HOUR = 3600
TESTS_AN_HOUR = 10


class SelfTestState(StrEnum):
    SENDING = "sending"
    SENT = "sent"
    BUSY = "busy"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNPAID = "unpaid"
    SILENT = "silent"


STATES = {
    SendResult.ACCEPTED: SelfTestState.SENT,
    SendResult.UNKNOWN: SelfTestState.UNKNOWN,
    SendResult.RETRY: SelfTestState.BUSY,
    SendResult.REJECTED: SelfTestState.REFUSED,
    SendResult.PAUSED: SelfTestState.REFUSED,
}
FREE_STATES = (SelfTestState.BUSY, SelfTestState.REFUSED)
# Longer than a worker needs to start and a provider to answer.
MAX_WAIT_SECONDS = 90


class UnprovenError(ProblemError):
    """The user has not proved that the address is their own."""


@dataclass(frozen=True)
class SelfTestOrder:
    id: UUID
    workspace_id: UUID
    template_id: UUID
    channel: str
    user_id: UUID

    @classmethod
    def from_dict(cls, data: dict[str, str]) -> "SelfTestOrder":
        ids = {name: UUID(text) for name, text in data.items() if name != "channel"}
        return cls(channel=data["channel"], **ids)

    def to_dict(self) -> dict[str, str]:
        return {name: str(value) for name, value in vars(self).items()}


def available_channels(template: Template) -> list[str]:
    """Return the channels of the text for which the workspace has a sender."""
    wanted = [template.channel] if template.channel else Channel.values
    return [channel for channel in wanted if senders.find_sender(template.workspace, channel)]


def order_self_test(*, template: Template, channel: str, by: User) -> UUID:
    """Check that a test may be sent, and queue it. The worker debits the credit."""
    workspace = template.workspace
    if channel == Channel.WHATSAPP:
        entitlements.require_feature(workspace, Feature.WHATSAPP)
    address = address_of(by, channel)
    trust.require_may_send(workspace)
    _require_trust_or_own_address(workspace, template, address)
    sender = senders.find_sender(workspace, channel)
    if sender is None:
        raise ProblemError(_("There is no sender for this channel yet."))
    if sender.paused_at:
        raise ProblemError(_("This sender is paused, so nothing would leave."))
    if suppressions.is_suppressed(workspace.pk, [address]):
        raise ProblemError(_("This address opted out of your messages, so nothing is sent to it."))
    if workspace.message_credits < 1:
        raise ProblemError(_("There are no credits left, and a test costs one."))
    if limits.count_recent(f"text-tests:{by.pk}", seconds=AN_HOUR) > TESTS_AN_HOUR:
        raise ProblemError(
            _("You have sent %(most)d tests within an hour. Try again later.")
            % {"most": TESTS_AN_HOUR}
        )
    ordered = SelfTestOrder(uuid7(), workspace.pk, template.pk, channel, by.pk)
    _save_state(ordered, SelfTestState.SENDING)
    task_queue.queue_test_message(ordered.to_dict())
    return ordered.id


def _require_trust_or_own_address(workspace: Workspace, template: Template, address: str) -> None:
    """Let a clinic without trust send tests only to addresses that its members have confirmed."""
    level = trust_of(workspace, now=timezone.now())
    if level is not Trust.NONE:
        return
    if trust.is_refused_link(level, template.subject, template.content):
        raise ProblemError(
            _(
                "This text has a link of its own: until your clinic has paid or was vetted, none is"
                " sent."
            )
        )
    if (workspace.pk, address.casefold()) not in trust.own_addresses([workspace.pk]):
        raise UnprovenError(_("Confirm your phone first, then send yourself the test."))


def send_self_test(ordered: SelfTestOrder) -> None:
    """Send a test. A second worker with the same order finds it debited and does nothing."""
    with tenancy.within(ordered.workspace_id):
        prepared = _debit_and_compose(ordered)
        if prepared is None:
            return
        sender, message = prepared
    result = asyncio.run(send_one(sender, message))
    state = STATES[result.fate]
    if state in FREE_STATES:
        with tenancy.within(ordered.workspace_id):
            _add_ledger_entry(ordered, EntryKind.RELEASE, "release", by="")
    log.info("text_tested", channel=ordered.channel, state=state, code=result.code)
    _save_state(ordered, state, code=result.code)


@dataclass(frozen=True)
class SelfTestOutcome:
    """The state of a test, for the page that waits for it."""

    state: SelfTestState
    channel: str
    why: str | Promise = ""


def find_outcome(workspace: Workspace, order_id: str) -> SelfTestOutcome | None:
    data: dict[str, Any] | None = (
        cache.get(_cache_key(workspace.pk, order_id)) if order_id else None
    )
    if data is None:
        return None
    state = SelfTestState(data["state"])
    if state is SelfTestState.SENDING and time.time() > data["at"] + MAX_WAIT_SECONDS:
        state = SelfTestState.SILENT
    return SelfTestOutcome(state, data["channel"], meaning_of(data["code"]).explanation)


def address_of(user: User, channel: str) -> str:
    return user.email if channel == Channel.EMAIL else user.phone


def _debit_and_compose(ordered: SelfTestOrder) -> tuple[Sender, OutgoingMessage] | None:
    workspace = Workspace.objects.select_for_update().get(pk=ordered.workspace_id)
    template = Template.objects.within(workspace).filter(pk=ordered.template_id).first()
    user = User.objects.within(workspace).filter(pk=ordered.user_id).first()
    sender = senders.find_sender(workspace, ordered.channel)
    if template is None or user is None or sender is None or workspace.sending_stopped_at:
        _save_state(ordered, SelfTestState.REFUSED)
        return None
    # The phone or the text may have changed since the order.
    try:
        _require_trust_or_own_address(workspace, template, address_of(user, ordered.channel))
    except ProblemError:
        _save_state(ordered, SelfTestState.REFUSED)
        return None
    if workspace.message_credits < 1:
        _save_state(ordered, SelfTestState.UNPAID)
        return None
    try:
        with transaction.atomic():
            _add_ledger_entry(ordered, EntryKind.DEBIT, "debit", by=user.name)
    except IntegrityError:
        return None
    audit.record(
        "template.test",
        template,
        by=user,
        name=template.name,
        new={"channel": ordered.channel},
    )
    return sender, _compose_message(ordered, workspace, template, user, sender)


def _add_ledger_entry(ordered: SelfTestOrder, kind: EntryKind, step: str, *, by: str) -> None:
    CreditEntry.objects.create(
        workspace_id=ordered.workspace_id,
        kind=kind,
        amount=-1 if kind == EntryKind.DEBIT else 1,
        cause=f"text-test:{ordered.id}:{step}",
        by=by,
    )


def _compose_message(
    ordered: SelfTestOrder, workspace: Workspace, template: Template, user: User, sender: Sender
) -> OutgoingMessage:
    kind = PreviewKind(template.type, template.language, ordered.channel, sender.two_way)
    person = people.sample_person(workspace, template.language, name=user.name)
    facts = people.build_facts(person, kind, workspace)
    approved = ApprovedVersion.from_template(template)
    is_sent = approved is not None and (approved.text is None or approved.text.may_be_sent)
    chosen = Wording(
        template.subject,
        template.content,
        template.whatsapp_content_sid if is_sent else "",
        gaps=tuple(approved.variables) if approved and is_sent else None,
    )
    subject, body, numbered = composing.compose_message(facts, chosen)
    mark = in_language(TEST_MARKS, template.language)
    return OutgoingMessage(
        id=ordered.id,
        attempt=1,
        workspace_id=workspace.pk,
        sender_id=sender.pk,
        sender=sender.address,
        to=address_of(user, ordered.channel),
        type=template.type,
        subject=f"{mark}: {subject or person.practice}",
        body=body if ordered.channel == Channel.EMAIL else f"{mark}: {body}",
        language=template.language,
        practice=person.practice,
        content_sid=chosen.content_sid if ordered.channel == Channel.WHATSAPP else "",
        content_variables=numbered,
        opt_out_link=composing.patient_link("patient_stop", facts.token),
        links=composing.links_of(facts),
        brand=find_mail_brands([workspace.pk]).get(workspace.pk, MailBrand()),
    )


def _save_state(ordered: SelfTestOrder, state: SelfTestState, code: str = "") -> None:
    data = {"state": state.value, "channel": ordered.channel, "code": code, "at": time.time()}
    cache.set(_cache_key(ordered.workspace_id, str(ordered.id)), data, timeout=AN_HOUR)


def _cache_key(workspace_id: UUID, test: str) -> str:
    return f"text-test:{workspace_id}:{test}"
