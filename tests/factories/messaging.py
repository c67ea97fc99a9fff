"""Messages, replies and what follows from them."""

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory

from messaging.models import (
    AssistantCall,
    AssistantFeature,
    AssistantSettings,
    AssistantSummary,
    AttachmentStatus,
    CannedAnswer,
    Conversation,
    ConversationNote,
    CostDay,
    Feedback,
    HiddenNumber,
    InboundAttachment,
    InboundMessage,
    Intent,
    Message,
    MessageStatus,
    PhoneCode,
    Quote,
    RecoveryStep,
    RecoveryStepKind,
    Sender,
    SenderStop,
    TextLabels,
    TextSource,
)
from templates_app.models import Channel, MessageType
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.patients import PatientFactory
from tests.factories.workspaces import UserFactory, WorkspaceFactory


class SenderFactory(RowFactory[Sender]):
    class Meta:
        model = Sender

    workspace = SubFactory(WorkspaceFactory)
    channel = Channel.SMS
    address = Sequence(lambda n: f"+1555{n:07d}")


class PhoneCodeFactory(RowFactory[PhoneCode]):
    class Meta:
        model = PhoneCode

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    phone = "+593987654321"
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(minutes=10))


class SenderStopFactory(RowFactory[SenderStop]):
    class Meta:
        model = SenderStop

    sender = SubFactory(SenderFactory)
    address = Sequence(lambda n: f"+5937{n:08d}")


class MessageFactory(RowFactory[Message]):
    class Meta:
        model = Message

    workspace = SubFactory(WorkspaceFactory)
    patient = SubFactory(PatientFactory, workspace=SAME_WORKSPACE)
    campaign = LazyAttribute(lambda message: message.patient.campaign)
    type = MessageType.INITIAL
    channel = Channel.SMS
    status = MessageStatus.PENDING


class InboundMessageFactory(RowFactory[InboundMessage]):
    class Meta:
        model = InboundMessage

    workspace = SubFactory(WorkspaceFactory)
    patient = SubFactory(PatientFactory, workspace=SAME_WORKSPACE)
    channel = Channel.SMS
    external_id = Sequence(lambda n: f"SM{n:032x}")
    received_at = LazyFunction(timezone.now)
    intent = Intent.OTHER


class HiddenNumberFactory(RowFactory[HiddenNumber]):
    class Meta:
        model = HiddenNumber

    workspace = SubFactory(WorkspaceFactory)
    sender = SubFactory(SenderFactory, workspace=None)
    user_id = Sequence(lambda n: f"EC.{n:020d}")
    address = Sequence(lambda n: f"+5937{n:08d}")


class FeedbackFactory(RowFactory[Feedback]):
    class Meta:
        model = Feedback

    workspace = SubFactory(WorkspaceFactory)
    message = SubFactory(MessageFactory, workspace=SAME_WORKSPACE)
    patient = LazyAttribute(lambda feedback: feedback.message.patient)
    rating = 2


class AssistantSettingsFactory(RowFactory[AssistantSettings]):
    class Meta:
        model = AssistantSettings
        # A clinic has one row of these.
        django_get_or_create = ("workspace",)

    workspace = SubFactory(WorkspaceFactory)


class AssistantCallFactory(RowFactory[AssistantCall]):
    class Meta:
        model = AssistantCall

    workspace = SubFactory(WorkspaceFactory)
    feature = AssistantFeature.SUGGEST_ANSWER
    provider = "Anthropic"
    model = "double-1"
    prompt = "suggest_answer.v1"


class AssistantSummaryFactory(RowFactory[AssistantSummary]):
    class Meta:
        model = AssistantSummary

    workspace = SubFactory(WorkspaceFactory)
    month = Sequence(lambda n: date(2000 + n // 12, n % 12 + 1, 1))
    language = "es"
    content = LazyFunction(
        lambda: {"changed": "Subió la nota.", "praised": [], "blamed": [], "first": []}
    )
    patient_ids = LazyFunction(lambda: [uuid4()])
    provider = "Anthropic"
    model = "double-1"
    prompt = "summarize_month.v1"
    written_at = LazyFunction(timezone.now)


class TextLabelsFactory(RowFactory[TextLabels]):
    class Meta:
        model = TextLabels

    workspace = SubFactory(WorkspaceFactory)
    message = SubFactory(MessageFactory, workspace=SAME_WORKSPACE)
    patient = LazyAttribute(lambda labels: labels.message.patient)
    source = TextSource.COMMENT
    source_id = LazyAttribute(lambda labels: labels.message.pk)


class RecoveryStepFactory(RowFactory[RecoveryStep]):
    class Meta:
        model = RecoveryStep

    workspace = SubFactory(WorkspaceFactory)
    feedback = SubFactory(FeedbackFactory, workspace=SAME_WORKSPACE)
    kind = RecoveryStepKind.NOTE
    text = "Hablamos por teléfono."
    by_name = "Dra. Ana Ruiz"


class ConversationFactory(RowFactory[Conversation]):
    class Meta:
        model = Conversation

    workspace = SubFactory(WorkspaceFactory)
    patient = SubFactory(PatientFactory, workspace=SAME_WORKSPACE)
    last_at = LazyFunction(timezone.now)
    waiting_since = LazyFunction(timezone.now)


class ConversationNoteFactory(RowFactory[ConversationNote]):
    class Meta:
        model = ConversationNote

    workspace = SubFactory(WorkspaceFactory)
    conversation = SubFactory(ConversationFactory, workspace=SAME_WORKSPACE)
    text = "Llamar después de las cinco."
    by_name = "Dra. Ana Ruiz"


class InboundAttachmentFactory(RowFactory[InboundAttachment]):
    class Meta:
        model = InboundAttachment

    workspace = SubFactory(WorkspaceFactory)
    inbound = SubFactory(InboundMessageFactory, workspace=SAME_WORKSPACE)
    media_sid = Sequence(lambda n: f"ME{n:032x}")
    content_type = "image/jpeg"
    status = AttachmentStatus.STORED
    data = b"picture"


class CannedAnswerFactory(RowFactory[CannedAnswer]):
    class Meta:
        model = CannedAnswer

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Respuesta {n}")
    content = "Con gusto, {{firstName}}."


class QuoteFactory(RowFactory[Quote]):
    class Meta:
        model = Quote

    workspace = SubFactory(WorkspaceFactory)
    message = SubFactory(MessageFactory, workspace=SAME_WORKSPACE)
    text = "Excelente trato"
    allowed_at = LazyFunction(timezone.now)
    chosen_by_name = "Dra. Ana Ruiz"


class CostDayFactory(RowFactory[CostDay]):
    class Meta:
        model = CostDay

    day = Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))
