from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ids import uuid7
from templates_app.actions import TemplateKind, TemplateWords
from templates_app.models import Channel, MessageType, Template
from templates_app.rendering import unknown_variables
from templates_app.template_list import PURPOSES
from workspaces import entitlements
from workspaces.models import Language
from workspaces.vetting.plain_names import find_address
from workspaces.vetting.trust import is_refused_link, trust_of

LONGEST = 1600


class TemplateTextField(forms.CharField):
    """Browsers end lines with two characters, of which one would be paid for."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class TemplateForm(forms.ModelForm[Template]):
    """`seen` is when the text had last changed as this form was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
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
        if not self.instance._state.adding:
            self.initial["seen"] = self.instance.updated_at.isoformat()
            if self.instance.channel not in ("", Channel.EMAIL):
                del self.fields["subject"]

    def clean_content(self) -> str:
        return self._without_links(known_only(self.cleaned_data["content"]))

    def clean_subject(self) -> str:
        return self._without_links(known_only(self.cleaned_data["subject"]))

    def _without_links(self, text: str) -> str:
        """A clinic that nobody vouches for links to our pages alone, by their variables."""
        if is_refused_link(trust_of(self.instance.workspace, now=timezone.now()), text):
            raise ValidationError(
                _(
                    "Remove “%(address)s”: until your clinic has paid or was vetted, a text links"
                    " to our pages alone, with variables such as %(variable)s."
                )
                % {"address": find_address(text)[:60], "variable": "{{ratingLink}}"}
            )
        return text

    def words(self) -> TemplateWords:
        fields = TemplateWords.__dataclass_fields__
        return TemplateWords(
            **{name: said for name, said in self.cleaned_data.items() if name in fields}
        )

    def seen_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def look_again(self, template: Template) -> None:
        """Whoever read the refusal and saves once more means it."""
        template.refresh_from_db()
        typed = {name: self.data.get(name) for name in self.data}
        self.data = typed | {"seen": template.updated_at.isoformat()}


class NewTemplateForm(TemplateForm):
    """`key` is the id that the text will have, so that sending the form twice makes one."""

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
        offered = self.fields["type"]
        assert isinstance(offered, forms.ChoiceField)
        offered.choices = [(kind, MessageType(kind).label) for kind in PURPOSES]
        self.fields["channel"].help_text = entitlements.channel_note(self.instance.workspace)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("channel") not in ("", Channel.EMAIL):
            said["subject"] = ""
        if said.get("channel"):
            said["everywhere"] = False
        return said

    def kind(self) -> TemplateKind:
        return TemplateKind(
            **{name: self.cleaned_data[name] for name in TemplateKind.__dataclass_fields__}
        )

    def new_id(self) -> UUID:
        """Whatever else stands in the hidden field is nobody's mistake to correct."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid7()


def known_only(text: str) -> str:
    if problems := [unknown(found.written, found.nearest) for found in unknown_variables(text)]:
        raise ValidationError(problems)
    return text


def unknown(written: str, nearest: str | None) -> str:
    if nearest is None:
        return _("“%(written)s” is no variable. Choose one from the list.") % {"written": written}
    return _("“%(written)s” is no variable. Did you mean %(nearest)s?") % {
        "written": written,
        "nearest": f"{{{{{nearest}}}}}",
    }
