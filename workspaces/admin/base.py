"""What all pages of the platform's admin have in common: cheap lists, and changes that leave a
trace in the trail of the workspace that they touch."""

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

MOST_ROWS = 5_000
WITHHELD = "…"
NOTHING_CHOSEN = _("Nothing chosen")
FREE_TEXT = (models.CharField, models.TextField, models.JSONField)


def staff_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the site lets nobody else in
    return request.user


class CappedPaginator(Paginator[M]):
    """Counts only as far as anyone would leaf; what lies beyond is searched for."""

    @cached_property
    def count(self) -> int:
        rows = cast("models.QuerySet[M]", self.object_list)
        return rows.order_by()[:MOST_ROWS].count()


class CreatedSinceFilter(admin.SimpleListFilter):
    """By the id, which tells the time and is always indexed; `created_at` is not."""

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
    """The database refuses a key into another workspace; a form says so beside the field."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        chosen = said.get("workspace")
        own = chosen.pk if chosen else getattr(self.instance, "workspace_id", None)
        for name, value in list(said.items()):
            theirs = getattr(value, "workspace_id", None) if name != "workspace" else None
            if theirs not in (None, own):
                self.add_error(name, _("This belongs to another workspace."))
        return said


def labelled(name: str, label: Any) -> Callable[[models.Model], Any]:
    """Return a column that shows a field by a name of ours, where the model has no Spanish one."""

    @admin.display(description=label, ordering=name)
    def column(row: models.Model) -> Any:
        return getattr(row, name)

    column.__name__ = name
    return column


class PlatformAdmin(admin.ModelAdmin[M]):
    # One and several rows, where the model has a name in English alone.
    named: ClassVar[tuple[Any, Any] | None] = None
    labels: ClassVar[Mapping[str, Any]] = {}
    form: type[forms.ModelForm[Any]] = SameWorkspaceForm
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    list_per_page = 50
    allows: tuple[str, ...] = ("change",)  # of add, change, delete: the rest is the clinics' own
    fixed: tuple[str, ...] = ()  # said once, when the row is made

    def __init__(self, model: type[M], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        if self.named:
            # The admin reads names from the model in a dozen places, and some models are allauth's.
            model._meta.verbose_name, model._meta.verbose_name_plural = self.named

    def has_add_permission(self, request: HttpRequest) -> bool:
        return "add" in self.allows and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return "change" in self.allows and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return "delete" in self.allows and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *(self.fixed if obj else ())]

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> Any:
        """Django's own first line is a row of dashes."""
        return super().get_action_choices(request, [("", gettext("Choose an action"))])

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Selects say that nothing is chosen where Django shows dashes."""
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
        """Logs name rows by id: pasted here, it finds the row and all that point at it."""
        try:
            sought = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        hits = models.Q()
        for field in self.opts.concrete_fields:
            target = field.target_field if isinstance(field, models.ForeignKey) else field
            if isinstance(target, models.UUIDField):
                hits |= models.Q((field.name, sought))
        return queryset.filter(hits), False

    @admin.display(description=_("when"), ordering="pk")
    def made(self, obj: M) -> str:
        """Short enough for a list."""
        return short(obj.created_at)  # type: ignore[attr-defined]  # every row of ours has it

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
        # Nothing but what was changed here: the balance moves by the ledger while a form is open.
        obj.save(update_fields=[*changed, *({"updated_at"} & columns)])
        self.record(
            request,
            "admin.change",
            obj,
            old={name: tellable(before, name) for name in changed},
            new={name: tellable(obj, name) for name in changed},
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
        """In the workspace's own trail; what belongs to none is in Django's log alone."""
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

    def act(
        self,
        request: HttpRequest,
        rows: Iterable[M],
        act: Callable[[M], object],
        done: str,
    ) -> None:
        """Each for itself: one that may not does not stop the others."""
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

    def ask(
        self,
        request: HttpRequest,
        rows: models.QuerySet[M],
        *,
        action: str,
        question: Any,
        form: forms.Form,
    ) -> TemplateResponse:
        """The page between choosing an action and its being done."""
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
    """What the platform looks at and does not touch."""

    allows: tuple[str, ...] = ()
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
        return {name: labelled(name, label) for name, label in self.labels.items()}

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        return self.get_fields(request, obj)


def short(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def tellable(row: models.Model, name: str) -> Any:
    """Free text may name a person, and the trail outlives people's right to be forgotten."""
    field = row._meta.get_field(name)
    if isinstance(field, FREE_TEXT) and not field.choices:
        return WITHHELD
    return audit.to_plain_value(getattr(row, name))
