from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from templates_app import actions, approvals, approved, template_list
from templates_app.differences import compare_texts
from templates_app.forms import LONGEST, NewTemplateForm, TemplateForm
from templates_app.models import Template, TemplateVersion
from templates_app.rendering import VARIABLES
from templates_app.whatsapp import requests as approval_requests
from templates_app.whatsapp import status as whatsapp_status
from workspaces import entitlements
from workspaces.access import Can, member
from workspaces.models import Feature, Language
from workspaces.practices import first_practice
from workspaces.requests import MemberRequest


@member(Can.SEE_TEXTS)
def index(request: MemberRequest) -> HttpResponse:
    language = request.GET.get("language", "")
    if language not in Language.values:
        language = request.workspace.language
    texts = list(
        request.workspace.templates.filter(language=language).order_by(
            "channel", "-is_default", "name"
        )
    )
    practice = first_practice(request.workspace)
    context = {
        "language": language,
        "languages": Language.choices,
        "groups": template_list.group_templates(
            texts,
            practice=practice.name if practice else "",
            plain=request.workspace.plain_letters,
            statuses=whatsapp_status.statuses_of(request.workspace, texts),
        ),
    }
    return render(request, "templates_app/templates.html", context)


@member(Can.SEE_TEXTS)
def detail(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    context = {
        "template": found,
        "versions": _versions_in_workspace(request).filter(template=found).order_by("-version"),
        "winners": _single_channel_texts(found),
        **_approval_context(found),
    }
    return render(request, "templates_app/template.html", context)


@member(Can.SEE_TEXTS)
def approval(request: MemberRequest, template: UUID) -> HttpResponse:
    """Render the approved text. The page loads this again with htmx while a check is under way."""
    found = get_object_or_404(request.workspace.templates, pk=template)
    return render(
        request, "templates_app/approval.html", {"template": found, **_approval_context(found)}
    )


@member(Can.MANAGE_TEXTS)
@require_POST
def check_approval(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    for sid in _contents_of(found):
        approvals.request_check(workspace_id=found.workspace_id, content_sid=sid)
    page = "template_approval" if request.headers.get("HX-Request") else "template"
    return redirect(page, found.pk)


@member(Can.MANAGE_TEXTS)
@require_POST
def withdraw(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    if waiting := approval_requests.open_request(found):
        approval_requests.withdraw_request(request=waiting, by=request.user)
        messages.success(
            request, _("Version %(version)d is withdrawn.") % {"version": waiting.version}
        )
    else:
        messages.info(request, _("It is decided already."))
    return redirect("template", found.pk)


@member(Can.MANAGE_TEXTS)
def new(request: MemberRequest) -> HttpResponse:
    blank = Template(workspace=request.workspace)
    form = NewTemplateForm(request.POST or None, instance=blank, initial=_initial_values(request))
    if request.method == "POST" and form.is_valid():
        try:
            created = actions.create_template(
                workspace=request.workspace,
                kind=form.kind(),
                details=form.details(),
                by=request.user,
                key=form.new_id(),
                as_default=form.cleaned_data["as_default"],
                everywhere=form.cleaned_data["everywhere"],
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("“%(name)s” is saved.") % vars(created))
            return redirect("template", created.pk)
    return _render_editor(request, form)


@member(Can.MANAGE_TEXTS)
def edit(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    version_before = found.version
    form = TemplateForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.change_template(
                template=found,
                details=form.details(),
                by=request.user,
                seen_at=form.seen_at(),
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
            form.accept_changes_of_others()
        else:
            messages.success(request, _("“%(name)s” is saved.") % vars(saved))
            if saved.version > version_before and saved.whatsapp_content_sid:
                messages.info(
                    request,
                    _(
                        "First messages on WhatsApp keep the words that Meta approved. Submit this"
                        " version to have it used there."
                    ),
                )
            return redirect("template", saved.pk)
    return _render_editor(request, form, template=found)


@member(Can.SEE_TEXTS)
def version(request: MemberRequest, templateversion: UUID) -> HttpResponse:
    found = get_object_or_404(_versions_in_workspace(request), pk=templateversion)
    template = found.template
    context = {
        "version": found,
        "template": template,
        "is_present": found.version == template.version,
        "subject": compare_texts(found.subject, template.subject),
        "content": compare_texts(found.content, template.content),
    }
    return render(request, "templates_app/version.html", context)


@member(Can.MANAGE_TEXTS)
@require_POST
def restore(request: MemberRequest, templateversion: UUID) -> HttpResponse:
    found = get_object_or_404(_versions_in_workspace(request), pk=templateversion)
    restored = actions.restore_version(version=found, by=request.user)
    messages.success(
        request,
        _("The words of version %(old)d hold again, as version %(new)d.")
        % {"old": found.version, "new": restored.version},
    )
    return redirect("template", restored.pk)


@member(Can.MANAGE_TEXTS)
@require_POST
def make_default(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    everywhere = bool(request.POST.get("everywhere"))
    actions.make_default_template(template=found, by=request.user, everywhere=everywhere)
    others = ", ".join(
        f"{text.get_channel_display()}: “{text.name}”" for text in _single_channel_texts(found)
    )
    if others:
        messages.success(
            request,
            _(
                "“%(name)s” is used from now on, but not on the channels that have a text of their"
                " own: %(others)s."
            )
            % {"name": found.name, "others": others},
        )
    else:
        messages.success(request, _("“%(name)s” is used from now on.") % vars(found))
    return redirect("template", found.pk)


@member(Can.MANAGE_TEXTS)
@require_POST
def stop_using(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    actions.stop_using_template(template=found, by=request.user)
    messages.success(request, _("“%(name)s” is no longer used.") % vars(found))
    return redirect("template", found.pk)


@member(Can.MANAGE_TEXTS)
def delete(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    if request.method == "POST":
        actions.delete_template(template=found, by=request.user)
        messages.success(request, _("“%(name)s” was deleted.") % vars(found))
        return redirect("templates")
    return render(request, "templates_app/template_delete.html", {"template": found})


def _versions_in_workspace(request: MemberRequest) -> QuerySet[TemplateVersion]:
    return TemplateVersion.objects.within(request.workspace).select_related("template")


def _single_channel_texts(template: Template) -> list[Template]:
    """Return the texts that are used on single channels instead of this one for every channel."""
    if template.channel:
        return []
    texts = Template.objects.within(template.workspace_id)
    return list(texts.of_single_channels(template.type, template.language).order_by("channel"))


def _contents_of(template: Template) -> set[str]:
    """Return the SIDs of the approved words, and of those that Meta has last decided about."""
    last = approval_requests.latest_request(template)
    text = last.approved_text if last else None
    submitted = text.content_sid if text and not text.retired_at else ""
    return {template.whatsapp_content_sid, submitted} - {""}


def _approval_context(template: Template) -> dict[str, Any]:
    """Return the context with the approved text, its differences from ours, and warnings."""
    status = whatsapp_status.status_of(template)
    text = status.used
    context = {
        "whatsapp": status,
        "offers_whatsapp": whatsapp_status.goes_by_whatsapp(template)
        and entitlements.has_feature(template.workspace, Feature.WHATSAPP),
        "approved": text,
    }
    if text is None:
        return context
    variables = approved.variables_of(text, template)
    theirs = approved.name_variables(text.body, variables)
    return context | {
        "approved_pieces": compare_texts(template.content, theirs) if text.body else [],
        "approved_differs": theirs != template.content,
        "approved_warnings": approved.warnings_about(text, variables),
    }


def _initial_values(request: MemberRequest) -> dict[str, Any]:
    """Return the initial values of a new text: those of the text in `?like=`, if there is one."""
    try:
        like = UUID(request.GET.get("like", ""))
    except ValueError:
        return {"language": request.workspace.language}
    original = get_object_or_404(request.workspace.templates, pk=like)
    copied = ("type", "language", "channel", "subject", "content")
    return {name: getattr(original, name) for name in copied}


def _render_editor(
    request: MemberRequest, form: TemplateForm, template: Template | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "template": template,
        "variables": VARIABLES,
        "longest": LONGEST,
        **(_approval_context(template) if template else {}),
    }
    return render(request, "templates_app/template_form.html", context)
