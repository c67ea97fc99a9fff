"""Sign-up: what was typed is kept in the session until the mailed code is entered.

Nothing else is stored before, so that nobody can block an address by signing up with it, and an
unfinished sign-up expires with its session.
"""

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from config.accounts.open_clinic import email_is_taken, open_clinic, refuse_taken_email
from core.errors import ProblemError
from workspaces.access import public
from workspaces.models import User
from workspaces.sign_in import code_pages, mailed_codes
from workspaces.sign_in.accounts import with_email
from workspaces.sign_in.code_pages import PendingCode

SESSION_SECONDS = mailed_codes.LIFE_SECONDS


def begin(request: HttpRequest, *, email: str, password: str, details: dict[str, str]) -> None:
    """Keep what was typed, and mail a code, or a note that there is an account already."""
    code_pages.send_code(
        request,
        "sign_up",
        email=email,
        password=make_password(password),
        clinic=details,
        next=request.POST.get("next", ""),
    )
    # Do not keep the data longer than the code is valid.
    request.session.set_expiry(SESSION_SECONDS)


def abandon(request: HttpRequest) -> None:
    """Delete an unfinished sign-up from the session, and restore the session's usual expiry."""
    mailed_codes.forget_code(request, "sign_up")
    if request.session.get_expiry_age() == SESSION_SECONDS:
        request.session.set_expiry(None)


@public("the mailed code is the credential")
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


def _finish(request: HttpRequest, pending: PendingCode) -> HttpResponse:
    """Open the clinic, unless there is an account with this address by now."""
    try:
        owner = complete(
            email=pending["email"], password=pending["password"], details=pending["clinic"]
        )
    except ProblemError as problem:
        messages.error(request, problem.message)
        return redirect("account_login")
    response: HttpResponse = perform_login(
        request,
        owner,
        signup=True,
        email=owner.email,
        redirect_url=code_pages.safe_redirect_url(request, pending["next"]),
    )
    return response


def complete(*, email: str, password: str, details: dict[str, str]) -> User:
    """Open a clinic for the owner of a confirmed e-mail address. `password` is already hashed."""
    with refuse_taken_email():
        if with_email(email).exists():
            raise email_is_taken()
        owner = open_clinic(owner=User(email=email, password=password), details=details)
        EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner
