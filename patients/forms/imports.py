"""Forms to upload a list and to say what its columns hold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import TAKES_PATIENTS, Campaign
from patients.lists import limits
from patients.lists.column_mapping import Field, find_problems
from patients.lists.problem_messages import problem_message
from patients.lists.survey import ListColumn, Survey
from patients.models import DateOrder
from workspaces.models import User

# The files that the browser offers. The server checks the content.
EXTENSIONS = (".csv", ".txt", ".tsv", ".tab", ".xlsx")

FIELDS: Sequence[tuple[str | Promise, Sequence[tuple[str, str | Promise]]]] = [
    (
        _("Who"),
        [
            (Field.NAME, _("Name")),
            (Field.FIRST_NAME, _("First name")),
            (Field.LAST_NAME, _("Last name")),
        ],
    ),
    (
        _("How to reach them"),
        [
            (Field.PHONE, _("Phone")),
            (Field.OTHER_PHONE, _("Other phone")),
            (Field.EMAIL, _("E-mail")),
            (Field.CHANNEL, _("Channel they prefer")),
            (Field.LANGUAGE, _("Language")),
        ],
    ),
    (
        _("Appointment"),
        [
            (Field.APPOINTMENT_TIME, _("Date and time")),
            (Field.APPOINTMENT_DATE, _("Date")),
            (Field.APPOINTMENT_HOUR, _("Time")),
            (Field.APPOINTMENT_TYPE, _("Appointment type")),
            (Field.DOCTOR, _("Doctor")),
            (Field.STATUS, _("Status: attended, cancelled…")),
        ],
    ),
    (_("Permission"), [(Field.CONSENT, _("Consent"))]),
]
FIELD_LABELS = {value: label for _group, fields in FIELDS for value, label in fields}
UNUSED = ("", _("not used"))

EVERYONE_AGREED = _("Every patient on this list agreed to receive messages about their visit.")
NOBODY, EVERYONE = "nobody", "everyone"


class UploadForm(forms.Form):
    endings = ",".join(EXTENSIONS)
    largest = limits.BYTES

    file = forms.FileField(
        label=_("File with the appointments"),
        allow_empty_file=True,  # the survey refuses it with a message of its own
        widget=forms.FileInput({"accept": endings}),
        error_messages={"required": _("Choose the file with the appointments.")},
    )

    def __init__(self, *args: Any, by: User, chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert by.workspace_id
        takes_lists = (
            Campaign.objects.within(by.workspace_id)
            .visible_to(by)
            .filter(status__in=TAKES_PATIENTS)
            .order_by("name")
        )
        self.fields["campaign"] = forms.ModelChoiceField(
            takes_lists, label=_("Campaign"), empty_label=_("Choose the campaign")
        )
        self.offered: list[Campaign] = list(takes_lists)
        if len(self.offered) == 1:
            self.initial["campaign"] = self.offered[0].pk
        elif any(str(campaign.pk) == chosen for campaign in self.offered):
            self.initial["campaign"] = UUID(chosen)


class ColumnsForm(forms.Form):
    """One question for each column, then the order of dates and the consent of everybody."""

    date_order = forms.ChoiceField(
        label=_("Order of dates"), choices=DateOrder, widget=forms.RadioSelect
    )
    consent = forms.ChoiceField(
        label=_("Did the patients agree to receive messages?"),
        choices=[
            (NOBODY, _("I do not know: import them, and ask nobody.")),
            (EVERYONE, EVERYONE_AGREED),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        survey: Survey,
        mapping: Mapping[Any, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.survey = survey
        preset = {label: field for field, label in mapping.items()}
        for column in survey.columns:
            self.fields[_question(column)] = forms.ChoiceField(
                label=column.heading or column.label,
                choices=[UNUSED, *FIELDS],
                initial=preset.get(column.label, ""),
                required=False,
            )

    def columns(self) -> Iterator[tuple[ListColumn, forms.BoundField]]:
        for column in self.survey.columns:
            yield column, self[_question(column)]

    @property
    def chosen(self) -> dict[str, list[ListColumn]]:
        """The columns that are chosen for each field, valid or not."""
        chosen: dict[str, list[ListColumn]] = {}
        for column, field in self.columns():
            if field.value() in FIELD_LABELS:
                chosen.setdefault(field.value(), []).append(column)
        return chosen

    @property
    def mapping(self) -> dict[Field, str]:
        return {Field(field): columns[0].label for field, columns in self.chosen.items()}

    @property
    def consent_words(self) -> str:
        return str(EVERYONE_AGREED) if self.cleaned_data.get("consent") == EVERYONE else ""

    @property
    def has_consent_column(self) -> bool:
        return Field.CONSENT in self.chosen

    def find_mistakes(self) -> Iterator[tuple[str | None, str]]:
        """Yield the question (None for the whole form) and the message of each mistake."""
        for field, columns in self.chosen.items():
            for second in columns[1:]:
                yield (
                    _question(second),
                    _("“%(first)s” and “%(second)s” cannot both be “%(field)s”: keep one of them.")
                    % {
                        "first": columns[0].label,
                        "second": second.label,
                        "field": FIELD_LABELS[field],
                    },
                )
        for problem in find_problems(self.mapping):
            yield None, problem_message(problem.code, problem.details)

    def clean(self) -> dict[str, Any]:
        for question, message in self.find_mistakes():
            self.add_error(question, message)
        if not self.has_consent_column and not self.cleaned_data.get("consent"):
            self.add_error("consent", _("No column says who agreed: choose one of the two."))
        return self.cleaned_data


def _question(column: ListColumn) -> str:
    return f"column-{column.index}"
