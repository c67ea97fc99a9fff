"""Compose one message: choose the text, fill in its variables, adapt it to the channel."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from core import sql
from messaging.patient_texts import in_language
from messaging.patient_texts.messages import (
    ANSWER_SUBJECTS,
    CONFIRMATIONS,
    REVIEW_INVITATIONS,
    SUBSTITUTES,
    UNREAD_TEMPLATE_NOTES,
)
from templates_app.approved import ApprovedBody, numbered_variables_in
from templates_app.defaults import DEFAULTS
from templates_app.models import ASKS, Channel, MessageType
from templates_app.rendering import first_name, render_template_text, variables_in
from templates_app.segments import plain_letters
from workspaces.vetting.alarming_words import is_no_name
from workspaces.vetting.plain_names import carries_address, one_line

# Replaced by a token or a message's id in a path. It matches the patterns of both.
PLACEHOLDER = str(UUID(int=0))


@dataclass(frozen=True)
class Wording:
    """A text to compose from, and which version of which template it is.

    Version 0 without a template is a built-in text. Without a version, a person wrote it.
    """

    subject: str
    content: str
    content_sid: str = ""
    template_id: UUID | None = None
    version: int | None = None
    approved: ApprovedBody | None = None
    # Our variables in the order of the approved text's gaps. None: those of `content`.
    gaps: tuple[str, ...] | None = None

    @property
    def numbered_variables(self) -> list[str]:
        return variables_in(self.content) if self.gaps is None else list(self.gaps)


@dataclass(frozen=True)
class MessageFacts:
    """What composing needs to know about a message."""

    type: str
    channel: str
    language: str
    workspace_id: UUID
    campaign_id: UUID
    plain_letters: bool
    two_way: bool
    token: str
    name: str
    doctor: str
    appointment_type: str
    appointment_time: datetime
    practice: str
    timezone: str
    # Whether the text may link to the public reviews.
    may_invite: bool
    written: str = ""


def facts_of(row: Mapping[str, Any], *, two_way: bool) -> MessageFacts:
    """Return the facts of a message as the claim has read them."""
    return MessageFacts(
        type=row["type"],
        channel=row["channel"],
        language=row["language"],
        workspace_id=row["workspace_id"],
        campaign_id=row["campaign_id"],
        plain_letters=row["plain_letters"],
        two_way=two_way,
        token=row["token"],
        name=row["name"],
        doctor=row["doctor_name"],
        appointment_type=row["appointment_type"],
        appointment_time=row["appointment_time"],
        practice=row["practice"],
        timezone=row["timezone"],
        may_invite=row["may_invite"],
        written=row["written"],
    )


TEXTS = """
WITH texts AS (
    SELECT t.workspace_id AS owner, t.*
    FROM templates_app_template t
    WHERE t.workspace_id = ANY(%(workspaces)s) AND t.is_default
    UNION ALL
    SELECT own.campaign_id, t.*
    FROM campaigns_campaigntemplate own
    JOIN templates_app_template t ON t.id = own.template_id
    WHERE own.campaign_id = ANY(%(campaigns)s)
)
-- Meta refuses a template that it has not approved, or has paused. Until it was asked about one
-- that platform staff entered, the status is empty.
SELECT t.owner, t.type, t.language, t.channel, t.subject, t.content, t.id, t.version,
       CASE WHEN coalesce(a.status, '') IN ('', 'approved') THEN t.whatsapp_content_sid ELSE '' END
           AS content_sid,
       a.body, a.samples, a.variables
FROM texts t
LEFT JOIN templates_app_approvedtext a
    ON a.workspace_id = t.workspace_id AND a.content_sid = t.whatsapp_content_sid
"""

Texts = Mapping[tuple[UUID, str, str, str], Wording]


def texts_of(workspaces: set[UUID], campaigns: set[UUID]) -> Texts:
    """Return the texts that a batch may need, by owner (workspace or campaign) and kind."""
    rows = sql.fetch(TEXTS, workspaces=list(workspaces), campaigns=list(campaigns))
    return {
        (row["owner"], row["type"], row["language"], row["channel"]): Wording(
            row["subject"],
            row["content"],
            row["content_sid"],
            row["id"],
            row["version"],
            ApprovedBody(row["body"], json.loads(row["samples"])) if row["body"] else None,
            tuple(json.loads(row["variables"])) if row["variables"] else None,
        )
        for row in rows
    }


def choose_wording(facts: MessageFacts, texts: Texts) -> Wording:
    """Return the campaign's text, else the workspace's, else the built-in one.

    A text in the patient's language and for this channel goes before a more general one.
    """
    if facts.type == MessageType.ANSWER:
        return Wording(in_language(ANSWER_SUBJECTS, facts.language), "")
    if facts.type in CONFIRMATIONS:
        return Wording("", in_language(CONFIRMATIONS[facts.type], facts.language))
    for owner in (facts.campaign_id, facts.workspace_id):
        for language in dict.fromkeys((facts.language, "es")):
            for channel in (facts.channel, ""):
                if found := texts.get((owner, facts.type, language, channel)):
                    return _without_unfair_approval(facts, found)
    return BUILT_IN.get((facts.type, facts.language), BUILT_IN[facts.type, "es"])


def _without_unfair_approval(facts: MessageFacts, wording: Wording) -> Wording:
    """Drop an approved version that would make the way to the reviews longer.

    Nothing can be added to words that Meta approved, so the clinic's text is sent with the link.
    Outside of a conversation WhatsApp refuses it, and it goes by SMS where the clinic allows that.
    """
    variables = wording.numbered_variables
    if wording.content_sid and is_approval_unfair(facts, variables, wording.approved):
        return replace(wording, content_sid="", approved=None, gaps=None)
    return wording


def is_approval_unfair(
    facts: MessageFacts, variables: list[str], approved: ApprovedBody | None
) -> bool:
    """Return whether the approved text to an unhappy patient lacks the way to the reviews.

    Until its words were read from Twilio, it is taken to have our variables.
    """
    if not _must_invite(facts):
        return False
    if "reviewLink" not in variables:
        return True
    gap = str(variables.index("reviewLink") + 1)
    return approved is not None and gap not in numbered_variables_in(approved.body)


def compose_message(facts: MessageFacts, wording: Wording) -> tuple[str, str, dict[str, str]]:
    """Return the subject, the body, and the numbered values for a WhatsApp template."""
    values = values_of(facts)
    content = wording.content
    if _needs_a_link(facts, content):
        content += " {{ratingLink}}"
    if _needs_an_invitation(facts, content):
        content += "\n" + in_language(REVIEW_INVITATIONS, facts.language)
    body = facts.written or render_template_text(content, values)
    if facts.plain_letters and facts.channel == Channel.SMS:
        body = plain_letters(body)
    subject = (
        one_line(render_template_text(wording.subject, values))
        if facts.channel == Channel.EMAIL
        else ""
    )
    on_whatsapp = facts.channel == Channel.WHATSAPP
    numbered = _numbered_values(wording, values, facts.language) if on_whatsapp else {}
    return subject, body, numbered


def approved_body(wording: Wording, numbered: Mapping[str, str], language: str) -> str:
    """Return what the patient reads when the approved template is sent with these values."""
    if wording.approved:
        return wording.approved.fill(numbered)
    note = in_language(UNREAD_TEMPLATE_NOTES, language).format(sid=wording.content_sid)
    return "\n".join([note, *(f"{{{{{gap}}}}} = {value}" for gap, value in numbered.items())])


def _numbered_values(wording: Wording, values: dict[str, str], language: str) -> dict[str, str]:
    """Return a value for every variable: the provider refuses a missing or an empty one."""
    fallbacks = in_language(SUBSTITUTES, language) | {"reviewLink": values["ratingLink"]}
    return {
        str(number): render_template_text(f"{{{{{name}}}}}", values) or fallbacks.get(name, "-")
        for number, name in enumerate(wording.numbered_variables, start=1)
    }


def values_of(facts: MessageFacts) -> dict[str, str]:
    """Return the values of all variables that a text may have."""
    local = timezone.localtime(facts.appointment_time, ZoneInfo(facts.timezone))
    name = facts.name if _is_name(facts.name) else ""
    return {
        "name": name,
        "firstName": first_name(name),
        "doctor": as_name(facts.doctor),
        "practice": practice_name(facts),
        "appointmentType": as_name(facts.appointment_type),
        "date": _format_date(local.date(), facts.language),
        **links_of(facts),
    }


def practice_name(facts: MessageFacts) -> str:
    """Return the practice's name as patients see it, in a text and as the sender of a mail."""
    fallback = in_language(SUBSTITUTES, facts.language)["practice"]
    return one_line(as_name(facts.practice)) or fallback


@lru_cache(4096)
def as_name(text: str) -> str:
    """Return the text if it is a name. Cached: a clinic's messages repeat the same few names."""
    return text if _is_name(text) else ""


def _is_name(text: str) -> bool:
    """Return whether a text is a name. Older rows may have an address, which forms now refuse."""
    return not carries_address(text) and not is_no_name(text)


def links_of(facts: MessageFacts) -> dict[str, str]:
    """Return the links to the patient's pages by variable. Empty where there is no such page."""
    return {
        "ratingLink": patient_link("patient_rate", facts.token),
        "reviewLink": patient_link("patient_review", facts.token) if facts.may_invite else "",
        "feedbackLink": patient_link("patient_feedback", facts.token),
        "optOutLink": patient_link("patient_stop", facts.token),
    }


@lru_cache
def _format_date(day: date, language: str) -> str:
    with translation.override(language):
        if language == "en":
            return date_format(day, "j F")
        # Django writes Portuguese months with a capital letter, which is wrong.
        return date_format(day, r"j \d\e F").lower()


def patient_link(name: str, key: str) -> str:
    """Return the absolute address of a page for a patient's token or a message's id."""
    return settings.SITE_URL + _path(name).replace(PLACEHOLDER, key)


@cache
def _path(name: str) -> str:
    """Return a path with the placeholder. Cached, because `reverse` is slow."""
    return reverse(name, args=[PLACEHOLDER])


def _needs_a_link(facts: MessageFacts, content: str) -> bool:
    """Return whether the text needs a rating link, because replies to this sender do not arrive."""
    asks = facts.type in ASKS
    return asks and not facts.two_way and "ratingLink" not in variables_in(content)


def _needs_an_invitation(facts: MessageFacts, content: str) -> bool:
    """Return whether a clinic's own text for unhappy patients lacks the way to the reviews."""
    return _must_invite(facts) and "reviewLink" not in variables_in(content)


def _must_invite(facts: MessageFacts) -> bool:
    """Return whether the message must have the way to the reviews.

    Google forbids making it longer for unhappy patients than for happy ones.
    """
    return facts.type == MessageType.FOLLOWUP_UNHAPPY and facts.may_invite


BUILT_IN = {
    (text.type, text.language): Wording(text.subject, text.content, version=0)
    for text in DEFAULTS
    if text.channel == ""
}
