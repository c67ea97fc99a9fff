"""Mail a code to someone, and show the page on which they enter it."""

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
from workspaces.sign_in.account_mails import Kind

Waiting = dict[str, Any]


class MailedCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


def send_code(request: HttpRequest, kind: Kind, *, email: str, **details: Any) -> None:
    """Mail a code, and remember the details until it is entered. The caller counts the mail."""
    code = mailed_codes.issue_code(request, kind, email=email, **details)
    account_mails.send_soon(kind, email=email, code=code)


def ask_for_code(
    request: HttpRequest,
    kind: Kind,
    *,
    template: str,
    start_again: str,
    finish: Callable[[HttpRequest, Waiting], HttpResponse],
) -> HttpResponse:
    """Show the page, send another code, or let `finish` answer once the code is right."""
    waiting = mailed_codes.pending_code(request, kind)
    if waiting is None:
        messages.info(request, _("The code is no longer valid. Please ask for a new one."))
        return redirect(start_again)
    if request.method == "POST" and request.POST.get("action") == "resend":
        if mailed_codes.can_issue_again(waiting):
            limits.require_mail(request, waiting["email"])
            code = mailed_codes.reissue_code(request, kind, waiting)
            account_mails.send_soon(kind, email=waiting["email"], code=code)
            messages.info(request, _("A new code is on its way. The earlier one is void."))
        return redirect(request.path)
    form = MailedCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if mailed_codes.is_right_code(request, kind, form.cleaned_data["code"]):
            mailed_codes.forget_code(request, kind)
            return finish(request, waiting)
        if mailed_codes.pending_code(request, kind) is None:
            messages.error(
                request, _("The code was wrong too many times. Please ask for a new one.")
            )
            return redirect(start_again)
        form.add_error("code", _("The code is not correct."))
    context = {
        "verify_form": form,
        "email": waiting["email"],
        "can_resend": mailed_codes.can_issue_again(waiting),
        "start_again": start_again,
    }
    return render(request, template, context)


def own_address(request: HttpRequest, wanted: str) -> str | None:
    """Return where somebody wanted to go, unless it is another site."""
    host = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(wanted, host, require_https=request.is_secure())
    return wanted if is_ours else None
