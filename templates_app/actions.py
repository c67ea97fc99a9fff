"""What is done to the texts of a workspace."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.ids import uuid7
from templates_app.defaults import DEFAULTS
from templates_app.models import Template, TemplateVersion
from templates_app.rendering import variables_in
from workspaces.models import User, Workspace
from workspaces.vetting import flags


@dataclass(frozen=True)
class TemplateKind:
    """When a text is sent, in which language, on which channel (none: on all)."""

    type: str
    language: str
    channel: str


@dataclass(frozen=True)
class TemplateWords:
    """What a form says about a text."""

    name: str
    content: str
    subject: str = ""
    description: str = ""


@transaction.atomic
def install_defaults(*, workspace: Workspace) -> None:
    """Good texts from the first minute; a text that stands already is left as it is."""
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
    words: TemplateWords,
    by: User,
    key: UUID | None = None,
    as_default: bool = False,
    everywhere: bool = False,
) -> Template:
    """The same key twice is the same wish: it leads to the one text."""
    template = Template(
        id=key or uuid7(),
        workspace=workspace,
        variables=variables_in(words.content),
        **vars(kind),
        **vars(words),
    )
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError:
        if earlier := Template.objects.within(workspace).filter(pk=template.pk).first():
            return earlier
        # Somebody else's row, whose existence is not to be told: a new id, as if nothing were.
        template.id = uuid7()
        template.save(force_insert=True)
    _keep(template, by=by.name)
    new = audit.snapshot(template, [*vars(kind), *vars(words)])
    audit.record("template.create", template, by=by, name=template.name, new=new)
    if not as_default:
        return template
    return make_default_template(template=template, by=by, everywhere=everywhere)


@transaction.atomic
def change_template(
    *, template: Template, words: TemplateWords, by: User, seen_at: datetime | None = None
) -> Template:
    """`seen_at` is the state that the changes were made upon; none is asked of the house itself."""
    template = _locked(template)
    if all(getattr(template, field) == said for field, said in vars(words).items()):
        return template
    if seen_at and template.updated_at != seen_at:
        raise ProblemError(
            _(
                "Someone changed this text while you were writing. What you typed is still here:"
                " compare it with the text as it is now, and save again if it should hold."
            )
        )
    return _save(template, words, "template.change", by)


@transaction.atomic
def restore_version(*, version: TemplateVersion, by: User) -> Template:
    """Nothing is undone: the old words become the newest version."""
    template = _locked(version.template)
    words = TemplateWords(
        name=template.name,
        description=template.description,
        subject=version.subject,
        content=version.content,
    )
    if (template.subject, template.content) == (words.subject, words.content):
        return template
    return _save(template, words, "template.restore", by)


@transaction.atomic
def make_default_template(*, template: Template, by: User, everywhere: bool = False) -> Template:
    """Use a text from now on; `everywhere` also on the channels that have a text of their own.

    All texts that it may replace are locked, in one order: two people who choose at the same moment
    do so one after the other.
    """
    texts = {
        text.pk: text
        for text in _for_the_same(template).order_by("pk").select_for_update()
        if text.channel == template.channel or (everywhere and not template.channel)
    }
    if template.pk not in texts:
        raise ProblemError(_("This text was deleted meanwhile."))
    template = texts.pop(template.pk)
    for text in texts.values():
        if text.channel and not template.channel and text.is_default:
            step_back(template=text, by=by)
    rivals = [text for text in texts.values() if text.channel == template.channel]
    return template if template.is_default else _choose(template, rivals, by)


def _choose(template: Template, rivals: list[Template], by: User) -> Template:
    before = [rival for rival in rivals if rival.is_default]
    for rival in before:
        rival.is_default = False
        rival.save(update_fields=["is_default", "updated_at"])
    template.is_default = True
    try:
        with transaction.atomic():
            template.save(update_fields=["is_default", "updated_at"])
    except IntegrityError as error:
        raise ProblemError(
            _("Someone chose another text for this at the same moment. Reload the page.")
        ) from error
    old = {"name": before[0].name} if before else {}
    new = {"name": template.name}
    audit.record("template.default", template, by=by, name=template.name, old=old, new=new)
    return template


@transaction.atomic
def step_back(*, template: Template, by: User) -> Template:
    """A channel without a text of its own gets the one for every channel again."""
    template = _locked(template)
    if not template.channel:
        raise ProblemError(_("Something has to be said: choose another text instead."))
    audit.save_changes(
        "template.default", template, {"is_default": False}, by=by, name=template.name
    )
    return template


@transaction.atomic
def delete_template(*, template: Template, by: User) -> None:
    template = _locked(template)
    if template.is_default:
        raise ProblemError(_("This text is in use. Choose another in its place first."))
    old = audit.snapshot(template, list(TemplateWords.__dataclass_fields__))
    audit.record("template.delete", template, by=by, name=template.name, old=old)
    try:
        template.delete()
    except ProtectedError as error:
        raise ProblemError(
            _("A campaign uses this text. Choose another for the campaign first.")
        ) from error


def _save(template: Template, words: TemplateWords, action: str, by: User) -> Template:
    before = audit.snapshot(template, [*vars(words), "version", "whatsapp_content_sid"])
    is_said_anew = (template.subject, template.content) != (words.subject, words.content)
    if is_said_anew and not template.versions.filter(version=template.version).exists():
        _keep(template, by=audit.SYSTEM, at=template.created_at)
    for field, said in vars(words).items():
        setattr(template, field, said)
    if is_said_anew:
        template.version += 1
        _renew_variables(template)
        _keep(template, by=by.name)
    template.save()
    old, new = audit.changed_values(template, before)
    audit.record(action, template, by=by, name=template.name, old=old, new=new)
    return template


def _renew_variables(template: Template) -> None:
    """What Meta approved has its gaps by number: filled in another order it would say nonsense."""
    variables = variables_in(template.content)
    if variables != template.variables:
        template.variables = variables
        template.whatsapp_content_sid = ""


def _keep(template: Template, *, by: str, at: datetime | None = None) -> None:
    kept = TemplateVersion.objects.create(
        workspace_id=template.workspace_id,
        template=template,
        version=template.version,
        subject=template.subject,
        content=template.content,
        saved_by_name=by,
    )
    flags.inspect_text(template.workspace_id, template.subject, template.content)
    if at:
        TemplateVersion.objects.filter(pk=kept.pk).update(created_at=at)


def _locked(template: Template) -> Template:
    """As it stands now, not as the page that was open since this morning remembers it."""
    found = (
        Template.objects.within(template.workspace_id)
        .select_for_update()
        .filter(pk=template.pk)
        .first()
    )
    if found is None:
        raise ProblemError(_("This text was deleted meanwhile."))
    return found


def _for_the_same(template: Template) -> QuerySet[Template]:
    """Texts sent at the same point, in the same language, on whichever channel."""
    return Template.objects.within(template.workspace_id).filter(
        type=template.type, language=template.language
    )
