"""The preview of a text, composed as for sending, with hints for the editor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.dispatch.composing import (
    MessageFacts,
    Wording,
    compose_message,
    is_approval_unfair,
)
from templates_app.approved import (
    ApprovedBody,
    approved_text_of,
    variables_of,
    warnings_about,
)
from templates_app.forms import LONGEST, describe_unknown
from templates_app.models import ASKS, ApprovedText, Channel, Template
from templates_app.rendering import unknown_variables, variables_in
from templates_app.segments import GSM_7, Segments, measure_text, plain_letters

LINKS = re.compile(r"(https?://\S+)")
# The keywords that our own texts tell patients to reply with.
OPT_OUT_KEYWORDS = re.compile(r"\b(?:BAJA|STOP|SAIR|ALTO|PARAR|CANCELAR)\b")


@dataclass(frozen=True)
class ApprovedVersion:
    """The version of a text that Meta approved: its id, and its variables in their order."""

    content_sid: str
    variables: list[str]
    text: ApprovedText | None = None

    @classmethod
    def from_template(cls, template: Template) -> "ApprovedVersion | None":
        sid, text = template.whatsapp_content_sid, approved_text_of(template)
        if not sid:
            return None
        return cls(sid, variables_of(text, template) if text else template.variables, text)

    @property
    def body(self) -> ApprovedBody | None:
        """The approved words. None until they were read from Twilio."""
        if self.text is None or not self.text.body:
            return None
        return ApprovedBody(self.text.body, self.text.samples)


@dataclass(frozen=True)
class Hint:
    tone: str
    sentence: str


@dataclass(frozen=True)
class Preview:
    facts: MessageFacts
    wording: Wording
    approved: ApprovedVersion | None = None

    @cached_property
    def composed(self) -> tuple[str, str]:
        if not self.wording.content.strip():
            return self.facts.practice, ""
        subject, body, _numbered = compose_message(self.facts, self.wording)
        return subject or self.facts.practice, body

    @cached_property
    def approved_body(self) -> str:
        """The text that WhatsApp sends outside of a conversation, or "" if there is none."""
        if self.channel != Channel.WHATSAPP or not self.body:
            return ""
        if self.approved is None or self.approved.body is None or self.is_approval_unfair:
            return ""
        wording = replace(self.wording, gaps=tuple(self.approved.variables))
        _subject, _body, numbered = compose_message(self.facts, wording)
        return self.approved.body.fill(numbered)

    @property
    def is_approval_unfair(self) -> bool:
        if self.approved is None:
            return False
        return is_approval_unfair(self.facts, self.approved.variables, self.approved.body)

    @property
    def approved_pieces(self) -> list[str]:
        return LINKS.split(self.approved_body)

    @property
    def channel(self) -> str:
        return self.facts.channel

    @property
    def subject(self) -> str:
        return self.composed[0]

    @property
    def body(self) -> str:
        return self.composed[1]

    @property
    def pieces(self) -> list[str]:
        """Text and links in turn, beginning with text."""
        return LINKS.split(self.body)

    @property
    def length(self) -> Segments | None:
        """The SMS segments. Other channels are not billed by length."""
        return measure_text(self.body) if self.channel == Channel.SMS else None

    @property
    def hints(self) -> list[Hint]:
        return list(_all_hints(self)) if self.body else []


def channels_of_text(template: Template | None, channel: str) -> list[str]:
    """Return the channels that use a text: all, except those with a default text of their own."""
    if channel:
        return [channel]
    if template is None or not template.is_default:
        return Channel.values
    channels_with_own_text = set(
        Template.objects.within(template.workspace_id)
        .filter(type=template.type, language=template.language, is_default=True)
        .values_list("channel", flat=True)
    )
    return [
        channel for channel in Channel.values if channel not in channels_with_own_text
    ] or Channel.values


def _all_hints(preview: Preview) -> Iterator[Hint]:
    yield from _variable_hints(preview)
    if len(preview.body) > LONGEST:
        yield Hint("bad", _("It is longer than %(most)d letters and is refused.") % _MOST)
    yield from _letter_hints(preview)
    if preview.facts.type in ASKS:
        yield from _ask_hints(preview)
    if preview.channel == Channel.WHATSAPP:
        yield from _approval_hints(preview)
    if "reviewLink" in variables_in(preview.wording.content) and not preview.facts.may_invite:
        yield Hint(
            "info",
            _(
                "The link to the reviews is left out: %(practice)s has no Google listing, or the"
                " settings invite only happy patients."
            )
            % {"practice": preview.facts.practice},
        )


_MOST = {"most": LONGEST}


def _variable_hints(preview: Preview) -> Iterator[Hint]:
    for text in (preview.wording.subject, preview.wording.content):
        for variable in unknown_variables(text):
            yield Hint("bad", describe_unknown(variable.written, variable.nearest))


def _letter_hints(preview: Preview) -> Iterator[Hint]:
    length = preview.length
    if length is None or length.encoding == "GSM-7":
        return
    expensive = sorted(set(preview.body) - GSM_7)
    cheaper = measure_text(plain_letters(preview.body))
    if cheaper.count < length.count:
        yield Hint(
            "warn",
            ngettext(
                "%(letters)s: such letters cost room. With plain letters it would be"
                " %(fewer)d segment instead of %(now)d.",
                "%(letters)s: such letters cost room. With plain letters it would be"
                " %(fewer)d segments instead of %(now)d.",
                cheaper.count,
            )
            % {"letters": " ".join(expensive), "fewer": cheaper.count, "now": length.count},
        )
    elif length.count > 1:
        yield Hint(
            "info",
            _("%(letters)s: because of such letters a segment holds 67 instead of 153.")
            % {"letters": " ".join(expensive)},
        )


def _ask_hints(preview: Preview) -> Iterator[Hint]:
    used = variables_in(preview.wording.content)
    replies_arrive = preview.facts.two_way and preview.channel != Channel.EMAIL
    if not preview.facts.two_way and "ratingLink" not in used:
        yield Hint(
            "warn",
            _(
                "Nobody can reply to this sender, so the link to the stars is added at the end."
                " Write {{ratingLink}} where you want it."
            ),
        )
    if "optOutLink" in used or (replies_arrive and OPT_OUT_KEYWORDS.search(preview.body)):
        return
    if replies_arrive:
        yield Hint("warn", _("Say how to stop: “Reply STOP”, or {{optOutLink}}."))
    else:
        yield Hint(
            "warn",
            _("Say how to stop: {{optOutLink}}. A reply such as STOP does not arrive here."),
        )


def _approval_hints(preview: Preview) -> Iterator[Hint]:
    approved = preview.approved
    if approved and approved.text:
        for warning in warnings_about(approved.text, approved.variables):
            yield Hint("bad", warning)
    if approved is None:
        if preview.facts.type in ASKS:
            yield Hint(
                "info",
                _(
                    "WhatsApp takes a first message only in words that Meta has approved. Once"
                    " this text is final, submit it to Meta from its page."
                ),
            )
    elif variables_in(preview.wording.content) != approved.variables:
        yield Hint(
            "warn",
            _(
                "Meta approved this text with other variables, or in another order. First messages"
                " keep the approved words until Meta approves these."
            ),
        )
    elif preview.is_approval_unfair:
        yield Hint(
            "bad",
            _(
                "The approved text has no link to the reviews. It would make the way to them longer"
                " for unhappy patients, which Google forbids, so it is not used: your text is sent"
                " with the link. Write {{reviewLink}} and have the text approved again."
            ),
        )
    else:
        yield Hint(
            "info",
            _(
                "Meta approved this text for WhatsApp. Changed words need a new approval: until"
                " then first messages keep the approved words, and answers get yours."
            ),
        )
