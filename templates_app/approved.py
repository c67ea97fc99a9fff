"""The text of a WhatsApp template as Meta approved it, with numbered gaps for the variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from templates_app.models import ApprovedText, Template

GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True)
class ApprovedBody:
    body: str
    samples: Mapping[str, str] = field(default_factory=dict)

    def fill(self, values: Mapping[str, str]) -> str:
        """Fill the gaps as Twilio does: without a value, with the sample that Meta approved."""
        return GAP.sub(
            lambda gap: values.get(gap[1]) or self.samples.get(gap[1]) or gap[0], self.body
        )


def numbered_variables_in(body: str) -> list[str]:
    """Return the different gaps in the order of their first use."""
    return list(dict.fromkeys(GAP.findall(body)))


def name_variables(body: str, variables: list[str]) -> str:
    """Replace numbers with our variables, so that the text can be compared with ours."""
    names = {str(number): name for number, name in enumerate(variables, start=1)}
    return GAP.sub(lambda gap: f"{{{{{names[gap[1]]}}}}}" if gap[1] in names else gap[0], body)


def variables_of(text: ApprovedText, template: Template) -> list[str]:
    """Return our variables in the order of the gaps, even if our text was changed since."""
    known: list[str] = template.variables if text.variables is None else text.variables
    return known


def approved_text_of(template: Template) -> ApprovedText | None:
    if not template.whatsapp_content_sid:
        return None
    return (
        ApprovedText.objects.within(template.workspace_id)
        .filter(content_sid=template.whatsapp_content_sid)
        .first()
    )


def warnings_about(text: ApprovedText, variables: list[str]) -> list[str]:
    """Return warnings if the text is not approved, or if our variables do not match its gaps."""
    warnings = []
    if text.status and not text.is_approved:
        warnings.append(
            _(
                "WhatsApp has not approved this text (%(status)s): first messages with it are"
                " refused until it does."
            )
            % {"status": text.status_label}
        )
    if text.rejection_reason:
        warnings.append(_("Meta’s reason: %(reason)s") % {"reason": text.rejection_reason})
    if not text.body:
        return warnings
    ours, theirs = len(variables), len(numbered_variables_in(text.body))
    if ours != theirs:
        warnings.append(
            _(
                "Variables: %(theirs)d in the approved text, %(ours)d in ours. WhatsApp fills the"
                " missing ones with its sample values and drops the rest."
            )
            % {"theirs": theirs, "ours": ours}
        )
    return warnings
