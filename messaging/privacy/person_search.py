"""Who a person is: the appointments of a workspace that share a phone or an e-mail.

An appointment that carries both connects both, once: a family's e-mail leads to the phones it
stands beside, and no further. What lies beyond is named, for somebody who knows them to judge.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from messaging.models import Feedback, HiddenNumber, InboundMessage, Message
from messaging.privacy import residual_data
from patients import consent
from patients.erasure import addresses_of
from patients.models import Hold, ImportProblem, Patient, Suppression
from workspaces.models import Workspace

# The number of a reception desk may stand in thousands of appointments.
AT_MOST = 200


@dataclass(frozen=True)
class FoundPerson:
    addresses: list[str]
    patients: list[Patient]
    erased: list[Patient]
    suppressions: list[Suppression]
    refused: list[ImportProblem]
    holds: list[Hold]
    hidden_numbers: list[HiddenNumber]
    beyond: list[str]
    is_a_crowd: bool

    @property
    def rows(self) -> list[Patient]:
        return self.patients + self.erased

    @property
    def names(self) -> list[str]:
        spoken = {_spoken(one): one.name for one in self.rows if one.name}
        return sorted(spoken.values())

    @property
    def is_doubtful(self) -> bool:
        """Several people may share a phone or an e-mail: somebody who knows them has to say."""
        return self.is_a_crowd or len(self.names) > 1

    @property
    def is_known(self) -> bool:
        return bool(self.rows or self.suppressions or self.refused or self.holds)


@dataclass(frozen=True)
class FoundVisit:
    """An appointment and all that was said about it."""

    patient: Patient
    messages: list[Message]
    answers: list[InboundMessage]
    feedback: list[Feedback]


def at(workspace: Workspace, address: str) -> FoundPerson:
    return _connected(workspace, {consent.normalize_address(address)})


def of(patient: Patient) -> FoundPerson:
    """Also of an erased one, as long as its grace runs."""
    return _connected(patient.workspace, addresses_of([patient]))


def likely(person: FoundPerson, asked: Patient) -> list[Patient]:
    """Whose name is the same as the one asked about, where there are several."""
    if not person.is_doubtful:
        return person.rows
    return [one for one in person.rows if _spoken(one) == _spoken(asked)]


def only(person: FoundPerson, chosen: Collection[Patient]) -> FoundPerson:
    """The same person without the appointments that turned out to be of others."""
    keys = {one.pk for one in chosen}
    theirs = addresses_of(chosen)
    others = addresses_of([one for one in person.rows if one.pk not in keys])
    own = residual_data.Marks.of(theirs - others)
    digests = {consent.hash_address(address) for address in theirs}
    return FoundPerson(
        addresses=sorted(theirs),
        patients=[one for one in person.patients if one.pk in keys],
        erased=[one for one in person.erased if one.pk in keys],
        suppressions=[one for one in person.suppressions if one.digest in digests],
        refused=[row for row in person.refused if own.are_in(row.cells)],
        holds=[one for one in person.holds if one.digest in digests],
        hidden_numbers=[one for one in person.hidden_numbers if one.address in theirs],
        beyond=[],
        is_a_crowd=False,
    )


def visits(person: FoundPerson) -> list[FoundVisit]:
    keys = [one.pk for one in person.rows]
    messages: dict[UUID, list[Message]] = defaultdict(list)
    for message in Message.objects.filter(patient__in=keys).select_related("sender", "quote"):
        messages[message.patient_id].append(message)
    answers: dict[UUID, list[InboundMessage]] = defaultdict(list)
    for answer in InboundMessage.objects.filter(patient__in=keys).order_by("received_at"):
        answers[answer.patient_id].append(answer)
    feedback: dict[UUID, list[Feedback]] = defaultdict(list)
    for one in Feedback.objects.filter(patient__in=keys).prefetch_related("steps"):
        feedback[one.patient_id].append(one)
    return [
        FoundVisit(
            patient,
            sorted(messages[patient.pk], key=lambda message: message.pk),
            answers[patient.pk],
            feedback[patient.pk],
        )
        for patient in person.rows
    ]


def _connected(workspace: Workspace, start: set[str]) -> FoundPerson:
    addresses = start | addresses_of(list(_at(workspace, start)[:AT_MOST]))
    found = list(
        _at(workspace, addresses)
        .select_related("campaign__practice", "source")
        .order_by("-appointment_time", "-pk")[: AT_MOST + 1]
    )
    shown = found[:AT_MOST]
    known = addresses | addresses_of(shown)
    return FoundPerson(
        addresses=sorted(addresses),
        patients=[one for one in shown if one.data_deleted_at is None],
        erased=[one for one in shown if one.data_deleted_at],
        suppressions=_suppressions(workspace, known),
        refused=residual_data.refused_rows(workspace.pk, addresses),
        holds=_holds(workspace, known),
        hidden_numbers=_hidden_numbers(workspace, addresses),
        beyond=sorted(known - addresses),
        is_a_crowd=len(found) > AT_MOST,
    )


def _at(workspace: Workspace, addresses: Collection[str]) -> QuerySet[Patient]:
    phones = [one for one in addresses if "@" not in one]
    emails = [one for one in addresses if "@" in one]
    theirs = (Q(phone__in=phones) & ~Q(phone="")) | (Q(email__in=emails) & ~Q(email=""))
    return Patient.objects.within(workspace).filter(theirs)


def _suppressions(workspace: Workspace, addresses: Collection[str]) -> list[Suppression]:
    """By digest: of somebody who was erased for good it is all that is left."""
    digests = [consent.hash_address(address) for address in addresses]
    return list(Suppression.objects.within(workspace).filter(digest__in=digests).order_by("at"))


def _holds(workspace: Workspace, addresses: Collection[str]) -> list[Hold]:
    digests = [consent.hash_address(address) for address in addresses]
    return list(Hold.objects.within(workspace).filter(digest__in=digests).order_by("since"))


def _hidden_numbers(workspace: Workspace, addresses: Collection[str]) -> list[HiddenNumber]:
    rows = HiddenNumber.objects.within(workspace).filter(address__in=addresses)
    return list(rows.order_by("pk"))


def _spoken(patient: Patient) -> str:
    return " ".join(patient.name.split()).casefold()
