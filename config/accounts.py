"""How allauth's sign-up becomes a clinic. Here, because it puts together floors that do not know
each other: the workspace below, its first texts above."""

from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LogoutView
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from templates_app.actions import install_defaults
from workspaces import sealing, tenancy
from workspaces.models import User
from workspaces.opening import NewClinic, open_workspace
from workspaces.origin import client_address
from workspaces.problems import ProblemError

log = structlog.get_logger("accounts")

# By allauth's names.
LINKS_IN_MAILS = ("password_reset_url", "activate_url", "signup_url")


def _origin_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def save_user(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,
        form: Any,
        commit: bool = True,  # noqa: ARG002 - ours always commits
    ) -> AbstractBaseUser:
        assert isinstance(user, User)
        said = form.cleaned_data
        super().save_user(request, user, form, commit=False)
        user.name = said["name"]
        with transaction.atomic(), tenancy.platform("sign-up"):
            workspace = open_workspace(
                clinic=NewClinic(
                    workspace=said["workspace"],
                    practice=said["practice"],
                    country=said["country"],
                    timezone=said["timezone"],
                    language=getattr(request, "LANGUAGE_CODE", "es")[:2],
                ),
                owner=user,
            )
            install_defaults(workspace=workspace)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send links with the address from the settings, and never with the port of a Host header.

        `ALLOWED_HOSTS` does not look at the port, so a forged one would come back in the mail.
        """
        for name in LINKS_IN_MAILS:
            if link := context.get(name):
                context[name] = settings.SITE_URL + link.removeprefix(_origin_of(link))
        super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 - a unix socket has no address


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Where Google's keys are not set there is no such page."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the secrets of second steps encrypted in allauth's table."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        # Old code that still ran while the migration sealed the others may have added one in clear.
        if not sealing.is_sealed(encrypted_text):
            return encrypted_text
        try:
            return sealing.unseal(encrypted_text)
        except sealing.UnreadableError as error:
            # Nobody gets in with a secret that we cannot read, so staff have to remove it.
            log.error("second_step_unreadable")
            raise ProblemError(
                _(
                    "Your second step cannot be read any more. Write to us: we remove it, and you"
                    " set it up again."
                )
            ) from error


class SignOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the browser to forget what our pages stored, such as words typed into a form."""
        response: HttpResponseBase = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


sign_out = SignOut.as_view()
