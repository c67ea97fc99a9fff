"""Forms for sign-up, practices, team, profile, settings and the audit trail."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import phones
from workspaces import clinic_settings, google_listing, mail, practices, profile, time_zones
from workspaces.models import (
    LONGEST_UNDO_MINUTES,
    MAX_REMINDER_HOURS,
    SHORTEST_KEPT_DAYS,
    Invitation,
    Practice,
    Role,
    User,
    Workspace,
)
from workspaces.models.practice import Country, known_timezone
from workspaces.sign_in.breached_passwords import refuse_guessable
from workspaces.vetting.plain_names import plain_name

Choices = Sequence[tuple[str, str | Promise]]

ROLES: Choices = [
    (Role.OWNER, _("Owner: everything, with the team, the settings and the bill")),
    (Role.DOCTOR, _("Doctor: creates campaigns and sees the results of their own")),
    (Role.RECEPTIONIST, _("Receptionist: uploads the lists of appointments, and nothing else")),
]


def autocomplete(**hints: str) -> dict[str, forms.Widget]:
    return {name: forms.TextInput({"autocomplete": hint}) for name, hint in hints.items()}


class SignupForm(forms.Form):
    """Adds the person and the clinic to allauth's form, which asks for e-mail and password."""

    field_order = ["name", "workspace", "practice", "country", "email", "password1"]

    name = forms.CharField(label=_("Your name"), max_length=120, validators=[plain_name])
    workspace = forms.CharField(label=_("Clinic or group"), max_length=120, validators=[plain_name])
    practice = forms.CharField(
        label=_("First practice"),
        max_length=120,
        validators=[plain_name],
        help_text=_("The place where you see patients. You can add more later."),
    )
    country = forms.ChoiceField(label=_("Country"), choices=Country, initial=Country.EC)
    timezone = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-timezone": ""})
    )

    def clean_timezone(self) -> str:
        """Accept the browser's time zone. Without JavaScript assume that of Ecuador."""
        zone: str = self.cleaned_data["timezone"] or "America/Guayaquil"
        known_timezone(zone)
        return zone

    def clinic_details(self) -> dict[str, str]:
        """Return what `open_clinic` needs, with the language of this page."""
        names = ("name", "workspace", "practice", "country", "timezone")
        details = {name: str(self.cleaned_data[name]) for name in names}
        return details | {"language": mail.supported_language((get_language() or "")[:2])}

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Do nothing. allauth requires the method, but the adapter saves everything."""


class PracticeForm(forms.ModelForm[Practice]):
    # The only field for the listing. `clean_google_place_id` splits it into place id or link.
    google_place_id = forms.CharField(
        label=_("Link to your Google reviews"),
        max_length=google_listing.LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Happy patients are led there. Paste the link that Google gives you, or your place id."
        ),
    )
    timezone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = Practice
        fields: ClassVar = [
            name
            for name in practices.PracticeDetails.__dataclass_fields__
            if name != "google_review_link"
        ]
        widgets: ClassVar = {
            **autocomplete(
                name="organization",
                address="street-address",
                city="address-level2",
                state="address-level1",
                zip_code="postal-code",
            ),
            "country": forms.Select({"autocomplete": "country"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
            "window_start": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "window_end": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["google_place_id"] = self.instance.listing
        field = self.fields["timezone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = time_zones.choices(present=self.instance.timezone)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        namesakes = Practice.objects.within(self.instance.workspace).filter(name__iexact=name)
        if namesakes.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("You already have a practice with this name."))
        return name

    def clean_google_place_id(self) -> str:
        listing = google_listing.read_listing(self.cleaned_data["google_place_id"])
        self.cleaned_data["google_review_link"] = listing.link
        return listing.place_id

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("phone") and cleaned.get("country"):
            try:
                cleaned["phone"] = phones.to_e164(cleaned["phone"], cleaned["country"])
            except ValidationError as error:
                self.add_error("phone", error)
        if cleaned.get("window_start") and cleaned["window_start"] == cleaned.get("window_end"):
            self.add_error("window_end", _("Messages must be allowed for some part of the day."))
        return cleaned

    def details(self) -> practices.PracticeDetails:
        return practices.PracticeDetails(**self.cleaned_data)


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_("The invitation goes there, and they will sign in with it."),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=ROLES, initial=Role.DOCTOR, widget=forms.RadioSelect
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)


class AcceptForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[plain_name],
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text=_("As your colleagues know you, for example “Dra. María López”."),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password"):
            newcomer = User(email=self.invitation.email, name=cleaned.get("name", ""))
            try:
                validate_password(password, newcomer)
                refuse_guessable(
                    password,
                    about=[newcomer.name, newcomer.email, self.invitation.workspace.name],
                )
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ProfileForm(forms.ModelForm[User]):
    language = forms.ChoiceField(
        label=_("Language of these pages"),
        required=False,
        choices=[("", _("As the workspace")), *settings.LANGUAGES],
    )

    class Meta:
        model = User
        fields: ClassVar = ["name", "phone", "language", "density"]
        labels: ClassVar = {"density": _("Rows and spaces")}
        help_texts: ClassVar = {"density": _("Compact shows more rows on a screen.")}
        widgets: ClassVar = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        }

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        assert self.instance.workspace  # platform staff cannot open this page
        country = practices.country_of(self.instance.workspace)
        return phones.to_e164(phone, country) if phone else ""

    def details(self) -> profile.ProfileDetails:
        return profile.ProfileDetails(**self.cleaned_data)


DAYS = [MinValueValidator(1), MaxValueValidator(3650)]


class SettingsForm(forms.ModelForm[Workspace]):
    ask_again_after_days = forms.IntegerField(
        label=_("Days before the same person is asked again"),
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Over all practices and campaigns. 30 is usual; 180 is patient."),
    )
    undo_minutes = forms.IntegerField(
        label=_("Minutes in which a new list can be taken back"),
        validators=[MinValueValidator(0), MaxValueValidator(LONGEST_UNDO_MINUTES)],
        help_text=_("Its patients are asked after that, not at once. 5 is usual; 0 asks at once."),
    )
    reminder_after_hours = forms.IntegerField(
        label=_("Remind after, in hours"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_REMINDER_HOURS)],
        help_text=_("What a new campaign starts with. Empty: nobody is reminded."),
    )
    sms_fallback = forms.BooleanField(
        label=_("Send an SMS when WhatsApp does not reach the patient"),
        required=False,
        help_text=_("To those who have no WhatsApp, or whom Meta keeps the message from."),
    )
    resend_unknown = forms.BooleanField(
        label=_("Send once more when nobody knows whether a message left"),
        required=False,
        help_text=_(
            "It happens when the connection to the provider breaks, and the provider shows no trace"
            " of the message for ten minutes. On: everyone is asked, and very rarely somebody"
            " twice. Off: nobody is asked twice, and somebody may not be asked at all."
        ),
    )
    keep_messages_days = forms.IntegerField(
        label=_("Days that finished messages are kept"),
        validators=DAYS,
        help_text=_("Then their texts go, and rows of lists that were not taken. Figures stay."),
    )
    keep_patients_days = forms.IntegerField(
        label=_("Days that patients are kept"),
        validators=[
            MinValueValidator(
                SHORTEST_KEPT_DAYS,
                _(
                    "Keep patients for at least %(limit_value)s days: a message may leave up to"
                    " six days after the appointment, and needs the phone or e-mail until then."
                ),
            ),
            MaxValueValidator(3650),
        ],
        help_text=_("Then their names and numbers are erased; who opted out stays protected."),
    )

    confirms_loss = forms.BooleanField(
        label=_("Yes, erase what is older than that"), required=False
    )

    class Meta:
        model = Workspace
        fields: ClassVar = list(clinic_settings.SettingsDetails.__dataclass_fields__)
        labels: ClassVar = {"language": _("Language of the workspace")}
        help_texts: ClassVar = {
            "language": _(
                "Of invitations, and of the pages for members who have not chosen their own."
            )
        }
        widgets: ClassVar = {
            **autocomplete(name="organization"),
            "review_invites": forms.RadioSelect,
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if days := cleaned.get("keep_patients_days"):
            for check in clinic_settings.retention_checks:
                for objection in check(self.instance, days):
                    self.add_error("keep_patients_days", objection)
        if invites := cleaned.get("review_invites"):
            for invite_check in clinic_settings.invite_checks:
                for objection in invite_check(self.instance, invites):
                    self.add_error("review_invites", objection)
        if not self.errors and self.keeps_less(cleaned) and not cleaned.get("confirms_loss"):
            self.add_error(
                "confirms_loss",
                _("Data would be kept for a shorter time than now. Confirm that it may go."),
            )
        return cleaned

    def keeps_less(self, cleaned: dict[str, Any]) -> bool:
        """Return whether data that would be kept today would be erased with these settings."""
        return any(
            cleaned[name] < self.initial[name]
            for name in ("keep_messages_days", "keep_patients_days")
        )

    def details(self) -> clinic_settings.SettingsDetails:
        names = clinic_settings.SettingsDetails.__dataclass_fields__
        return clinic_settings.SettingsDetails(**{name: self.cleaned_data[name] for name in names})


class TrailForm(forms.Form):
    """Filters of the audit trail page. Nothing is shown for a filter that is invalid."""

    person = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: Choices, actions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, empty_label, choices in [
            ("person", _("Everyone"), people),
            ("action", _("Everything"), actions),
        ]:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", empty_label), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        for name, day in [("since", since), ("until", until)]:
            if day and not date(2000, 1, 1) <= day <= date(2100, 1, 1):
                self.add_error(name, _("Choose a day of this century."))
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return cleaned
