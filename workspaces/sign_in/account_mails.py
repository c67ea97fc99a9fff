"""Mails about signing up and signing in, sent by a worker.

The worker looks up whether the address has an account, so that neither the response nor its time
reveals it, and a slow mail server does not delay a page. The task's argument is encrypted, because
codes and password links must not be readable in Redis.
"""

import json
from typing import Any, Literal

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override

from core import encryption
from workspaces.models import User
from workspaces.sign_in.accounts import find_account
from workspaces.sign_in.mailed_codes import LIFE_SECONDS
from workspaces.vetting.plain_names import one_line

AccountMail = Literal["sign_up", "sign_in_code", "new_password", "elsewhere_code"]
TASK = "workspaces.tasks.send_account_mail"


def send_soon(kind: AccountMail, *, email: str, code: str = "") -> None:
    """Let a worker render and send a mail, in the language of this request."""
    _enqueue_sealed(
        {"kind": kind, "email": email, "code": code, "language": get_language() or "es"}
    )


def send_message_soon(message: EmailMultiAlternatives) -> None:
    """Let a worker send a mail that is already rendered."""
    html = next((str(part[0]) for part in message.alternatives), "")
    _enqueue_sealed(
        {"subject": message.subject, "text": message.body, "html": html, "to": message.to}
    )


def send_queued_mail(sealed: str) -> None:
    """Send a mail that one of the functions above enqueued."""
    data: dict[str, Any] = json.loads(encryption.unseal(sealed))
    if "kind" not in data:
        _send_mail(data["subject"], data["text"], data["html"], data["to"])
        return
    with override(data["language"]):
        template, context = _template_for(data["kind"], data["email"], data["code"])
        context |= {"email": data["email"], "signup_url": _absolute_url("account_signup")}
        subject = one_line(render_to_string(f"{template}_subject.txt", context))
        text = render_to_string(f"{template}_message.txt", context).strip()
        _send_mail(subject, text, "", [data["email"]])


def _template_for(kind: AccountMail, email: str, code: str) -> tuple[str, dict[str, Any]]:
    """Return the template and its context, which depend on whether there is an account."""
    account = find_account(email)
    if kind == "sign_up":
        if account:
            page = _absolute_url("account_reset_password")
            return "account/email/account_already_exists", {"password_reset_url": page}
        return "account/email/email_confirmation", {"code": code}
    if account is None or not account.is_active:
        return "account/email/unknown_account", {}
    if kind == "new_password":
        return "account/email/password_reset_key", {"password_reset_url": _reset_link(account)}
    if kind == "elsewhere_code":
        return "account/email/email_confirmation", {"code": code}
    return "account/email/sign_in_code", {"code": code}


def _reset_link(account: User) -> str:
    key = default_token_generator.make_token(account)
    return _absolute_url(
        "account_reset_password_from_key", uidb36=user_pk_to_url_str(account), key=key
    )


def _absolute_url(name: str, **arguments: str) -> str:
    """Return an absolute link. The host is that of the settings, because headers can be forged."""
    return str(settings.SITE_URL) + reverse(name, kwargs=arguments)


def _send_mail(subject: str, text: str, html: str, to: list[str]) -> None:
    message = EmailMultiAlternatives(subject, text, to=to)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


def _enqueue_sealed(data: dict[str, Any]) -> None:
    sealed = encryption.seal(json.dumps(data))
    # Do not mail a code that has expired while it was in the queue.
    expires = LIFE_SECONDS if data.get("code") else None
    transaction.on_commit(
        lambda: current_app.send_task(TASK, args=[sealed], expires=expires), robust=True
    )
