"""Codes that confirm a phone: ordered on a page, sent by a task, typed in on the page.

The task creates the code, so that only the SMS has it: not the database, the queue or a log.
"""

import asyncio
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import phonenumbers
import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from core import audit, sql, tenancy
from core.errors import ProblemError
from core.locks import Lock
from messaging import opt_outs, senders, task_queue
from messaging.channels import OutgoingMessage
from messaging.dispatch import new_senders
from messaging.dispatch.sending import send_one
from messaging.models import PhoneCode, Sender
from patients import suppressions
from templates_app.models import Channel
from workspaces import entitlements
from workspaces.models import User, Workspace
from workspaces.models.practice import Country
from workspaces.vetting import limits, trust

log = structlog.get_logger("phone_codes")

CODE_LENGTH = 6
KEEP_FOR = timedelta(days=2)

# Texts of the SMS. Without accents, so that each fits into one segment.
SMS_TEXTS: Mapping[str, str] = {
    "es": "%(code)s es su codigo de Reputation Manager. Vence en %(minutes)d minutos."
    " No lo comparta con nadie.",
    "en": "%(code)s is your Reputation Manager code. It expires in %(minutes)d minutes."
    " Share it with nobody.",
    "pt": "%(code)s e o seu codigo do Reputation Manager. Vale por %(minutes)d minutos."
    " Nao compartilhe com ninguem.",
}


class CodeAnswer(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    NO_CODE = "no code"


@transaction.atomic
def order_code(*, by: User) -> PhoneCode:
    """Order a code for the phone in this user's profile."""
    assert by.workspace  # platform staff have no such page
    workspace, now = entitlements.lock_workspace(by.workspace), timezone.now()
    trust.require_may_send(workspace)
    if not by.phone:
        raise ProblemError(_("Write your phone into your profile first."))
    if by.has_proven_phone:
        raise ProblemError(_("This phone is confirmed already."))
    _require_reachable(workspace, by.phone)
    PhoneCode.objects.within(workspace).filter(created_at__lt=now - KEEP_FOR).delete()
    _require_below_limits(workspace, by, now)
    code = PhoneCode.objects.create(
        workspace=workspace, user=by, phone=by.phone, expires_at=now + limits.CODE_LIFE
    )
    task_queue.queue_phone_code(code.pk)
    return code


def send_code(code_id: UUID) -> None:
    """Create the code and send it. A second worker with the same task finds it sent."""
    ready = _prepare_sms(code_id)
    if ready is None:
        return
    sender, message = ready
    outcome = asyncio.run(send_one(sender, message))
    log.info("phone_code_sent", code_id=str(code_id), fate=outcome.fate, channel=sender.channel)


@transaction.atomic
def confirm_code(*, by: User, typed: str) -> CodeAnswer:
    """Compare the typed code with the newest one. Each try counts, and few are allowed.

    Returns an answer and raises nothing, because a rolled back transaction would forget the try.
    """
    now = timezone.now()
    user = User.objects.within(by.workspace).select_for_update().get(pk=by.pk)  # type: ignore[arg-type]  # a member
    code = (
        PhoneCode.objects.within(user.workspace_id)  # type: ignore[arg-type]  # a member
        .select_for_update()
        .filter(user=user, phone=user.phone, used_at=None, sent_at__isnull=False)
        .order_by("-pk")
        .first()
    )
    if code is None or code.expires_at <= now or code.tries >= limits.CODE_TRIES:
        return CodeAnswer.NO_CODE
    code.tries += 1
    is_right = constant_time_compare(code.digest, _digest(code, "".join(typed.split())))
    if is_right:
        code.used_at = now
    code.save(update_fields=["tries", "used_at", "updated_at"])
    if not is_right:
        return CodeAnswer.WRONG
    user.proven_phone = user.phone
    user.save(update_fields=["proven_phone", "updated_at"])
    audit.record("profile.phone", user, by=by, name=user.name)
    new_senders.release_waiting(code.workspace_id, now=now)
    task_queue.queue_dispatch()
    return CodeAnswer.RIGHT


def _require_reachable(workspace: Workspace, phone: str) -> None:
    region = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    if region not in Country.values:
        raise ProblemError(_("We cannot send codes to this country yet. Write to us."))
    sender = senders.find_sender(workspace, Channel.SMS)
    if sender is None or sender.paused_at:
        raise ProblemError(_("No SMS can be sent right now. Try again later."))
    if opt_outs.has_stopped(sender, phone) or suppressions.is_suppressed(workspace.pk, [phone]):
        raise ProblemError(_("This number wants no messages from us, so no code is sent to it."))


def _require_below_limits(workspace: Workspace, by: User, now: datetime) -> None:
    # Two clinics that send to one number at the same moment count one after the other.
    sql.advisory_lock(Lock.PHONE_CODE.of(by.phone))
    recent = PhoneCode.objects.within(workspace).filter(created_at__gt=now - limits.A_DAY)
    with tenancy.platform("codes to one number"):
        to_number = PhoneCode.objects.filter(
            phone=by.phone, created_at__gt=now - limits.A_DAY
        ).count()
    if (
        to_number >= limits.CODES_A_DAY_TO_ONE_NUMBER
        or recent.filter(user=by).count() >= limits.CODES_A_DAY_OF_ONE_PERSON
        or recent.count() >= limits.CODES_A_DAY_OF_ONE_CLINIC
    ):
        raise ProblemError(_("Enough codes were sent for today. Try again tomorrow."))


def _prepare_sms(code_id: UUID) -> tuple[Sender, OutgoingMessage] | None:
    with tenancy.platform("phone code"):
        code = (
            PhoneCode.objects.select_for_update(of=("self",))
            .select_related("user", "workspace")
            .filter(pk=code_id, sent_at=None, expires_at__gt=timezone.now())
            .first()
        )
        sender = senders.find_sender(code.workspace, Channel.SMS) if code else None
        if code is None or sender is None or code.workspace.sending_stopped_at:
            return None
        digits = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
        code.digest, code.sent_at = _digest(code, digits), timezone.now()
        code.save(update_fields=["digest", "sent_at", "updated_at"])
        language = code.user.language or code.workspace.language
        minutes = int(limits.CODE_LIFE.total_seconds() // 60)
        return sender, OutgoingMessage(
            id=code.pk,
            attempt=1,
            workspace_id=code.workspace_id,
            sender_id=sender.pk,
            sender=sender.address,
            to=code.phone,
            body=SMS_TEXTS[language] % {"code": digits, "minutes": minutes},
            language=language,
        )


def _digest(code: PhoneCode, digits: str) -> str:
    return salted_hmac("phone code", f"{code.pk}:{digits}", algorithm="sha256").hexdigest()
