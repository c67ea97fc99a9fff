"""Create a person with data in every place where a clinic can have data about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection, models
from django.utils import timezone

from core import tenancy
from messaging.models import Conversation, Feedback, InboundMessage, Message, MessageStatus
from patients.addresses import hash_address
from patients.models import Import, Patient
from templates_app.models import MessageType
from tests.factories import (
    DeliveryAttemptFactory,
    FeedbackFactory,
    ImportFactory,
    ImportProblemFactory,
    InboundMessageFactory,
    IncomingWebhookFactory,
    MessageFactory,
    PatientFactory,
    SenderFactory,
    SenderStopFactory,
    SuppressionFactory,
    WebhookDeliveryFactory,
    WorkspaceFactory,
)
from tests.guards import tenants
from workspaces.models import Workspace

NAME, PHONE, EMAIL = "Zenobia Quispe", "+593998877665", "zenobia.quispe@example.com"
TYPED_PHONE = "099 887 7665"  # the same number, as a receptionist types it
IDENTIFYING_WORDS = ("zenobia", "quispe", "998877665", "SMzenobia")

# Text columns about patients that never have a name or number in them, and why.
HARMLESS_COLUMNS = {
    "patients_patient.appointment_type": "what was done, of a visit and not of a person",
    "patients_patient.doctor_name": "a doctor, whose own figures it carries",
    "messaging_message.error_code": "a provider's number",
    "messaging_message.written_by": "a member",
    "messaging_message.content_sid": "a template's id at Twilio, the same for everyone it goes to",
    "messaging_message.cost_currency": "three letters, by a check",
}


@dataclass(frozen=True)
class PersonData:
    workspace: Workspace
    patient: Patient
    ask: Message
    source: Import


def create_person_everywhere(workspace: Workspace | None = None, **fields: Any) -> PersonData:
    workspace = workspace or WorkspaceFactory.create()
    source = ImportFactory.create(
        workspace=workspace,
        preview=[_row(NAME, PHONE, EMAIL), _row("Otra Persona", "+593991112223", "")],
        survey={
            "columns": [{"label": "Celular", "samples": [TYPED_PHONE, "0991112223"]}],
            "encoding": "utf-8",
        },
    )
    patient = PatientFactory.create(
        **{
            "workspace": workspace,
            "campaign": source.campaign,
            "source": source,
            "row_number": 3,
            "name": NAME,
            "phone": PHONE,
            "email": EMAIL,
        }
        | fields
    )
    for cells in (
        [NAME, "09", "hoy"],
        ["Zenobia", "  Quispe", "", "ayer"],
        ["Z.", TYPED_PHONE, "mañana"],
        ["Z.", "", EMAIL.upper()],
    ):
        ImportProblemFactory.create(
            workspace=workspace, source=source, cells=cells, details={"cell": cells[1]}
        )
    SuppressionFactory.create(
        workspace=workspace, address=PHONE, digest=hash_address(PHONE), note=f"Llamó {NAME}"
    )
    ask = MessageFactory.create(
        workspace=workspace,
        patient=patient,
        status=MessageStatus.REPLIED,
        replied_at=timezone.now(),
        sent_at=timezone.now(),
        rating=2,
        external_id="SMzenobia-out",
        content_sid="HX" + "0" * 32,
        error=f"The number {PHONE} is busy",
    )
    for kind in (MessageType.REMINDER, MessageType.FOLLOWUP_UNHAPPY):
        MessageFactory.create(
            workspace=workspace,
            patient=patient,
            type=kind,
            status=MessageStatus.DELIVERED,
            content_sid="HX" + "0" * 32,
        )
    InboundMessageFactory.create(
        workspace=workspace, patient=patient, message=ask, external_id="SMzenobia-in"
    )
    FeedbackFactory.create(workspace=workspace, message=ask, patient=patient)
    _create_delivery(patient)
    shared = SenderFactory.create(workspace=None)
    SenderStopFactory.create(sender=shared, address=PHONE)
    _create_calls(ask)
    fill_text_fields(patient)
    return PersonData(workspace, patient, ask, source)


def _row(name: str, phone: str, email: str) -> dict[str, Any]:
    return {"row": 2, "outcome": "new", "name": name, "phone": phone, "email": email}


def _create_delivery(patient: Patient) -> None:
    """Create a webhook delivery, whose answer by the clinic's system names the person too."""
    announcement = WebhookDeliveryFactory.create(
        workspace=patient.workspace,
        event="feedback.received",
        data={"patient_id": str(patient.pk), "rating": 2, "comment": f"Soy {NAME}"},
    )
    DeliveryAttemptFactory.create(
        workspace=patient.workspace, delivery=announcement, answer=f"Soy {NAME}"
    )


def _create_calls(ask: Message) -> None:
    done = {"processed_at": timezone.now()}
    IncomingWebhookFactory.create(
        key="SMzenobia-out:delivered",
        payload={"message": str(ask.pk), "fields": {"To": PHONE, "MessageSid": "SMzenobia-out"}},
        **done,
    )
    IncomingWebhookFactory.create(
        key="SMzenobia-in:received",
        kind="inbound",
        payload={
            "fields": {
                "From": f"whatsapp:{PHONE}",
                "ProfileName": NAME,
                "Body": f"Soy {NAME}",
                "MessageSid": "SMzenobia-in",
            }
        },
        **done,
    )
    # WhatsApp hides the number of some; then there is the message's own id to go by.
    IncomingWebhookFactory.create(
        key="SMzenobia-in:again",
        kind="inbound",
        payload={"fields": {"From": "whatsapp:EC.1", "MessageSid": "SMzenobia-in", "Body": NAME}},
        **done,
    )


def fill_text_fields(patient: Patient) -> None:
    """Write the person into every text column of their rows, also those that are added later."""
    for model, path in tables_of_patients():
        rows = model._default_manager.filter(**{path: patient.pk})
        texts = list(text_fields(model))
        with tenancy.platform("test"):
            row = rows.first() or _create_row(model, path, patient)
            for field in texts:
                rows.filter(pk=row.pk).update(**{field.name: _identifying_value(field)})


def _create_row(model: type[models.Model], path: str, patient: Patient) -> models.Model:
    """Create a row of a table that is not filled above, with its factory."""
    parents: dict[str, Any] = {"patient": patient}
    parents["message"] = Message.objects.filter(patient=patient).first()
    parents["conversation"] = Conversation.objects.filter(patient=patient).first()
    parents["inbound"] = InboundMessage.objects.filter(patient=patient).first()
    parents["feedback"] = Feedback.objects.filter(patient=patient).first()
    name = path.partition("__")[0]
    made: models.Model = tenants.factory_of(model).create(
        workspace=patient.workspace, **{name: parents[name]}
    )
    return made


def tables_of_patients() -> Iterable[tuple[type[models.Model], str]]:
    """Return every model that leads to a patient by foreign keys, with its lookup path."""
    ways: dict[type[models.Model], str] = {Patient: "pk"}
    grown = True
    while grown:
        grown = False
        for model in tenants.our_models():
            if model in ways:
                continue
            for field in model._meta.local_concrete_fields:
                target = cast(type[models.Model], field.related_model)
                if isinstance(field, models.ForeignKey) and target in ways:
                    rest = ways[target]
                    ways[model] = field.name if rest == "pk" else f"{field.name}__{rest}"
                    grown = True
                    break
    return ways.items()


def text_fields(model: type[models.Model]) -> Iterable["models.Field[Any, Any]"]:
    """Yield the text fields to fill: not choices, staff names, or what is filled explicitly."""
    kept = {"name", "phone", "email", "token", "external_id"}
    for field in model._meta.local_concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        cannot = f"{model._meta.db_table}.{field.column}" in HARMLESS_COLUMNS or field.choices
        if is_text and not cannot and not field.name.endswith("by_name") and field.name not in kept:
            yield field


def _identifying_value(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.JSONField):
        return {"said": f"{NAME} {PHONE}"}
    told = f"{NAME} {PHONE} {EMAIL}"
    return told[: field.max_length] if field.max_length else told


def find_columns_with(words: Iterable[str]) -> dict[str, int]:
    """Where in the whole database one of these words stands, however it is written: every column
    of every table, as text. Spaces are left out, for numbers are typed with them."""
    pattern = "|".join(word.lower() for word in words)
    found = {}
    with tenancy.platform("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type NOT IN ('uuid', 'boolean', 'bytea')"
            " AND data_type !~ '^(timestamp|date|time|integer|smallint|numeric|double)'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}"'
                f""" WHERE regexp_replace("{column}"::text, '\\s', '', 'g') ~* %s""",
                [pattern],
            )
            if rows := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = rows
    return found
