import csv
import io
from datetime import timedelta
from typing import Any, cast

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import csv_exports, tenancy
from core.models import AuditEvent
from patients import suppressions
from patients.addresses import hash_address
from patients.models import Patient, Suppression, SuppressionReason
from tests.factories import PatientFactory, PracticeFactory, SuppressionFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+593991234567", "ana@example.com"


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en", name="Dra. Paz")
    PracticeFactory.create(workspace=user.workspace)
    client.force_login(user)
    return user


def suppressed(owner: User, address: str = PHONE, **values: Any) -> Suppression:
    one: Suppression = SuppressionFactory.create(
        workspace=owner.workspace,
        address=address,
        digest=hash_address(address),
        **values,
    )
    return one


def erased(owner: User) -> Suppression:
    one: Suppression = SuppressionFactory.create(
        workspace=owner.workspace, address="", reason=SuppressionReason.ERASURE
    )
    return one


def stored(owner: User) -> list[Suppression]:
    assert owner.workspace_id
    with tenancy.within(owner.workspace_id):
        return list(Suppression.objects.within(owner.workspace_id).order_by("address"))


def trail(owner: User) -> list[AuditEvent]:
    assert owner.workspace_id
    with tenancy.within(owner.workspace_id):
        return list(AuditEvent.objects.within(owner.workspace_id))


def shown(client: Client, address: str = "", **asked: str) -> list[Suppression]:
    response = client.get(reverse("suppressions") + address, asked)
    assert response.status_code == 200
    rows: list[Suppression] = response.context["page"].rows
    return rows


def downloaded(client: Client, **asked: str) -> list[list[str]]:
    response = cast(StreamingHttpResponse, client.get(reverse("suppressions_export"), asked))
    text = b"".join(cast("list[bytes]", response.streaming_content)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


# The list


def test_list_is_paged_newest_first(client: Client, owner: User) -> None:
    now = timezone.now()
    made = [suppressed(owner, f"+5939900{n:05d}", at=now - timedelta(hours=n)) for n in range(60)]

    first = client.get(reverse("suppressions")).context["page"]

    assert first.rows + shown(client, first.older) == made


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("0991234567", True),
        ("+593 99 123 4567", True),
        ("(099) 123-4567", True),
        ("4567", False),
        ("0991234568", False),
    ],
)
def test_phone_is_found_as_typed(client: Client, owner: User, typed: str, is_found: bool) -> None:
    one = suppressed(owner)
    suppressed(owner, EMAIL)

    assert shown(client, q=typed) == [one] * is_found


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("ana@example.com", True), ("ANA@", True), ("an", True), ("na@", False), ("%", False)],
)
def test_email_is_found_by_its_beginning(
    client: Client, owner: User, typed: str, is_found: bool
) -> None:
    suppressed(owner)
    one = suppressed(owner, EMAIL)

    assert shown(client, q=typed) == [one] * is_found


def test_list_can_be_filtered_by_reason(client: Client, owner: User) -> None:
    suppressed(owner)
    one = suppressed(owner, EMAIL, reason=SuppressionReason.STAFF)

    assert shown(client, reason="STAFF") == [one]


def test_erased_person_has_no_name_and_no_button(client: Client, owner: User) -> None:
    one = erased(owner)
    still_known = suppressed(owner, reason=SuppressionReason.ERASURE)

    page = client.get(reverse("suppressions")).text

    assert page.count("erased person") == 2
    assert PHONE not in page
    assert shown(client, q=PHONE) == []
    for row in (one, still_known):
        address = reverse("suppression_remove", args=[row.pk])
        assert address not in page
        assert client.get(address).status_code == 409
        assert client.post(address, {"reason": "x"}).status_code == 409
    assert len(stored(owner)) == 2


@pytest.mark.parametrize(
    ("role", "looks", "manages"),
    [(Role.OWNER, 200, 200), (Role.DOCTOR, 200, 403), (Role.RECEPTIONIST, 403, 403)],
)
def test_doctors_can_see_and_owners_can_change_the_list(
    client: Client, owner: User, role: Role, looks: int, manages: int
) -> None:
    one = suppressed(owner)
    client.force_login(UserFactory.create(workspace=owner.workspace, role=role))

    assert client.get(reverse("suppressions")).status_code == looks
    remove = reverse("suppression_remove", args=[one.pk])
    for address in (reverse("suppression_add"), reverse("suppressions_export"), remove):
        assert client.get(address).status_code == manages
    if manages == 403:
        assert client.post(remove, {"reason": "x"}).status_code == 403
        assert client.post(reverse("suppression_add"), {"addresses": EMAIL}).status_code == 403
        assert stored(owner) == [one]


def test_row_of_another_workspace_is_not_found(client: Client, owner: User) -> None:
    foreign = SuppressionFactory.create()

    assert shown(client) == []
    address = reverse("suppression_remove", args=[foreign.pk])
    assert client.post(address, {"reason": "x"}).status_code == 404


# Adding


def add(client: Client, addresses: str, note: str = "") -> Any:
    return client.post(reverse("suppression_add"), {"addresses": addresses, "note": note})


def test_several_typed_addresses_can_be_added(client: Client, owner: User) -> None:
    patient = PatientFactory.create(workspace=owner.workspace, phone=PHONE)

    response = add(client, "0991234567\n\n Ana@Example.com \n+593991234567", "by phone")

    assert response.status_code == 302
    rows = stored(owner)
    assert [(row.address, row.reason) for row in rows] == [(PHONE, "STAFF"), (EMAIL, "STAFF")]
    assert {(row.note, row.by) for row in rows} == {("by phone", "Dra. Paz")}
    with tenancy.within(patient.workspace_id):
        assert Patient.objects.get(pk=patient.pk).opted_out_at
    (event,) = trail(owner)
    assert (event.action, event.new) == ("suppression.add", {"addresses": 2, "note": "by phone"})


def test_unreadable_addresses_stay_in_the_form(client: Client, owner: User) -> None:
    suppressed(owner)

    response = add(client, f"{PHONE}\nwho?\n{EMAIL}\n123")

    assert response.status_code == 200
    added = response.context["added"]
    assert (added.new, added.known, added.unreadable) == ([EMAIL], [PHONE], ["who?", "123"])
    assert "who?\n123</textarea>" in response.text
    assert len(stored(owner)) == 2


def test_too_many_addresses_are_refused(client: Client, owner: User) -> None:
    response = add(client, "\n".join(f"a{n}@example.com" for n in range(suppressions.AT_ONCE + 1)))

    assert response.context["form"].errors
    assert stored(owner) == []


# Removing


def test_removal_needs_a_reason_and_is_audited_without_address(client: Client, owner: User) -> None:
    one = suppressed(owner, reason=SuppressionReason.LINK)
    patient = PatientFactory.create(
        workspace=owner.workspace, phone=PHONE, opted_out_at=timezone.now()
    )
    address = reverse("suppression_remove", args=[one.pk])

    assert "against the law" in client.get(address).text
    assert client.post(address, {"reason": ""}).context["form"].errors
    assert client.post(address, {"reason": "changed their mind"}).status_code == 302

    assert stored(owner) == []
    with tenancy.within(patient.workspace_id):
        assert Patient.objects.get(pk=patient.pk).opted_out_at is None
    (event,) = trail(owner)
    assert event.action == "suppression.remove"
    assert event.new == {"note": "changed their mind"}
    assert event.old["digest"] == one.digest
    assert PHONE not in str(vars(event))
    assert PHONE[1:] not in client.get(reverse("audit")).text


# Exporting


def test_download_escapes_formulas(client: Client, owner: User) -> None:
    suppressed(owner, note='=HYPERLINK("http://example.com")', by="@Paz")
    suppressed(owner, EMAIL)
    erased(owner)

    head, *rows = downloaded(client)

    assert head == ["Phone or e-mail", "Reason", "Since", "Note", "By"]
    assert [row[0] for row in rows] == [f"'{PHONE}", EMAIL, "erased person"]
    assert rows[0][3:] == ['\'=HYPERLINK("http://example.com")', "'@Paz"]


def test_download_is_filtered_and_complete(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_exports, "BATCH_SIZE", 2)
    for number in range(5):
        suppressed(owner, f"a{number}@example.com")
    suppressed(owner, "b@example.com")

    assert len(downloaded(client)) == 7
    assert [row[0] for row in downloaded(client, q="a")[1:]] == [
        f"a{number}@example.com" for number in range(5)
    ]
