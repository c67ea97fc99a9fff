"""Mail a code, and show the page on which it is entered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.sign_in import account_mails, limits, mailed_codes
from workspaces.sign_in.account_mails import AccountMail

PendingCode = dict[str, Any]


class MailedCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


def send_code(request: HttpRequest, kind: AccountMail, *, email: str, **details: Any) -> None:
    """Mail a code, and remember the details until it is entered.

    Raise TooManyMailsError beyond the limit, which also keeps codes from being guessed.
    """
    limits.require_mail(request, email)
    code = mailed_codes.issue_code(request, kind, email=email, **details)
    account_mails.send_soon(kind, email=email, code=code)


def ask_for_code(
    request: HttpRequest,
    kind: AccountMail,
    *,
    template: str,
    start_again: str,
    finish: Callable[[HttpRequest, PendingCode], HttpResponse],
) -> HttpResponse:
    """Show the page, send another code, or return the response of `finish` for the right code."""
    pending = mailed_codes.pending_code(request, kind)
    if pending is None:
        messages.info(request, _("The code is no longer valid. Please ask for a new one."))
        return redirect(start_again)
    if request.method == "POST" and request.POST.get("action") == "resend":
        _resend_code(request, kind, pending)
        return redirect(request.path)
    form = MailedCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if mailed_codes.is_right_code(request, kind, form.cleaned_data["code"]):
            # A code works once, so that a copy of the mail cannot be used later.
            mailed_codes.forget_code(request, kind)
            return finish(request, pending)
        # `is_right_code` discards the code after too many wrong ones, which stops guessing.
        if mailed_codes.pending_code(request, kind) is None:
            messages.error(
                request, _("The code was wrong too many times. Please ask for a new one.")
            )
            return redirect(start_again)
        form.add_error("code", _("The code is not correct."))
    context = {
        "verify_form": form,
        "email": pending["email"],
        "can_resend": mailed_codes.can_issue_again(pending),
        "start_again": start_again,
    }
    return render(request, template, context)


def _resend_code(request: HttpRequest, kind: AccountMail, pending: PendingCode) -> None:
    """Mail another code, unless the last one was sent a moment ago."""
    if not mailed_codes.can_issue_again(pending):
        return
    limits.require_mail(request, pending["email"])
    code = mailed_codes.reissue_code(request, kind, pending)
    account_mails.send_soon(kind, email=pending["email"], code=code)
    messages.info(request, _("A new code is on its way. The earlier one is void."))


def safe_redirect_url(request: HttpRequest, url: str) -> str | None:
    """Return the URL to continue to, or None if it leads to another site."""
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure())
    return url if is_ours else None
