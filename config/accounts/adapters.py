"""Adapters for allauth: what signing in and up does, and how its mails are sent."""

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
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from config.accounts import sign_up
from config.accounts.open_clinic import confirmed_address, open_clinic, refuse_taken_email
from core import encryption, tenancy
from core.errors import ProblemError
from core.origin import client_address
from workspaces.access import public
from workspaces.models import User, Workspace
from workspaces.notifications.push import sign_out as push_sign_out
from workspaces.sign_in import account_mails, failures, known_devices, limits
from workspaces.sign_in.accounts import find_account

log = structlog.get_logger("accounts")

# Names of links in the contexts of allauth's mails.
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
        """Return the account if the password is right. It takes as long without an account.

        allauth's own limits are off: they count by account only, so that attackers could lock the
        account's owner out.
        """
        email, password = credentials.get("email") or "", credentials.get("password") or ""
        is_known_device = known_devices.is_known(request, email)
        usage = limits.count_password(request, email, is_known_device=is_known_device)
        if usage is None:
            self._record_failure(email, is_known_device, is_refused=True)
            raise self.validation_error("too_many_login_attempts")
        account = find_account(email)
        if account is None:
            # Hashing takes as long as comparing, so the time does not reveal the account.
            User().set_password(password)
        elif account.check_password(password):
            # Uncount this attempt only. If earlier ones were uncounted too, an attacker could reset
            # the count by signing in to an account of their own.
            usage.rollback()
            return account
        self._record_failure(email, is_known_device, is_refused=False)
        return None

    def _record_failure(self, email: str, is_known_device: bool, *, is_refused: bool) -> None:
        failures.record_soon(
            email, step="password", is_known_device=is_known_device, is_refused=is_refused
        )

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth calls this after a password reset."""
        limits.reset_password_count(request, credentials["email"])

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sign_up.abandon(request)

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
        """allauth calls this for sign-ups with Google. All others go through `sign_up`."""
        assert isinstance(user, User)
        super().save_user(request, user, form, commit=False)
        open_clinic(owner=user, details=form.clinic_details())
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let a worker send the mail, with the host of the settings in its links.

        `ALLOWED_HOSTS` does not check the port, so links built from a forged Host header would
        contain the attacker's port.
        """
        for name in LINKS_IN_MAILS:
            if link := context.get(name):
                context[name] = settings.SITE_URL + link.removeprefix(_origin_of(link))
        site = get_current_site(self.request)
        context = {"request": self.request, "email": email, "current_site": site, **context}
        account_mails.send_message_soon(self.render_mail(template_prefix, email, context))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 - for unix sockets


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse addresses that Google has not confirmed, as they may be somebody else's."""
        if not sociallogin.is_existing and not confirmed_address(sociallogin):
            messages.error(
                request,
                _("Google has not confirmed this e-mail address. Open an account with it here."),
            )
            raise ImmediateHttpResponse(redirect("account_signup"))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        with refuse_taken_email():
            user: User = super().save_user(request, sociallogin, form)
        return user

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return 404 if the installation has no keys for Google."""
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
        """Refuse to delete a second step that the clinic requires."""
        user: User = authenticator.user
        if user.workspace_id is None:
            return True
        with tenancy.within(user.workspace_id):
            return not Workspace.objects.get(pk=user.workspace_id).requires_second_step

    def encrypt(self, text: str) -> str:
        return encryption.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        # An old release may have stored it unencrypted, during the migration that encrypted all.
        if not encryption.is_sealed(encrypted_text):
            return encrypted_text
        try:
            return encryption.unseal(encrypted_text)
        except encryption.UnreadableError as error:
            # We cannot verify codes without the secret, so platform staff have to remove it.
            log.error("second_step_unreadable")
            raise ProblemError(
                _(
                    "Your second step cannot be read any more. Write to us: we remove it, and you"
                    " set it up again."
                )
            ) from error


class SignOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """End the browser's notifications, and let it delete what our pages stored.

        That is the drafts of forms, the offline page, and the service worker itself.
        """
        push_sign_out.end_subscription(self.request)
        response: HttpResponseBase = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


sign_out = public("redirects to the sign-in page if already signed out")(SignOut.as_view())
