from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from messaging.models import PhoneCode
from messaging.phone_codes import codes
from messaging.phone_codes.codes import CodeAnswer
from messaging.phone_codes.forms import PhoneCodeForm
from workspaces.access import member
from workspaces.requests import MemberRequest
from workspaces.vetting import limits


@member()
def confirm(request: MemberRequest) -> HttpResponse:
    form = PhoneCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = codes.confirm_code(by=request.user, typed=form.cleaned_data["code"])
        if answer is CodeAnswer.RIGHT:
            messages.success(request, _("Your phone is confirmed."))
            return redirect(_next(request) or "profile")
        form.add_error(
            "code",
            _("This is not the code. Look again at the newest SMS.")
            if answer is CodeAnswer.WRONG
            else _("There is no code to compare with: it has expired. Have a new one sent."),
        )
    waiting = PhoneCode.objects.within(request.workspace).filter(
        user=request.user, phone=request.user.phone, used_at=None, expires_at__gt=timezone.now()
    )
    context = {
        "form": form,
        "is_sent": waiting.exists(),
        "next": _next(request),
        "minutes": int(limits.CODE_LIFE.total_seconds() // 60),
    }
    return render(request, "messaging/phone_codes/confirm.html", context)


@member()
@require_POST
def send(request: MemberRequest) -> HttpResponse:
    codes.order_code(by=request.user)
    messages.success(
        request, _("A code is on its way to %(phone)s.") % {"phone": request.user.phone}
    )
    back = _next(request)
    query = f"?{urlencode({'next': back})}" if back else ""
    return redirect(reverse("phone_confirm") + query)


def _next(request: MemberRequest) -> str:
    """Return the page to go on with, which is one of ours."""
    page = request.GET.get("next", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""
