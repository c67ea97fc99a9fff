"""Save, rename and remove views of the list. Those of the clinic are in the audit trail."""

from contextlib import AbstractContextManager
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core import audit
from core.constraint_violations import explain_violation
from core.errors import RoleTooWeak
from insights.models import SavedView
from insights.ratings.search import parse_search
from workspaces.access import Can, may
from workspaces.models import User, Workspace


@transaction.atomic
def save_view(
    *, workspace: Workspace, name: str, query: str, owner: User | None, by: User
) -> SavedView:
    """Save the filters for one member or, without an owner, for the clinic.

    The query is parsed first, so that nothing else of the address is kept.
    """
    search = parse_search(QueryDict(query), workspace=workspace, visible_to=by)
    with _names_are_given_once():
        view = SavedView.objects.create(
            workspace=workspace, user=owner, name=name, query=search.query
        )
    _record("saved_view.save", view, by)
    return view


@transaction.atomic
def rename_view(*, view: SavedView, name: str, by: User) -> None:
    view.name = name
    with _names_are_given_once():
        view.save(update_fields=["name", "updated_at"])
    _record("saved_view.rename", view, by)


@transaction.atomic
def remove_view(*, view: SavedView, by: User) -> None:
    _record("saved_view.remove", view, by)
    view.delete()


def may_change(view: SavedView, user: User) -> bool:
    return view.user_id == user.pk or (view.user_id is None and may(user, Can.MANAGE_WORKSPACE))


def get_view_to_change(workspace: Workspace, key: UUID, *, by: User) -> SavedView:
    """Return the view, 404 for that of another member, and 403 for the clinic's."""
    view = get_object_or_404(SavedView.objects.within(workspace).visible_to(by), pk=key)
    if not may_change(view, by):
        raise RoleTooWeak(Can.MANAGE_WORKSPACE)
    return view


def _names_are_given_once() -> AbstractContextManager[None]:
    """The forms check the name too, but two people may save at the same moment."""
    return explain_violation(
        _("There is a view with this name already."),
        "insights_savedview_once_a_clinic",
        "insights_savedview_once_a_member",
    )


def _record(action: str, view: SavedView, by: User) -> None:
    if view.user_id is None:
        audit.record(action, view, by=by, name=view.name)
