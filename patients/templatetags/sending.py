from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from patients import strangers
from workspaces.models import Workspace
from workspaces.vetting.trust import Trust, trust_of

register = template.Library()


@register.inclusion_tag("patients/sending_notice.html", takes_context=True)
def sending_notice(context: RequestContext) -> dict[str, Any]:
    """Say what a clinic may send for now, where that is not everything."""
    workspace: Workspace = context["workspace"]
    return {
        "workspace": workspace,
        "user": context["user"],
        "may": context["may"],
        "support": context["support"],
        "is_unvetted": trust_of(workspace, now=timezone.now()) is Trust.NONE,
        "room": strangers.room_of(workspace),
    }
