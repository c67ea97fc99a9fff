from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from workspaces.admin.base import PlatformAdmin, staff_user
from workspaces.legal import documents
from workspaces.models import LegalKind, LegalLanguage, LegalText


@admin.register(LegalText)
class LegalTextAdmin(PlatformAdmin[LegalText]):
    """Staff add versions. They change none, because people have accepted them."""

    allowed_actions = ("add",)
    list_display = ("created", "kind", "language", "version", "is_draft", "written_by")
    list_filter = ("kind", "language")
    ordering = ("-id",)
    fields = ("kind", "language", "body", "is_draft")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the text in force, if the link names its kind and language."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        kind, language = initial.get("kind"), initial.get("language")
        if kind in LegalKind.values and language in LegalLanguage.values:
            initial["body"] = documents.current_document(LegalKind(kind), str(language)).body
        return initial

    def save_model(
        self, request: HttpRequest, obj: LegalText, form: forms.ModelForm[LegalText], change: bool
    ) -> None:
        documents.publish_text(text=obj, by=staff_user(request))
