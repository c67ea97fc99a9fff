"""Find a person: the appointments of a workspace that share a phone or an e-mail.

An appointment with a phone and an e-mail connects the two, but only one step far: a family's e-mail
leads to the phones beside it and not to what is beside those. Further addresses are only listed,
and somebody who knows the people decides.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from messaging.models import (
    AssistantCall,
    ConversationNote,
    Feedback,
    HiddenNumber,
    InboundMessage,
    Message,
    TextLabels,
)
from messaging.privacy import residual_data
from patients.addresses import hash_address, normalize_address
from patients.erasure import addresses_of
from patients.models import Hold, ImportProblem, Patient, Suppression
from workspaces.models import Workspace

# The phone of a reception desk may be in thousands of appointments.
MAX_VISITS = 200


@dataclass(frozen=True)
class FoundPerson:
    addresses: list[str]
    patients: list[Patient]
    erased: list[Patient]
    suppressions: list[Suppression]
    refused: list[ImportProblem]
    holds: list[Hold]
    hidden_numbers: list[HiddenNumber]
    other_addresses: list[str]
    has_too_many: bool

    @property
    def rows(self) -> list[Patient]:
        return self.patients + self.erased

    @property
    def names(self) -> list[str]:
        spoken = {_normalize_name(patient): patient.name for patient in self.rows if patient.name}
        return sorted(spoken.values())

    @property
    def may_be_several(self) -> bool:
        """Whether several people may share the phone or e-mail, so that somebody has to choose."""
        return self.has_too_many or len(self.names) > 1

    @property
    def is_known(self) -> bool:
        return bool(self.rows or self.suppressions or self.refused or self.holds)


@dataclass(frozen=True)
class FoundVisit:
    """An appointment with its messages, replies and feedback."""

    patient: Patient
    messages: list[Message]
    answers: list[InboundMessage]
    feedback: list[Feedback]
    labels: list[TextLabels]
    # When words of this visit were sent to the provider of a language model.
    assistant_calls: list[AssistantCall]
    notes: list[ConversationNote]


def find_by_address(workspace: Workspace, address: str) -> FoundPerson:
    return _find_connected(workspace, {normalize_address(address)})


def find_by_patient(patient: Patient) -> FoundPerson:
    """Find the person of a patient, who may also be an erased one during the grace."""
    return _find_connected(patient.workspace, addresses_of([patient]))


def likely_patients(person: FoundPerson, patient: Patient) -> list[Patient]:
    """Return the patients to preselect: those of the same name if there may be several people."""
    if not person.may_be_several:
        return person.rows
    name = _normalize_name(patient)
    return [row for row in person.rows if _normalize_name(row) == name]


def narrow_to(person: FoundPerson, chosen: Collection[Patient]) -> FoundPerson:
    """Return the person with only the chosen appointments; the others belong to somebody else."""
    keys = {patient.pk for patient in chosen}
    addresses = addresses_of(chosen)
    others = addresses_of([patient for patient in person.rows if patient.pk not in keys])
    own_terms = residual_data.SearchTerms.from_addresses(addresses - others)
    digests = {hash_address(address) for address in addresses}
    return FoundPerson(
        addresses=sorted(addresses),
        patients=[patient for patient in person.patients if patient.pk in keys],
        erased=[patient for patient in person.erased if patient.pk in keys],
        suppressions=[row for row in person.suppressions if row.digest in digests],
        refused=[row for row in person.refused if own_terms.occur_in(row.cells)],
        holds=[row for row in person.holds if row.digest in digests],
        hidden_numbers=[row for row in person.hidden_numbers if row.address in addresses],
        other_addresses=[],
        has_too_many=False,
    )


def find_visits(person: FoundPerson) -> list[FoundVisit]:
    keys = [patient.pk for patient in person.rows]
    messages: dict[UUID, list[Message]] = defaultdict(list)
    for message in Message.objects.filter(patient__in=keys).select_related("sender", "quote"):
        messages[message.patient_id].append(message)
    answers: dict[UUID, list[InboundMessage]] = defaultdict(list)
    written_by_them = InboundMessage.objects.filter(patient__in=keys).order_by("received_at")
    for answer in written_by_them.prefetch_related("attachments"):
        answers[answer.patient_id].append(answer)
    feedback: dict[UUID, list[Feedback]] = defaultdict(list)
    for item in Feedback.objects.filter(patient__in=keys).prefetch_related("steps"):
        feedback[item.patient_id].append(item)
    labels: dict[UUID, list[TextLabels]] = defaultdict(list)
    for text in TextLabels.objects.filter(patient__in=keys):
        labels[text.patient_id].append(text)
    calls: dict[UUID, list[AssistantCall]] = defaultdict(list)
    for call in AssistantCall.objects.filter(patient_ids__overlap=keys).order_by("pk"):
        for key in call.patient_ids:
            calls[key].append(call)
    notes: dict[UUID, list[ConversationNote]] = defaultdict(list)
    written = ConversationNote.objects.filter(conversation__patient__in=keys).order_by("pk")
    for note in written.select_related("conversation"):
        notes[note.conversation.patient_id].append(note)
    return [
        FoundVisit(
            patient,
            sorted(messages[patient.pk], key=lambda message: message.pk),
            answers[patient.pk],
            feedback[patient.pk],
            labels[patient.pk],
            calls[patient.pk],
            notes[patient.pk],
        )
        for patient in person.rows
    ]


def _find_connected(workspace: Workspace, start: set[str]) -> FoundPerson:
    addresses = start | addresses_of(list(_patients_with(workspace, start)[:MAX_VISITS]))
    patients = list(
        _patients_with(workspace, addresses)
        .select_related("campaign__practice", "source")
        .order_by("-appointment_time", "-pk")[: MAX_VISITS + 1]
    )
    shown = patients[:MAX_VISITS]
    known = addresses | addresses_of(shown)
    return FoundPerson(
        addresses=sorted(addresses),
        patients=[patient for patient in shown if patient.data_deleted_at is None],
        erased=[patient for patient in shown if patient.data_deleted_at],
        suppressions=_find_suppressions(workspace, known),
        refused=residual_data.find_refused_rows(workspace.pk, addresses),
        holds=_find_holds(workspace, known),
        hidden_numbers=_find_hidden_numbers(workspace, addresses),
        other_addresses=sorted(known - addresses),
        has_too_many=len(patients) > MAX_VISITS,
    )


def _patients_with(workspace: Workspace, addresses: Collection[str]) -> QuerySet[Patient]:
    phones = [address for address in addresses if "@" not in address]
    emails = [address for address in addresses if "@" in address]
    has_address = (Q(phone__in=phones) & ~Q(phone="")) | (Q(email__in=emails) & ~Q(email=""))
    return Patient.objects.within(workspace).filter(has_address)


def _find_suppressions(workspace: Workspace, addresses: Collection[str]) -> list[Suppression]:
    """Search by digest, which is all that is left of somebody who was erased for good."""
    digests = [hash_address(address) for address in addresses]
    return list(Suppression.objects.within(workspace).filter(digest__in=digests).order_by("at"))


def _find_holds(workspace: Workspace, addresses: Collection[str]) -> list[Hold]:
    digests = [hash_address(address) for address in addresses]
    return list(Hold.objects.within(workspace).filter(digest__in=digests).order_by("since"))


def _find_hidden_numbers(workspace: Workspace, addresses: Collection[str]) -> list[HiddenNumber]:
    rows = HiddenNumber.objects.within(workspace).filter(address__in=addresses)
    return list(rows.order_by("pk"))


def _normalize_name(patient: Patient) -> str:
    return " ".join(patient.name.split()).casefold()
