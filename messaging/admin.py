from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import audit
from core.models import IncomingWebhook
from messaging import sender_review
from messaging.costs import pages
from messaging.models import (
    AssistantCall,
    AssistantSettings,
    AssistantSummary,
    CannedAnswer,
    Conversation,
    ConversationNote,
    CostDay,
    Feedback,
    HiddenNumber,
    InboundAttachment,
    InboundMessage,
    Message,
    PhoneCode,
    Quote,
    RecoveryStep,
    Sender,
    SenderStop,
    TextLabels,
)
from workspaces.admin.base import CreatedSinceFilter, PlatformAdmin, ReadOnlyAdmin
from workspaces.models import SenderFlag


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    list_display = (
        "created",
        "workspace",
        "campaign",
        "type",
        "channel",
        "status",
        "rating",
        "error_code",
    )
    list_filter = ("status", "type", "channel", CreatedSinceFilter)
    list_select_related = ("workspace", "campaign")
    search_fields = ("=external_id", "=error_code")
    ordering = ("-id",)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin[InboundMessage]):
    list_display = ("created", "workspace", "channel", "intent", "rating")
    list_filter = ("intent", "channel", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("=external_id",)
    ordering = ("-id",)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin[Feedback]):
    list_display = ("created", "workspace", "rating", "status", "assignee", "resolved_at")
    list_filter = ("status", "rating", CreatedSinceFilter)
    list_select_related = ("workspace", "assignee")
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(TextLabels)
class TextLabelsAdmin(ReadOnlyAdmin[TextLabels]):
    list_display = ("created", "workspace", "source", "urgency", "reader", "corrected_at")
    list_filter = ("urgency", "source", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(AssistantSettings)
class AssistantSettingsAdmin(ReadOnlyAdmin[AssistantSettings]):
    list_display = ("workspace", "enabled_at", "recipient", "budget_micro_usd", "told_at")
    list_filter = (("enabled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(AssistantCall)
class AssistantCallAdmin(ReadOnlyAdmin[AssistantCall]):
    list_display = (
        "created",
        "workspace",
        "feature",
        "model",
        "outcome",
        "input_tokens",
        "output_tokens",
        "cost_micro_usd",
        "duration_ms",
    )
    list_filter = ("outcome", "feature", "provider", "model", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(AssistantSummary)
class AssistantSummaryAdmin(ReadOnlyAdmin[AssistantSummary]):
    list_display = ("created", "workspace", "month", "language", "model", "prompt", "written_at")
    list_filter = ("model", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    exclude = ("content",)  # patients' words
    ordering = ("-id",)


@admin.register(RecoveryStep)
class RecoveryStepAdmin(ReadOnlyAdmin[RecoveryStep]):
    list_display = ("created", "workspace", "feedback_id", "kind", "by_name")
    list_filter = ("kind", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin[Conversation]):
    list_display = ("created", "workspace", "waiting_since", "closed_at", "assignee")
    list_filter = (("waiting_since", admin.EmptyFieldListFilter), CreatedSinceFilter)
    list_select_related = ("workspace", "assignee")
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(ConversationNote)
class ConversationNoteAdmin(ReadOnlyAdmin[ConversationNote]):
    list_display = ("created", "workspace", "conversation_id", "by_name")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    hidden = ("text",)  # about a patient
    ordering = ("-id",)


@admin.register(InboundAttachment)
class InboundAttachmentAdmin(ReadOnlyAdmin[InboundAttachment]):
    list_display = ("created", "workspace", "inbound_id", "content_type", "status", "tries")
    list_filter = ("status", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    hidden = ("data",)  # of a patient
    ordering = ("-id",)


@admin.register(CannedAnswer)
class CannedAnswerAdmin(ReadOnlyAdmin[CannedAnswer]):
    list_display = ("name", "workspace", "created")
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__name")
    ordering = ("-id",)


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin[Quote]):
    list_display = ("created", "workspace", "message_id", "chosen_by_name", "withdrawn_at")
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(Sender)
class SenderAdmin(PlatformAdmin[Sender]):
    allowed_actions = ("add", "change")  # what was sent keeps its sender: pause it
    list_display = (
        "address",
        "channel",
        "workspace",
        "two_way",
        "rate_per_second",
        "paused_at",
        "pause_reason",
        "next_probe_at",
    )
    list_filter = ("channel", "two_way", ("paused_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace",)
    search_fields = ("address", "workspace__name")
    autocomplete_fields = ("workspace",)
    ordering = ("channel", "address")
    readonly_fields = ("id", "paused_at", "pause_reason", "next_probe_at", "created_at")
    readonly_after_add = ("workspace", "channel")
    actions = ("pause", "resume")

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Sender]) -> None:
        self.run_for_each(
            request,
            queryset.filter(paused_at=None),
            lambda sender: self._mark(
                request, sender, timezone.now(), gettext("Paused by the platform")
            ),
            done=gettext("Paused."),
        )

    @admin.action(description=_("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Sender]) -> None:
        self.run_for_each(
            request,
            queryset.exclude(paused_at=None),
            lambda sender: self._mark(request, sender, None, ""),
            done=gettext("Resumed."),
        )

    def _mark(
        self, request: HttpRequest, sender: Sender, paused_at: datetime | None, reason: str
    ) -> None:
        sender.paused_at, sender.pause_reason, sender.next_probe_at = paused_at, reason, None
        sender.save(update_fields=["paused_at", "pause_reason", "next_probe_at", "updated_at"])
        self.record(
            request, "admin.change", sender, new={"paused_at": audit.to_plain_value(paused_at)}
        )


@admin.register(CostDay)
class CostDayAdmin(ReadOnlyAdmin[CostDay]):
    """Shows how far the provider's prices were read. Only platform staff see its page of costs."""

    list_display = ("day", "passes", "unpriced", "next_pass_at")
    ordering = ("-day",)
    change_list_template = "admin/messaging/costday.html"

    def get_urls(self) -> list[Any]:
        page: Any = self.admin_site.admin_view(self.costs)
        page.access = "staff"  # read by the guards: the admin's site lets nobody else in
        return [path("report/", page, name="messaging_costs"), *super().get_urls()]

    def costs(self, request: HttpRequest) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return pages.render_cost_report(request, self.admin_site)


@admin.register(SenderFlag)
class SenderFlagAdmin(ReadOnlyAdmin[SenderFlag]):
    """Lists flags. The page of new senders shows them by clinic, with samples and buttons."""

    list_display = ("created", "workspace", "kind", "about", "seen_at")
    list_filter = ("kind", ("seen_at", admin.EmptyFieldListFilter), CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name", "about")
    ordering = ("-id",)
    change_list_template = "admin/messaging/senderflag.html"

    def get_urls(self) -> list[Any]:
        page: Any = self.admin_site.admin_view(self.new_senders)
        page.access = "staff"  # read by the guards: the admin's site lets nobody else in
        return [path("new-senders/", page, name="new_senders"), *super().get_urls()]

    def new_senders(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return sender_review.review_page(request, self.admin_site)


@admin.register(PhoneCode)
class PhoneCodeAdmin(ReadOnlyAdmin[PhoneCode]):
    list_display = ("created", "workspace", "user", "sent_at", "tries", "used_at")
    list_select_related = ("workspace", "user")
    search_fields = ("=phone", "workspace__name")
    ordering = ("-id",)
    hidden = ("digest",)


@admin.register(SenderStop)
class SenderStopAdmin(ReadOnlyAdmin[SenderStop]):
    list_display = ("id", "sender", "created")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("sender",)
    search_fields = ("=address",)
    ordering = ("-id",)


@admin.register(IncomingWebhook)
class WebhookEventAdmin(ReadOnlyAdmin[IncomingWebhook]):
    list_display = ("created", "provider", "kind", "key", "processed_at", "error")
    list_filter = (
        "provider",
        ("processed_at", admin.EmptyFieldListFilter),
        ("error", admin.EmptyFieldListFilter),
        CreatedSinceFilter,
    )
    search_fields = ("=key",)
    ordering = ("-id",)


@admin.register(HiddenNumber)
class HiddenNumberAdmin(ReadOnlyAdmin[HiddenNumber]):
    list_display = ("created", "workspace", "sender")
    list_select_related = ("workspace", "sender")
    search_fields = ("=user_id", "=address")
    ordering = ("-id",)
