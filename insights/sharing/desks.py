"""The anonymous star page that a QR code at the reception opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from django.core import signing

from core import tenancy
from insights.models import Desk, DeskRating
from messaging import review_invitations
from messaging.patient_pages.tokens import looks_like_token
from workspaces.branding import brands
from workspaces.branding.brands import ShownBrand

SIGNER = signing.TimestampSigner(salt="desk")
# How long after the rating a comment can be added.
COMMENT_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class ReviewLinks:
    """Links that open a messenger of the visitor with a text that contains the review link."""

    whatsapp: str
    sms: str
    mail: str


@dataclass(frozen=True)
class StarPage:
    """What the star page of a practice shows."""

    desk_id: UUID
    workspace_id: UUID
    practice: str
    review_url: str
    review_invites: str
    brand: ShownBrand

    def review_links(self, rating: int, words: Mapping[str, str]) -> ReviewLinks | None:
        """Return links for a review after the visit, for everyone or only for happy visitors.

        Google considers a review that is asked for on the premises as pressured, so this page does
        not link to Google. It opens the visitor's own messenger with the link in the text. The
        visitor chooses the receiver, so nobody can use the page to send messages to others.
        """
        if not self.review_url:
            return None
        if not review_invitations.is_invited(self.review_invites, rating):
            return None
        subject = words["later_subject"].format(practice=self.practice)
        body = words["later_body"].format(practice=self.practice, link=self.review_url)
        return ReviewLinks(
            whatsapp=f"https://wa.me/?text={quote(body)}",
            sms=f"sms:?&body={quote(body)}",
            mail=f"mailto:?subject={quote(subject)}&body={quote(body)}",
        )


def find_star_page(token: str) -> StarPage | None:
    if not looks_like_token(token):
        return None
    with tenancy.platform("star page at reception"):
        desk = Desk.objects.select_related("practice", "workspace").filter(token=token).first()
        if desk is None:
            return None
        brand = brands.find_brand(desk.workspace_id)
    return StarPage(
        desk_id=desk.pk,
        workspace_id=desk.workspace_id,
        practice=desk.practice.name,
        review_url=desk.practice.review_url,
        review_invites=desk.workspace.review_invites,
        brand=brand,
    )


def save_rating(page: StarPage, rating: int) -> str:
    """Save a rating. Return a key that allows its author, and nobody else, to add a comment."""
    with tenancy.within(page.workspace_id):
        saved = DeskRating.objects.create(
            workspace_id=page.workspace_id, desk_id=page.desk_id, rating=rating
        )
    return SIGNER.sign(str(saved.pk))


def find_rating(page: StarPage, key: str) -> DeskRating | None:
    """Return the rating of a key, or None if the key is wrong, expired or of another desk."""
    try:
        pk = SIGNER.unsign(key, max_age=COMMENT_WITHIN)
    except signing.BadSignature:
        return None
    with tenancy.within(page.workspace_id):
        return DeskRating.objects.filter(pk=pk, desk=page.desk_id).first()


def save_comment(page: StarPage, rating: DeskRating, comment: str) -> None:
    """Save the first comment. A page that is sent twice changes nothing."""
    with tenancy.within(page.workspace_id):
        DeskRating.objects.filter(pk=rating.pk, comment="").update(comment=comment)
