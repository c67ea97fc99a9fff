"""The page with a workspace's texts: grouped by type, with the length of each as an SMS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from templates_app import sample_values
from templates_app.models import Channel, MessageType, Template
from templates_app.rendering import render_template_text
from templates_app.segments import Segments, measure_text, plain_letters
from templates_app.whatsapp.status import Chip, WhatsappStatus

# In the order in which a patient receives them.
PURPOSES: dict[str, str | Promise] = {
    MessageType.INITIAL: _("Some hours after the appointment."),
    MessageType.REMINDER: _("Once, to patients who have not answered, where a campaign reminds."),
    MessageType.CLARIFY: _(
        "Once, to patients who answered with a number that is not on the scale."
    ),
    MessageType.FOLLOWUP_HAPPY: _("At once, after a 4 or a 5."),
    MessageType.FOLLOWUP_UNHAPPY: _("At once, after a 1, a 2 or a 3."),
}


@dataclass(frozen=True)
class TemplateLine:
    template: Template
    words: str
    length: Segments | None
    chip: Chip | None = None


@dataclass(frozen=True)
class TemplateGroup:
    type: str
    label: str
    purpose: str | Promise
    lines: list[TemplateLine]


def group_templates(
    templates: Iterable[Template],
    *,
    practice: str,
    plain: bool,
    statuses: Mapping[UUID, WhatsappStatus],
) -> list[TemplateGroup]:
    """Return the groups for texts of one language."""
    templates = list(templates)
    # If there is a text for SMS, the one for every channel is not sent by SMS.
    with_own_sms = {
        text.type for text in templates if text.is_default and text.channel == Channel.SMS
    }
    lines = [
        replace(
            template_line(
                text,
                practice=practice,
                plain=plain,
                is_sent_as_sms=_is_sent_as_sms(text, with_own_sms),
            ),
            chip=statuses[text.pk].chip if text.pk in statuses else None,
        )
        for text in templates
    ]
    return [
        TemplateGroup(
            type=kind,
            label=str(MessageType(kind).label),
            purpose=purpose,
            lines=[line for line in lines if line.template.type == kind],
        )
        for kind, purpose in PURPOSES.items()
    ]


def _is_sent_as_sms(template: Template, with_own_sms: set[str]) -> bool:
    if template.channel:
        return template.channel == Channel.SMS
    return not (template.is_default and template.type in with_own_sms)


def template_line(
    template: Template, *, practice: str, plain: bool, is_sent_as_sms: bool
) -> TemplateLine:
    """Render a text with sample values. Its length is measured only if it is sent as an SMS."""
    words = render_template_text(
        template.content, sample_values.values_for_language(template.language, practice=practice)
    )
    if not is_sent_as_sms:
        return TemplateLine(template, words, None)
    return TemplateLine(template, words, measure_text(plain_letters(words) if plain else words))
