"""The texts of a workspace as a list: by what they are for, with what each costs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from templates_app import sample
from templates_app.models import Channel, MessageType, Template
from templates_app.rendering import render
from templates_app.segments import Segments, measure, plain_letters

# In the order in which a patient gets them.
PURPOSES: dict[str, str | Promise] = {
    MessageType.INITIAL: _("Some hours after the appointment."),
    MessageType.REMINDER: _("Once, to whoever has not answered, where a campaign reminds."),
    MessageType.FOLLOWUP_HAPPY: _("At once, after a 4 or a 5."),
    MessageType.FOLLOWUP_UNHAPPY: _("At once, after a 1, a 2 or a 3."),
}


@dataclass(frozen=True)
class Line:
    template: Template
    words: str
    length: Segments | None


@dataclass(frozen=True)
class Group:
    type: str
    label: str
    purpose: str | Promise
    lines: list[Line]


def groups(templates: Iterable[Template], *, practice: str, plain: bool) -> list[Group]:
    listed = [(template, line(template, practice=practice, plain=plain)) for template in templates]
    return [
        Group(
            type=kind,
            label=str(MessageType(kind).label),
            purpose=purpose,
            lines=[line for template, line in listed if template.type == kind],
        )
        for kind, purpose in PURPOSES.items()
    ]


def line(template: Template, *, practice: str, plain: bool) -> Line:
    """Carriers count only what they carry: a text message."""
    words = render(template.content, sample.values(template.language, practice=practice))
    if template.channel not in ("", Channel.SMS):
        return Line(template, words, None)
    return Line(template, words, measure(plain_letters(words) if plain else words))
