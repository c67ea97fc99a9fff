from django.contrib import admin

from workspaces.admin.base import ReadOnlyAdmin
from workspaces.models import Notification, NotificationChoice, PushSubscription, QuietHours


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    list_display = ("created_at", "workspace", "user", "kind", "due_at", "outcome", "done_at")
    list_filter = ("outcome", "kind")
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__name", "=user__email")
    ordering = ("-id",)


@admin.register(NotificationChoice)
class NotificationChoiceAdmin(ReadOnlyAdmin[NotificationChoice]):
    list_display = ("workspace", "user", "kind", "by_mail", "by_push")
    list_filter = ("kind",)
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__name", "=user__email")
    ordering = ("-id",)


@admin.register(QuietHours)
class QuietHoursAdmin(ReadOnlyAdmin[QuietHours]):
    list_display = ("workspace", "user", "is_on", "starts", "ends")
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__name", "=user__email")
    ordering = ("-id",)


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin[PushSubscription]):
    list_display = ("created_at", "workspace", "user", "device", "delivered_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__name", "=user__email")
    ordering = ("-id",)
    hidden = ("endpoint", "public_key", "secret")
