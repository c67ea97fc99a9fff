from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing import ledger_notes, transfers, usage_report
from billing.models import BankTransfer, CreditEntry, CreditLot, EntryKind
from billing.pricing import describe_plans
from billing.stripe import checkout, invoices, portal
from billing.stripe.client import is_on
from core import csv_exports
from core.errors import ProblemError
from core.paging import newest_first, render_partial
from core.public_pages import render_public_page
from workspaces import entitlements, support
from workspaces.access import Can, may, member, public
from workspaces.models import EntitlementSource, LimitName, Plan, User, Workspace
from workspaces.plans import ORDER, PACKS, PLANS, Terms, find_pack
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

SIZE = 50
SHOWN_TRANSFERS = 24
COLUMNS: list[csv_exports.Column[CreditEntry]] = [
    (gettext_lazy("When"), lambda entry: entry.created_at),
    (gettext_lazy("What"), ledger_notes.describe_cause),
    (gettext_lazy("Note"), ledger_notes.note_for_owner),
    (gettext_lazy("Who"), lambda entry: entry.by),
    (gettext_lazy("Credits"), lambda entry: entry.amount),
    (gettext_lazy("Until"), lambda entry: entry.expires_at),
    (gettext_lazy("Cause"), lambda entry: entry.cause),
]
SOLD = [plan for plan, terms in PLANS.items() if terms.monthly]


class SubscribeForm(forms.Form):
    plan = forms.ChoiceField(choices=[(plan, plan.label) for plan in SOLD])
    pay = forms.ChoiceField(choices=[("monthly", ""), ("yearly", "")])


class LedgerForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Movement"),
        required=False,
        choices=[("", gettext_lazy("All movements")), *EntryKind.choices],
    )


@member(Can.MANAGE_BILLING)
def index(request: MemberRequest) -> HttpResponse:
    workspace = request.workspace
    zone = workspace_time_zone(workspace)
    standing = entitlements.current_standing(workspace)
    lots = CreditLot.objects.within(workspace).unspent().select_related("entry")
    context = {
        "limits": standing.limits,
        "over": standing.over,
        "uses": _usage_of_limits(workspace, standing),
        "lots": [
            (lot, ledger_notes.describe_cause(lot.entry), ledger_notes.note_for_owner(lot.entry))
            for lot in lots
        ],
        "days_left": usage_report.estimate_days_left(workspace),
        "weeks": usage_report.weekly_spending(workspace, zone=zone),
        "offers": _plan_offers(standing.limits, chosen=request.GET.get("plan", "")),
        "packs": PACKS,
        "transfers": [
            (transfer, transfers.describe_purchase(transfer))
            for transfer in BankTransfer.objects.within(workspace)
            .standing()
            .order_by("-received_on", "-id")[:SHOWN_TRANSFERS]
        ],
        "is_yearly": request.GET.get("pay") == "yearly",
        "payments_are_on": is_on(),
        "how_to_ask": support.how_to_ask(),
        "is_done": "done" in request.GET,
        "zone": zone,
    }
    return render(request, "billing/billing.html", context)


@dataclass(frozen=True)
class Offer:
    """A plan on sale, as it is shown to this workspace."""

    terms: Terms
    is_present: bool  # the workspace has it and cannot choose it again
    is_paid: bool
    is_smaller: bool
    is_suggested: bool


def _plan_offers(limits: entitlements.Limits, *, chosen: str) -> list[Offer]:
    """Suggest at most one plan: the one chosen on the page of prices, else that of the trial.

    Without either it is the next larger one.
    """
    source = limits.given_by.source if limits.given_by else None
    is_paid, on_trial = source == EntitlementSource.PAYMENT, source == EntitlementSource.TRIAL
    current, rank = limits.plan, ORDER.index(limits.plan)
    has_plan = is_paid or source in (EntitlementSource.TRANSFER, None)
    larger = [plan for plan in SOLD if ORDER.index(plan) > rank]
    suggested = current if on_trial else next(iter(larger), None)
    if chosen in SOLD:
        suggested = Plan(chosen)
    return [
        Offer(
            terms=PLANS[plan],
            is_present=has_plan and plan == current,
            is_paid=is_paid,
            is_smaller=is_paid and ORDER.index(plan) < rank,
            is_suggested=plan == suggested,
        )
        for plan in SOLD
    ]


def _usage_of_limits(
    workspace: Workspace, standing: entitlements.EntitlementStanding
) -> list[tuple[LimitName, int, int | None]]:
    limits = standing.limits
    return [
        (LimitName.USERS, entitlements.seats_taken(workspace), limits.users),
        (LimitName.PRACTICES, standing.used[LimitName.PRACTICES], limits.practices),
    ]


@member(Can.MANAGE_BILLING)
def listed_invoices(request: MemberRequest) -> HttpResponse:
    """A partial of its own, so that the page loads while Stripe is slow or away."""
    context: dict[str, object] = {"zone": workspace_time_zone(request.workspace)}
    try:
        context["invoices"] = invoices.list_invoices(request.workspace) if is_on() else []
    except ProblemError as problem:
        context["problem"] = problem.message
    return render(request, "billing/invoices.html", context)


@member(Can.MANAGE_BILLING)
def movements_list(request: MemberRequest) -> HttpResponseBase:
    form = LedgerForm(request.GET)
    zone = workspace_time_zone(request.workspace)
    entries = CreditEntry.objects.within(request.workspace)
    if form.is_valid() and form.cleaned_data["kind"]:
        entries = entries.filter(kind=form.cleaned_data["kind"])
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(entries, COLUMNS, name=_("credit-movements"), zone=zone)
    page = newest_first(entries, request, size=SIZE)
    context = {
        "form": form,
        "entries": [
            (e, ledger_notes.describe_cause(e), ledger_notes.note_for_owner(e)) for e in page.rows
        ],
        "page": page,
        "zone": zone,
    }
    return render_partial(request, "billing/movements.html", "movements", context)


@member(Can.MANAGE_BILLING)
@require_POST
def subscribe(request: MemberRequest) -> HttpResponse:
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        raise ProblemError(_("Choose one of the plans."))
    address = checkout.choose_plan(
        workspace=request.workspace,
        plan=Plan(form.cleaned_data["plan"]),
        yearly=form.cleaned_data["pay"] == "yearly",
        by=request.user,
    )
    return redirect(address)


@member(Can.MANAGE_BILLING)
@require_POST
def buy(request: MemberRequest) -> HttpResponse:
    chosen = find_pack(request.POST.get("pack", ""))
    if chosen is None:
        raise ProblemError(_("Choose one of the packs."))
    return redirect(checkout.buy_pack(workspace=request.workspace, pack=chosen, by=request.user))


@member(Can.MANAGE_BILLING)
@require_POST
def manage(request: MemberRequest) -> HttpResponse:
    return redirect(portal.open_portal(workspace=request.workspace, by=request.user))


@public("prices, for visitors who consider signing up")
def pricing(request: HttpRequest) -> HttpResponse:
    user = request.user
    context = describe_plans(request) | {
        "may_choose": isinstance(user, User) and may(user, Can.MANAGE_BILLING)
    }
    return render_public_page(request, "billing/pricing.html", context)
