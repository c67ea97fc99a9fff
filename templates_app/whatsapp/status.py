"""Where a text stands with Meta, as its page and the list of texts show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from templates_app.models import (
    ApprovalRequest,
    ApprovedText,
    Category,
    Channel,
    RequestState,
    Template,
)
from templates_app.whatsapp.wording_rules import number_variables
from workspaces.models import Workspace

# What Meta's codes ask the author to do.
REASONS: Mapping[str, str | Promise] = {
    "INVALID_FORMAT": gettext_lazy(
        "Something about the variables is wrong: none at the beginning or the end, no two side by"
        " side, and enough words around them."
    ),
    "PROMOTIONAL": gettext_lazy(
        "Meta reads it as an advertisement. Ask about this visit, without praise or offers, or"
        " submit it as marketing."
    ),
    "TAG_CONTENT_MISMATCH": gettext_lazy(
        "The language or the category does not match the words. Check both and submit it again."
    ),
    "ABUSIVE_CONTENT": gettext_lazy("Meta finds the words threatening. Write them more gently."),
    "SCAM": gettext_lazy(
        "Meta suspects a fraud. Say who you are, and ask for nothing but the opinion."
    ),
}


@dataclass(frozen=True)
class Chip:
    tone: str
    label: str | Promise


CHIPS: Mapping[str, Chip] = {
    RequestState.HELD: Chip("warn", gettext_lazy("WhatsApp: waits for our team")),
    RequestState.QUEUED: Chip("info", gettext_lazy("WhatsApp: being submitted")),
    RequestState.CREATED: Chip("info", gettext_lazy("WhatsApp: being submitted")),
    RequestState.SUBMITTED: Chip("info", gettext_lazy("WhatsApp: Meta is reviewing it")),
    RequestState.REJECTED: Chip("bad", gettext_lazy("WhatsApp: rejected")),
    RequestState.REFUSED: Chip("bad", gettext_lazy("WhatsApp: not submitted")),
}
APPROVED = Chip("good", gettext_lazy("WhatsApp: approved"))
OUTDATED = Chip("warn", gettext_lazy("WhatsApp: an earlier version"))
STOPPED = Chip("bad", gettext_lazy("WhatsApp: stopped by Meta"))
UNCHECKED = Chip("info", gettext_lazy("WhatsApp template"))


@dataclass(frozen=True)
class Advice:
    """What has happened and what to do next."""

    tone: str
    sentence: str


@dataclass(frozen=True)
class WhatsappStatus:
    """The last request of a text, and the approved words that are used now."""

    template: Template
    last: ApprovalRequest | None = None
    used: ApprovedText | None = None

    @cached_property
    def is_edited(self) -> bool:
        """Return whether the words that were submitted last are not those of the text now."""
        return bool(self.last and self.last.body != number_variables(self.template.content))

    @property
    def open_request(self) -> ApprovalRequest | None:
        return self.last if self.last and self.last.is_open else None

    @property
    def is_waited_for(self) -> bool:
        """Return whether a worker answers within seconds, so that the page loads itself again."""
        if self.used and self.used.is_being_checked:
            return True
        if not self.last:
            return False
        text = self.last.approved_text
        is_being_submitted = self.last.is_moving and not self.last.error
        return is_being_submitted or bool(text and text.is_being_checked)

    @property
    def chip(self) -> Chip | None:
        if self.last and self.last.state in CHIPS:
            return CHIPS[self.last.state]
        if not self.template.whatsapp_content_sid:
            return None
        if self.used is None or not self.used.status:
            return UNCHECKED
        if not self.used.is_approved:
            return STOPPED
        return OUTDATED if self.is_edited else APPROVED

    @cached_property
    def advice(self) -> list[Advice]:
        found = [*self._about_the_request(), self._about_the_category()]
        return [each for each in found if each]

    def _about_the_request(self) -> Iterable[Advice]:
        if not self.last:
            return
        names = {"version": self.last.version}
        match self.last.state:
            case RequestState.HELD:
                yield Advice("info", HELD % names)
            case RequestState.QUEUED | RequestState.CREATED:
                yield self._about_the_submission()
            case RequestState.SUBMITTED:
                yield Advice("info", (REVIEWED_WITH if self.used else REVIEWED_WITHOUT) % names)
                if self.is_edited:
                    yield Advice("warn", EDITED_IN_REVIEW % names)
            case RequestState.REJECTED:
                yield Advice("bad", REJECTED % names)
                if reason := self._reason:
                    yield Advice("bad", reason)
            case RequestState.REFUSED:
                why = {"why": self.last.error_label}
                yield Advice("bad", _("Version %(version)d was not submitted.") % names)
                yield Advice("bad", _("The reason: %(why)s") % why)
            case RequestState.APPROVED if self.is_edited:
                yield Advice("warn", EDITED_AFTER % names)

    def _about_the_submission(self) -> Advice:
        if self.last and self.last.error:
            return Advice("warn", str(UNREACHABLE))
        return Advice("info", _("It is being submitted. This takes a few seconds."))

    @property
    def _reason(self) -> str:
        """Return Meta's reason with an explanation of its code, if we know it."""
        reason = self.last.rejection_reason if self.last else ""
        if not reason:
            return ""
        known = next((text for code, text in REASONS.items() if code in reason.upper()), "")
        said = _("Meta’s reason: %(reason)s") % {"reason": reason}
        return f"{said.rstrip('.')}. {known}".strip()

    def _about_the_category(self) -> Advice | None:
        text = self.last.approved_text if self.last and self.last.approved_text else self.used
        if text is None or not text.previous_category or text.category == text.previous_category:
            return None
        if text.category == Category.MARKETING:
            return Advice("warn", str(NOW_MARKETING))
        old, new = text.previous_category_label, text.category_label
        names = {"old": old.lower(), "new": new.lower()}
        return Advice("info", _("Meta changed its category from %(old)s to %(new)s.") % names)


HELD = gettext_lazy(
    "Version %(version)d waits for our team. You send from the shared number, so we read new words"
    " before they are submitted under its name. This usually takes a working day."
)
REVIEWED_WITH = gettext_lazy(
    "Meta is reviewing version %(version)d, which takes minutes, and at times two days. You get an"
    " e-mail. Until then first messages keep the words that are approved."
)
REVIEWED_WITHOUT = gettext_lazy(
    "Meta is reviewing version %(version)d, which takes minutes, and at times two days. You get an"
    " e-mail. Until then WhatsApp takes no first message with this text."
)
EDITED_IN_REVIEW = gettext_lazy(
    "You changed the text while version %(version)d is being reviewed. If Meta approves it, first"
    " messages use those words, and you can submit the new ones then. Or withdraw version"
    " %(version)d and submit the new words now."
)
EDITED_AFTER = gettext_lazy(
    "First messages use version %(version)d, which Meta approved. Submit the text as it is now to"
    " have the new words used."
)
REJECTED = gettext_lazy(
    "Meta rejected version %(version)d. Change the words and submit the text again. Nothing is sent"
    " with words that were not approved."
)
UNREACHABLE = gettext_lazy(
    "Twilio cannot be reached. It is tried again by itself; you do not need to do anything."
)
NOW_MARKETING = gettext_lazy(
    "Meta files this text as marketing and not as utility. Such messages cost more, and Meta limits"
    " how many of them a person gets, so some do not arrive. A neutral question about the visit,"
    " without a request for a review, has the best chance to stay utility."
)


def statuses_of(workspace: Workspace, templates: Iterable[Template]) -> dict[UUID, WhatsappStatus]:
    """Return the status of each text, in two queries."""
    templates = list(templates)
    requests = (
        ApprovalRequest.objects.within(workspace.pk)
        .filter(template__in=templates)
        .exclude(state=RequestState.WITHDRAWN)
        .select_related("approved_text")
        .order_by("pk")
    )
    last = {request.template_id: request for request in requests}
    sids = [text.whatsapp_content_sid for text in templates if text.whatsapp_content_sid]
    used = {
        text.content_sid: text
        for text in ApprovedText.objects.within(workspace.pk).filter(content_sid__in=sids)
    }
    return {
        template.pk: WhatsappStatus(
            template, last.get(template.pk), used.get(template.whatsapp_content_sid)
        )
        for template in templates
    }


def status_of(template: Template) -> WhatsappStatus:
    return statuses_of(template.workspace, [template])[template.pk]


def goes_by_whatsapp(template: Template) -> bool:
    return template.channel in ("", Channel.WHATSAPP)
