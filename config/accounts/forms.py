"""allauth's forms, changed so that they do not reveal who has an account."""

from typing import Any

from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignUpForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.socialaccount.forms import SignupForm as AllauthSocialSignUpForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from config.accounts import sign_up
from config.accounts.open_clinic import confirmed_address
from workspaces.sign_in import account_mails, failures, known_devices, limits
from workspaces.sign_in.breached_passwords import refuse_guessable


class SignUpForm(AllauthSignUpForm):  # type: ignore[misc]  # allauth has no types
    """Does not look the address up. The account is created once the mailed code is entered."""

    def validate_unique_email(self, value: str) -> str:
        return value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password1"):
            # allauth runs the validators too, but with the e-mail address only.
            names = ("name", "workspace", "practice", "email")
            try:
                refuse_guessable(password, about=[str(cleaned.get(name, "")) for name in names])
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[None, HttpResponse]:
        sign_up.begin(
            request,
            email=self.cleaned_data["email"],
            password=self.cleaned_data["password1"],
            details=self.clinic_details(),
        )
        return None, redirect("sign_up_code")


class SocialSignUpForm(AllauthSocialSignUpForm):  # type: ignore[misc]  # allauth has no types
    """Allows no address but the one that Google has confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        self.initial["email"] = confirmed_address(self.sociallogin)


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        """Send a mail, unless there were too many. The response is the same in any case."""
        email: str = self.cleaned_data["email"]
        if limits.count_mail(request, email):
            account_mails.send_soon("new_password", email=email)
        return email


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        """Record the failure, which is serious: the password before it was right."""
        super()._emit_authentication_failed(authenticator)
        failures.record_soon(
            self.user.email,
            step="second_step",
            is_known_device=known_devices.is_known(context.request, self.user.email),
            is_refused=False,
        )
