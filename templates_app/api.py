"""The texts of a workspace for programs: the same acts as behind the pages."""

from typing import ClassVar
from uuid import UUID

from django.forms import model_to_dict
from django_filters import BooleanFilter, ChoiceFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import FlagField, RequestSerializer, TextField, cleaned
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.views import ListView, OneView, RowsView
from core.models.base import TenantQuerySet
from templates_app import actions
from templates_app.forms import LONGEST, NewTemplateForm, TemplateForm
from templates_app.models import Channel, MessageType, Template
from templates_app.template_list import PURPOSES
from workspaces.access import Can
from workspaces.models import Language

TYPES = [(kind.value, kind.label) for kind in map(MessageType, PURPOSES)]


class TemplateTold(serializers.ModelSerializer[Template]):
    """A text that patients get."""

    variables = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Template
        fields = (
            "id",
            "name",
            "type",
            "language",
            "channel",
            "subject",
            "content",
            "variables",
            "description",
            "is_default",
            "version",
            "created_at",
            "updated_at",
        )


class TemplateBody(RequestSerializer):
    name = TextField(max_length=120)
    description = TextField(max_length=200, allow_blank=True, required=False)
    subject = TextField(
        max_length=150, allow_blank=True, required=False, help_text="Of e-mails alone."
    )
    content = TextField(max_length=LONGEST, help_text="With variables such as `{{firstName}}`.")


class NewTemplateBody(TemplateBody):
    type = serializers.ChoiceField(choices=TYPES)
    language = serializers.ChoiceField(choices=Language.choices)
    channel = serializers.ChoiceField(
        choices=Channel.choices, allow_blank=True, required=False, help_text="Empty: on all."
    )
    is_default = FlagField(required=False, help_text="Use it from now on.")


class DefaultBody(RequestSerializer):
    everywhere = FlagField(
        required=False,
        help_text="Also on the channels that have a text of their own, which else keep it.",
    )


class TemplateFilters(FilterSet):
    type = ChoiceFilter(choices=TYPES)
    language = ChoiceFilter(choices=Language.choices)
    channel = ChoiceFilter(choices=Channel.choices)
    is_default = BooleanFilter()


class OfTemplates(RowsView[Template]):
    read_scope = "templates:read"
    described_by = TemplateTold

    def rows(self) -> TenantQuerySet[Template]:
        return Template.objects.within(self.workspace)


class Templates(OfTemplates, ListView[Template]):
    filterset_class = TemplateFilters
    operations: ClassVar = {
        "GET": Operation(
            "list_templates", "All texts, the newest first",
            scope="templates:read", permission=Can.SEE_TEXTS,
            answers=TemplateTold, is_list=True,
        ),
        "POST": Operation(
            "create_template", "Write a text",
            scope="templates:write", permission=Can.MANAGE_TEXTS,
            takes=NewTemplateBody, answers=TemplateTold, status=201,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        sent, mistakes = self.read(NewTemplateBody)
        as_default = sent.pop("is_default", False)
        blank = Template(workspace=self.workspace)
        form = NewTemplateForm(model_to_dict(blank) | sent, instance=blank)
        cleaned(form, besides=mistakes)
        made = actions.create_template(
            workspace=self.workspace,
            kind=form.kind(),
            words=form.words(),
            by=self.user,
            as_default=as_default,
        )
        return self.made(made.pk, at="api_template")


class OneTemplate(OfTemplates, OneView[Template]):
    operations: ClassVar = {
        "GET": Operation(
            "get_template", "One text",
            scope="templates:read", permission=Can.SEE_TEXTS, answers=TemplateTold,
        ),
        "PATCH": Operation(
            "change_template", "Change a text",
            scope="templates:write", permission=Can.MANAGE_TEXTS,
            takes=TemplateBody, answers=TemplateTold, may_conflict=True,
        ),
        "DELETE": Operation(
            "delete_template", "Delete a text that is not in use",
            scope="templates:write", permission=Can.MANAGE_TEXTS,
            status=204, may_conflict=True,
        ),
    }  # fmt: skip

    def patch(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        """Earlier words are kept, as a version."""
        found = self.found(template)
        sent, mistakes = self.read(TemplateBody, partial=True)
        form = TemplateForm(model_to_dict(found) | sent, instance=found)
        cleaned(form, besides=mistakes)
        actions.change_template(template=found, words=form.words(), by=self.user)
        return self.tagged(self.values(template))

    def delete(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        actions.delete_template(template=self.found(template), by=self.user)
        return Response(status=204)


class MakeDefault(OfTemplates):
    operations: ClassVar = {
        "POST": Operation(
            "make_template_default", "Use this text from now on",
            scope="templates:write", permission=Can.MANAGE_TEXTS,
            takes=DefaultBody, answers=TemplateTold,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, template: UUID) -> Response:  # noqa: ARG002
        """Instead of the one of its type, language and channel that was used before.

        A text for every channel is not used where a channel has one of its own, unless
        `everywhere` is true.
        """
        everywhere = self.body(DefaultBody).get("everywhere", False)
        found = self.found(template)
        actions.make_default_template(template=found, by=self.user, everywhere=everywhere)
        return self.tagged(self.values(template))
