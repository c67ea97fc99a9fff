"""Sign-in with a mailed code, for people whose password is forgotten or locked.

As with a password, the second step is asked for afterwards.
"""

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.access import public
from workspaces.sign_in import code_pages, limits
from workspaces.sign_in.accounts import find_account
from workspaces.sign_in.code_pages import PendingCode


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "email"})
    )


@public("nobody is signed in yet")
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """Mail a code. The response and its time are the same if no account has the address."""
    if request.user.is_authenticated:
        return redirect("home")
    form = EmailForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid():
        code_pages.send_code(
            request,
            "sign_in_code",
            email=form.cleaned_data["email"].lower(),
            next=request.POST.get("next", ""),
        )
        return redirect("sign_in_code")
    context = {"form": form, "next": request.GET.get("next") or request.POST.get("next", "")}
    return render(request, "account/ask_for_code.html", context)


@public("the mailed code is the credential")
def enter_code(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    return code_pages.ask_for_code(
        request,
        "sign_in_code",
        template="account/sign_in_code.html",
        start_again="ask_for_code",
        finish=_finish,
    )


def _finish(request: HttpRequest, pending: PendingCode) -> HttpResponse:
    account = find_account(pending["email"])
    if account is None:
        # Without an account no code was mailed, or the account was deleted since.
        messages.error(request, _("The code is no longer valid. Please ask for a new one."))
        return redirect("ask_for_code")
    limits.reset_password_count(request, pending["email"])
    # The code confirms the address. Accounts that platform staff created have no such row before.
    EmailAddress.objects.update_or_create(
        user=account,
        email=pending["email"],
        defaults={"verified": True},
        create_defaults={"verified": True, "primary": True},
    )
    # The session ends when the browser is closed, as without "remember me".
    request.session.set_expiry(0)
    response: HttpResponse = perform_login(
        request,
        account,
        email=pending["email"],
        redirect_url=code_pages.safe_redirect_url(request, pending["next"]),
    )
    return response
