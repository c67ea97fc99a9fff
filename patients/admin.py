"""Admin pages for support. They find a person by id, phone or e-mail, and list no names."""

from django.contrib import admin

from patients.models import (
    Doctor,
    FirstContact,
    Hold,
    Import,
    ImportProblem,
    PastAsk,
    Patient,
    Suppression,
)
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin[Import]):
    list_display = (
        "created",
        "workspace",
        "campaign",
        "status",
        "rows_new",
        "rows_known",
        "rows_refused",
        "uploaded_by_name",
    )
    list_filter = ("status", CreatedSinceFilter)
    list_select_related = ("workspace", "campaign")
    search_fields = ("workspace__name", "campaign__name")
    ordering = ("-id",)
    hidden = ("file",)


@admin.register(ImportProblem)
class ImportProblemAdmin(ReadOnlyAdmin[ImportProblem]):
    list_display = ("created", "workspace", "source_id", "row_number", "reason")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("workspace",)
    search_fields = ("=reason",)
    ordering = ("-id",)


@admin.register(Patient)
class PatientAdmin(ReadOnlyAdmin[Patient]):
    list_display = (
        "id",
        "workspace",
        "campaign",
        "appointment_time",
        "preferred_channel",
        "has_consent",
        "asked_at",
        "opted_out_at",
        "data_deleted_at",
    )
    list_filter = (
        "preferred_channel",
        "has_consent",
        ("opted_out_at", admin.EmptyFieldListFilter),
        ("data_deleted_at", admin.EmptyFieldListFilter),
        CreatedSinceFilter,
    )
    list_select_related = ("workspace", "campaign")
    search_fields = ("=phone", "=email")
    search_help_text = "id, +593…, e-mail"
    ordering = ("-id",)
    hidden = ("token",)


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin[Suppression]):
    list_display = ("id", "workspace", "reason", "at")
    list_filter = ("reason", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("=address",)
    ordering = ("-id",)
    hidden = ("digest",)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin[Hold]):
    list_display = ("id", "workspace", "since", "decision", "decided_at")
    list_filter = ("decision", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("=address",)
    ordering = ("-id",)
    hidden = ("digest",)


@admin.register(FirstContact)
class FirstContactAdmin(ReadOnlyAdmin[FirstContact]):
    list_display = ("created", "workspace")
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(PastAsk)
class PastAskAdmin(ReadOnlyAdmin[PastAsk]):
    list_display = ("id", "workspace", "appointment_time", "asked_at")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("workspace",)
    search_fields = ("=digest",)
    ordering = ("-id",)
    hidden = ("digest",)


@admin.register(Doctor)
class DoctorAdmin(ReadOnlyAdmin[Doctor]):
    list_display = ("id", "workspace", "name", "key")
    list_filter = (CreatedSinceFilter,)
    list_select_related = ("workspace",)
    search_fields = ("=key",)
    ordering = ("-id",)
