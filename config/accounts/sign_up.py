"""Sign-up: what someone typed waits in their session until they enter the code from the mail.

Nothing but that session exists before, so nobody can keep an address from its owner by signing up
with it, and whatever was begun and left vanishes by itself.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from config.accounts.open_clinic import email_is_taken, one_account_an_address, open_clinic
from core.errors import ProblemError
from workspaces.access import public
from workspaces.models import User
from workspaces.sign_in import code_pages, limits, mailed_codes
from workspaces.sign_in.accounts import with_email

SESSION_SECONDS = mailed_codes.LIFE_SECONDS


def begin(request: HttpRequest, *, email: str, password: str, details: dict[str, str]) -> None:
    """Keep what was typed, and mail a code, or the news that there is an account already."""
    limits.require_mail(request, email)
    code_pages.send_code(
        request,
        "sign_up",
        email=email,
        password=make_password(password),
        clinic=details,
        next=request.POST.get("next", ""),
    )
    # What was typed is not kept longer than the code is of use.
    request.session.set_expiry(SESSION_SECONDS)


def leave(request: HttpRequest) -> None:
    """Forget a sign-up that was begun, and that this session was to last no longer than that."""
    mailed_codes.forget_code(request, "sign_up")
    if request.session.get_expiry_age() == SESSION_SECONDS:
        request.session.set_expiry(None)


@public("the code that was mailed is the key")
def enter_code(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    return code_pages.ask_for_code(
        request,
        "sign_up",
        template="account/sign_up_code.html",
        start_again="account_signup",
        finish=_finish,
    )


def _finish(request: HttpRequest, waiting: dict[str, Any]) -> HttpResponse:
    """Open the clinic, unless an invitation or another browser was first with this address."""
    try:
        owner = complete(
            email=waiting["email"], password=waiting["password"], details=waiting["clinic"]
        )
    except ProblemError as problem:
        messages.error(request, problem.message)
        return redirect("account_login")
    response: HttpResponse = perform_login(
        request,
        owner,
        signup=True,
        email=owner.email,
        redirect_url=code_pages.own_address(request, waiting["next"]),
    )
    return response


def complete(*, email: str, password: str, details: dict[str, str]) -> User:
    """Open a clinic for someone who has shown that they read this address. `password` is hashed."""
    with one_account_an_address(), transaction.atomic():
        if with_email(email).exists():
            raise email_is_taken()
        owner = open_clinic(owner=User(email=email, password=password), details=details)
        EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner
