"""Sign-in with a code from a mail, for those whose password is forgotten or locked.

A second step is asked for afterwards as with a password.
"""

from typing import Any

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


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "email"})
    )


@public("nobody is signed in yet")
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """Mail a code. The answer and the work are the same when no account has the address."""
    if request.user.is_authenticated:
        return redirect("home")
    form = EmailForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        limits.require_mail(request, email)
        wanted = request.POST.get("next", "")
        code_pages.send_code(request, "sign_in_code", email=email, next=wanted)
        return redirect("sign_in_code")
    context = {"form": form, "next": request.GET.get("next") or request.POST.get("next", "")}
    return render(request, "account/ask_for_code.html", context)


@public("the code that was mailed is the key")
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


def _finish(request: HttpRequest, waiting: dict[str, Any]) -> HttpResponse:
    account = find_account(waiting["email"])
    if account is None:
        # The code was mailed to nobody, or the account went in between.
        messages.error(request, _("The code is no longer valid. Please ask for a new one."))
        return redirect("ask_for_code")
    limits.forget_passwords(request, waiting["email"])
    # The code has just confirmed it. Accounts that staff made have no such row until then.
    EmailAddress.objects.update_or_create(
        user=account,
        email=waiting["email"],
        defaults={"verified": True},
        create_defaults={"verified": True, "primary": True},
    )
    # Until the browser is closed, as without "remember me".
    request.session.set_expiry(0)
    response: HttpResponse = perform_login(
        request,
        account,
        email=waiting["email"],
        redirect_url=code_pages.own_address(request, waiting["next"]),
    )
    return response
