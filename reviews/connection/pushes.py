"""Whether Google tells us of new reviews, for each account of the connected user.

An account has one setting with one topic. It may be another tool's, so it is read before it is
written, and replaced only after an owner has said so. Without pushes new reviews arrive within the
hour, by polling.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from core import tenancy
from reviews.connection.calls import call_google
from reviews.google import GoogleClient
from reviews.google_errors import AccessLost, GoogleError
from reviews.google_payloads import NotificationSetting
from reviews.models import ConnectionStatus, GoogleConnection, GoogleLocation

TYPES = ("NEW_REVIEW", "UPDATED_REVIEW")
TASK = "reviews.tasks.listen_for_pushes"
# Only for the page, which says when it does not know. The setting itself is at Google.
KEPT_SECONDS = 7 * 24 * 3600


class PushState(StrEnum):
    NOT_SET_UP = "not_set_up"  # this installation has no topic
    UNKNOWN = "unknown"
    ON = "on"
    OTHER_TOOL = "other_tool"


@dataclass(frozen=True)
class AccountPushes:
    account: str
    state: PushState


def listen_after_commit(connection: GoogleConnection) -> None:
    if not settings.GOOGLE_BUSINESS_TOPIC:
        return
    arguments = [str(connection.pk)]
    transaction.on_commit(lambda: current_app.send_task(TASK, arguments), robust=True)


def listen_to_connection(connection_id: UUID) -> None:
    """Listen in the background, after an owner chose locations."""
    with tenancy.platform("pushes of Google"):
        connection = GoogleConnection.objects.filter(
            pk=connection_id, status=ConnectionStatus.CONNECTED
        ).first()
    if connection:
        # Without access a retry fails as well. The owners have been told.
        with suppress(AccessLost):
            listen(connection)


def listen(connection: GoogleConnection, *, take_over: bool = False) -> None:
    """Have Google tell us of new reviews. Another tool's topic is replaced with `take_over` only.

    Raise GoogleError if Google cannot be asked at all.
    """
    if not settings.GOOGLE_BUSINESS_TOPIC:
        return
    found = call_google(connection, _listen, _followed_accounts(connection), take_over)
    cache.set(_key(connection), {each.account: each.state for each in found}, KEPT_SECONDS)


def known_states(connection: GoogleConnection, accounts: set[str]) -> list[AccountPushes]:
    """Return what was last found for each of these accounts, without asking Google."""
    if not settings.GOOGLE_BUSINESS_TOPIC:
        return [AccountPushes(account, PushState.NOT_SET_UP) for account in accounts]
    kept: dict[str, str] = cache.get(_key(connection)) or {}
    return [
        AccountPushes(account, PushState(kept.get(account, PushState.UNKNOWN)))
        for account in accounts
    ]


async def _listen(
    google: GoogleClient, accounts: list[str], take_over: bool
) -> list[AccountPushes]:
    found = []
    for account in accounts:
        try:
            state = await _listen_to(google, account, take_over)
        except AccessLost:
            raise
        except GoogleError:
            if len(accounts) == 1:
                raise
            state = PushState.UNKNOWN
        found.append(AccountPushes(account, state))
    return found


async def _listen_to(google: GoogleClient, account: str, take_over: bool) -> PushState:
    topic = settings.GOOGLE_BUSINESS_TOPIC
    present = await google.get_notification_setting(account)
    if present.topic and present.topic != topic and present.types and not take_over:
        return PushState.OTHER_TOOL
    if present.topic == topic and set(TYPES) <= set(present.types):
        return PushState.ON
    await google.set_notification_setting(account, NotificationSetting(topic, TYPES))
    return PushState.ON


def _followed_accounts(connection: GoogleConnection) -> list[str]:
    with tenancy.within(connection.workspace_id):
        followed = GoogleLocation.objects.filter(connection=connection, practice__isnull=False)
        return sorted(set(followed.values_list("account", flat=True)))


def _key(connection: GoogleConnection) -> str:
    return f"google-pushes:{connection.pk}"
