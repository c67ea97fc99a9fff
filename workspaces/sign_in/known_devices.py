"""Browsers that have signed in to an account before, known by a cookie of their own.

Wrong passwords of strangers are counted apart from those of a known browser, so nobody can lock the
right person out ("device cookies" in the words of OWASP).
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
from workspaces.practices import home_zone
from workspaces.sign_in import account_mails
from workspaces.sign_in.accounts import with_email

LIFE = timedelta(days=365)
MOST = 20

log = structlog.get_logger("accounts")


def cookie_name() -> str:
    return "__Host-device" if settings.HTTPS else "device"


def digest_of(request: HttpRequest) -> str:
    """Return the digest of this browser's cookie, or an empty text."""
    token = request.COOKIES.get(cookie_name(), "")
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether this browser has signed in to the account of this address before.

    Asks one query for each browser with a cookie, whether or not there is such an account.
    """
    digest = digest_of(request)
    return bool(digest) and _recent().filter(digest=digest, user__in=with_email(email)).exists()


def has_any(account: User) -> bool:
    return _recent().filter(user=account).exists()


def remember_device(request: HttpRequest, response: HttpResponseBase, account: User) -> None:
    """Remember the browser that has just signed in. Tell the person when it is a new one.

    Somebody's first sign-in ever is no news to them.
    """
    is_news = has_any(account) and not is_known(request, account.email)
    remember(request, response, account)
    if not is_news:
        return
    log.info("sign_in_on_new_device", user_id=str(account.pk))
    if account.workspace_id is None:
        _tell(account, language=account.language, zone=get_default_timezone())
        return
    with tenancy.within(account.workspace_id):
        audit.record("sign_in.new_device", account, by=account, name=account.name)
        assert account.workspace
        language = account.language or account.workspace.language
        _tell(account, language=language, zone=home_zone(account.workspace))


def _tell(account: User, *, language: str, zone: tzinfo) -> None:
    came_from = origin.current_origin()
    with override(mail.spoken(language)):
        context = {
            "name": account.name,
            "device": user_agents.describe_browser(came_from.user_agent),
            "address": came_from.address,
            "at": date_format(localtime(timezone.now(), zone), "DATETIME_FORMAT"),
            "link": settings.SITE_URL + reverse("usersessions_list"),
            "password_link": settings.SITE_URL + reverse("account_change_password"),
        }
        account_mails.send_message_soon(
            mail.compose("workspaces/mail/new_device", to=account.email, context=context)
        )


def remember(request: HttpRequest, response: HttpResponseBase, account: User) -> None:
    """Let this browser be recognised as one of the account's from now on.

    One cookie serves for all people who share a computer. Only the newest devices are kept.
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
    kept = list(newest.values_list("pk", flat=True)[:MOST])
    KnownDevice.objects.filter(user=account).exclude(pk__in=kept).delete()


def _recent() -> QuerySet[KnownDevice]:
    return KnownDevice.objects.filter(last_seen_at__gt=timezone.now() - LIFE)
