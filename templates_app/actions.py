"""Create, change, restore and delete texts, and choose which of them is used."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.constraint_violations import explain_violation
from core.edit_conflicts import require_unchanged
from core.errors import ProblemError
from core.ids import uuid7
from templates_app.defaults import DEFAULTS
from templates_app.models import ApprovedText, Template, TemplateVersion
from templates_app.rendering import variables_in
from templates_app.whatsapp.requests import close_requests_of, lock_template
from workspaces.models import User, Workspace
from workspaces.vetting import flags


@dataclass(frozen=True)
class TemplateKind:
    """The type, language and channel of a text. An empty channel means every channel."""

    type: str
    language: str
    channel: str


@dataclass(frozen=True)
class TemplateDetails:
    """The fields of a text that forms and the API set."""

    name: str
    content: str
    subject: str = ""
    description: str = ""


@transaction.atomic
def install_defaults(*, workspace: Workspace) -> None:
    """Give a new workspace our default texts. Existing texts are not changed."""
    Template.objects.bulk_create(
        [
            Template(
                workspace=workspace,
                name=text.name,
                type=text.type,
                language=text.language,
                channel=text.channel,
                subject=text.subject,
                content=text.content,
                description=text.description,
                variables=variables_in(text.content),
                is_default=True,
            )
            for text in DEFAULTS
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def create_template(
    *,
    workspace: Workspace,
    kind: TemplateKind,
    details: TemplateDetails,
    by: User,
    key: UUID | None = None,
    as_default: bool = False,
    everywhere: bool = False,
) -> Template:
    """Create a text with the id `key`. The same key twice creates only one."""
    template = Template(
        id=key or uuid7(),
        workspace=workspace,
        variables=variables_in(details.content),
        **vars(kind),
        **vars(details),
    )
    if existing := _insert_or_find(template):
        return existing
    _save_version(template, by=by.name)
    new = audit.snapshot(template, [*vars(kind), *vars(details)])
    audit.record("template.create", template, by=by, name=template.name, new=new)
    if not as_default:
        return template
    return make_default_template(template=template, by=by, everywhere=everywhere)


def _insert_or_find(template: Template) -> Template | None:
    """Insert a text, or return the one that was inserted with the same id before."""
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError:
        own = Template.objects.within(template.workspace_id)
        if existing := own.filter(pk=template.pk).first():
            return existing
        # The id belongs to another workspace. Use another one, so that nobody can find out ids.
        template.id = uuid7()
        template.save(force_insert=True)
    return None


@transaction.atomic
def change_template(
    *, template: Template, details: TemplateDetails, by: User, seen_at: datetime | None = None
) -> Template:
    """Save the words, unless somebody else has changed the text since `seen_at`."""
    template = lock_template(template)
    if all(getattr(template, field) == value for field, value in vars(details).items()):
        return template
    require_unchanged(
        template,
        seen_at,
        _(
            "Someone changed this text while you were writing. What you typed is still here:"
            " compare it with the text as it is now, and save again if it should hold."
        ),
    )
    return _save_details(template, details, "template.change", by)


@transaction.atomic
def restore_version(*, version: TemplateVersion, by: User) -> Template:
    """Use the words of an old version again, as a new version."""
    template = lock_template(version.template)
    details = TemplateDetails(
        name=template.name,
        description=template.description,
        subject=version.subject,
        content=version.content,
    )
    if (template.subject, template.content) == (details.subject, details.content):
        return template
    return _save_details(template, details, "template.restore", by)


@transaction.atomic
def make_default_template(*, template: Template, by: User, everywhere: bool = False) -> Template:
    """Use a text from now on; with `everywhere`, also on channels that have a text of their own.

    All texts that it may replace are locked in the order of their ids, so that two people can
    choose at the same time without a deadlock.
    """
    texts = {
        text.pk: text
        for text in _same_type_and_language(template).order_by("pk").select_for_update()
        if text.channel == template.channel or (everywhere and not template.channel)
    }
    if template.pk not in texts:
        raise ProblemError(_("This text was deleted meanwhile."))
    template = texts.pop(template.pk)
    for text in texts.values():
        if text.channel and not template.channel and text.is_default:
            stop_using_template(template=text, by=by)
    alternatives = [text for text in texts.values() if text.channel == template.channel]
    return template if template.is_default else _replace_default(template, alternatives, by)


def _replace_default(template: Template, alternatives: list[Template], by: User) -> Template:
    """Make a text the default instead of the one among its alternatives that was it so far."""
    before = [text for text in alternatives if text.is_default]
    for text in before:
        text.is_default = False
        text.save(update_fields=["is_default", "updated_at"])
    template.is_default = True
    message = _("Someone chose another text for this at the same moment. Reload the page.")
    with explain_violation(message, "templates_app_template_one_default"):
        template.save(update_fields=["is_default", "updated_at"])
    old = {"name": before[0].name} if before else {}
    new = {"name": template.name}
    audit.record("template.default", template, by=by, name=template.name, old=old, new=new)
    return template


@transaction.atomic
def stop_using_template(*, template: Template, by: User) -> Template:
    """Stop using a channel's own text. The one for every channel is used there again."""
    template = lock_template(template)
    if not template.channel:
        raise ProblemError(
            _("The text for every channel cannot be left unused. Choose another text instead.")
        )
    audit.save_changes(
        "template.default", template, {"is_default": False}, by=by, name=template.name
    )
    return template


@transaction.atomic
def delete_template(*, template: Template, by: User) -> None:
    template = lock_template(template)
    if template.is_default:
        raise ProblemError(_("This text is in use. Choose another in its place first."))
    old = audit.snapshot(template, list(TemplateDetails.__dataclass_fields__))
    audit.record("template.delete", template, by=by, name=template.name, old=old)
    close_requests_of(template)
    try:
        template.delete()
    except ProtectedError as error:
        raise ProblemError(
            _("A campaign uses this text. Choose another for the campaign first.")
        ) from error


def _save_details(template: Template, details: TemplateDetails, action: str, by: User) -> Template:
    """Save the details and record `action`. Changed words make a new version."""
    before = audit.snapshot(template, [*vars(details), "version"])
    is_new_version = (template.subject, template.content) != (details.subject, details.content)
    # Default texts have no stored version before their first change.
    if is_new_version and not template.versions.filter(version=template.version).exists():
        _save_version(template, by=audit.SYSTEM, at=template.created_at)
    for field, value in vars(details).items():
        setattr(template, field, value)
    if is_new_version:
        template.version += 1
        _update_variables(template)
        _save_version(template, by=by.name)
    template.save()
    old, new = audit.changed_values(template, before)
    audit.record(action, template, by=by, name=template.name, old=old, new=new)
    return template


def _update_variables(template: Template) -> None:
    """Read the variables from the text again. The approved words keep those they have now.

    Their gaps are numbered, and first messages go on with them until Meta approves the new words.
    """
    variables = variables_in(template.content)
    if variables == template.variables:
        return
    if sid := template.whatsapp_content_sid:
        text, _is_new = ApprovedText.objects.get_or_create(
            workspace_id=template.workspace_id, content_sid=sid
        )
        if text.variables is None:
            text.variables = template.variables
            text.save(update_fields=["variables", "updated_at"])
    template.variables = variables


def _save_version(template: Template, *, by: str, at: datetime | None = None) -> None:
    """Keep the present words as a version, and let the vetting look at them."""
    version = TemplateVersion.objects.create(
        workspace_id=template.workspace_id,
        template=template,
        version=template.version,
        subject=template.subject,
        content=template.content,
        saved_by_name=by,
    )
    flags.inspect_text(template.workspace_id, template.subject, template.content)
    if at:
        TemplateVersion.objects.filter(pk=version.pk).update(created_at=at)


def _same_type_and_language(template: Template) -> QuerySet[Template]:
    """Return the texts for the same purpose and language, on all channels."""
    return Template.objects.within(template.workspace_id).filter(
        type=template.type, language=template.language
    )
