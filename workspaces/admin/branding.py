from django.contrib import admin

from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin
from workspaces.models import Brand, Picture


@admin.register(Picture)
class PictureAdmin(ReadOnlyAdmin[Picture]):
    list_display = ("created", "workspace", "content_type", "width", "height")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)
    hidden = ("data",)


@admin.register(Brand)
class BrandAdmin(ReadOnlyAdmin[Brand]):
    list_display = ("created", "workspace", "colour", "show_doctor_photo")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)
