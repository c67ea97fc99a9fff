"""Which campaigns a member sees: whole, or no more of them than her own patients."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from campaigns.models import Campaign, CampaignQuerySet
from campaigns.visibility import results_visible_to
from patients.models.doctor import Doctor
from patients.models.patient import Patient
from patients.visibility import sees_own_patients_elsewhere
from workspaces.models import User, Workspace


def campaigns_seen_by(user: User, *, within: Workspace) -> CampaignQuerySet:
    """Return the campaigns whose results the user sees, and those that have patients of hers."""
    everything = Campaign.objects.within(within)
    if not sees_own_patients_elsewhere(user):
        return everything.filter(results_visible_to(user))
    return everything.filter(results_visible_to(user) | Q(_has_patients_of(user, within)))


def find_partly_seen(user: User, *, within: Workspace) -> list[UUID]:
    """Return the campaigns of which the user sees her own patients and nothing else."""
    if not sees_own_patients_elsewhere(user):
        return []
    others = Campaign.objects.within(within).exclude(results_visible_to(user))
    return list(others.filter(_has_patients_of(user, within)).values_list("pk", flat=True))


def _has_patients_of(user: User, workspace: Workspace) -> Exists:
    own = Doctor.objects.within(workspace).of_member(user).values("name")
    patients = Patient.objects.within(workspace).filter(campaign=OuterRef("pk"))
    return Exists(patients.filter(doctor_name__in=own))
