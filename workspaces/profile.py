"""Change one's own name, phone, language, density of the pages and mails."""

from dataclasses import dataclass

from django.db import transaction

from core import audit
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class ProfileDetails:
    name: str
    phone: str
    language: str
    density: str
    wants_monthly_report: bool
    wants_review_alerts: bool


@transaction.atomic
def change_profile(*, workspace: Workspace, details: ProfileDetails, by: User) -> User:
    user = User.objects.within(workspace).select_for_update().get(pk=by.pk)
    audit.save_changes("profile.change", user, vars(details), by=by, name=details.name)
    return user


@transaction.atomic
def stop_monthly_report(*, user: User) -> None:
    locked = User.objects.select_for_update().get(pk=user.pk)
    values = {"wants_monthly_report": False}
    audit.save_changes("profile.change", locked, values, by=locked, name=locked.name)
