"""Which campaigns a member sees: whole, or no more of them than her own patients."""

from uuid import UUID

from django.db.models import Q, QuerySet

from campaigns.models import Campaign, CampaignQuerySet
from campaigns.visibility import results_visible_to
from patients.models.patient import Patient
from patients.visibility import own_spellings
from workspaces.models import User, Workspace


def campaigns_seen_by(user: User, *, within: Workspace) -> CampaignQuerySet:
    """Return the campaigns whose results the user sees, and those that have patients of hers."""
    everything = Campaign.objects.within(within)
    own = own_spellings(user)
    if not own:
        return everything.filter(results_visible_to(user))
    return everything.filter(results_visible_to(user) | Q(pk__in=_campaigns_of(own, within)))


def find_partly_seen(user: User, own: list[str], *, within: Workspace) -> list[UUID]:
    """Return the campaigns in which the user sees only her own patients, by the names in `own`."""
    if not own:
        return []
    others = Campaign.objects.within(within).exclude(results_visible_to(user))
    return list(others.filter(pk__in=_campaigns_of(own, within)).values_list("pk", flat=True))


def _campaigns_of(spellings: list[str], workspace: Workspace) -> QuerySet[Patient, UUID]:
    """Return the campaigns of these patients. An index has the names of doctors."""
    patients = Patient.objects.within(workspace).filter(doctor_name__in=spellings)
    return patients.values_list("campaign", flat=True)
