"""One person in every place where a clinic can come to hold something about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection, models
from django.utils import timezone

from core import tenancy
from messaging.models import Feedback, Message, MessageStatus
from patients import consent
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
WRITTEN = "099 887 7665"  # the same number, as a receptionist types it
GIVES_AWAY = ("zenobia", "quispe", "998877665", "SMzenobia")

# Columns of the tables that patients are in which nobody's name or number comes into, and why.
CANNOT_TELL = {
    "patients_patient.appointment_type": "what was done, of a visit and not of a person",
    "patients_patient.doctor_name": "a doctor, whose own figures it carries",
    "messaging_message.error_code": "a provider's number",
    "messaging_message.written_by": "one of the staff",
    "messaging_message.content_sid": "a template's id at Twilio, the same for everyone it goes to",
    "messaging_message.cost_currency": "three letters, by a check",
}


@dataclass(frozen=True)
class Held:
    workspace: Workspace
    patient: Patient
    ask: Message
    listed: Import


def everywhere(workspace: Workspace | None = None, **fields: Any) -> Held:
    workspace = workspace or WorkspaceFactory.create()
    listed = ImportFactory.create(
        workspace=workspace,
        preview=[_row(NAME, PHONE, EMAIL), _row("Otra Persona", "+593991112223", "")],
        survey={
            "columns": [{"label": "Celular", "samples": [WRITTEN, "0991112223"]}],
            "encoding": "utf-8",
        },
    )
    patient = PatientFactory.create(
        **{
            "workspace": workspace,
            "campaign": listed.campaign,
            "source": listed,
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
        ["Z.", WRITTEN, "mañana"],
        ["Z.", "", EMAIL.upper()],
    ):
        ImportProblemFactory.create(
            workspace=workspace, source=listed, cells=cells, details={"cell": cells[1]}
        )
    SuppressionFactory.create(
        workspace=workspace, address=PHONE, digest=consent.hash_address(PHONE), note=f"Llamó {NAME}"
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
    _announced(patient)
    shared = SenderFactory.create(workspace=None)
    SenderStopFactory.create(sender=shared, address=PHONE)
    _calls(ask)
    fill_rows_of(patient)
    return Held(workspace, patient, ask, listed)


def _row(name: str, phone: str, email: str) -> dict[str, Any]:
    return {"row": 2, "outcome": "new", "name": name, "phone": phone, "email": email}


def _announced(patient: Patient) -> None:
    """And the clinic's own system says it again in its answer."""
    announcement = WebhookDeliveryFactory.create(
        workspace=patient.workspace,
        event="feedback.received",
        data={"patient_id": str(patient.pk), "rating": 2, "comment": f"Soy {NAME}"},
    )
    DeliveryAttemptFactory.create(
        workspace=patient.workspace, delivery=announcement, answer=f"Soy {NAME}"
    )


def _calls(ask: Message) -> None:
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


def fill_rows_of(patient: Patient) -> None:
    """Whatever text the patient's rows have room for names them: today's columns and tomorrow's."""
    for model, path in tables_of_a_patient():
        rows = model._default_manager.filter(**{path: patient.pk})
        texts = list(fillable(model))
        with tenancy.platform("test"):
            row = rows.first() or _made(model, path, patient)
            for field in texts:
                rows.filter(pk=row.pk).update(**{field.name: _telling(field)})


def _made(model: type[models.Model], path: str, patient: Patient) -> models.Model:
    """A row of a table that nobody thought of here, by its factory."""
    parents: dict[str, Any] = {"patient": patient}
    parents["message"] = Message.objects.filter(patient=patient).first()
    parents["feedback"] = Feedback.objects.filter(patient=patient).first()
    name = path.partition("__")[0]
    made: models.Model = tenants.factory_of(model).create(
        workspace=patient.workspace, **{name: parents[name]}
    )
    return made


def tables_of_a_patient() -> Iterable[tuple[type[models.Model], str]]:
    """Every model with a key to a patient or to a row that has one, and the way to the patient."""
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


def fillable(model: type[models.Model]) -> Iterable["models.Field[Any, Any]"]:
    """But for what `everywhere` fills itself, what is one of a few words, and what names staff."""
    kept = {"name", "phone", "email", "token", "external_id"}
    for field in model._meta.local_concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        cannot = f"{model._meta.db_table}.{field.column}" in CANNOT_TELL or field.choices
        if is_text and not cannot and not field.name.endswith("by_name") and field.name not in kept:
            yield field


def _telling(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.JSONField):
        return {"said": f"{NAME} {PHONE}"}
    told = f"{NAME} {PHONE} {EMAIL}"
    return told[: field.max_length] if field.max_length else told


def found_in(words: Iterable[str]) -> dict[str, int]:
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
