"""Base classes of the platform's admin.

Lists never count whole tables, and each change is recorded in the audit trail of the workspace that
it belongs to.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import ProblemError
from core.ids import first_id
from workspaces.models import User

M = TypeVar("M", bound=models.Model)

MAX_COUNTED_ROWS = 5_000
REDACTED = "…"
NOTHING_CHOSEN = _("Nothing chosen")
FREE_TEXT = (models.CharField, models.TextField, models.JSONField)


def staff_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the site lets nobody else in
    return request.user


class CappedPaginator(Paginator[M]):
    """Stops counting at MAX_COUNTED_ROWS. Nobody pages further than that; they search."""

    @cached_property
    def count(self) -> int:
        rows = cast("models.QuerySet[M]", self.object_list)
        return rows.order_by()[:MAX_COUNTED_ROWS].count()


class CreatedSinceFilter(admin.SimpleListFilter):
    """Filters by id: our ids begin with the time, and unlike `created_at` they are indexed."""

    title = _("since")
    parameter_name = "since"

    def lookups(
        self,
        request: HttpRequest,
        model_admin: admin.ModelAdmin[Any],
    ) -> Iterable[tuple[str, Any]]:
        return [("1", _("yesterday")), ("7", _("a week ago")), ("30", _("30 days ago"))]

    def queryset(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[M],
    ) -> models.QuerySet[M] | None:
        if self.value() not in {"1", "7", "30"}:
            return None
        return queryset.filter(
            pk__gte=first_id(timezone.now() - timedelta(days=int(self.value() or 0)))
        )


class SameWorkspaceForm(forms.ModelForm[M]):
    """Shows an error for a row of another workspace, which the database would refuse."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        workspace = cleaned.get("workspace")
        own_id = workspace.pk if workspace else getattr(self.instance, "workspace_id", None)
        for name, value in list(cleaned.items()):
            value_id = getattr(value, "workspace_id", None) if name != "workspace" else None
            if value_id not in (None, own_id):
                self.add_error(name, _("This belongs to another workspace."))
        return cleaned


def labelled_column(name: str, label: Any) -> Callable[[models.Model], Any]:
    """Return a list column for a field of a third-party model that has no Spanish label."""

    @admin.display(description=label, ordering=name)
    def column(row: models.Model) -> Any:
        return getattr(row, name)

    column.__name__ = name
    return column


class PlatformAdmin(admin.ModelAdmin[M]):
    # Singular and plural name, for third-party models that are named in English only.
    verbose_names: ClassVar[tuple[Any, Any] | None] = None
    labels: ClassVar[Mapping[str, Any]] = {}
    form: type[forms.ModelForm[Any]] = SameWorkspaceForm
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each facet would count the whole table
    list_per_page = 50
    allowed_actions: tuple[str, ...] = ("change",)  # of add, change and delete
    readonly_after_add: tuple[str, ...] = ()  # fields that can only be set when the row is added

    def __init__(self, model: type[M], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        if self.verbose_names:
            # The admin reads the names from the model in many places, so change them there.
            model._meta.verbose_name, model._meta.verbose_name_plural = self.verbose_names

    def has_add_permission(self, request: HttpRequest) -> bool:
        return "add" in self.allowed_actions and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return "change" in self.allowed_actions and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return "delete" in self.allowed_actions and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *(self.readonly_after_add if obj else ())]

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> Any:
        """Replace the dashes that Django shows as the first choice."""
        return super().get_action_choices(request, [("", gettext("Choose an action"))])

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Replace the dashes that Django shows as the empty choice of a select."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            if field.empty_label is not None:
                field.empty_label = NOTHING_CHOSEN
        elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, list):
            field.choices = [
                (value, label if value else NOTHING_CHOSEN) for value, label in field.choices
            ]
        return field

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[M], search_term: str
    ) -> tuple[models.QuerySet[M], bool]:
        """Accept an id, as logs contain them: find the row itself and rows that refer to it."""
        try:
            row_id = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        matches = models.Q()
        for field in self.opts.concrete_fields:
            target = field.target_field if isinstance(field, models.ForeignKey) else field
            if isinstance(target, models.UUIDField):
                matches |= models.Q((field.name, row_id))
        return queryset.filter(matches), False

    @admin.display(description=_("when"), ordering="pk")
    def created(self, obj: M) -> str:
        """Return when the row was created, for list columns."""
        return format_short(obj.created_at)  # type: ignore[attr-defined]  # every row of ours has it

    def save_model(
        self, request: HttpRequest, obj: M, form: forms.ModelForm[M], change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            self.record(request, "admin.add", obj)
            return
        columns = {field.name for field in self.opts.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if not changed:
            return
        before = type(obj)._default_manager.get(pk=obj.pk)
        # Save only the changed fields. Others may have changed since the form was opened: the
        # ledger, for example, updates a workspace's balance at any time.
        obj.save(update_fields=[*changed, *({"updated_at"} & columns)])
        self.record(
            request,
            "admin.change",
            obj,
            old={name: recordable_value(before, name) for name in changed},
            new={name: recordable_value(obj, name) for name in changed},
        )

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self.record(request, "admin.delete", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[M]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def record(
        self,
        request: HttpRequest,
        action: str,
        obj: M,
        *,
        old: dict[str, Any] | None = None,
        new: dict[str, Any] | None = None,
    ) -> None:
        """Record an action in the workspace's audit trail, if the row belongs to a workspace."""
        if workspace_id := self.workspace_id_of(obj):
            audit.record(
                action,
                obj,
                by=staff_user(request),
                workspace_id=workspace_id,
                name=str(obj),
                old=old,
                new=new,
            )

    def workspace_id_of(self, obj: M) -> UUID | None:
        return getattr(obj, "workspace_id", None)

    def run_for_each(
        self,
        request: HttpRequest,
        rows: Iterable[M],
        act: Callable[[M], object],
        done: str,
    ) -> None:
        """Call `act` for each row. A row that is refused is reported and does not stop the rest."""
        count = 0
        for row in rows:
            try:
                act(row)
            except ProblemError as problem:
                self.message_user(request, f"{row}: {problem.message}", messages.ERROR)
            else:
                self.log_change(request, row, done)
                count += 1
        if count:
            self.message_user(request, f"{done} ({count})", messages.SUCCESS)

    def ask_to_confirm(
        self,
        request: HttpRequest,
        rows: models.QuerySet[M],
        *,
        action: str,
        question: Any,
        form: forms.Form,
    ) -> TemplateResponse:
        """Render the page on which platform staff confirm an action or answer its question."""
        context = self.admin_site.each_context(request) | {
            "title": question,
            "opts": self.opts,
            "rows": rows,
            "form": form,
            "action": action,
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ask.html", context)


class ReadOnlyAdmin(PlatformAdmin[M]):
    """Admin for models that platform staff can view but not change."""

    allowed_actions: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        names = [field.name for field in self.opts.concrete_fields if field.name not in self.hidden]
        return [self.columns.get(name, name) for name in names]

    def get_list_display(self, request: HttpRequest) -> Any:
        return [
            self.columns.get(name, name) if isinstance(name, str) else name
            for name in super().get_list_display(request)
        ]

    @cached_property
    def columns(self) -> dict[str, Callable[[models.Model], Any]]:
        return {name: labelled_column(name, label) for name, label in self.labels.items()}

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        return self.get_fields(request, obj)


def format_short(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def recordable_value(row: models.Model, name: str) -> Any:
    """Return a field's value for the audit trail, without free text.

    Free text may name a person, and the trail is kept after people's data are erased.
    """
    field = row._meta.get_field(name)
    if isinstance(field, FREE_TEXT) and not field.choices:
        return REDACTED
    return audit.to_plain_value(getattr(row, name))
