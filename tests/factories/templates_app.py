"""Message texts."""

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory

from templates_app.models import ApprovedText, MessageType, Template, TemplateVersion
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
