"""The browsers of members that show notifications: added, ended and removed."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, tenancy
from core.errors import ProblemError
from workspaces.models import PushSubscription, User
from workspaces.notifications.push import keys
from workspaces.notifications.push.services import is_push_service

MAX_BROWSERS = 10
SECRET_BYTES = 16


@dataclass(frozen=True)
class BrowserKeys:
    """What a browser hands out when it subscribes."""

    endpoint: str
    public_key: str
    secret: str

    @property
    def is_valid(self) -> bool:
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(
                ec.SECP256R1(), keys.decode(self.public_key)
            )
            return len(keys.decode(self.secret)) == SECRET_BYTES and is_push_service(self.endpoint)
        except ValueError:
            return False


@transaction.atomic
def subscribe(*, user: User, browser: BrowserKeys, device: str) -> PushSubscription:
    """Store a browser of a member.

    Another account's subscription of this browser ends. It would show the news of that account's
    clinic to the person who uses the browser now.
    """
    if not browser.is_valid:
        raise ProblemError(_("This browser’s push service is not known to us."))
    assert user.workspace_id
    with tenancy.platform("a browser that changes its account"):
        PushSubscription.objects.filter(endpoint=browser.endpoint).exclude(user=user).delete()
    with tenancy.within(user.workspace_id):
        # Two windows of one person subscribe one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        own = PushSubscription.objects.within(user.workspace_id).filter(user=user)
        values = {"public_key": browser.public_key, "secret": browser.secret, "ended_at": None}
        known = own.filter(endpoint=browser.endpoint).first()
        if known is None:
            _make_room(user)
            audit.record("push.subscribe", user, by=user, name=device)
        stored, _is_new = own.update_or_create(
            endpoint=browser.endpoint,
            defaults=values,
            create_defaults={
                "workspace": user.workspace,
                "user": user,
                "device": device[:120],
                **values,
            },
        )
    return stored


def _make_room(user: User) -> None:
    """Remove the oldest browsers beyond the limit, the ended ones first."""
    own = PushSubscription.objects.filter(user=user).order_by("-ended_at", "created_at")
    ended = own.exclude(ended_at=None)
    active = own.filter(ended_at=None)
    surplus = len(ended) + len(active) - MAX_BROWSERS + 1
    for row in [*ended, *active][: max(surplus, 0)]:
        row.delete()


def unsubscribe(*, user: User, subscription_id: UUID) -> None:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        own = PushSubscription.objects.within(user.workspace_id).filter(user=user)
        if found := own.filter(pk=subscription_id).first():
            audit.record("push.unsubscribe", user, by=user, name=found.device)
            found.delete()


def note_result(subscription_id: UUID, *, is_gone: bool) -> None:
    """Note that a push was delivered, or that the push service knows the browser no longer."""
    now = timezone.now()
    values = {"ended_at": now} if is_gone else {"delivered_at": now}
    PushSubscription.objects.filter(pk=subscription_id).update(updated_at=now, **values)
