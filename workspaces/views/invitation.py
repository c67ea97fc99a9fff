from functools import wraps

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.errors import ProblemError
from workspaces import team
from workspaces.access import View, public
from workspaces.forms import AcceptForm
from workspaces.sign_in import known_devices

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def carries_a_secret(view: View[[str]]) -> View[[str]]:
    """The address is the key: no cache keeps it, and no other page hears it.

    `no-referrer` would hide it as well, but browsers then post the form as if from nowhere
    (`Origin: null`), which the check against forgery refuses.
    """

    @wraps(view)
    def kept(request: HttpRequest, token: str) -> HttpResponseBase:
        response = never_cache(view)(request, token)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return kept


@public("whoever holds the token was invited by e-mail")
@carries_a_secret
def accept(request: HttpRequest, token: str) -> HttpResponse:
    if request.user.is_authenticated:
        return render(request, "workspaces/invitation_signed_in.html", status=409)
    try:
        invitation = team.find_open(token)
    except ProblemError as problem:
        context = {"problem": problem}
        return render(request, "workspaces/invitation_over.html", context, status=problem.status)
    form = AcceptForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user = team.accept_invitation(token=token, name=said["name"], password=said["password"])
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            login(request, user, backend=BACKEND)
            messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
            response = redirect("home")
            known_devices.remember_device(request, response, user)
            return response
    page = {"form": form, "invitation": invitation}
    return render(request, "workspaces/invitation.html", page)
