"""Whether a clinic lets the provider read its patients' words: turn it on, and off at once."""

from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from messaging.assistant import provider
from messaging.models import AssistantSettings
from workspaces import entitlements
from workspaces.models import User, Workspace
from workspaces.vetting.trust import Trust, trust_of

MICRO = 1_000_000
MIN_BUDGET_USD = Decimal("0.10")
USUAL_BUDGET_USD = Decimal(5)


def usual_budget() -> Decimal:
    """Return the budget that the form proposes."""
    return min(USUAL_BUDGET_USD, settings.AI_MAX_MONTHLY_USD)


def settings_of(workspace: Workspace) -> AssistantSettings:
    """Return the clinic's settings, or unsaved ones that say it is off."""
    found = AssistantSettings.objects.within(workspace).first()
    return found or AssistantSettings(workspace=workspace)


def is_on(chosen: AssistantSettings) -> bool:
    """Return whether calls may be made: the agreement is about the present provider and model."""
    return (
        chosen.enabled_at is not None
        and provider.is_configured()
        and chosen.recipient == provider.recipient()
    )


def is_on_for(workspace: Workspace) -> bool:
    return provider.is_configured() and is_on(settings_of(workspace))


def monthly_limit(chosen: AssistantSettings) -> int:
    """Return the budget in micro-USD. The platform may have lowered its maximum since."""
    return min(chosen.budget_micro_usd, int(settings.AI_MAX_MONTHLY_USD * MICRO))


def find_obstacle(workspace: Workspace) -> str:
    """Return why the clinic cannot turn it on, or ""."""
    if not provider.is_configured():
        return _("This installation has no provider.")
    if trust_of(workspace, now=timezone.now()) is Trust.NONE:
        return _("It can be turned on once your clinic has paid or was vetted.")
    return ""


@transaction.atomic
def turn_on(
    *, workspace: Workspace, budget_usd: Decimal, by: User, recipient: str
) -> AssistantSettings:
    """Agree to the provider and model that the page showed, with a budget for each month."""
    workspace = entitlements.lock_workspace(workspace)
    if obstacle := find_obstacle(workspace):
        raise ProblemError(obstacle)
    if not MIN_BUDGET_USD <= budget_usd <= settings.AI_MAX_MONTHLY_USD:
        raise ProblemError(
            _("The budget is between %(least)s and %(most)s US dollars a month.")
            % {"least": MIN_BUDGET_USD, "most": settings.AI_MAX_MONTHLY_USD}
        )
    chosen = settings_of(workspace)
    before = _audited(chosen)
    chosen.budget_micro_usd = int(budget_usd * MICRO)
    if not is_on(chosen):
        if recipient != provider.recipient():
            raise ProblemError(_("The provider has changed. Read the page again before you agree."))
        chosen.enabled_at, chosen.enabled_by_name = timezone.now(), by.name
        chosen.recipient = recipient
    chosen.save()
    audit.record("assistant.on", chosen, by=by, old=before, new=_audited(chosen))
    return chosen


@transaction.atomic
def turn_off(*, workspace: Workspace, by: User) -> None:
    """Stop all calls. One that is under way ends, and its answer is thrown away."""
    workspace = entitlements.lock_workspace(workspace)
    chosen = settings_of(workspace)
    if chosen.enabled_at is None:
        return
    before = _audited(chosen)
    chosen.enabled_at = None
    chosen.save()
    audit.record("assistant.off", chosen, by=by, old=before, new=_audited(chosen))


def _audited(chosen: AssistantSettings) -> dict[str, object]:
    return {
        "on": chosen.enabled_at is not None,
        "recipient": chosen.recipient,
        "budget_usd": str(Decimal(chosen.budget_micro_usd) / MICRO),
    }
