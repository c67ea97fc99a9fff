"""Let an owner in from an IP address that is not in the clinic's list, with a mailed code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core import audit
from core.origin import client_address
from workspaces.access import Can, member
from workspaces.models import User
from workspaces.requests import MemberRequest
from workspaces.sign_in import code_pages
from workspaces.sign_in.code_pages import PendingCode
from workspaces.sign_in.session_policy import LET_IN_FROM


@member(Can.MANAGE_WORKSPACE)
@require_POST
def ask_for_code(request: MemberRequest) -> HttpResponse:
    code_pages.send_code(request, "elsewhere_code", email=request.user.email)
    return redirect("elsewhere_code")


@member(Can.MANAGE_WORKSPACE)
def enter_code(request: MemberRequest) -> HttpResponse:
    return code_pages.ask_for_code(
        request,
        "elsewhere_code",
        template="workspaces/elsewhere_code.html",
        start_again="home",
        finish=_let_in,
    )


def _let_in(request: HttpRequest, _pending: PendingCode) -> HttpResponse:
    """Allow the present IP address, for this session only."""
    user = request.user
    assert isinstance(user, User)
    request.session[LET_IN_FROM] = client_address(request)
    audit.record("sign_in.elsewhere", user, by=user, name=user.name)
    return redirect("home")
