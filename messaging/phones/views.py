from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from messaging.models import PhoneCode
from messaging.phones import codes
from messaging.phones.codes import Answer
from messaging.phones.forms import CodeForm
from workspaces import abuse_limits
from workspaces.access import member
from workspaces.requests import MemberRequest


@member()
def confirm(request: MemberRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = codes.confirm(by=request.user, typed=form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            messages.success(request, _("Your phone is confirmed."))
            return redirect("profile")
        form.add_error(
            "code",
            _("This is not the code. Look again at the newest SMS.")
            if answer is Answer.WRONG
            else _("There is no code to compare with: it has expired. Have a new one sent."),
        )
    waiting = PhoneCode.objects.within(request.workspace).filter(
        user=request.user, phone=request.user.phone, used_at=None, expires_at__gt=timezone.now()
    )
    context = {
        "form": form,
        "is_sent": waiting.exists(),
        "minutes": int(abuse_limits.CODE_LIFE.total_seconds() // 60),
    }
    return render(request, "messaging/phones/confirm.html", context)


@member()
@require_POST
def send(request: MemberRequest) -> HttpResponse:
    codes.order(by=request.user)
    messages.success(
        request, _("A code is on its way to %(phone)s.") % {"phone": request.user.phone}
    )
    return redirect("phone_confirm")
