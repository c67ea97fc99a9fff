"""Bank transfers, which platform staff record and withdraw."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import transfers
from billing.models import BankTransfer, TransferKind
from billing.models.transfers import MAX_MONTHS
from billing.templatetags.money import money
from core.errors import ProblemError
from workspaces.admin.base import NOTHING_CHOSEN, CreatedSinceFilter, PlatformAdmin, staff_user
from workspaces.models import Plan
from workspaces.plans import PLANS

MAX_AMOUNT = Decimal(1_000_000)
MAX_CREDITS = 1_000_000
OF_PACK = ("credits",)
OF_PLAN = ("plan", "months", "starts_at")


class BankTransferForm(forms.ModelForm[BankTransfer]):
    price = forms.DecimalField(
        label=_("Amount"), min_value=Decimal("0.01"), max_value=MAX_AMOUNT, decimal_places=2
    )
    credits = forms.IntegerField(
        label=_("Credits"), min_value=1, max_value=MAX_CREDITS, required=False
    )
    plan = forms.ChoiceField(
        label=_("Plan"),
        required=False,
        choices=[
            ("", NOTHING_CHOSEN),
            *((plan, plan.label) for plan in PLANS if plan != Plan.FREE),
        ],
    )
    months = forms.IntegerField(
        label=_("Months"), min_value=1, max_value=MAX_MONTHS, required=False
    )

    class Meta:
        model = BankTransfer
        fields = (
            "workspace",
            "receipt",
            "received_on",
            "currency",
            "kind",
            "credits",
            "plan",
            "months",
            "starts_at",
            "note",
        )

    def clean_receipt(self) -> str:
        receipt: str = self.cleaned_data["receipt"].strip()
        try:
            transfers.require_new_receipt(receipt)
        except ProblemError as problem:
            raise forms.ValidationError(problem.message) from None
        return receipt

    def clean_credits(self) -> int:
        return self.cleaned_data["credits"] or 0

    def clean_months(self) -> int:
        return self.cleaned_data["months"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        received_on = cleaned.get("received_on")
        if received_on and received_on > timezone.localdate():
            self.add_error("received_on", _("This day is still to come."))
        is_pack = cleaned.get("kind") == TransferKind.PACK
        needed, unused = (OF_PACK, OF_PLAN) if is_pack else (("plan", "months"), OF_PACK)
        for name in needed:
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, _("Please fill this in."))
        for name in unused:
            if cleaned.get(name):
                self.add_error(name, _("Leave this empty: the transfer pays for something else."))
        if price := cleaned.get("price"):
            self.instance.amount = int(price * 100)
        return cleaned


class WithdrawForm(forms.Form):
    because = forms.CharField(label=_("Why"), max_length=200)


@admin.register(BankTransfer)
class BankTransferAdmin(PlatformAdmin[BankTransfer]):
    form = BankTransferForm
    allowed_actions = ("add",)
    fields = (
        "workspace",
        "receipt",
        "received_on",
        "price",
        "currency",
        "kind",
        "credits",
        "plan",
        "months",
        "starts_at",
        "note",
    )
    list_display = (
        "receipt",
        "workspace",
        "received_on",
        "shown_amount",
        "purchase",
        "recorded_by",
        "withdrawn_at",
    )
    list_filter = (CreatedSinceFilter, "kind", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace",)
    search_fields = ("receipt", "workspace__name")
    autocomplete_fields = ("workspace",)
    ordering = ("-id",)
    actions = ("withdraw",)

    def get_fields(self, request: HttpRequest, obj: BankTransfer | None = None) -> Any:
        if obj is None:
            return self.fields
        return [field.name for field in self.opts.concrete_fields]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = {"received_on": timezone.localdate()}
        return initial | super().get_changeform_initial_data(request)

    def save_model(
        self,
        request: HttpRequest,
        obj: BankTransfer,
        form: forms.ModelForm[BankTransfer],
        change: bool,
    ) -> None:
        transfers.record_transfer(transfer=obj, by=staff_user(request))

    @admin.display(description=_("amount"), ordering="amount")
    def shown_amount(self, transfer: BankTransfer) -> str:
        return money(transfer.amount, transfer.currency)

    @admin.display(description=_("pays for"))
    def purchase(self, transfer: BankTransfer) -> str:
        return transfers.describe_purchase(transfer)

    @admin.action(description=_("Withdraw, after a mistake"), permissions=["withdraw"])
    def withdraw(
        self, request: HttpRequest, queryset: QuerySet[BankTransfer]
    ) -> TemplateResponse | None:
        form = WithdrawForm(request.POST if "because" in request.POST else None)
        if not form.is_valid():
            return self.ask_to_confirm(
                request,
                queryset,
                action="withdraw",
                question=_("Take back what these transfers gave"),
                form=form,
            )
        by, because = staff_user(request), form.cleaned_data["because"]
        self.run_for_each(
            request,
            queryset.select_related("workspace"),
            lambda transfer: transfers.withdraw_transfer(transfer=transfer, because=because, by=by),
            done=gettext("Withdrawn."),
        )
        return None

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return staff_user(request).has_perm("billing.add_banktransfer")
