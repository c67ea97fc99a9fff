"""A star page for whoever stands at the reception: nobody asks who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from django.core import signing

from core import tenancy
from insights.models import Desk, DeskRating
from messaging import ratings
from messaging.patient_pages.tokens import looks_like_token
from workspaces.models import ReviewInvites

KEYS = signing.TimestampSigner(salt="desk")
# So long after the stars something may still be written to them.
WRITES_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Later:
    """Addresses that open a messenger of the visitor's own with the link to the reviews in it."""

    whatsapp: str
    sms: str
    mail: str


@dataclass(frozen=True)
class Welcome:
    """What the page may show of a practice."""

    desk_id: UUID
    workspace_id: UUID
    practice: str
    review_url: str
    invites_everyone: bool

    def later(self, rating: int, words: Mapping[str, str]) -> Later | None:
        """Links for a review after the visit, for everyone or only for the happy ones.

        Google counts a review asked for on the premises as pressure, so this page does not lead
        to Google. It opens the visitor's own messenger with the link in the text: they choose to
        whom it goes, and nothing can be sent from here to somebody else.
        """
        if not self.review_url or not (ratings.is_happy(rating) or self.invites_everyone):
            return None
        subject = words["later_subject"].format(practice=self.practice)
        body = words["later_body"].format(practice=self.practice, link=self.review_url)
        return Later(
            whatsapp=f"https://wa.me/?text={quote(body)}",
            sms=f"sms:?&body={quote(body)}",
            mail=f"mailto:?subject={quote(subject)}&body={quote(body)}",
        )


def find(token: str) -> Welcome | None:
    if not looks_like_token(token):
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
