"""The admin's page of clinics whose messages somebody should look at, and the decisions there."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sql
from core.errors import ProblemError
from messaging import task_queue
from messaging.dispatch import new_senders
from messaging.models import Message
from templates_app.defaults import is_ours
from templates_app.models import Template
from workspaces.admin.base import staff_user
from workspaces.models import Role, SenderFlag, User, Workspace
from workspaces.vetting import trust as vetting
from workspaces.vetting.trust import Trust

SHOWN = 50
SAMPLES = 3
LATELY = timedelta(days=30)

# Clinics with new flags, stopped ones, and those that are not trusted yet and have messages. Their
# messages are counted by the index `message_sent`, and only for the few clinics that are shown.
FIND = f"""
WITH chosen AS (
    SELECT w.id, w.created_at, {vetting.TRUST} AS trust, seen.flags
    FROM workspaces_workspace w
    CROSS JOIN LATERAL (
        SELECT count(*) AS flags FROM workspaces_senderflag f
        WHERE f.workspace_id = w.id AND f.seen_at IS NULL
    ) seen
    WHERE w.sending_stopped_at IS NOT NULL OR seen.flags > 0
       OR ({vetting.TRUST} <> '{Trust.FULL}'
           AND EXISTS (SELECT FROM messaging_message m WHERE m.workspace_id = w.id))
    ORDER BY seen.flags > 0 DESC, w.created_at DESC
    LIMIT %(shown)s
)
SELECT chosen.id, chosen.trust, figures.*
FROM chosen
CROSS JOIN LATERAL (
    SELECT count(*) AS sent,
           count(*) FILTER (WHERE m.status = 'FAILED') AS failed,
           count(*) FILTER (WHERE pt.opted_out_at IS NOT NULL) AS opted_out
    FROM messaging_message m
    JOIN patients_patient pt ON pt.id = m.patient_id
    WHERE m.workspace_id = chosen.id AND m.sent_at > %(since)s
) figures
ORDER BY chosen.flags > 0 DESC, chosen.created_at DESC
"""  # noqa: S608 - of constants alone


@dataclass(frozen=True)
class NewSender:
    """What platform staff see of a clinic before they decide."""

    workspace: Workspace
    trust: Trust
    sent: int
    failed: int
    opted_out: int
    owners: list[User] = field(default_factory=list)
    flags: list[SenderFlag] = field(default_factory=list)
    own_texts: list[Template] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)

    @property
    def is_trusted(self) -> bool:
        return self.trust is Trust.FULL


def review_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the clinics, or do what the user has clicked for one of them."""
    if request.method == "POST":
        _act(request)
        return redirect("admin:new_senders")
    context = site.each_context(request) | {
        "title": _("New senders"),
        "opts": SenderFlag._meta,
        "senders": find_senders(now=timezone.now()),
        "because": _("Our team is looking at your messages"),
    }
    return TemplateResponse(request, "admin/messaging/new_senders.html", context)


def find_senders(*, now: datetime) -> list[NewSender]:
    """Return the clinics to look at, new flags first. The caller has opened the platform door."""
    rows = sql.fetch(FIND, now=now, since=now - LATELY, shown=SHOWN)
    keys = [row["id"] for row in rows]
    workspaces = Workspace.objects.in_bulk(keys)
    owners = _grouped(User.objects.filter(workspace__in=keys, role=Role.OWNER))
    flags = _grouped(SenderFlag.objects.filter(workspace__in=keys).order_by("-pk"))
    texts = _grouped(Template.objects.filter(workspace__in=keys).order_by("-updated_at"))
    return [
        NewSender(
            workspaces[row["id"]],
            Trust(row["trust"]),
            row["sent"],
            row["failed"],
            row["opted_out"],
            owners[row["id"]],
            flags[row["id"]],
            [
                text
                for text in texts[row["id"]]
                if not is_ours(subject=text.subject, content=text.content)
            ][:SAMPLES],
            _samples(row["id"]),
        )
        for row in rows
    ]


def _grouped(rows: Any) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.workspace_id].append(row)
    return found


def _samples(workspace_id: UUID) -> list[str]:
    """Return the texts of the last messages that were sent."""
    sent = Message.objects.filter(workspace=workspace_id, sent_at__isnull=False)
    return list(
        sent.exclude(content="").order_by("-sent_at").values_list("content", flat=True)[:SAMPLES]
    )


def _act(request: HttpRequest) -> None:
    act = ACTS.get(request.POST.get("act", ""))
    workspace = _chosen_workspace(request)
    if act is None or workspace is None:
        return
    try:
        messages.success(request, act(request, workspace, timezone.now()))
    except ProblemError as problem:
        messages.error(request, f"{workspace}: {problem.message}")
        return
    SenderFlag.objects.filter(workspace=workspace, seen_at=None).update(seen_at=timezone.now())


def _chosen_workspace(request: HttpRequest) -> Workspace | None:
    try:
        return Workspace.objects.filter(pk=UUID(request.POST.get("workspace", ""))).first()
    except ValueError:
        return None


def _vet(request: HttpRequest, workspace: Workspace, now: datetime) -> str:
    vetting.vet_workspace(workspace=workspace, now=now, by=staff_user(request))
    _send_what_waited(workspace, now)
    return _("%(clinic)s is vetted: what waited leaves now.") % {"clinic": workspace.name}


def _stop(request: HttpRequest, workspace: Workspace, now: datetime) -> str:
    because = request.POST.get("because", "").strip()[:200]
    vetting.stop_sending(
        workspace=workspace,
        because=because or _("Our team is looking at your messages"),
        now=now,
        by=staff_user(request),
    )
    return _("%(clinic)s sends nothing any more.") % {"clinic": workspace.name}


def _allow(request: HttpRequest, workspace: Workspace, now: datetime) -> str:
    vetting.allow_sending(workspace=workspace, by=staff_user(request))
    _send_what_waited(workspace, now)
    return _("%(clinic)s sends again.") % {"clinic": workspace.name}


def _seen(_request: HttpRequest, workspace: Workspace, _now: datetime) -> str:
    return _("The flags of %(clinic)s are put aside.") % {"clinic": workspace.name}


def _send_what_waited(workspace: Workspace, now: datetime) -> None:
    new_senders.release_waiting(workspace.pk, now=now)
    task_queue.queue_dispatch()


ACTS: Mapping[str, Callable[[HttpRequest, Workspace, datetime], str]] = {
    "vet": _vet,
    "stop": _stop,
    "allow": _allow,
    "seen": _seen,
}
