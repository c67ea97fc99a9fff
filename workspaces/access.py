"""Which role may do what. Views, the API and templates read the same table."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.errors import RoleTooWeak
from workspaces.models import Role, User
from workspaces.requests import MemberRequest

P = ParamSpec("P")


class Can(StrEnum):
    SEE_CAMPAIGN_NAMES = "see_campaign_names"
    SEE_CAMPAIGNS = "see_campaigns"
    MANAGE_CAMPAIGNS = "manage_campaigns"
    UPLOAD_LISTS = "upload_lists"
    ASK_ONE = "ask_one"
    SEE_TEXTS = "see_texts"
    MANAGE_TEXTS = "manage_texts"
    SEE_PATIENTS = "see_patients"
    SEE_SUPPRESSIONS = "see_suppressions"
    MANAGE_SUPPRESSIONS = "manage_suppressions"
    ANSWER_PATIENTS = "answer_patients"
    SEE_PRACTICES = "see_practices"
    MANAGE_PRACTICES = "manage_practices"
    MANAGE_USERS = "manage_users"
    MANAGE_WORKSPACE = "manage_workspace"
    MANAGE_BILLING = "manage_billing"
    SEE_REVIEWS = "see_reviews"
    REPLY_TO_REVIEWS = "reply_to_reviews"
    APPROVE_REPLIES = "approve_replies"
    OVERRIDE_GATE = "override_gate"
    MANAGE_GOOGLE = "manage_google"
    MANAGE_SHARING = "manage_sharing"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_KEYS = "manage_keys"
    SEE_AUDIT = "see_audit"
    MANAGE_PRIVACY = "manage_privacy"


ROLES: dict[str, frozenset[Can]] = {
    Role.OWNER: frozenset(Can),
    Role.DOCTOR: frozenset(
        {
            Can.SEE_CAMPAIGN_NAMES,
            Can.SEE_CAMPAIGNS,
            Can.MANAGE_CAMPAIGNS,
            Can.UPLOAD_LISTS,
            Can.ASK_ONE,
            Can.SEE_TEXTS,
            Can.SEE_PATIENTS,
            Can.SEE_SUPPRESSIONS,
            Can.ANSWER_PATIENTS,
            Can.SEE_PRACTICES,
            Can.SEE_REVIEWS,
            Can.REPLY_TO_REVIEWS,
        }
    ),
    Role.RECEPTIONIST: frozenset({Can.SEE_CAMPAIGN_NAMES, Can.UPLOAD_LISTS, Can.ASK_ONE}),
}


def may(user: User, permission: Can) -> bool:
    return permission in ROLES.get(user.role, frozenset())


def who_may(permission: str) -> list[Role]:
    return [role for role in Role if permission in ROLES[role]]


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member(permission: Can | None = None) -> Callable[[MemberView[P]], View[P]]:
    """Restrict a view to members of a workspace whose role has the permission.

    Platform staff, who have no workspace, are redirected to the admin.
    """

    def decorate(view: MemberView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            assert isinstance(user, User)  # LoginRequiredMiddleware has checked it
            if user.is_staff:
                return HttpResponseRedirect(reverse("admin:index"))
            if permission and not may(user, permission):
                raise RoleTooWeak(permission)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # a member's, by now

        guarded.access = permission or "member"  # type: ignore[attr-defined]  # for tests/guards
        return cast(View[P], guarded)

    return decorate


def public(reason: str) -> Callable[[View[P]], View[P]]:
    """Open a view to everyone. The reason is for reviewers; a guard test lists all of them."""

    def decorate(view: View[P]) -> View[P]:
        public_view: Any = login_not_required(view)
        public_view.access = f"public: {reason}"
        return public_view  # type: ignore[no-any-return]  # the view itself, marked

    return decorate
