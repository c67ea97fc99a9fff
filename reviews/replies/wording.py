"""What the page says about the state of a reply: what Google's errors mean, and what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import ReplyStatus, Review, ReviewReply

# By the name of the error, which `last_error` begins with.
MEANINGS: dict[str, str | Promise] = {
    "AccessDenied": _("The Google user who is connected may not reply for this location."),
    "AccessLost": _("Google refuses us access at the moment. An owner has to connect it again."),
    "LocationUnverified": _(
        "Google takes replies only for locations that it has verified, and this one is not."
    ),
    "NotFoundAtGoogle": _("Google no longer has this review or its reply."),
    "OverQuota": _("There are more replies than Google takes in a minute. This one is waiting."),
    "RequestRefused": _("Google does not accept this reply. Change the text and send it again."),
    "GoogleUnavailable": _("Google does not answer at the moment. We keep trying."),
}
TONES = {
    ReplyStatus.DRAFT: "",
    ReplyStatus.AWAITING_APPROVAL: "badge-warn",
    ReplyStatus.QUEUED: "badge-warn",
    ReplyStatus.IN_MODERATION: "badge-warn",
    ReplyStatus.PUBLISHED: "badge-good",
    ReplyStatus.REJECTED: "badge-bad",
    ReplyStatus.FAILED: "badge-bad",
    ReplyStatus.DELETING: "badge-warn",
}


@dataclass(frozen=True)
class ReplyFacts:
    """The reply of ours to a review, and how it compares with the one that Google has."""

    review: Review
    reply: ReviewReply | None

    @property
    def tone(self) -> str:
        return TONES[ReplyStatus(self.reply.status)] if self.reply else ""

    @property
    def trouble(self) -> str | Promise:
        """Return in plain words why the last call to Google failed, or ""."""
        if not self.reply or not self.reply.last_error:
            return ""
        return MEANINGS.get(self.reply.last_error.partition(":")[0], MEANINGS["GoogleUnavailable"])

    @property
    def is_settled_at_google(self) -> bool:
        taken = (ReplyStatus.PUBLISHED, ReplyStatus.IN_MODERATION)
        return bool(self.reply and self.reply.status in taken)

    @property
    def was_changed_outside(self) -> bool:
        """Return whether somebody has changed our reply directly at Google."""
        at_google = self.review.published_reply
        return bool(
            self.is_settled_at_google
            and at_google
            and self.reply
            and _words(at_google) != _words(self.reply.text)
        )

    @property
    def was_deleted_outside(self) -> bool:
        is_published = bool(self.reply and self.reply.status == ReplyStatus.PUBLISHED)
        return is_published and not self.review.published_reply and not self.review.vanished_at

    @property
    def has_own_text(self) -> bool:
        """Return whether our text is to be shown beside Google's."""
        return bool(self.reply and _words(self.reply.text) != _words(self.review.published_reply))


def _words(text: str) -> list[str]:
    """Google may change spaces and ends of lines."""
    return text.split()
