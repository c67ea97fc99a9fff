from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.edit_conflicts import EditForm
from core.ids import uuid7
from templates_app.actions import TemplateDetails, TemplateKind
from templates_app.models import Channel, MessageType, Template
from templates_app.rendering import unknown_variables
from templates_app.template_list import PURPOSES
from workspaces import entitlements
from workspaces.models import Language
from workspaces.vetting.plain_names import find_address
from workspaces.vetting.trust import is_refused_link, trust_of

LONGEST = 1600


class TemplateTextField(forms.CharField):
    """Converts the line ends of browsers to one character, because SMS are paid by length."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class TemplateForm(EditForm[Template]):
    content = TemplateTextField(
        label=gettext_lazy("Text"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 9, "autocomplete": "off", "data-inserts": ""}),
    )

    class Meta:
        model = Template
        fields: ClassVar = ["name", "description", "subject", "content"]
        help_texts: ClassVar = {
            "name": gettext_lazy("For your team; patients do not see it."),
            "subject": gettext_lazy("Of e-mails. Empty: the practice’s name."),
        }
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "description": forms.TextInput({"autocomplete": "off"}),
            "subject": forms.TextInput({"autocomplete": "off", "data-inserts": ""}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and self.instance.channel not in ("", Channel.EMAIL):
            del self.fields["subject"]

    def clean_content(self) -> str:
        return self._validate_links(validate_variables(self.cleaned_data["content"]))

    def clean_subject(self) -> str:
        return self._validate_links(validate_variables(self.cleaned_data["subject"]))

    def _validate_links(self, text: str) -> str:
        """Refuse addresses in the texts of a clinic that is not trusted yet."""
        if is_refused_link(trust_of(self.instance.workspace, now=timezone.now()), text):
            raise ValidationError(
                _(
                    "Remove “%(address)s”: until your clinic has paid or was vetted, a text links"
                    " to our pages alone, with variables such as %(variable)s."
                )
                % {"address": find_address(text)[:60], "variable": "{{ratingLink}}"}
            )
        return text

    def details(self) -> TemplateDetails:
        fields = TemplateDetails.__dataclass_fields__
        return TemplateDetails(
            **{name: value for name, value in self.cleaned_data.items() if name in fields}
        )


class NewTemplateForm(TemplateForm):
    """Creates a text with the id `key`, so that submitting the form twice creates only one."""

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=uuid7)
    type = forms.ChoiceField(label=gettext_lazy("When it is sent"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language)
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        required=False,
        choices=[("", gettext_lazy("Every channel")), *Channel.choices],
    )
    as_default = forms.BooleanField(
        label=gettext_lazy("Use it from now on"),
        required=False,
        help_text=gettext_lazy(
            "For every campaign that has not chosen another. Otherwise it waits until you or a"
            " campaign choose it."
        ),
    )

    everywhere = forms.BooleanField(
        label=gettext_lazy("Also on the channels that have a text of their own"),
        required=False,
        help_text=gettext_lazy(
            "A channel’s own text goes before the one for every channel: without this it stays in"
            " use there. The preview names those texts."
        ),
    )

    class Meta(TemplateForm.Meta):
        fields: ClassVar = ["type", "language", "channel", *TemplateForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, MessageType(kind).label) for kind in PURPOSES]
        self.fields["channel"].help_text = entitlements.channel_note(self.instance.workspace)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("channel") not in ("", Channel.EMAIL):
            cleaned["subject"] = ""
        if cleaned.get("channel"):
            cleaned["everywhere"] = False
        return cleaned

    def kind(self) -> TemplateKind:
        return TemplateKind(
            **{name: self.cleaned_data[name] for name in TemplateKind.__dataclass_fields__}
        )

    def new_id(self) -> UUID:
        """Return the id for the new text, or a fresh one if the hidden field is invalid."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid7()


def validate_variables(text: str) -> str:
    """Return the text, or raise ValidationError with a message for each unknown variable."""
    unknown = unknown_variables(text)
    if unknown:
        raise ValidationError(
            [describe_unknown(variable.written, variable.nearest) for variable in unknown]
        )
    return text


def describe_unknown(written: str, nearest: str | None) -> str:
    if nearest is None:
        return _("“%(written)s” is no variable. Choose one from the list.") % {"written": written}
    return _("“%(written)s” is no variable. Did you mean %(nearest)s?") % {
        "written": written,
        "nearest": f"{{{{{nearest}}}}}",
    }
