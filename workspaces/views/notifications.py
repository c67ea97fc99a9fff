from http import HTTPStatus
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import user_agents
from core.errors import ProblemError
from workspaces.access import member
from workspaces.models import PushSubscription
from workspaces.notifications import choices
from workspaces.notifications.forms import BrowserForm, NotificationsForm
from workspaces.notifications.kinds import kinds_for
from workspaces.notifications.push import keys, own_tests, sign_out, subscriptions
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

TEST_RATE = "5/m/user"


class TooManyTestsError(ProblemError):
    status = HTTPStatus.TOO_MANY_REQUESTS


@member()
def edit(request: MemberRequest) -> HttpResponse:
    user = request.user
    current = choices.read_channels(kinds_for(user), [user])
    form = NotificationsForm(
        request.POST or None,
        user=user,
        channels={kind: channels for (_user, kind), channels in current.items()},
        quiet=choices.read_quiet_times([user])[user],
    )
    if request.method == "POST" and form.is_valid():
        choices.change_choices(user=user, channels=form.channels(), quiet=form.quiet())
        messages.success(request, _("Your changes are saved."))
        return redirect("notifications")
    browsers = PushSubscription.objects.within(request.workspace).filter(user=user)
    context = {
        "form": form,
        "browsers": browsers.order_by("-created_at"),
        "vapid_key": keys.public_key(),
        "zone": workspace_time_zone(request.workspace),
    }
    return render(request, "workspaces/notifications.html", context)


@member()
@require_POST
def subscribe(request: MemberRequest) -> HttpResponse:
    form = BrowserForm(request.POST)
    if not keys.are_set() or not form.is_valid():
        raise ProblemError(_("This browser cannot get notifications. Try another one."))
    device = user_agents.describe_browser(request.headers.get("User-Agent", ""))
    stored = subscriptions.subscribe(user=request.user, browser=form.browser(), device=device)
    sign_out.remember(request, stored)
    messages.success(request, _("Notifications are on in this browser."))
    return redirect("notifications")


@member()
@require_POST
def unsubscribe(request: MemberRequest, pushsubscription: UUID) -> HttpResponse:
    _find(request, pushsubscription)
    subscriptions.unsubscribe(user=request.user, subscription_id=pushsubscription)
    messages.success(request, _("That browser gets no more notifications."))
    return redirect("notifications")


@member()
@require_POST
def send_test(request: MemberRequest, pushsubscription: UUID) -> HttpResponse:
    browser = _find(request, pushsubscription)
    if browser.ended_at or not keys.are_set():
        raise Http404
    allowed = ratelimit.consume(
        request, app="workspaces", action="push_test", config={"push_test": TEST_RATE}
    )
    if not allowed:
        raise TooManyTestsError(_("That was a lot in a short time. Wait a minute and try again."))
    own_tests.queue_test(browser)
    messages.success(request, _("It is on its way, and should be there in a few seconds."))
    return redirect("notifications")


def _find(request: MemberRequest, pk: UUID) -> PushSubscription:
    own = PushSubscription.objects.within(request.workspace).filter(user=request.user)
    return get_object_or_404(own, pk=pk)
