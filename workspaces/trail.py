"""The audit trail as people read it: acts, fields and values by the names that the pages use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, Model, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from workspaces import devices
from workspaces.models import AuditEvent, User, Workspace
from workspaces.models.keys import scopes_in_words

# Every act that is ever recorded, on any floor; a test reads the code and misses none.
ACTS: dict[str, str | Promise] = {
    "workspace.open": _("Opened the workspace"),
    "workspace.change": _("Changed the workspace’s settings"),
    "workspace.security": _("Changed how the team signs in"),
    "trial.start": _("Began a trial"),
    "credits.grant": _("Granted credits"),
    "subscription.change": _("Changed the subscription"),
    "subscription.manage": _("Opened Stripe’s pages about the subscription"),
    "payment.checkout": _("Opened the page for paying"),
    "payment.receive": _("Received a payment"),
    "payment.refund": _("Refunded a payment"),
    "payment.dispute": _("A payment is disputed"),
    "payment.replay": _("Processed a payment event once more"),
    "practice.create": _("Added a practice"),
    "practice.change": _("Changed a practice"),
    "practice.remove": _("Removed a practice"),
    "invitation.create": _("Invited someone"),
    "invitation.withdraw": _("Withdrew an invitation"),
    "member.join": _("Joined the team"),
    "member.role": _("Changed a role"),
    "member.remove": _("Removed someone from the team"),
    "sign_in.wrong_password": _("Someone tried to sign in with a wrong password"),
    "sign_in.wrong_code": _("Someone had the password, but not the code of the second step"),
    "sign_in.new_device": _("Signed in with a new browser"),
    "sign_in.elsewhere": _("Confirmed by e-mail to work from another address"),
    "key.create": _("Made an API key"),
    "key.revoke": _("Revoked an API key"),
    "endpoint.create": _("Added a webhook"),
    "endpoint.change": _("Changed a webhook"),
    "endpoint.disable": _("Disabled a webhook"),
    "endpoint.enable": _("Enabled a webhook"),
    "endpoint.give_up": _("Disabled a webhook that takes nothing"),
    "endpoint.rotate": _("Made a new secret for a webhook"),
    "endpoint.remove": _("Removed a webhook"),
    "profile.change": _("Changed their own profile"),
    "profile.phone": _("Confirmed their phone"),
    "sending.vet": _("Vetted the clinic"),
    "sending.stop": _("Stopped the clinic’s messages"),
    "sending.allow": _("Allowed the clinic’s messages again"),
    "campaign.create": _("Created a campaign"),
    "campaign.change": _("Changed a campaign"),
    "campaign.activate": _("Activated a campaign"),
    "campaign.pause": _("Paused a campaign"),
    "campaign.resume": _("Resumed a campaign"),
    "campaign.complete": _("Completed a campaign"),
    "campaign.cancel": _("Cancelled a campaign"),
    "campaign.patients": _("Sent in patients of a campaign"),
    "campaign.texts": _("Chose the texts of a campaign"),
    "template.create": _("Wrote a text"),
    "template.change": _("Changed a text"),
    "template.restore": _("Restored an earlier text"),
    "template.default": _("Chose the text to use"),
    "template.delete": _("Deleted a text"),
    "template.test": _("Sent a text to themselves as a test"),
    "recovery.assigned": _("Assigned an unhappy patient"),
    "recovery.note": _("Noted something about an unhappy patient"),
    "recovery.started": _("Took on an unhappy patient"),
    "recovery.resolved": _("Resolved the case of an unhappy patient"),
    "recovery.reopened": _("Reopened the case of an unhappy patient"),
    "conversation.assign": _("Assigned a conversation"),
    "conversation.close": _("Closed a conversation"),
    "conversation.answer": _("Answered a patient"),
    "patient.change": _("Changed a patient"),
    "patient.move": _("Moved an appointment"),
    "patient.opt_out": _("Opted a patient out"),
    "patient.consent": _("Recorded a patient’s consent"),
    "patient.withdraw": _("Noted that a patient withdrew consent"),
    "suppression.add": _("Added to the suppression list"),
    "suppression.remove": _("Removed from the suppression list"),
    "patient.erase": _("Erased a patient’s data"),
    "patient.restore": _("Brought a patient’s data back"),
    "patient.export": _("Exported what is held about a patient"),
    "import.upload": _("Uploaded a list"),
    "import.sheet": _("Chose another sheet of a list"),
    "import.columns": _("Said what a list’s columns are"),
    "import.confirm": _("Confirmed a list"),
    "import.cancel": _("Called off a list"),
    "import.done": _("A list came in"),
    "import.fail": _("A list failed"),
    "import.take_back": _("Took back a list"),
    "hold.stop": _("Decided that a patient wants no more messages"),
    "hold.go_on": _("Decided that a patient may be written to"),
    "hold.undo": _("Took back a decision about messages to a patient"),
    "report.publish": _("Published a report"),
    "report.revoke": _("Closed a public report"),
    "quote.choose": _("Chose words of a patient to be shown"),
    "quote.withdraw": _("Took back words of a patient that were shown"),
    "admin.add": _("Added by the platform’s staff"),
    "admin.change": _("Changed by the platform’s staff"),
    "admin.delete": _("Deleted by the platform’s staff"),
    "admin.password": _("Password set by the platform’s staff"),
}

# What is recorded with an act and is no field of a model.
LABELS: dict[str, str | Promise] = {"attempts_in_an_hour": _("Attempts in an hour")}


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    act: str | Promise
    what: str
    changes: list[Change]
    address: str | None
    device: str


def line(event: AuditEvent) -> Line:
    return Line(
        at=event.at,
        who=event.actor_name,
        act=ACTS.get(event.action, event.action),
        what=event.entity_name,
        changes=list(_changes(event)),
        address=event.address,
        device=devices.name(event.user_agent),
    )


def about(entity: Model, *, last: int = 20) -> list[Line]:
    """What was done to one thing, the newest first."""
    events = AuditEvent.objects.filter(
        workspace_id=entity.workspace_id,  # type: ignore[attr-defined]  # what is audited has one
        entity_type=entity._meta.model_name,
        entity_id=entity.pk,
    )
    return [line(event) for event in events.order_by("-pk")[:last]]


def people(workspace: Workspace) -> list[tuple[str, str]]:
    """Who may have done something: the team as it is, and who was removed from it."""
    present = User.objects.within(workspace).order_by("name").values_list("pk", "name")
    removed = (
        AuditEvent.objects.within(workspace)
        .filter(entity_type="user", action="member.remove")
        .order_by("entity_name")
        .values_list("entity_id", "entity_name")
    )
    return [(str(pk), name) for pk, name in present] + [
        (str(pk), gettext("%(name)s (removed)") % {"name": name}) for pk, name in removed
    ]


def matching(workspace: Workspace, said: dict[str, Any], zone: tzinfo) -> QuerySet[AuditEvent]:
    """Days are those of the workspace's own clock, and the last one counts in full."""
    events = AuditEvent.objects.within(workspace)
    if said["person"]:
        events = events.filter(actor_id=said["person"])
    if said["action"]:
        events = events.filter(action=said["action"])
    if said["since"]:
        events = events.filter(at__gte=datetime.combine(said["since"], time(), zone))
    if said["until"]:
        end = said["until"] + timedelta(days=1)
        events = events.filter(at__lt=datetime.combine(end, time(), zone))
    return events


def _changes(event: AuditEvent) -> Iterator[Change]:
    fields = _fields(event.entity_type)
    told = {*event.old, *event.new}
    for name in [*(name for name in fields if name in told), *sorted(told - fields.keys())]:
        field = fields.get(name)
        old, new = _said(field, event.old.get(name)), _said(field, event.new.get(name))
        if old or new:
            label = str(field.verbose_name if field else LABELS.get(name, name.replace("_", " ")))
            yield Change(capfirst(label), old, new)


def _said(field: "Field[Any, Any] | None", value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return pgettext("a setting", "Yes") if value else pgettext("a setting", "No")
    if isinstance(field, ArrayField) and field.name == "scopes":
        return scopes_in_words(value.split(", "))
    label = dict(field.flatchoices).get(value, value) if field else value
    return str(label)


@cache
def _fields(entity_type: str) -> "dict[str, Field[Any, Any]]":
    """By the model's name alone, for the trail speaks of floors that this one does not know."""
    models: list[type[Model]] = [
        model for model in apps.get_models() if model._meta.model_name == entity_type
    ]
    return {field.name: field for model in models[:1] for field in model._meta.local_fields}
