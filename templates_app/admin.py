from django.contrib import admin

from templates_app.models import Template, TemplateVersion
from workspaces.admin.base import PlatformAdmin, ReadOnlyAdmin


@admin.register(Template)
class TemplateAdmin(PlatformAdmin[Template]):
    """The words are the clinic's; the WhatsApp content is registered by the platform."""

    list_display = ("name", "workspace", "type", "language", "channel", "is_default", "version")
    list_filter = ("type", "language", "channel", "is_default")
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__name", "=whatsapp_content_sid")
    ordering = ("-id",)
    fields = (
        "workspace",
        "name",
        "description",
        "whatsapp_content_sid",
        "type",
        "language",
        "channel",
        "is_default",
        "subject",
        "content",
        "variables",
        "version",
        "id",
        "created_at",
        "updated_at",
    )
    readonly_fields = tuple(
        name for name in fields if name not in ("name", "description", "whatsapp_content_sid")
    )


@admin.register(TemplateVersion)
class TemplateVersionAdmin(ReadOnlyAdmin[TemplateVersion]):
    list_display = ("template", "version", "workspace", "saved_by_name", "made")
    list_select_related = ("template", "workspace")
    search_fields = ("template__name", "workspace__name")
    ordering = ("-id",)
