"""How allauth's pages become ours: what signing in and up does, and what is mailed about it."""

from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LogoutView
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from config.accounts import sign_up
from config.accounts.open_clinic import confirmed_address, one_account_an_address, open_clinic
from core import encryption, tenancy
from core.errors import ProblemError
from core.origin import client_address
from workspaces.access import public
from workspaces.models import User, Workspace
from workspaces.sign_in import account_mails, failures, known_devices, limits
from workspaces.sign_in.accounts import find_account

log = structlog.get_logger("accounts")

# By allauth's names.
LINKS_IN_MAILS = ("password_reset_url", "activate_url", "signup_url")


def _origin_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _lazy(
            "Too many attempts. Wait five minutes, or sign in with a code that we send you by"
            " e-mail: see below."
        )
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the person whose password this is. The work is the same without an account.

        The limits are ours and not allauth's, which counts by account alone: there strangers can
        keep the right person out.
        """
        email, password = credentials.get("email") or "", credentials.get("password") or ""
        is_known_device = known_devices.is_known(request, email)
        usage = limits.count_password(request, email, is_known_device=is_known_device)
        if usage is None:
            self._note_failure(email, is_known_device, is_refused=True)
            raise self.validation_error("too_many_login_attempts")
        account = find_account(email)
        if account is None:
            # As expensive as comparing.
            User().set_password(password)
        elif account.check_password(password):
            # Only the attempt itself is taken back: with the earlier ones forgotten, somebody
            # could try out others' passwords and sign in to an own account in between.
            usage.rollback()
            return account
        self._note_failure(email, is_known_device, is_refused=False)
        return None

    def _note_failure(self, email: str, is_known_device: bool, *, is_refused: bool) -> None:
        failures.note_soon(
            email, step="password", is_known_device=is_known_device, is_refused=is_refused
        )

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth calls it after a new password was chosen by the link in a mail."""
        limits.forget_passwords(request, credentials["email"])

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sign_up.leave(request)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        known_devices.remember_device(request, response, user)
        return response

    def save_user(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,
        form: Any,
        commit: bool = True,  # noqa: ARG002 - ours always commits
    ) -> AbstractBaseUser:
        """allauth calls it for those who come with Google; the others wait in `signing_up`."""
        assert isinstance(user, User)
        super().save_user(request, user, form, commit=False)
        open_clinic(owner=user, details=form.clinic_details())
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send links with the address from the settings, and never with the port of a Host header.

        `ALLOWED_HOSTS` does not look at the port, so a forged one would come back in the mail. A
        worker does the sending: see `account_mails`.
        """
        for name in LINKS_IN_MAILS:
            if link := context.get(name):
                context[name] = settings.SITE_URL + link.removeprefix(_origin_of(link))
        site = get_current_site(self.request)
        context = {"request": self.request, "email": email, "current_site": site, **context}
        account_mails.send_message_soon(self.render_mail(template_prefix, email, context))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 - a unix socket has no address


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Open no account for an address that Google has not confirmed: it may be another's."""
        if not sociallogin.is_existing and not confirmed_address(sociallogin):
            messages.error(
                request,
                _("Google has not confirmed this e-mail address. Open an account with it here."),
            )
            raise ImmediateHttpResponse(redirect("account_signup"))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        with one_account_an_address(), transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
        return user

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Where Google's keys are not set there is no such page."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the secrets of second steps encrypted in allauth's table."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _lazy(
            "Your clinic requires a second step. For a new phone, move your app to it."
        )
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Nobody gives up what their clinic requires."""
        user: User = authenticator.user
        if user.workspace_id is None:
            return True
        with tenancy.within(user.workspace_id):
            return not Workspace.objects.get(pk=user.workspace_id).requires_second_step

    def encrypt(self, text: str) -> str:
        return encryption.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        # Old code that still ran while the migration sealed the others may have added one in clear.
        if not encryption.is_sealed(encrypted_text):
            return encrypted_text
        try:
            return encryption.unseal(encrypted_text)
        except encryption.UnreadableError as error:
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


sign_out = public("who is signed out already is led to the sign-in page")(SignOut.as_view())
