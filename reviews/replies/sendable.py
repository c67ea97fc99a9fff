"""Whether a reply to a review can be sent to Google at all, and why not."""

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import ProblemError
from reviews.models import ConnectionStatus, GoogleConnection, LocationFailure, Review
from reviews.models.reply import MAX_REPLY_BYTES
from workspaces.access import Can, may
from workspaces.models import User, Workspace


def may_send(user: User, workspace: Workspace) -> bool:
    """Return whether a reply that this person writes needs nobody else's approval."""
    if may(user, Can.APPROVE_REPLIES):
        return True
    return may(user, Can.REPLY_TO_REVIEWS) and not workspace.replies_need_approval


# `why_not_answerable` for queries.
ANSWERABLE = Q(
    vanished_at=None,
    location__failure="",
    location__is_verified=True,
    location__connection__status=ConnectionStatus.CONNECTED,
)


def why_not_answerable(review: Review) -> str:
    """Return why Google would take no reply to this review, or "" if it would."""
    if review.vanished_at:
        return _("This review is no longer at Google, so there is nothing to reply to.")
    location = review.location
    if location.failure == LocationFailure.GONE:
        return _("Google no longer shows this location to you, so it takes no reply.")
    if location.failure == LocationFailure.FORBIDDEN:
        return _("The Google user who is connected may not reply for this location.")
    if location.failure == LocationFailure.UNVERIFIED or not location.is_verified:
        return _(
            "Google takes replies only for locations that it has verified, and this one is not."
        )
    return _why_not_connected(location.connection)


def _why_not_connected(connection: GoogleConnection) -> str:
    if connection.status == ConnectionStatus.DISCONNECTED:
        return _("Google is disconnected. Once it is connected again, the reply can be sent.")
    if connection.status == ConnectionStatus.BROKEN:
        return _(
            "Google refuses us access at the moment. An owner has to connect it again; keep the"
            " reply as a draft until then."
        )
    return ""


def require_answerable(review: Review) -> None:
    if why := why_not_answerable(review):
        raise ProblemError(why)


def clean_text(text: str) -> str:
    """Return the text as Google gets it. Refuse one that is empty or too long."""
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not cleaned:
        raise ProblemError(_("Write the reply first."))
    excess = len(cleaned.encode()) - MAX_REPLY_BYTES
    if excess > 0:
        raise ProblemError(
            _(
                "The reply is too long for Google, which takes 4,096 bytes: a plain letter is one,"
                " a letter with an accent two, an emoji four or more. It has %(excess)d too many."
            )
            % {"excess": excess}
        )
    return cleaned
