"""The smallest valid row of everything. Each opens the platform's door to write, and only then."""

from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.db import connection, models
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from billing.models import (
    BillingDifference,
    BillingNotice,
    CreditEntry,
    CreditLot,
    DifferenceKind,
    EntryKind,
    NoticeKind,
    Payment,
    PaymentEvent,
    PaymentKind,
)
from campaigns.models import Campaign, CampaignTemplate
from core import encryption, tenancy
from core.api.scopes import all_scopes
from core.models import AuditEvent, IdempotencyRecord, IncomingWebhook
from insights.models import (
    DayTally,
    Desk,
    DeskRating,
    Digest,
    Facet,
    FailureTally,
    HourTally,
    Report,
    StaleDay,
)
from integrations import api_keys
from integrations.models import (
    ApiKey,
    DeliveryAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.webhooks import signing
from integrations.webhooks.events import subscribable_events
from messaging.models import (
    CannedAnswer,
    Conversation,
    CostDay,
    Feedback,
    HiddenNumber,
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
)
from patients.models import (
    Doctor,
    FirstContact,
    Hold,
    Import,
    ImportProblem,
    PastAsk,
    Patient,
    Suppression,
    SuppressionReason,
)
from templates_app.models import ApprovedText, Channel, MessageType, Template, TemplateVersion
from workspaces.models import (
    Entitlement,
    EntitlementSource,
    FlagKind,
    Invitation,
    KnownDevice,
    Plan,
    Practice,
    Role,
    SenderFlag,
    User,
    Workspace,
)

M = TypeVar("M", bound=models.Model)
PASSWORD = "correcto-caballo"
ours = SelfAttribute("..workspace")


class Rows(DjangoModelFactory[M]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[M], *args: Any, **kwargs: Any) -> M:
        with tenancy.platform("factory"):
            row: M = super()._create(model_class, *args, **kwargs)
        return row


class WorkspaceFactory(Rows[Workspace]):
    class Meta:
        model = Workspace

    name = Sequence(lambda n: f"Clínica {n}")
    plan = Plan.PROFESSIONAL


class UnvettedWorkspaceFactory(WorkspaceFactory):
    """A clinic as it signs up by itself: on the free plan, and nobody knows who it is."""

    plan = Plan.FREE


class SenderFlagFactory(Rows[SenderFlag]):
    class Meta:
        model = SenderFlag

    workspace = SubFactory(WorkspaceFactory)
    kind = FlagKind.LINK
    about = Sequence(lambda n: f"https://evil{n}.example")


class UserFactory(Rows[User]):
    """Someone of a workspace, with a confirmed e-mail and the password of all tests."""

    class Meta:
        model = User

    workspace: Any = SubFactory(WorkspaceFactory)
    email = Sequence(lambda n: f"persona{n}@example.com")
    name = Sequence(lambda n: f"Persona {n}")
    role: Any = Role.OWNER

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        with tenancy.platform("factory"):
            user = model_class.objects.create_user(*args, password=password, **kwargs)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class StaffFactory(UserFactory):
    """One of the platform's own people: no workspace, everything in the admin."""

    workspace = None
    role = ""
    is_staff = True
    is_superuser = True


class KnownDeviceFactory(Rows[KnownDevice]):
    class Meta:
        model = KnownDevice

    user = SubFactory(UserFactory)
    digest = Sequence(lambda n: f"{n:064x}")
    last_seen_at = LazyFunction(timezone.now)


class PracticeFactory(Rows[Practice]):
    class Meta:
        model = Practice

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Consultorio {n}")


class InvitationFactory(Rows[Invitation]):
    class Meta:
        model = Invitation

    workspace = SubFactory(WorkspaceFactory)
    email = Sequence(lambda n: f"invitada{n}@example.com")
    role = Role.DOCTOR
    token_digest = Sequence(lambda n: f"{n:064x}")
    invited_by_name = "Dra. Quien Invita"
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(days=7))


class AuditEventFactory(Rows[AuditEvent]):
    class Meta:
        model = AuditEvent

    workspace_id = LazyFunction(lambda: WorkspaceFactory.create().pk)
    actor_name = "Alguien"
    action = "practice.create"
    entity_type = "practice"


def old_audit_event(*, days: float, **fields: Any) -> UUID:
    """Store an event as it would have been written that many days ago, and return its key."""
    origin = {"address": "203.0.113.7", "user_agent": "Firefox"}
    event = AuditEventFactory.create(old={"name": 1}, new={"name": 2}, **origin | fields)
    with tenancy.platform("factory"), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_auditevent
            SELECT (jsonb_populate_record(e, jsonb_build_object(
                'id', gen_random_uuid(), 'at', now() - make_interval(secs => 86400 * %s)))).*
            FROM core_auditevent e WHERE e.id = %s RETURNING id
            """,
            [days, event.pk],
        )
        (key,) = cursor.fetchone() or (None,)
    assert isinstance(key, UUID)
    return key


class CreditEntryFactory(Rows[CreditEntry]):
    class Meta:
        model = CreditEntry

    workspace = SubFactory(WorkspaceFactory)
    kind = EntryKind.GRANT
    amount = 10
    cause = Sequence(lambda n: f"test:{n}")


class CreditLotFactory(Rows[CreditLot]):
    """The ledger alone makes lots: here of a purchase."""

    class Meta:
        model = CreditLot

    @classmethod
    def _create(cls, model_class: type[CreditLot], *_args: Any, **kwargs: Any) -> CreditLot:
        entry = CreditEntryFactory.create(kind=EntryKind.PURCHASE, **kwargs)
        with tenancy.platform("factory"):
            return model_class.objects.select_related("workspace", "entry").get(entry=entry)


class EntitlementFactory(Rows[Entitlement]):
    class Meta:
        model = Entitlement

    workspace = SubFactory(WorkspaceFactory)
    source = EntitlementSource.ADMIN
    plan = Plan.ENTERPRISE
    starts_at = LazyFunction(lambda: timezone.now() - timedelta(days=1))


class PaymentEventFactory(Rows[PaymentEvent]):
    class Meta:
        model = PaymentEvent

    provider = "stripe"
    key = Sequence(lambda n: f"evt_{n}")
    kind = "invoice.paid"
    payload = LazyFunction(dict)
    processed_at = None
    next_try_at = LazyAttribute(lambda event: None if event.processed_at else timezone.now())


class PaymentFactory(Rows[Payment]):
    class Meta:
        model = Payment

    workspace = SubFactory(WorkspaceFactory)
    payment_intent = Sequence(lambda n: f"pi_{n}")
    kind = PaymentKind.PACK
    amount = 20_00
    currency = "usd"
    credits = 500
    paid_at = LazyFunction(timezone.now)


class BillingNoticeFactory(Rows[BillingNotice]):
    class Meta:
        model = BillingNotice

    workspace = SubFactory(WorkspaceFactory)
    kind = NoticeKind.GRACE_OVER
    cause = Sequence(lambda n: f"test:{n}")


class BillingDifferenceFactory(Rows[BillingDifference]):
    class Meta:
        model = BillingDifference

    kind = DifferenceKind.PAYMENT
    reference = Sequence(lambda n: f"pi_{n}")
    seen_at = LazyFunction(timezone.now)


class WebhookEndpointFactory(Rows[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint

    workspace = SubFactory(WorkspaceFactory)
    url = Sequence(lambda n: f"https://hooks.example.com/{n}")
    events = LazyFunction(lambda: list(subscribable_events()))
    secret = LazyFunction(lambda: encryption.seal(signing.new_secret()))


class WebhookDeliveryFactory(Rows[WebhookDelivery]):
    class Meta:
        model = WebhookDelivery

    workspace = SubFactory(WorkspaceFactory)
    endpoint = SubFactory(WebhookEndpointFactory, workspace=ours)
    event = "message.sent"
    data = LazyFunction(dict)


class DeliveryAttemptFactory(Rows[DeliveryAttempt]):
    class Meta:
        model = DeliveryAttempt

    workspace = SubFactory(WorkspaceFactory)
    delivery = SubFactory(WebhookDeliveryFactory, workspace=ours)
    status_code = 200
    took_ms = 12


class ApiKeyFactory(Rows[ApiKey]):
    """With all scopes; its words are the prefix's and `secret`."""

    class Meta:
        model = ApiKey

    workspace = SubFactory(WorkspaceFactory)
    made_by = SubFactory(UserFactory, workspace=ours)
    made_by_name = "Dra. Quien Manda"
    name = Sequence(lambda n: f"Agenda {n}")
    prefix = Sequence(lambda n: f"key{n:07d}")
    digest = LazyFunction(lambda: api_keys.digest("secret"))
    scopes = LazyFunction(lambda: list(all_scopes()))


class IdempotencyRecordFactory(Rows[IdempotencyRecord]):
    class Meta:
        model = IdempotencyRecord

    workspace_id = LazyFunction(lambda: WorkspaceFactory.create().pk)
    caller_id = LazyFunction(uuid4)
    key = Sequence(lambda n: f"once-{n}")
    request_digest = "0" * 64
    status = 200


class TemplateFactory(Rows[Template]):
    class Meta:
        model = Template

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Plantilla {n}")
    type = MessageType.INITIAL
    content = "Hola {{firstName}}, ¿cómo fue su visita? Responda del 1 al 5."
    variables = LazyFunction(lambda: ["firstName"])


class TemplateVersionFactory(Rows[TemplateVersion]):
    class Meta:
        model = TemplateVersion

    workspace = SubFactory(WorkspaceFactory)
    template = SubFactory(TemplateFactory, workspace=ours)
    version = Sequence(lambda n: n + 1)
    content = "Hola"
    saved_by_name = "Alguien"


class ApprovedTextFactory(Rows[ApprovedText]):
    class Meta:
        model = ApprovedText

    workspace = SubFactory(WorkspaceFactory)
    content_sid = Sequence(lambda n: f"HX{n:032x}")
    body = "Hola {{1}}, ¿cómo le fue en su visita?"
    status = "approved"
    fetched_at = LazyAttribute(lambda text: timezone.now() if text.body else None)


class CampaignFactory(Rows[Campaign]):
    class Meta:
        model = Campaign

    workspace = SubFactory(WorkspaceFactory)
    practice = SubFactory(PracticeFactory, workspace=ours)
    created_by = SubFactory(UserFactory, workspace=ours)
    name = Sequence(lambda n: f"Campaña {n}")


class CampaignTemplateFactory(Rows[CampaignTemplate]):
    class Meta:
        model = CampaignTemplate

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=ours)
    template = SubFactory(TemplateFactory, workspace=ours)


class ImportFactory(Rows[Import]):
    class Meta:
        model = Import

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=ours)
    filename = "citas.csv"
    uploaded_by_name = "Recepción"


class ImportProblemFactory(Rows[ImportProblem]):
    class Meta:
        model = ImportProblem

    workspace = SubFactory(WorkspaceFactory)
    source = SubFactory(ImportFactory, workspace=ours)
    row_number = Sequence(lambda n: n + 2)
    reason = "phone_invalid"


class PatientFactory(Rows[Patient]):
    class Meta:
        model = Patient

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=ours)
    name = Sequence(lambda n: f"Paciente {n}")
    phone = Sequence(lambda n: f"+5939{n:08d}")
    appointment_time = LazyFunction(lambda: timezone.now() - timedelta(hours=3))
    has_consent = True
    consent_at = LazyFunction(timezone.now)


class SuppressionFactory(Rows[Suppression]):
    class Meta:
        model = Suppression

    workspace = SubFactory(WorkspaceFactory)
    address = Sequence(lambda n: f"+5938{n:08d}")
    digest = Sequence(lambda n: f"{n:064x}")
    reason = SuppressionReason.REPLY
    at = LazyFunction(timezone.now)


class HoldFactory(Rows[Hold]):
    class Meta:
        model = Hold

    workspace = SubFactory(WorkspaceFactory)
    address = Sequence(lambda n: f"+5938{n:08d}")
    digest = Sequence(lambda n: f"{n:064x}")
    since = LazyFunction(timezone.now)


class DoctorFactory(Rows[Doctor]):
    class Meta:
        model = Doctor

    workspace = SubFactory(WorkspaceFactory)
    key = Sequence(lambda n: f"maria lopez {n}")
    name = Sequence(lambda n: f"Dra. María López {n}")
    looks = 7


class FirstContactFactory(Rows[FirstContact]):
    class Meta:
        model = FirstContact

    workspace = SubFactory(WorkspaceFactory)
    digest = Sequence(lambda n: f"{n:064x}")


class PastAskFactory(Rows[PastAsk]):
    class Meta:
        model = PastAsk

    workspace = SubFactory(WorkspaceFactory)
    digest = Sequence(lambda n: f"{n:064x}")
    appointment_time = LazyFunction(lambda: timezone.now() - timedelta(days=8))
    asked_at = LazyFunction(lambda: timezone.now() - timedelta(days=7))


class SenderFactory(Rows[Sender]):
    class Meta:
        model = Sender

    workspace = SubFactory(WorkspaceFactory)
    channel = Channel.SMS
    address = Sequence(lambda n: f"+1555{n:07d}")


class PhoneCodeFactory(Rows[PhoneCode]):
    class Meta:
        model = PhoneCode

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=ours)
    phone = "+593987654321"
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(minutes=10))


class SenderStopFactory(Rows[SenderStop]):
    class Meta:
        model = SenderStop

    sender = SubFactory(SenderFactory)
    address = Sequence(lambda n: f"+5937{n:08d}")


class MessageFactory(Rows[Message]):
    class Meta:
        model = Message

    workspace = SubFactory(WorkspaceFactory)
    patient = SubFactory(PatientFactory, workspace=ours)
    campaign = LazyAttribute(lambda message: message.patient.campaign)
    type = MessageType.INITIAL
    channel = Channel.SMS
    status = MessageStatus.PENDING


class InboundMessageFactory(Rows[InboundMessage]):
    class Meta:
        model = InboundMessage

    workspace = SubFactory(WorkspaceFactory)
    patient = SubFactory(PatientFactory, workspace=ours)
    channel = Channel.SMS
    external_id = Sequence(lambda n: f"SM{n:032x}")
    received_at = LazyFunction(timezone.now)
    intent = Intent.OTHER


class HiddenNumberFactory(Rows[HiddenNumber]):
    class Meta:
        model = HiddenNumber

    workspace = SubFactory(WorkspaceFactory)
    sender = SubFactory(SenderFactory, workspace=None)
    user_id = Sequence(lambda n: f"EC.{n:020d}")
    address = Sequence(lambda n: f"+5937{n:08d}")


class FeedbackFactory(Rows[Feedback]):
    class Meta:
        model = Feedback

    workspace = SubFactory(WorkspaceFactory)
    message = SubFactory(MessageFactory, workspace=ours)
    patient = LazyAttribute(lambda feedback: feedback.message.patient)
    rating = 2


class RecoveryStepFactory(Rows[RecoveryStep]):
    class Meta:
        model = RecoveryStep

    workspace = SubFactory(WorkspaceFactory)
    feedback = SubFactory(FeedbackFactory, workspace=ours)
    kind = RecoveryStepKind.NOTE
    text = "Hablamos por teléfono."
    by_name = "Dra. Ana Ruiz"


class ConversationFactory(Rows[Conversation]):
    class Meta:
        model = Conversation

    workspace = SubFactory(WorkspaceFactory)
    patient = SubFactory(PatientFactory, workspace=ours)
    last_at = LazyFunction(timezone.now)
    waiting_since = LazyFunction(timezone.now)


class CannedAnswerFactory(Rows[CannedAnswer]):
    class Meta:
        model = CannedAnswer

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Respuesta {n}")
    content = "Con gusto, {{firstName}}."


class DigestFactory(Rows[Digest]):
    class Meta:
        model = Digest

    workspace = SubFactory(WorkspaceFactory)
    week = Sequence(lambda n: date(2020, 1, 6) + timedelta(weeks=n))


class ReportFactory(Rows[Report]):
    class Meta:
        model = Report

    workspace = SubFactory(WorkspaceFactory)
    practice = SubFactory(PracticeFactory, workspace=ours)
    created_by_name = "Dra. Ana Ruiz"


class QuoteFactory(Rows[Quote]):
    class Meta:
        model = Quote

    workspace = SubFactory(WorkspaceFactory)
    message = SubFactory(MessageFactory, workspace=ours)
    text = "Excelente trato"
    allowed_at = LazyFunction(timezone.now)
    chosen_by_name = "Dra. Ana Ruiz"


class DeskFactory(Rows[Desk]):
    class Meta:
        model = Desk

    workspace = SubFactory(WorkspaceFactory)
    practice = SubFactory(PracticeFactory, workspace=ours)


class DeskRatingFactory(Rows[DeskRating]):
    class Meta:
        model = DeskRating

    workspace = SubFactory(WorkspaceFactory)
    desk = SubFactory(DeskFactory, workspace=ours)
    rating = 5


class IncomingWebhookFactory(Rows[IncomingWebhook]):
    class Meta:
        model = IncomingWebhook

    provider = "twilio"
    kind = "status"
    key = Sequence(lambda n: f"SM{n}:delivered")
    payload = LazyFunction(dict)


class CostDayFactory(Rows[CostDay]):
    class Meta:
        model = CostDay

    day = Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))


class DayTallyFactory(Rows[DayTally]):
    class Meta:
        model = DayTally

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=ours)
    day = date(2026, 1, 2)
    facet = Facet.WHOLE


class HourTallyFactory(Rows[HourTally]):
    class Meta:
        model = HourTally

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=ours)
    day = date(2026, 1, 2)
    facet = Facet.WHOLE
    weekday = 5
    hours = LazyFunction(lambda: [0] * 24)


class FailureTallyFactory(Rows[FailureTally]):
    class Meta:
        model = FailureTally

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=ours)
    day = date(2026, 1, 2)
    facet = Facet.WHOLE
    error_code = "30003"


class StaleDayFactory(Rows[StaleDay]):
    class Meta:
        model = StaleDay

    workspace_id = LazyFunction(lambda: WorkspaceFactory.create().pk)
    campaign_id = LazyFunction(lambda: CampaignFactory.create().pk)
    day = date(2026, 1, 2)
