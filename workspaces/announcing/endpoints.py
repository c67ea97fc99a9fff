"""What a clinic does with its endpoints, and what we do with one that fails for days."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces import audit, entitlements, sealing
from workspaces.announcing import signing
from workspaces.models import (
    Announcement,
    AnnouncementStatus,
    Attempt,
    DisabledBecause,
    Endpoint,
    Event,
    User,
    Workspace,
)
from workspaces.plans import Feature
from workspaces.problems import ProblemError

MOST = 10
ROTATION = timedelta(hours=24)


@dataclass(frozen=True)
class Details:
    """What a form or the API says about an endpoint."""

    url: str
    events: Sequence[str]
    description: str = ""


@transaction.atomic
def create(*, workspace: Workspace, details: Details, by: User) -> tuple[Endpoint, str]:
    """With its secret, which is not told again."""
    workspace = entitlements.lock(workspace)
    entitlements.require(workspace, Feature.WEBHOOKS)
    if workspace.endpoints.count() >= MOST:
        raise ProblemError(_("There is room for %(most)d endpoints.") % {"most": MOST})
    secret = signing.new_secret()
    endpoint = Endpoint(workspace=workspace, secret=sealing.seal(secret), **vars(details))
    with _told_once():
        endpoint.save(force_insert=True)
    audit.record(
        "endpoint.create",
        endpoint,
        by=by,
        name=endpoint.url,
        new=audit.snapshot(endpoint, ["description", "events"]),
    )
    return endpoint, secret


@transaction.atomic
def change(*, endpoint: Endpoint, details: Details, by: User) -> Endpoint:
    """What waits after a failure is tried at once: it was perhaps the address that was wrong."""
    endpoint = _locked(endpoint)
    with _told_once():
        audit.save_changes("endpoint.change", endpoint, vars(details), by=by, name=details.url)
    _end_pause(endpoint)
    return endpoint


@transaction.atomic
def disable(*, endpoint: Endpoint, by: User) -> Endpoint:
    """From now on nothing is written for it; what waits is kept."""
    endpoint = _locked(endpoint)
    if endpoint.disabled_at is None:
        _disable(endpoint, DisabledBecause.BY_HAND)
        audit.record("endpoint.disable", endpoint, by=by, name=endpoint.url)
    return endpoint


@transaction.atomic
def give_up(*, endpoint: Endpoint, because: DisabledBecause) -> None:
    """The caller holds the endpoint's lock."""
    _disable(endpoint, because)
    audit.record(
        "endpoint.give_up",
        endpoint,
        by=None,
        name=endpoint.url,
        new=audit.snapshot(endpoint, ["disabled_because"]),
    )
    arguments = [str(endpoint.workspace_id), str(endpoint.pk)]
    transaction.on_commit(
        lambda: current_app.send_task("workspaces.tasks.tell_of_disabled_endpoint", arguments),
        robust=True,
    )


@transaction.atomic
def enable(*, endpoint: Endpoint, skip: bool, by: User) -> Endpoint:
    """It goes on with what had waited when it was disabled, or skips that."""
    entitlements.require(endpoint.workspace, Feature.WEBHOOKS)
    endpoint = _locked(endpoint)
    if endpoint.disabled_at is None:
        return endpoint
    if skip:
        endpoint.announcements.filter(status=AnnouncementStatus.WAITING).update(
            status=AnnouncementStatus.SKIPPED, updated_at=timezone.now()
        )
    endpoint.disabled_at, endpoint.disabled_because = None, ""
    endpoint.failures, endpoint.failing_since = 0, None
    endpoint.next_attempt_at = timezone.now()
    endpoint.save(
        update_fields=[
            *("disabled_at", "disabled_because", "failures", "failing_since"),
            *("next_attempt_at", "updated_at"),
        ]
    )
    audit.record("endpoint.enable", endpoint, by=by, name=endpoint.url)
    return endpoint


@transaction.atomic
def remove(*, endpoint: Endpoint, by: User) -> None:
    """With its log. Waits for whoever writes something for it at this moment."""
    endpoint = _locked(endpoint, with_key=True)
    audit.record("endpoint.remove", endpoint, by=by, name=endpoint.url)
    Attempt.objects.filter(announcement__endpoint=endpoint).delete()
    endpoint.announcements.all().delete()
    endpoint.delete()


@transaction.atomic
def rotate(*, endpoint: Endpoint, by: User) -> str:
    """The new secret, which is not told again. For a day the one before signs as well."""
    endpoint = _locked(endpoint)
    secret = signing.new_secret()
    endpoint.earlier_secret = endpoint.secret
    endpoint.earlier_secret_until = timezone.now() + ROTATION
    endpoint.secret = sealing.seal(secret)
    endpoint.save(update_fields=["secret", "earlier_secret", "earlier_secret_until", "updated_at"])
    audit.record("endpoint.rotate", endpoint, by=by, name=endpoint.url)
    return secret


def secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """As they are stored, the newest first."""
    until = endpoint.earlier_secret_until
    return [endpoint.secret, *([endpoint.earlier_secret] if until and until > now else [])]


def reseal() -> int:
    """Seal every secret with the first key. Return how many endpoints that were."""
    count = 0
    for endpoint in Endpoint.objects.select_for_update(no_key=True).order_by("pk"):
        endpoint.secret = sealing.reseal(endpoint.secret)
        if endpoint.earlier_secret:
            endpoint.earlier_secret = sealing.reseal(endpoint.earlier_secret)
        endpoint.save(update_fields=["secret", "earlier_secret", "updated_at"])
        count += 1
    return count


@transaction.atomic
def send_test(*, endpoint: Endpoint) -> Announcement:
    """By the same way as everything else, so behind what waits."""
    endpoint = _awake(endpoint)
    return Announcement.objects.create(
        workspace_id=endpoint.workspace_id,
        endpoint=endpoint,
        event=Event.TEST,
        data={"message": "Your endpoint works."},
    )


@transaction.atomic
def replay(*, announcement: Announcement) -> None:
    """Once more under the same id. It keeps its place, so it goes before what waits."""
    _awake(announcement.endpoint)
    announcement.status = AnnouncementStatus.WAITING
    announcement.save(update_fields=["status", "updated_at"])


def _awake(endpoint: Endpoint) -> Endpoint:
    """Someone stands before it and wants to see: the pause after a failure is over."""
    entitlements.require(endpoint.workspace, Feature.WEBHOOKS)
    endpoint = _locked(endpoint)
    if endpoint.disabled_at:
        raise ProblemError(_("This endpoint is disabled: enable it first."))
    _end_pause(endpoint)
    return endpoint


def _end_pause(endpoint: Endpoint) -> None:
    endpoint.next_attempt_at = timezone.now()
    endpoint.save(update_fields=["next_attempt_at", "updated_at"])


def _disable(endpoint: Endpoint, because: DisabledBecause) -> None:
    endpoint.disabled_at, endpoint.disabled_because = timezone.now(), because
    endpoint.save(update_fields=["disabled_at", "disabled_because", "updated_at"])


def _locked(endpoint: Endpoint, *, with_key: bool = False) -> Endpoint:
    rows = Endpoint.objects.within(endpoint.workspace_id).select_for_update(no_key=not with_key)
    found = rows.filter(pk=endpoint.pk).first()
    if found is None:
        raise ProblemError(_("This endpoint was removed a moment ago."))
    return found


@contextmanager
def _told_once() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "workspaces_endpoint_once_per_address" not in str(error):
            raise
        raise ProblemError(_("You already have an endpoint with this address.")) from error
