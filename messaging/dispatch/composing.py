"""The words of one message: which text, filled with what, for which sender."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
    SUBSTITUTES,
    UNREAD_TEMPLATE_NOTES,
)
from templates_app.approved import ApprovedBody
from templates_app.defaults import DEFAULTS
from templates_app.models import Channel, MessageType
from templates_app.rendering import first_name, render_template_text, variables_in
from templates_app.segments import plain_letters
from workspaces.vetting.alarming_words import is_no_name
from workspaces.vetting.plain_names import carries_address, one_line

# Stands for any token and any message in a path, for it looks like both.
PLACEHOLDER = str(UUID(int=0))


@dataclass(frozen=True)
class Wording:
    """A text to compose from, and which version of which template it is.

    Version 0 without a template is the product's own text; no version at all is a person's words.
    """

    subject: str
    content: str
    content_sid: str = ""
    template_id: UUID | None = None
    version: int | None = None
    approved: ApprovedBody | None = None


@dataclass(frozen=True)
class MessageFacts:
    """What is known about a message when it is put into words."""

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
    has_reviews: bool
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
        has_reviews=row["has_reviews"],
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
SELECT t.owner, t.type, t.language, t.channel, t.subject, t.content, t.whatsapp_content_sid,
       t.id, t.version, a.body, a.samples
FROM texts t
LEFT JOIN templates_app_approvedtext a
    ON a.workspace_id = t.workspace_id AND a.content_sid = t.whatsapp_content_sid AND a.body <> ''
"""

Texts = Mapping[tuple[UUID, str, str, str], Wording]


def texts_of(workspaces: set[UUID], campaigns: set[UUID]) -> Texts:
    """Every text that the messages of a batch may need; a campaign's own under its own id."""
    found = sql.fetch(TEXTS, workspaces=list(workspaces), campaigns=list(campaigns))
    return {
        (row["owner"], row["type"], row["language"], row["channel"]): Wording(
            row["subject"],
            row["content"],
            row["whatsapp_content_sid"],
            row["id"],
            row["version"],
            ApprovedBody(row["body"], json.loads(row["samples"])) if row["body"] else None,
        )
        for row in found
    }


def wording(facts: MessageFacts, texts: Texts) -> Wording:
    """The campaign's own text, else the clinic's, for the channel or for any; else ours."""
    if facts.type == MessageType.ANSWER:
        return Wording(in_language(ANSWER_SUBJECTS, facts.language), "")
    if facts.type in CONFIRMATIONS:
        return Wording("", in_language(CONFIRMATIONS[facts.type], facts.language))
    for owner in (facts.campaign_id, facts.workspace_id):
        for language in dict.fromkeys((facts.language, "es")):
            for channel in (facts.channel, ""):
                if found := texts.get((owner, facts.type, language, channel)):
                    return found
    return BUILT_IN.get((facts.type, facts.language), BUILT_IN[facts.type, "es"])


def compose_message(facts: MessageFacts, chosen: Wording) -> tuple[str, str, dict[str, str]]:
    """Subject, body and the numbered values that a WhatsApp template wants."""
    values = values_of(facts)
    content = chosen.content
    if _needs_a_link(facts, content):
        content += " {{ratingLink}}"
    body = facts.written or render_template_text(content, values)
    if facts.plain_letters and facts.channel == Channel.SMS:
        body = plain_letters(body)
    subject = (
        one_line(render_template_text(chosen.subject, values))
        if facts.channel == Channel.EMAIL
        else ""
    )
    on_whatsapp = facts.channel == Channel.WHATSAPP
    numbered = _numbered(chosen.content, values, facts.language) if on_whatsapp else {}
    return subject, body, numbered


def approved_body(chosen: Wording, numbered: Mapping[str, str], language: str) -> str:
    """Return what the patient reads when the approved template is sent with these values."""
    if chosen.approved:
        return chosen.approved.fill(numbered)
    note = in_language(UNREAD_TEMPLATE_NOTES, language).format(sid=chosen.content_sid)
    return "\n".join([note, *(f"{{{{{gap}}}}} = {value}" for gap, value in numbered.items())])


def _numbered(content: str, values: dict[str, str], language: str) -> dict[str, str]:
    """An approved template cannot leave a variable out, and the provider takes none empty."""
    instead = in_language(SUBSTITUTES, language) | {"reviewLink": values["ratingLink"]}
    return {
        str(number): render_template_text(f"{{{{{name}}}}}", values) or instead.get(name, "-")
        for number, name in enumerate(variables_in(content), start=1)
    }


def values_of(facts: MessageFacts) -> dict[str, str]:
    local = timezone.localtime(facts.appointment_time, ZoneInfo(facts.timezone))
    name = facts.name if _is_name(facts.name) else ""
    return {
        "name": name,
        "firstName": first_name(name),
        "doctor": _as_name(facts.doctor),
        "practice": practice_name(facts),
        "appointmentType": _as_name(facts.appointment_type),
        "date": _spoken(local.date(), facts.language),
        **links_of(facts),
    }


def practice_name(facts: MessageFacts) -> str:
    """Return the practice's name for patients' eyes: in the text, and as the sender of a mail."""
    instead = in_language(SUBSTITUTES, facts.language)["practice"]
    return one_line(_as_name(facts.practice)) or instead


@lru_cache(4096)
def _as_name(text: str) -> str:
    """Return the text, or nothing: these few repeat in every message of a clinic."""
    return text if _is_name(text) else ""


def _is_name(text: str) -> bool:
    """Forms and lists refuse an address in a name; older rows may still have one."""
    return not carries_address(text) and not is_no_name(text)


def links_of(facts: MessageFacts) -> dict[str, str]:
    """The patient's pages, by the names of the variables; empty where there is no such page."""
    return {
        "ratingLink": patient_link("patient_rate", facts.token),
        "reviewLink": patient_link("patient_review", facts.token) if facts.has_reviews else "",
        "feedbackLink": patient_link("patient_feedback", facts.token),
        "optOutLink": patient_link("patient_stop", facts.token),
    }


@lru_cache
def _spoken(day: date, language: str) -> str:
    with translation.override(language):
        if language == "en":
            return date_format(day, "j F")
        # Django writes Portuguese months with a capital, which Portuguese does not.
        return date_format(day, r"j \d\e F").lower()


def patient_link(name: str, key: str) -> str:
    return settings.SITE_URL + _path(name).replace(PLACEHOLDER, key)


@cache
def _path(name: str) -> str:
    """Django takes as long to find one path as we to write a message, and each has several."""
    return reverse(name, args=[PLACEHOLDER])


def _needs_a_link(facts: MessageFacts, content: str) -> bool:
    """Where no reply comes back, a question without a link cannot be answered."""
    asks = facts.type in (MessageType.INITIAL, MessageType.REMINDER)
    return asks and not facts.two_way and "ratingLink" not in variables_in(content)


BUILT_IN = {
    (text.type, text.language): Wording(text.subject, text.content, version=0)
    for text in DEFAULTS
    if text.channel == ""
}
