"""A star page for whoever stands at the reception: nobody asks who they are."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing

from messaging import ratings
from messaging.models import Desk, DeskRating
from messaging.public.tokens import may_be_token
from workspaces import tenancy
from workspaces.models import ReviewInvites

KEYS = signing.TimestampSigner(salt="desk")
# So long after the stars something may still be written to them.
WRITES_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Welcome:
    """What the page may show of a practice."""

    desk_id: UUID
    workspace_id: UUID
    practice: str
    review_url: str
    invites_everyone: bool

    def may_review(self, rating: int) -> bool:
        """To invite only the happy ones is against Google's rules, and so not the default."""
        return bool(self.review_url) and (ratings.is_happy(rating) or self.invites_everyone)


def find(token: str) -> Welcome | None:
    if not may_be_token(token):
        return None
    with tenancy.platform("star page at reception"):
        desk = Desk.objects.select_related("practice", "workspace").filter(token=token).first()
    if desk is None:
        return None
    return Welcome(
        desk_id=desk.pk,
        workspace_id=desk.workspace_id,
        practice=desk.practice.name,
        review_url=desk.practice.review_url,
        invites_everyone=desk.workspace.review_invites == ReviewInvites.EVERYONE,
    )


def rate(welcome: Welcome, rating: int) -> str:
    """A key by which whoever gave the stars, and nobody else, may add some words."""
    with tenancy.within(welcome.workspace_id):
        given = DeskRating.objects.create(
            workspace_id=welcome.workspace_id, desk_id=welcome.desk_id, rating=rating
        )
    return KEYS.sign(str(given.pk))


def given(welcome: Welcome, key: str) -> DeskRating | None:
    try:
        pk = KEYS.unsign(key, max_age=WRITES_FOR)
    except signing.BadSignature:
        return None
    with tenancy.within(welcome.workspace_id):
        return DeskRating.objects.filter(pk=pk, desk=welcome.desk_id).first()


def write(welcome: Welcome, rating: DeskRating, comment: str) -> None:
    """What was written first stands: a page sent twice adds nothing."""
    with tenancy.within(welcome.workspace_id):
        DeskRating.objects.filter(pk=rating.pk, comment="").update(comment=comment)
