"""Pages of lists: upload, choose columns, confirm, cancel, take back."""

from pathlib import PurePath
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from core import csv_exports
from core.errors import ProblemError
from core.paging import newest_first, render_partial
from core.request_bodies import accepts_body
from patients.forms.imports import UploadForm
from patients.imports import errors_file, undo, upload
from patients.lists import example
from patients.models import Import, ImportStatus
from patients.models.imports import ImportQuerySet
from patients.views import steps
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

SIZE = 25
COLUMNS: list[csv_exports.Column[Import]] = [
    (gettext_lazy("File"), lambda listed: listed.filename),
    (gettext_lazy("Status"), lambda listed: listed.get_status_display()),
    (gettext_lazy("Campaign"), lambda listed: listed.campaign.name),
    (gettext_lazy("Uploaded by"), lambda listed: listed.uploaded_by_name),
    (gettext_lazy("Uploaded"), lambda listed: listed.created_at),
    (gettext_lazy("New"), lambda listed: listed.rows_new),
    (gettext_lazy("Already there"), lambda listed: listed.rows_known),
    (gettext_lazy("Refused"), lambda listed: listed.rows_refused),
]
IN_PANEL = 5
COLUMNS_OPEN = (ImportStatus.SURVEYED, ImportStatus.CHECKED)
CONFIRMED = (ImportStatus.RUNNING, ImportStatus.DONE)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _visible_imports(request: MemberRequest) -> ImportQuerySet:
    imports = Import.objects.within(request.workspace).visible_to(request.user)
    return imports.select_related("campaign__practice")


def _get_import(request: MemberRequest, key: UUID) -> Import:
    return get_object_or_404(_visible_imports(request), pk=key)


@member(Can.UPLOAD_LISTS)
@accepts_body(upload.LARGEST_FORM)
def index(request: MemberRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _upload(request, UploadForm(request.POST, request.FILES, by=request.user))
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            _visible_imports(request),
            COLUMNS,
            name=_("lists"),
            zone=workspace_time_zone(request.workspace),
        )
    page = newest_first(_visible_imports(request), request, size=SIZE)
    context = {
        "form": UploadForm(by=request.user, chosen=request.GET.get("campaign", "")),
        "page": page,
        "unfinished": [listed for listed in page.rows if listed.status in COLUMNS_OPEN],
        "is_moving": any(listed.is_under_way for listed in page.rows),
    }
    return render_partial(request, "patients/imports.html", "list", context)


def _upload(request: MemberRequest, form: UploadForm) -> HttpResponse:
    if form.is_valid():
        try:
            listed = upload.upload(**form.cleaned_data, by=request.user)
        except ProblemError as problem:
            form.add_error("file", problem.message)
        else:
            address = reverse("import", args=[listed.pk])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    if request.htmx:
        return render(request, "patients/import_upload.html", {"form": form})
    context = {"form": form, "page": newest_first(_visible_imports(request), request, size=SIZE)}
    return render(request, "patients/imports.html", context)


@member(Can.UPLOAD_LISTS)
def panel(request: MemberRequest) -> HttpResponse:
    """The upload form and the last lists, for the home page, which loads it by its URL."""
    context = {
        "form": UploadForm(by=request.user),
        "imports": _visible_imports(request).order_by("-pk")[:IN_PANEL],
    }
    return render(request, "patients/import_panel.html", context)


@member(Can.UPLOAD_LISTS)
def example_csv(request: MemberRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse(
        example.as_csv(),
        content_type="text/csv; charset=utf-8",
        headers=_download_headers(example.filename("csv")),
    )


@member(Can.UPLOAD_LISTS)
def example_xlsx(request: MemberRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse(
        example.as_xlsx(), content_type=XLSX, headers=_download_headers(example.filename("xlsx"))
    )


@member(Can.UPLOAD_LISTS)
def detail(request: MemberRequest, import_: UUID) -> HttpResponse:
    listed = _get_import(request, import_)
    context = steps.page_context(listed, request.workspace, shown_to=request.user)
    return render_partial(request, "patients/import.html", "body", context)


@member(Can.UPLOAD_LISTS)
@require_POST
def choose_sheet(request: MemberRequest, import_: UUID) -> HttpResponse:
    listed = _get_import(request, import_)
    upload.choose_sheet(listed=listed, sheet=request.POST.get("sheet", ""), by=request.user)
    return redirect("import", listed.pk)


@member(Can.UPLOAD_LISTS)
def columns(request: MemberRequest, import_: UUID) -> HttpResponse:
    listed = _get_import(request, import_)
    if request.method != "POST" and listed.status not in COLUMNS_OPEN:
        return redirect("import", listed.pk)
    _require_columns_open(listed)
    form = steps.columns_form(listed, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        upload.choose_columns(
            listed=listed,
            mapping={str(field): label for field, label in form.mapping.items()},
            date_order=form.cleaned_data["date_order"],
            consent_words=form.consent_words,
            by=request.user,
        )
        return redirect("import", listed.pk)
    return render(request, "patients/import.html", steps.columns_context(listed, form))


@member(Can.UPLOAD_LISTS)
@require_POST
def advice(request: MemberRequest, import_: UUID) -> HttpResponse:
    """Show what is wrong with the chosen columns while they are being chosen. Saves nothing."""
    listed = _get_import(request, import_)
    _require_columns_open(listed)
    form = steps.columns_form(listed, typed=request.POST.dict())
    return render(request, "patients/import_advice.html", steps.columns_context(listed, form))


@member(Can.UPLOAD_LISTS)
@require_POST
def confirm(request: MemberRequest, import_: UUID) -> HttpResponse:
    listed = _get_import(request, import_)
    try:
        upload.confirm(listed=listed, by=request.user)
    except ProblemError:
        # Pressed twice: the first request has confirmed it.
        if _get_import(request, import_).status not in CONFIRMED:
            raise
    return redirect("import", listed.pk)


@member(Can.UPLOAD_LISTS)
@require_POST
def cancel(request: MemberRequest, import_: UUID) -> HttpResponse:
    listed = _get_import(request, import_)
    upload.cancel(listed=listed, by=request.user)
    messages.success(
        request,
        _("“%(name)s” is cancelled: nothing of it was imported.") % {"name": listed.filename},
    )
    return redirect("imports")


@member(Can.UPLOAD_LISTS)
def take_back(request: MemberRequest, import_: UUID) -> HttpResponse:
    listed = _get_import(request, import_)
    if request.method == "POST":
        count = undo.take_back(listed=listed, by=request.user)
        messages.success(
            request,
            ngettext(
                "“%(name)s” is taken back: %(count)d patient left the campaign.",
                "“%(name)s” is taken back: %(count)d patients left the campaign.",
                count,
            )
            % {"name": listed.filename, "count": count},
        )
        return redirect("import", listed.pk)
    if not (listed.status == ImportStatus.DONE and undo.can_be_taken_back(listed)):
        return redirect("import", listed.pk)
    context = {
        "listed": listed,
        "zone": listed.campaign.practice.zone,
        "first_ask": listed.first_ask_at,
    }
    return render(request, "patients/import_take_back.html", context)


@member(Can.UPLOAD_LISTS)
def errors(request: MemberRequest, import_: UUID) -> HttpResponseBase:
    listed = _get_import(request, import_)
    if not listed.file:
        messages.warning(
            request, _("The file of this list is no longer kept, and neither are its rows.")
        )
        return redirect("import", listed.pk)
    name = _("%(name)s - refused.csv") % {"name": PurePath(listed.filename).stem}
    return StreamingHttpResponse(
        errors_file.csv_chunks(listed),
        content_type="text/csv; charset=utf-8",
        headers=_download_headers(name),
    )


def _require_columns_open(listed: Import) -> None:
    if listed.status not in COLUMNS_OPEN:
        raise ProblemError(
            _("This list has moved on meanwhile. Reload the page to see where it is.")
        )


def _download_headers(name: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return {"Content-Disposition": disposition or "attachment", "Cache-Control": "no-store"}
