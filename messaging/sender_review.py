"""The admin's page of clinics whose messages somebody should look at, and the decisions there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
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

MAX_SENDERS = 50
MAX_SAMPLES = 3
MAX_REASON = 200
FIGURES_SINCE = timedelta(days=30)

# Clinics with new flags, stopped ones, and those that are not trusted yet and have messages. Their
# messages are counted by the index `message_sent`, and only for the few clinics that are shown.
FIND_SENDERS = f"""
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


OwnedRow = TypeVar("OwnedRow", User, SenderFlag, Template)


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
    """Show the clinics, or carry out what the user has decided about one of them."""
    if request.method == "POST":
        _handle_decision(request)
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
    rows = sql.fetch(FIND_SENDERS, now=now, since=now - FIGURES_SINCE, shown=MAX_SENDERS)
    keys = [row["id"] for row in rows]
    workspaces = Workspace.objects.in_bulk(keys)
    owners = _group_by_workspace(User.objects.filter(workspace__in=keys, role=Role.OWNER))
    flags = _group_by_workspace(SenderFlag.objects.filter(workspace__in=keys).order_by("-pk"))
    texts = _group_by_workspace(Template.objects.filter(workspace__in=keys).order_by("-updated_at"))
    return [
        NewSender(
            workspace=workspaces[row["id"]],
            trust=Trust(row["trust"]),
            sent=row["sent"],
            failed=row["failed"],
            opted_out=row["opted_out"],
            owners=owners[row["id"]],
            flags=flags[row["id"]],
            own_texts=_own_texts(texts[row["id"]]),
            samples=_last_sent_texts(row["id"]),
        )
        for row in rows
    ]


def _group_by_workspace(rows: Iterable[OwnedRow]) -> Mapping[UUID | None, list[OwnedRow]]:
    groups: dict[UUID | None, list[OwnedRow]] = defaultdict(list)
    for row in rows:
        groups[row.workspace_id].append(row)
    return groups


def _own_texts(texts: Iterable[Template]) -> list[Template]:
    """Return the texts that the clinic has written itself, the last changed ones first."""
    own = (text for text in texts if not is_ours(subject=text.subject, content=text.content))
    return list(islice(own, MAX_SAMPLES))


def _last_sent_texts(workspace_id: UUID) -> list[str]:
    """Return the texts of the last messages that were sent."""
    sent = Message.objects.filter(workspace=workspace_id, sent_at__isnull=False)
    texts = sent.exclude(content="").order_by("-sent_at").values_list("content", flat=True)
    return list(texts[:MAX_SAMPLES])


def _handle_decision(request: HttpRequest) -> None:
    """Carry out the decision about a clinic. All of its flags count as seen after that."""
    workspace = _chosen_workspace(request)
    if workspace is None:
        return
    try:
        done = _carry_out(request.POST.get("act", ""), workspace, request)
    except ProblemError as problem:
        messages.error(request, f"{workspace}: {problem.message}")
        return
    if done:
        messages.success(request, done)
        SenderFlag.objects.filter(workspace=workspace, seen_at=None).update(seen_at=timezone.now())


def _chosen_workspace(request: HttpRequest) -> Workspace | None:
    try:
        return Workspace.objects.filter(pk=UUID(request.POST.get("workspace", ""))).first()
    except ValueError:
        return None


def _carry_out(decision: str, workspace: Workspace, request: HttpRequest) -> str:
    """Return the message for the user, or "" for a decision that does not exist."""
    now, by, names = timezone.now(), staff_user(request), {"clinic": workspace.name}
    match decision:
        case "vet":
            vetting.vet_workspace(workspace=workspace, now=now, by=by)
            _send_what_waited(workspace, now)
            return _("%(clinic)s is vetted: what waited leaves now.") % names
        case "stop":
            reason = request.POST.get("because", "").strip()[:MAX_REASON]
            reason = reason or _("Our team is looking at your messages")
            vetting.stop_sending(workspace=workspace, because=reason, now=now, by=by)
            return _("%(clinic)s sends nothing any more.") % names
        case "allow":
            vetting.allow_sending(workspace=workspace, by=by)
            _send_what_waited(workspace, now)
            return _("%(clinic)s sends again.") % names
        case "seen":
            return _("The flags of %(clinic)s are put aside.") % names
        case _:
            return ""


def _send_what_waited(workspace: Workspace, now: datetime) -> None:
    new_senders.release_waiting(workspace.pk, now=now)
    task_queue.queue_dispatch()
