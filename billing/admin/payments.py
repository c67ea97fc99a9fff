"""Stripe's events, payments and differences, for platform staff."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, When
from django.db.models.fields.json import KT
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import BillingDifference, BillingNotice, Payment, PaymentEvent
from billing.stripe import inbox, reconciliation
from billing.stripe.stripe_objects import NotUnderstoodError
from billing.stripe.sync import NotOursError, OvertakenError
from core.errors import ProblemError
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin, staff_user
from workspaces.models import Workspace


class StateFilter(admin.SimpleListFilter):
    """Filter by whether an event is processed, waits, or was given up."""

    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, Any]]:
        return [("done", _("processed")), ("waits", _("waits")), ("stuck", _("given up"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[PaymentEvent]
    ) -> QuerySet[PaymentEvent] | None:
        match self.value():
            case "done":
                return queryset.exclude(processed_at=None)
            case "waits":
                return queryset.filter(processed_at=None, next_try_at__isnull=False)
            case "stuck":
                return queryset.filter(processed_at=None, next_try_at=None)
        return None


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin[PaymentEvent]):
    list_display = ("created", "workspace_name", "kind", "processed_at", "attempts", "error")
    list_filter = (CreatedSinceFilter, StateFilter, ("error", admin.EmptyFieldListFilter))
    search_fields = ("=key", "=kind", "=customer")
    ordering = ("-id",)
    actions = ("replay",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentEvent]:
        """Add the customer from the payload, and the name of the workspace that it belongs to."""
        customer = Case(
            When(payload__data__object__object="customer", then=KT("payload__data__object__id")),
            default=KT("payload__data__object__customer"),
            output_field=CharField(),
        )
        name = Workspace.objects.filter(stripe_customer_id=OuterRef("customer")).values("name")
        events = super().get_queryset(request).annotate(customer=customer)
        return events.annotate(workspace_name=Subquery(name))

    @admin.display(description=_("workspace"))
    def workspace_name(self, event: PaymentEvent) -> str:
        return event.workspace_name or event.customer or ""  # type: ignore[attr-defined]  # annotated

    @admin.action(description=_("Process once more"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[PaymentEvent]) -> None:
        self.run_for_each(
            request,
            queryset,
            lambda event: inbox.replay_event(event=event, by=staff_user(request)),
            done=gettext("It is processed once more."),
        )

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return staff_user(request).has_perm("billing.change_paymentevent")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin[Payment]):
    list_display = (
        "created",
        "workspace",
        "kind",
        "amount",
        "currency",
        "refunded",
        "disputed",
        "credits",
    )
    list_filter = (CreatedSinceFilter, "kind", "currency")
    list_select_related = ("workspace",)
    search_fields = ("=payment_intent", "=invoice", "=subscription", "workspace__name")
    ordering = ("-id",)


@admin.register(BillingNotice)
class BillingNoticeAdmin(ReadOnlyAdmin[BillingNotice]):
    list_display = ("created", "workspace", "kind", "cause", "sent_at")
    list_filter = (CreatedSinceFilter, "kind", ("sent_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace",)
    search_fields = ("=cause", "workspace__name")
    ordering = ("-id",)


@admin.register(BillingDifference)
class BillingDifferenceAdmin(ReadOnlyAdmin[BillingDifference]):
    list_display = ("created", "kind", "reference", "ours", "theirs", "seen_at", "closed_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "kind")
    search_fields = ("=reference", "=customer")
    ordering = ("-closed_at", "-id")  # the database puts those that are open first
    actions = ("repair",)

    @admin.action(description=_("Read it from Stripe again"), permissions=["repair"])
    def repair(self, request: HttpRequest, queryset: QuerySet[BillingDifference]) -> None:
        self.run_for_each(request, queryset, _repair, done=gettext("Read again."))

    def has_repair_permission(self, request: HttpRequest) -> bool:
        return staff_user(request).has_perm("billing.change_billingdifference")


def _repair(difference: BillingDifference) -> None:
    """Read the object from Stripe. The next comparison closes the difference if it is gone."""
    try:
        reconciliation.repair_difference(difference)
    except (NotOursError, NotUnderstoodError, OvertakenError) as why:
        raise ProblemError(str(why)) from why
