"""A member proves to hold a phone: few codes, few tries, and nothing but the SMS holds the code."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from messaging.models import PhoneCode, Sender
from messaging.phone_codes import codes
from messaging.phone_codes.codes import CodeAnswer
from tests.concurrency import run_concurrently
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    PhoneCodeFactory,
    SenderStopFactory,
    UnvettedWorkspaceFactory,
    UserFactory,
)
from tests.messaging.world import shared_sender
from workspaces.models import User, Workspace
from workspaces.vetting import limits

pytestmark = pytest.mark.django_db

PHONE = "+593987654321"


@pytest.fixture
def sender() -> Sender:
    return shared_sender(two_way=False)


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(
        workspace=UnvettedWorkspaceFactory.create(), phone=PHONE, language="en"
    )
    return user


def order(user: User) -> PhoneCode:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return codes.order_code(by=user)


def confirm(user: User, typed: str) -> CodeAnswer:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return codes.confirm_code(by=user, typed=typed)


def sent_messages(simulator: Simulation) -> list[dict[str, str]]:
    return simulator.told()


def read_code(simulator: Simulation) -> str:
    [sent] = sent_messages(simulator)[-1:]
    found = re.match(r"\d{6}", sent["body"])
    assert found
    return found[0]


def test_code_from_the_sms_confirms_the_phone(
    sender: Sender, owner: User, simulator: Simulation
) -> None:
    code = order(owner)
    codes.send_code(code.pk)
    words = read_code(simulator)

    assert confirm(owner, f" {words[:3]} {words[3:]} ") is CodeAnswer.RIGHT

    owner.refresh_from_db()
    assert owner.has_proven_phone
    with tenancy.platform("test"):
        kept = PhoneCode.objects.get()
        assert words not in kept.digest
        assert AuditEvent.objects.filter(action="profile.phone").exists()
    assert confirm(owner, words) is CodeAnswer.NO_CODE  # it is used up


def test_code_is_sent_once(sender: Sender, owner: User, simulator: Simulation) -> None:
    code = order(owner)

    codes.send_code(code.pk)
    codes.send_code(code.pk)

    assert len(sent_messages(simulator)) == 1


def test_changed_phone_is_unconfirmed(owner: User) -> None:
    owner.proven_phone = PHONE
    assert owner.has_proven_phone

    owner.phone = "+593987654322"

    assert not owner.has_proven_phone


def sent_code(user: User, **fields: object) -> PhoneCode:
    code: PhoneCode = PhoneCodeFactory.create(workspace=user.workspace, user=user, phone=user.phone)
    with tenancy.platform("test"):
        PhoneCode.objects.filter(pk=code.pk).update(
            **{"digest": codes._digest(code, "123456"), "sent_at": timezone.now()} | fields
        )
    return code


def test_wrong_codes_use_up_the_tries(owner: User) -> None:
    sent_code(owner)

    answers = [confirm(owner, "000000") for _ in range(limits.CODE_TRIES)]

    assert set(answers) == {CodeAnswer.WRONG}
    assert confirm(owner, "123456") is CodeAnswer.NO_CODE


@pytest.mark.parametrize(
    "fields",
    [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"phone": "+593987654399"}],
)
def test_expired_or_foreign_code_confirms_nothing(owner: User, fields: dict[str, object]) -> None:
    sent_code(owner, **fields)

    assert confirm(owner, "123456") is CodeAnswer.NO_CODE


def test_code_of_a_colleague_confirms_nothing(owner: User) -> None:
    sent_code(owner)
    colleague = UserFactory.create(workspace=owner.workspace, phone=PHONE)

    assert confirm(colleague, "123456") is CodeAnswer.NO_CODE


def test_number_gets_few_codes_a_day_over_all_clinics(sender: Sender) -> None:
    most = limits.CODES_A_DAY_TO_ONE_NUMBER
    members = [UserFactory.create(phone=PHONE) for _ in range(most + 1)]
    for member in members[:most]:
        order(member)

    with pytest.raises(ProblemError, match=r"tomorrow|mañana"):
        order(members[most])


@pytest.mark.parametrize("limit", ["CODES_A_DAY_OF_ONE_PERSON", "CODES_A_DAY_OF_ONE_CLINIC"])
def test_person_and_clinic_have_few_codes_a_day(
    sender: Sender, owner: User, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(limits, limit, 2)
    for number in (1, 2):
        PhoneCodeFactory.create(
            workspace=owner.workspace,
            phone=f"+59398765430{number}",
            user=owner
            if limit == "CODES_A_DAY_OF_ONE_PERSON"
            else UserFactory.create(workspace=owner.workspace),
        )

    with pytest.raises(ProblemError):
        order(owner)


@pytest.mark.django_db(transaction=True)
def test_concurrent_orders_respect_the_limit_of_a_number() -> None:
    shared_sender()
    most = limits.CODES_A_DAY_TO_ONE_NUMBER
    members = [UserFactory.create(phone=PHONE) for _ in range(most + 2)]

    def try_to_order(user: User) -> bool:
        try:
            order(user)
        except ProblemError:
            return False
        return True

    done = run_concurrently(*[lambda user=user: try_to_order(user) for user in members])

    assert sum(done) == most


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": ""},
        {"phone": "+447911123456"},  # no country of ours
        {"proven_phone": PHONE},
    ],
)
def test_code_is_refused(sender: Sender, fields: dict[str, str]) -> None:
    with pytest.raises(ProblemError):
        order(UserFactory.create(**{"phone": PHONE} | fields))


def test_number_that_opted_out_gets_no_code(sender: Sender, owner: User) -> None:
    SenderStopFactory.create(sender=sender, address=PHONE)

    with pytest.raises(ProblemError):
        order(owner)


def test_stopped_clinic_gets_no_code(sender: Sender, owner: User) -> None:
    with tenancy.platform("test"):
        Workspace.objects.update(
            sending_stopped_at=timezone.now(), sending_stopped_because="Phishing"
        )

    with pytest.raises(ProblemError):
        order(owner)


def test_page_sends_the_code_and_takes_it(
    client: Client, sender: Sender, owner: User, simulator: Simulation
) -> None:
    client.force_login(owner)
    page = client.get("/profile/phone/", headers={"accept-language": "en"}).content.decode()
    assert PHONE in page
    client.post("/profile/phone/send")
    with tenancy.platform("test"):
        code = PhoneCode.objects.get()
    codes.send_code(code.pk)

    wrong = client.post("/profile/phone/", {"code": "x"}, headers={"accept-language": "en"})
    assert "This is not the code" in wrong.content.decode()
    with tenancy.platform("test"):
        assert PhoneCode.objects.get().tries == 1  # the try is kept although the page said no
    right = client.post("/profile/phone/", {"code": read_code(simulator)})

    assert right["Location"] == "/profile/"
    owner.refresh_from_db()
    assert owner.has_proven_phone
