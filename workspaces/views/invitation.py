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


def hide_url(view: View[[str]]) -> View[[str]]:
    """Keep a URL with a token out of caches and Referer headers.

    `no-referrer` does not work: browsers then post the form with `Origin: null`, which Django's
    CSRF check refuses.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, token: str) -> HttpResponseBase:
        response = never_cache(view)(request, token)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return wrapper


@public("the token in the URL was sent by e-mail")
@hide_url
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
        try:
            user = team.accept_invitation(
                token=token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
            )
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
