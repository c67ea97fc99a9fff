"""Recognise browsers that have signed in to an account before, by a cookie.

Wrong passwords from unknown browsers are counted separately, so that an attacker cannot lock the
account's owner out (OWASP calls these "device cookies").
"""

import hashlib
import secrets
from datetime import timedelta, tzinfo

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import override

from core import audit, origin, tenancy, user_agents
from workspaces import mail
from workspaces.models import KnownDevice, User
from workspaces.practices import workspace_time_zone
from workspaces.sign_in import account_mails
from workspaces.sign_in.accounts import with_email

LIFE = timedelta(days=365)
MAX_DEVICES = 20

log = structlog.get_logger("accounts")


def cookie_name() -> str:
    return "__Host-device" if settings.HTTPS else "device"


def digest_of(request: HttpRequest) -> str:
    """Return the digest of this browser's cookie, or "" without a cookie."""
    token = request.COOKIES.get(cookie_name(), "")
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def is_known(request: HttpRequest, email: str) -> bool:
    """Return whether this browser has signed in to the account with this address before.

    It takes one query for a browser with a cookie, whether or not there is such an account.
    """
    digest = digest_of(request)
    return bool(digest) and _recent().filter(digest=digest, user__in=with_email(email)).exists()


def has_any(account: User) -> bool:
    return _recent().filter(user=account).exists()


def remember_device(request: HttpRequest, response: HttpResponseBase, account: User) -> None:
    """Remember the browser that has just signed in. Mail the person if it is a new one.

    The first sign-in to an account sends no mail.
    """
    is_new = has_any(account) and not is_known(request, account.email)
    _store_device(request, response, account)
    if not is_new:
        return
    log.info("sign_in_on_new_device", user_id=str(account.pk))
    if account.workspace_id is None:
        _mail_about_new_device(account, language=account.language, zone=get_default_timezone())
        return
    with tenancy.within(account.workspace_id):
        audit.record("sign_in.new_device", account, by=account, name=account.name)
        assert account.workspace
        language = account.language or account.workspace.language
        _mail_about_new_device(
            account, language=language, zone=workspace_time_zone(account.workspace)
        )


def _mail_about_new_device(account: User, *, language: str, zone: tzinfo) -> None:
    came_from = origin.current_origin()
    with override(mail.supported_language(language)):
        context = {
            "name": account.name,
            "device": user_agents.describe_browser(came_from.user_agent),
            "address": came_from.address,
            "at": date_format(localtime(timezone.now(), zone), "DATETIME_FORMAT"),
            "link": settings.SITE_URL + reverse("usersessions_list"),
            "password_link": settings.SITE_URL + reverse("account_change_password"),
        }
        account_mails.send_message_soon(
            mail.compose_mail("workspaces/mail/new_device", to=account.email, context=context)
        )


def _store_device(request: HttpRequest, response: HttpResponseBase, account: User) -> None:
    """Set the cookie and store its digest for the account.

    People who share a browser share its cookie. Only the newest devices of an account are kept.
    """
    digest = digest_of(request)
    if not digest:
        token = secrets.token_urlsafe(32)
        digest = hashlib.sha256(token.encode()).hexdigest()
        response.set_cookie(
            cookie_name(),
            token,
            max_age=LIFE,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    KnownDevice.objects.update_or_create(
        user=account, digest=digest, defaults={"last_seen_at": timezone.now()}
    )
    newest = KnownDevice.objects.filter(user=account).order_by("-last_seen_at")
    kept = list(newest.values_list("pk", flat=True)[:MAX_DEVICES])
    KnownDevice.objects.filter(user=account).exclude(pk__in=kept).delete()


def _recent() -> QuerySet[KnownDevice]:
    return KnownDevice.objects.filter(last_seen_at__gt=timezone.now() - LIFE)
