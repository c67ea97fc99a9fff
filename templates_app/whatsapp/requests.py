"""Ask Meta to approve a text as a WhatsApp template, and what people do with such a request."""

from dataclasses import dataclass
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.ids import uuid7
from templates_app import sample_values
from templates_app.approved import approved_text_of
from templates_app.models import (
    ASKS,
    CLOSED,
    MOVING,
    NEXT_STATES,
    OPEN,
    ApprovalRequest,
    Category,
    Channel,
    RequestState,
    Template,
)
from templates_app.rendering import variables_in
from templates_app.whatsapp import wording_rules
from workspaces.models import User

SUBMIT_TASK = "templates_app.tasks.submit_approval_request"
HELD_TASK = "templates_app.tasks.mail_held_request"
# The answers that a patient can tap. Twilio and Meta take up to ten.
RATING_BUTTONS = ["1", "2", "3", "4", "5"]


@dataclass(frozen=True)
class SubmissionChoices:
    category: str = Category.UTILITY
    with_buttons: bool = False


def problems_with(template: Template) -> list[str]:
    """Return why Meta would not take this text now, a sentence for each reason."""
    if template.channel not in ("", Channel.WHATSAPP):
        return [_("This text is not sent by WhatsApp.")]
    problems = wording_rules.problems_of(template.content)
    last, used = latest_request(template), approved_text_of(template)
    body = wording_rules.number_variables(template.content)
    if last and last.body == body and last.state == RequestState.REJECTED:
        problems.append(
            _("Meta rejected exactly these words. Change them, then submit the text again.")
        )
    elif used and used.body == body and used.is_approved:
        problems.append(_("Meta has approved exactly these words already."))
    return problems


def requests_of(template: Template) -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.within(template.workspace_id).filter(template=template)


def latest_request(template: Template) -> ApprovalRequest | None:
    return requests_of(template).select_related("approved_text").order_by("-pk").first()


def open_request(template: Template) -> ApprovalRequest | None:
    return requests_of(template).filter(state__in=OPEN).first()


@transaction.atomic
def request_approval(
    *, template: Template, by: User, choices: SubmissionChoices, is_held: bool = False
) -> ApprovalRequest:
    """Queue a text for submission to Meta. The same text twice makes only one request.

    With `is_held` it waits until platform staff have read it.
    """
    template = lock_template(template)
    body = wording_rules.number_variables(template.content)
    if existing := open_request(template):
        if existing.body == body:
            return existing
        raise ProblemError(
            _(
                "Version %(version)d of this text is being reviewed. Wait for the answer, or"
                " withdraw it and submit this version."
            )
            % {"version": existing.version}
        )
    if problems := problems_with(template):
        raise ProblemError(" ".join(problems))
    request = _insert_request(template, body, by, choices, is_held=is_held)
    new = {"version": template.version, "category": choices.category}
    audit.record("template.whatsapp_submit", template, by=by, name=template.name, new=new)
    _queue(HELD_TASK if is_held else SUBMIT_TASK, request.pk)
    return request


def _insert_request(
    template: Template, body: str, by: User, choices: SubmissionChoices, *, is_held: bool
) -> ApprovalRequest:
    key = uuid7()
    variables = variables_in(template.content)
    samples = sample_values.values_for_language(template.language)
    kind = template.type.lower()
    return ApprovalRequest.objects.create(
        id=key,
        workspace_id=template.workspace_id,
        template=template,
        state=RequestState.HELD if is_held else RequestState.QUEUED,
        # Lower case, digits and underscores: nothing else is allowed.
        name=f"{kind}_{template.language}_v{template.version}_{key.hex[-12:]}",
        version=template.version,
        body=body,
        variables=variables,
        samples={str(gap): samples[name] for gap, name in enumerate(variables, start=1)},
        buttons=RATING_BUTTONS if choices.with_buttons and template.type in ASKS else [],
        language=wording_rules.LANGUAGE_CODES[template.language],
        category=choices.category,
        requested_by=by.name,
        next_attempt_at=None if is_held else timezone.now(),
    )


@transaction.atomic
def withdraw_request(*, request: ApprovalRequest, by: User) -> None:
    """Stop waiting for an answer. What Twilio has created is deleted there by the schedule."""
    request = lock_request(request)
    if not request.is_open:
        raise ProblemError(
            _("It is decided already: %(state)s.") % {"state": request.get_state_display()}
        )
    move_request(request, RequestState.WITHDRAWN)
    _record("template.whatsapp_withdraw", request, by)


@transaction.atomic
def release_request(*, request: ApprovalRequest, by: User) -> None:
    """Submit a text that has waited for platform staff."""
    request = lock_request(request)
    _require_held(request)
    move_request(request, RequestState.QUEUED)
    _record("template.whatsapp_release", request, by)
    _queue(SUBMIT_TASK, request.pk)


@transaction.atomic
def decline_request(*, request: ApprovalRequest, reason: str, by: User) -> None:
    """Refuse to submit a text under the platform's name. The clinic reads the reason."""
    request = lock_request(request)
    _require_held(request)
    move_request(request, RequestState.REFUSED, error=reason)
    _record("template.whatsapp_decline", request, by)


def close_requests_of(template: Template) -> None:
    """Close the requests of a text that is about to be deleted, so that Twilio's are deleted."""
    for request in requests_of(template).exclude(state__in=CLOSED).select_for_update():
        is_approved = request.state == RequestState.APPROVED
        move_request(request, RequestState.REPLACED if is_approved else RequestState.WITHDRAWN)


def move_request(request: ApprovalRequest, state: RequestState, *, error: str = "") -> None:
    """Move a locked request to its next state, if that may follow."""
    if state not in NEXT_STATES.get(request.state, ()):
        raise ValueError(f"{request.state} is not followed by {state}")
    now = timezone.now()
    request.state, request.error = state, error[:300]
    request.closed_at = now if state in CLOSED else None
    request.next_attempt_at = now if state in MOVING else None
    request.save()


def lock_template(template: Template) -> Template:
    """Return the locked row with its present values, which may differ from the caller's."""
    locked = (
        Template.objects.within(template.workspace_id)
        .select_for_update()
        .filter(pk=template.pk)
        .first()
    )
    if locked is None:
        raise ProblemError(_("This text was deleted meanwhile."))
    return locked


def lock_request(request: ApprovalRequest) -> ApprovalRequest:
    """Lock the text and then its request, as all code does: another order could deadlock."""
    if request.template_id:
        Template.objects.select_for_update().filter(pk=request.template_id).first()
    return ApprovalRequest.objects.select_for_update().get(pk=request.pk)


def _queue(task: str, request_id: UUID) -> None:
    transaction.on_commit(lambda: current_app.send_task(task, args=[str(request_id)]), robust=True)


def _require_held(request: ApprovalRequest) -> None:
    if request.state != RequestState.HELD:
        raise ProblemError(
            _("It does not wait for our team: %(state)s.") % {"state": request.get_state_display()}
        )


def _record(action: str, request: ApprovalRequest, by: User | None) -> None:
    template = request.template
    if template:
        new = {"version": request.version}
        audit.record(action, template, by=by, name=template.name, new=new)
