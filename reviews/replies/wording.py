"""What the page says about the state of a reply: what Google's errors mean, and what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviews.listing.states import ReviewState, find_states
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
# Google's own words. It adds new ones without notice, which are shown as they are.
GOOGLE_STATES: dict[str, str | Promise] = {
    "APPROVED": pgettext_lazy("a reply at Google", "approved"),
    "PENDING": pgettext_lazy("a reply at Google", "being checked"),
    "REJECTED": pgettext_lazy("a reply at Google", "rejected"),
}
VIOLATIONS: dict[str, str | Promise] = {
    "ADULT_THEMED": _("adult content"),
    "ADVERTISING_AND_SOLICITATION": _("advertising, or a link or a number to be called"),
    "DANGEROUS": _("dangerous content"),
    "FAKE_ENGAGEMENT": _("it does not seem to be genuine"),
    "GIBBERISH_AND_REPETITIVE": _("unclear or repeated text"),
    "HARASSMENT": _("it attacks a person"),
    "HATE_SPEECH": _("hate speech"),
    "ILLEGAL": _("illegal content"),
    "OFFENSIVE": _("offensive words"),
    "OFF_TOPIC": _("it is not about the place"),
    "PERSONAL_INFO": _("personal data"),
    "REPETITIVE": _("the same text was used too often"),
    "SEXUALLY_EXPLICIT": _("sexual content"),
    "UNCLEAR": _("unclear text"),
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
    def label(self) -> str | Promise:
        if self.is_refused_deletion:
            return _("Could not be deleted")
        return self.reply.get_status_display() if self.reply else ""

    @property
    def is_refused_deletion(self) -> bool:
        """Return whether what failed was to delete the reply, which Google still shows."""
        is_failed = bool(self.reply and self.reply.status == ReplyStatus.FAILED)
        return is_failed and bool(self.review.published_reply) and not self.has_own_text

    @property
    def google_state(self) -> str | Promise:
        state = self.review.reply_state
        return GOOGLE_STATES.get(state.upper(), state)

    @property
    def violation(self) -> str:
        """Return why Google rejected the reply, in words where we know them."""
        words = self.review.reply_violation.split(", ")
        return ", ".join(str(VIOLATIONS.get(word.upper(), word)) for word in words)

    @property
    def trouble(self) -> str | Promise:
        """Return in plain words why the last call to Google failed, or ""."""
        if not self.reply or not self.reply.last_error:
            return ""
        error = self.reply.last_error.partition(":")[0]
        if self.is_refused_deletion and error == "RequestRefused":
            return ""  # there is no text to change
        return MEANINGS.get(error, MEANINGS["GoogleUnavailable"])

    @property
    def is_rejected(self) -> bool:
        """Return whether Google rejected our reply, or one that somebody wrote at Google."""
        if self.reply and self.reply.status == ReplyStatus.FAILED:
            return False  # it never came to Google's moderation
        return ReviewState.REFUSED in find_states(self.review, self.reply)

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
