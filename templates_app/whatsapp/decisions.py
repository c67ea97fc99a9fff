"""Act on Meta's decision about a template: use it or stop using it, and tell the members."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from core import audit, tenancy
from templates_app.models import (
    ApprovalNews,
    ApprovalRequest,
    ApprovedText,
    RequestState,
    Template,
)
from templates_app.whatsapp.requests import lock_request, move_request, requests_of
from workspaces.mail import send_to_people
from workspaces.models import User
from workspaces.notifications.notifying import notify

TOLD_AT_ONCE = 20
REJECTED = ("rejected", "disabled")
# Messages with such a template fail, so it is not used until Meta approves it again.
STOPPED = ("paused", "disabled", "rejected")


@dataclass(frozen=True)
class Standing:
    """What Twilio said about a template until now."""

    status: str
    category: str

    @classmethod
    def of(cls, text: ApprovedText) -> Self:
        return cls(text.status, text.category)


def follow(text: ApprovedText, before: Standing) -> None:
    """Update requests and news after Twilio reported new values of a text. The caller saves it."""
    if before.category and text.category and text.category != before.category:
        text.previous_category = before.category
        text.news = ApprovalNews.CATEGORY
    if before.status == "approved" and text.status in STOPPED:
        text.news = ApprovalNews.STOPPED
    waiting = (RequestState.SUBMITTED, RequestState.REJECTED)
    for request in text.requests.filter(state__in=waiting).order_by("pk"):
        locked = lock_request(request)
        if text.is_approved and locked.state in waiting:
            _approve(locked, text)
        elif text.status in REJECTED and locked.state == RequestState.SUBMITTED:
            _reject(locked, text)


def _approve(request: ApprovalRequest, text: ApprovedText) -> None:
    """Use the approved words from now on. The earlier ones are deleted at Twilio later."""
    template = request.template
    if template is None or _has_newer_decision(request):
        return
    move_request(request, RequestState.APPROVED)
    approved = requests_of(template).filter(state=RequestState.APPROVED)
    for older in approved.exclude(pk=request.pk).order_by("pk"):
        move_request(older, RequestState.REPLACED)
    template.whatsapp_content_sid = text.content_sid
    template.save(update_fields=["whatsapp_content_sid", "updated_at"])
    text.news = ApprovalNews.APPROVED
    new = {"version": request.version, "category": text.category}
    audit.record("template.whatsapp_approved", template, by=None, name=template.name, new=new)


def _reject(request: ApprovalRequest, text: ApprovedText) -> None:
    move_request(request, RequestState.REJECTED)
    text.news = ApprovalNews.REJECTED
    if template := request.template:
        new = {"version": request.version, "reason": text.rejection_reason}
        audit.record("template.whatsapp_rejected", template, by=None, name=template.name, new=new)


def _has_newer_decision(request: ApprovalRequest) -> bool:
    """Return whether a later version was submitted, so that an appeal must not bring this back."""
    if request.state != RequestState.REJECTED or request.template is None:
        return False
    return requests_of(request.template).filter(pk__gt=request.pk).exists()


def tell_news() -> int:
    """Tell the members what Meta has decided. Return how many texts were told about."""
    told = 0
    for _turn in range(TOLD_AT_ONCE):
        if not _tell_next():
            break
        told += 1
    return told


def _tell_next() -> bool:
    """Take one piece of news and store who is to be told, both or neither."""
    with tenancy.platform("approved texts"):
        text = (
            ApprovedText.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("workspace")
            .exclude(news="")
            .order_by("updated_at")
            .first()
        )
        if text is None:
            return False
        _tell(text)
        text.news = ""
        text.save(update_fields=["news", "updated_at"])
    return True


def _tell(text: ApprovedText) -> None:
    templates = list(templates_of(text))
    if not templates:
        return
    notify(
        "whatsapp_text.decided",
        workspace=text.workspace,
        # A text can be stopped twice. Each time it was saved with the news.
        cause=f"{text.pk} {text.news} {text.updated_at.isoformat()}",
        path=reverse("template", args=[templates[0].pk]),
        facts={
            "news": text.news,
            "names": ", ".join(f"“{template.name}”" for template in templates),
            "reason": text.rejection_reason,
            "category": text.category,
            "previous_category": text.previous_category,
        },
    )


def mail_platform_staff(request_id: UUID) -> None:
    """Tell platform staff that a text waits to be read before it is submitted."""
    with tenancy.platform("approval requests"):
        request = ApprovalRequest.objects.select_related("workspace").get(pk=request_id)
        if request.state != RequestState.HELD:
            return
        staff = list(User.objects.filter(is_staff=True))
    page = reverse("admin:templates_app_approvalrequest_change", args=[request.pk])
    send_to_people(
        staff,
        "templates_app/mail/held",
        language=settings.LANGUAGE_CODE,
        clinic=request.workspace.name,
        words=request.body,
        link=f"{settings.SITE_URL}{page}",
    )


def templates_of(text: ApprovedText) -> QuerySet[Template]:
    """Return the texts that use this approved one, or that were submitted as it."""
    own = Template.objects.within(text.workspace_id)
    submitted = ApprovalRequest.objects.filter(approved_text=text).values("template")
    return (
        own.filter(whatsapp_content_sid=text.content_sid) | own.filter(pk__in=submitted)
    ).order_by("pk")
