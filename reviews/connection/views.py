"""The pages of the connection, for owners: its state, the consent at Google, and the choices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import ProblemError
from core.paging import render_partial
from reviews.connection import (
    access_tokens,
    actions,
    diagnosis,
    explanations,
    locations,
    matching,
    oauth,
    owner_checks,
    pending_consents,
    pending_grants,
)
from reviews.connection.forms import ConnectForm, DisconnectForm, LocationsForm
from reviews.connection.oauth import Grant
from reviews.connection.pending_consents import PendingConsent
from reviews.google_errors import GoogleError
from reviews.models import GoogleConnection, GoogleLocation
from workspaces import support
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest


@member(Can.MANAGE_GOOGLE)
def show(request: MemberRequest) -> HttpResponse:
    return _render(request, ConnectForm(workspace=request.workspace))


@member(Can.MANAGE_GOOGLE)
@require_POST
def begin(request: MemberRequest) -> HttpResponse:
    """Redirect to Google's consent page."""
    _require_configured()
    form = ConnectForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _render(request, form)
    begun = pending_consents.begin(request.session, invites_everyone=form.agrees)
    google = _find_connection(request)
    return HttpResponseRedirect(
        oauth.build_consent_url(
            state=begun.state,
            challenge=begun.challenge,
            login_hint=google.email if google else "",
        )
    )


@member(Can.MANAGE_GOOGLE)
@require_GET
def callback(request: MemberRequest) -> HttpResponse:
    """Take what Google answered. Every failure leads back to the page with a sentence."""
    pending = pending_consents.take(request.session, request.GET.get("state", ""))
    if pending is None:
        return _back(
            request,
            _(
                "This answer of Google’s does not belong to a connection that you began here within"
                " the last minutes. Nothing was changed. Begin again."
            ),
        )
    if request.GET.get("error") or not request.GET.get("code"):
        return _back(request, _explain_refusal(request.GET.get("error", "")))
    try:
        grant = oauth.exchange_code(code=request.GET["code"], verifier=pending.verifier)
    except GoogleError as error:
        return _back(
            request,
            _("Google did not confirm the connection, so nothing was changed.")
            + f" {explanations.explain_exchange(error)}",
        )
    if fault := _find_fault(grant):
        pending_grants.give_back(grant)
        return _back(request, fault)
    google = _find_connection(request)
    if google and google.google_user_id != grant.google_user_id:
        pending_grants.keep(request.session, grant, pending)
        return redirect("google_other_user")
    return _connect(request, grant, pending)


@member(Can.MANAGE_GOOGLE)
def confirm_other_user(request: MemberRequest) -> HttpResponse:
    """Ask before the connection passes from one Google user to another."""
    google, kept = _find_connection(request), pending_grants.read(request.session)
    if kept is None or google is None:
        return redirect("google_connection")
    grant, pending = kept
    if request.method != "POST":
        context = {"connection": google, "email": grant.email}
        return render(request, "reviews/connection/other_user.html", context)
    pending_grants.forget(request.session)
    if "replace" in request.POST:
        return _connect(request, grant, pending)
    pending_grants.give_back(grant)
    messages.success(request, _("Nothing was changed."))
    return redirect("google_connection")


@member(Can.MANAGE_GOOGLE)
def choose_locations(request: MemberRequest) -> HttpResponse:
    google = _find_connection(request)
    if google is None or not google.is_on:
        return redirect("google_connection")
    form = _locations_form(request, google)
    if request.method == "POST" and form.is_valid():
        followed = locations.assign_practices(
            connection=google, chosen=form.chosen(), by=request.user
        )
        if followed:
            messages.success(request, _("Saved. Reviews are fetched from now on."))
        else:
            messages.success(request, _("Saved. No location is followed."))
        return redirect("google_connection")
    context = {"form": form, "connection": google}
    return render(request, "reviews/connection/locations.html", context)


@member(Can.MANAGE_GOOGLE)
@require_POST
def check_now(request: MemberRequest) -> HttpResponse:
    """Have Google asked for the locations and the pushes, and make all reviews due."""
    google = _find_connection(request)
    if google is None or not google.is_on:
        return redirect("google_connection")
    owner_checks.begin_check(google)
    messages.success(request, _("Google is being asked. This page shows what it answers."))
    return redirect("google_connection")


@member(Can.MANAGE_GOOGLE)
def take_over_pushes(request: MemberRequest) -> HttpResponse:
    """Have Google tell us instead of another tool, after the owner has said so."""
    google = _find_connection(request)
    if google is None or not google.is_on:
        return redirect("google_connection")
    if request.method != "POST":
        return render(request, "reviews/connection/take_over.html", {"connection": google})
    owner_checks.begin_check(google, take_over=True)
    messages.success(
        request, _("Google is being asked to tell us. This page shows whether it does.")
    )
    return redirect("google_connection")


@member(Can.MANAGE_GOOGLE)
def disconnect(request: MemberRequest) -> HttpResponse:
    google = _find_connection(request)
    if google is None or not google.is_on:
        return redirect("google_connection")
    form = DisconnectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.disconnect(connection=google, deletes_fetched=form.deletes_fetched, by=request.user)
        messages.success(request, _("Google is disconnected. Nothing more is fetched or sent."))
        return redirect("google_connection")
    context = {"connection": google, "form": form, "reviews": request.workspace.reviews.count()}
    return render(request, "reviews/connection/disconnect.html", context)


@member(Can.MANAGE_GOOGLE)
def delete_fetched(request: MemberRequest) -> HttpResponse:
    """Delete what was kept when Google was disconnected."""
    google = _find_connection(request)
    if google is None or google.is_on:
        return redirect("google_connection")
    if request.method == "POST":
        actions.delete_fetched(connection=google, by=request.user)
        messages.success(request, _("Everything that was fetched from Google is deleted."))
        return redirect("google_connection")
    context = {"connection": google, "reviews": request.workspace.reviews.count()}
    return render(request, "reviews/connection/delete.html", context)


def _connect(request: MemberRequest, grant: Grant, pending: PendingConsent) -> HttpResponse:
    """Read the locations, and then store the grant: connecting locks rows until the response."""
    failure: GoogleError | None = None
    try:
        found = locations.list_locations(grant.access.token)
    except GoogleError as error:
        found, failure = [], error
    try:
        google = actions.connect(
            workspace=request.workspace,
            grant=grant,
            invites_everyone=pending.invites_everyone,
            by=request.user,
        )
    except ProblemError as problem:
        pending_grants.give_back(grant)
        return _back(request, problem.message)
    if failure:
        access_tokens.record_error(google.pk, failure)
        return _back(
            request,
            _("Google is connected, but did not say which locations you have.")
            + f" {explanations.explain(failure)}",
        )
    locations.store_locations(google, found)
    if not found:
        return _back(
            request,
            _(
                "Google is connected, but this Google user manages no location. Connect with the"
                " user who does, or have them give you access to the listing."
            ),
        )
    messages.success(request, _("Google is connected."))
    return redirect("google_locations")


def _find_fault(grant: Grant) -> str:
    """Return why a grant is of no use, or an empty text. Nothing of it is stored then."""
    if not grant.access.may_manage:
        return _(
            "The permission to manage your listings was not ticked on Google’s page. Connect again"
            " and leave it ticked: without it we cannot read or answer reviews."
        )
    if not grant.refresh_token:
        return _(
            "Google gave access for one hour only. Open myaccount.google.com/permissions, remove"
            " this application there, and connect again."
        )
    return ""


def _explain_refusal(code: str) -> str:
    if code == "access_denied":
        return _("You did not allow the access on Google’s page, so nothing was connected.")
    return _("Google did not confirm the connection, so nothing was changed. Try again.")


def _locations_form(request: MemberRequest, google: GoogleConnection) -> LocationsForm:
    rows = list(
        GoogleLocation.objects.within(request.workspace)
        .filter(connection=google)
        .select_related("practice")
        .order_by("title", "pk")
    )
    practices = list(request.workspace.practices.order_by("name"))
    taken = {row.practice_id for row in rows}
    return LocationsForm(
        request.POST if request.method == "POST" else None,
        locations=rows,
        practices=practices,
        proposals=matching.propose_matches(
            # One that was fetched before is no longer followed because an owner said so.
            [row for row in rows if row.practice_id is None and row.first_fetched_at is None],
            [practice for practice in practices if practice.pk not in taken],
        ),
    )


def _find_connection(request: MemberRequest) -> GoogleConnection | None:
    return GoogleConnection.objects.within(request.workspace).first()


def _require_configured() -> None:
    if not oauth.is_configured():
        raise ProblemError(
            _("Google is not set up on this installation.") + f" {support.how_to_ask()}"
        )


def _back(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect("google_connection")


def _render(request: MemberRequest, form: ConnectForm) -> HttpResponse:
    google = _find_connection(request)
    shown = diagnosis.diagnose(google) if google else None
    context = {
        "is_configured": oauth.is_configured(),
        "how_to_ask": support.how_to_ask(),
        "form": form,
        "connection": google,
        "diagnosis": shown,
        "zone": workspace_time_zone(request.workspace),
    }
    response = render_partial(request, "reviews/connection/connection.html", "state", context)
    if shown and request.headers.get("HX-Request") and not shown.is_changing:
        # The last look of a page that waits: what it found is in the rest of the page as well.
        response["HX-Refresh"] = "true"
    return response
