"""Who may do what: a preset for each role, and the differences from it for a single member.

Views, the API, templates and the queries that pick people read the same table.
"""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
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
    # It opens no page. It widens what the other pages show: see `campaigns.visibility`.
    SEE_ALL_RESULTS = "see_all_results"
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


# A manager of the team could give herself every other permission, so this one comes only with
# the role of an owner.
OWNERS_ONLY = frozenset({Can.MANAGE_USERS})
# Each permission needs those on the right, because they open the page on which it is used.
NEEDS: dict[Can, frozenset[Can]] = {
    Can.SEE_CAMPAIGNS: frozenset({Can.SEE_CAMPAIGN_NAMES}),
    Can.MANAGE_CAMPAIGNS: frozenset({Can.SEE_CAMPAIGNS, Can.SEE_CAMPAIGN_NAMES}),
    Can.UPLOAD_LISTS: frozenset({Can.SEE_CAMPAIGN_NAMES}),
    Can.MANAGE_TEXTS: frozenset({Can.SEE_TEXTS}),
    Can.MANAGE_SUPPRESSIONS: frozenset({Can.SEE_SUPPRESSIONS}),
    Can.MANAGE_PRACTICES: frozenset({Can.SEE_PRACTICES}),
    Can.REPLY_TO_REVIEWS: frozenset({Can.SEE_REVIEWS}),
    Can.APPROVE_REPLIES: frozenset({Can.REPLY_TO_REVIEWS, Can.SEE_REVIEWS}),
    Can.OVERRIDE_GATE: frozenset({Can.REPLY_TO_REVIEWS, Can.SEE_REVIEWS}),
}


def may(user: User, permission: Can) -> bool:
    return permission in permissions_of(user)


def permissions_of(user: User) -> frozenset[Can]:
    """Return the preset of the user's role, with what was granted and without what was withheld."""
    return _combine(user.role, tuple(user.granted), tuple(user.withheld))


@lru_cache(maxsize=1024)
def _combine(role: str, granted: tuple[str, ...], withheld: tuple[str, ...]) -> frozenset[Can]:
    if role not in ROLES:
        return frozenset()  # platform staff
    also = frozenset(known_permissions(granted)) - OWNERS_ONLY
    without = frozenset(known_permissions(withheld))
    return (ROLES[role] | also) - without


def known_permissions(values: Iterable[str]) -> list[Can]:
    """Return stored permissions without those that no longer exist."""
    by_value = {permission.value: permission for permission in Can}
    return [by_value[value] for value in values if value in by_value]


def people_who_may(permission: Can) -> Q:
    """Return `may` as a filter for the active members of a workspace."""
    allowed = Q(role__in=who_may_by_role(permission))
    if permission not in OWNERS_ONLY:
        allowed |= ~Q(role="") & Q(granted__contains=[permission.value])
    return allowed & ~Q(withheld__contains=[permission.value]) & Q(is_active=True)


def who_may_by_role(permission: str) -> list[Role]:
    """Return the roles whose preset has the permission. For people, use `people_who_may`."""
    return [role for role in Role if permission in ROLES[role]]


def with_needed(permissions: Collection[Can]) -> frozenset[Can]:
    """Add the permissions without which those would be of no use."""
    return frozenset(permissions).union(*(NEEDS.get(each, ()) for each in permissions))


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member(permission: Can | None = None) -> Callable[[MemberView[P]], View[P]]:
    """Restrict a view to members of a workspace who have the permission.

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
