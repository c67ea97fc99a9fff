"""Build the audit trail of the history."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from campaigns.models import Campaign
from core.models import AuditEvent
from dev.demo_data.people import SeededClinic
from dev.demo_data.rows import id_at
from workspaces.models import User

ADDRESS = "186.4.200.17"
USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)


def build_events(
    seeded: SeededClinic, campaigns: list[Campaign], *, since: datetime, chance: random.Random
) -> list[AuditEvent]:
    """Build the events in order of time."""
    owner, *others = seeded.people.values()
    acts = list(opening_acts(seeded, owner, others, since))
    for campaign in campaigns:
        by, name = campaign.created_by or owner, {"name": campaign.name}
        acts.append((campaign.created_at, by, "campaign.create", campaign, {"new": name}))
        if campaign.activated_at:
            acts.append((campaign.activated_at, by, "campaign.activate", campaign, {}))
        if campaign.ended_at:
            acts.append((campaign.ended_at, by, "campaign.complete", campaign, {}))
    return [
        AuditEvent(
            id=id_at(at, chance),
            at=at,
            workspace_id=seeded.workspace.pk,
            actor_id=by.pk,
            actor_name=by.name,
            action=action,
            entity_type=entity._meta.model_name or "",
            entity_id=entity.pk,
            entity_name=str(entity),
            address=ADDRESS,
            user_agent=USER_AGENT,
            **values,
        )
        for at, by, action, entity, values in sorted(acts, key=lambda act: act[0])
    ]


Act = tuple[datetime, User, str, Model, dict[str, Any]]


def opening_acts(
    seeded: SeededClinic, owner: User, others: list[User], since: datetime
) -> Iterator[Act]:
    yield since, owner, "workspace.open", seeded.workspace, {}
    at = since
    for practice in seeded.practices.values():
        at += timedelta(minutes=4)
        yield at, owner, "practice.create", practice, {}
    for person in others:
        at += timedelta(minutes=35)
        yield at, person, "member.join", person, {"new": {"role": person.role}}
