"""Message texts."""

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory

from templates_app.models import (
    ApprovalRequest,
    ApprovedText,
    MessageType,
    RequestState,
    Template,
    TemplateVersion,
)
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.workspaces import WorkspaceFactory


class TemplateFactory(RowFactory[Template]):
    class Meta:
        model = Template

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Plantilla {n}")
    type = MessageType.INITIAL
    content = "Hola {{firstName}}, ¿cómo fue su visita? Responda del 1 al 5."
    variables = LazyFunction(lambda: ["firstName"])


class TemplateVersionFactory(RowFactory[TemplateVersion]):
    class Meta:
        model = TemplateVersion

    workspace = SubFactory(WorkspaceFactory)
    template = SubFactory(TemplateFactory, workspace=SAME_WORKSPACE)
    version = Sequence(lambda n: n + 1)
    content = "Hola"
    saved_by_name = "Alguien"


class ApprovedTextFactory(RowFactory[ApprovedText]):
    class Meta:
        model = ApprovedText

    workspace = SubFactory(WorkspaceFactory)
    content_sid = Sequence(lambda n: f"HX{n:032x}")
    body = "Hola {{1}}, ¿cómo le fue en su visita?"
    status = "approved"
    fetched_at = LazyAttribute(lambda text: timezone.now() if text.body else None)


class ApprovalRequestFactory(RowFactory[ApprovalRequest]):
    class Meta:
        model = ApprovalRequest

    workspace = SubFactory(WorkspaceFactory)
    template = SubFactory(TemplateFactory, workspace=SAME_WORKSPACE)
    approved_text = SubFactory(ApprovedTextFactory, workspace=SAME_WORKSPACE, status="pending")
    state = RequestState.SUBMITTED
    name = Sequence(lambda n: f"initial_es_v1_{n:012x}")
    version = 1
    body = "Hola {{1}}, ¿cómo fue su visita? Responda del 1 al 5."
    variables = LazyFunction(lambda: ["firstName"])
    samples = LazyFunction(lambda: {"1": "Juan"})
    language = "es"
    category = "UTILITY"
    requested_by = "Alguien"
