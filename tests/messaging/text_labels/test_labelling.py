from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from core import tenancy
from messaging import alerts, ratings
from messaging.models import (
    Conversation,
    Feedback,
    InboundMessage,
    Message,
    TextLabels,
    TextSource,
    Topic,
    Urgency,
)
from messaging.text_labels import backlog, labelling
from messaging.text_labels.corrections import correct_labels
from tests.concurrency import run_concurrently
from tests.factories import (
    InboundMessageFactory,
    MessageFactory,
    TextLabelsFactory,
    UserFactory,
)
from tests.messaging.text_labels.conftest import FixedReader
from tests.notifications import deliver_all
from workspaces.models import Role

pytestmark = pytest.mark.django_db

OWNER = "owner@clinic.example"


@pytest.fixture
def ask() -> Message:
    ask: Message = MessageFactory.create(status="SENT")
    UserFactory.create(workspace=ask.workspace, role=Role.OWNER, email=OWNER, language="en")
    return ask


def labels_of(ask: Message) -> dict[str, TextLabels]:
    with tenancy.within(ask.workspace_id):
        return {labels.source: labels for labels in TextLabels.objects.filter(message=ask)}


def rate(ask: Message, rating: int, comment: str = "") -> None:
    with tenancy.platform("test"):
        ratings.record_rating(ask=ask, rating=rating, comment=comment)


def test_comment_of_a_rating_gets_topics(ask: Message, reader: FixedReader) -> None:
    reader.learn("espera", topics=("waiting",))
    rate(ask, 4, "mucha espera")

    labels = labels_of(ask)[TextSource.COMMENT]
    assert labels.topics == ["waiting"]
    assert labels.reader == "test-1"


def test_rating_without_words_gets_no_labels(ask: Message, reader: FixedReader) -> None:
    rate(ask, 4)
    assert labels_of(ask) == {}


def test_longer_comment_is_read_again(ask: Message, reader: FixedReader) -> None:
    reader.learn("caro", topics=("price", "waiting"))
    reader.learn("espera", topics=("waiting",))
    rate(ask, 2, "mucha espera")
    with tenancy.platform("test"):
        ratings.add_comment(ask=ask, comment="y muy caro")

    assert labels_of(ask)[TextSource.COMMENT].topics == ["price", "waiting"]


def test_private_form_gets_labels_of_its_own(ask: Message, reader: FixedReader) -> None:
    reader.learn("grosera", topics=("reception", "kindness"))
    rate(ask, 1)
    with tenancy.platform("test"):
        ratings.give_feedback(ask=ask, comment="la chica fue grosera")

    assert labels_of(ask)[TextSource.FEEDBACK].topics == ["reception", "kindness"]


def test_corrected_labels_are_not_read_again(ask: Message, reader: FixedReader) -> None:
    reader.learn("espera", topics=("waiting",))
    rate(ask, 2, "espera")
    member = UserFactory.create(workspace=ask.workspace, role=Role.DOCTOR)
    with tenancy.within(ask.workspace_id):
        correct_labels(
            labels=TextLabels.objects.get(message=ask),
            topics=[Topic.PRICE],
            urgency=Urgency.NONE,
            by=member,
        )
    with tenancy.platform("test"):
        ratings.add_comment(ask=ask, comment="más espera")

    labels = labels_of(ask)[TextSource.COMMENT]
    assert labels.topics == ["price"]
    assert labels.corrected_by_name == member.name


def test_urgent_text_is_alerted_once_instead_of_the_low_rating(
    ask: Message, reader: FixedReader
) -> None:
    reader.learn("sangrando", urgency="emergency")
    rate(ask, 1, "sigo sangrando")
    labels = labels_of(ask)[TextSource.COMMENT]
    with tenancy.within(ask.workspace_id):
        case = Feedback.objects.get(message=ask)

    low = alerts.alert_unhappy_patient(workspace_id=ask.workspace_id, feedback_id=case.pk)
    first = alerts.alert_urgent_text(workspace_id=ask.workspace_id, labels_id=labels.pk)
    mails = list(mail.outbox)
    second = alerts.alert_urgent_text(workspace_id=ask.workspace_id, labels_id=labels.pk)
    later = alerts.alert_unhappy_patient(workspace_id=ask.workspace_id, feedback_id=case.pk)

    assert (low, first, second, later) == (False, True, False, False)
    assert mail.outbox == mails
    assert all(str(case.pk) in str(sent.body) for sent in mails)
    assert not any("sangrando" in str(sent.body) for sent in mails)


def tell_of(text: TextLabels) -> bool:
    is_new = alerts.alert_urgent_text(workspace_id=text.workspace_id, labels_id=text.pk)
    deliver_all()
    return is_new


def mails_to_owner() -> list[EmailMessage]:
    return [letter for letter in mail.outbox if letter.to == [OWNER]]


def urgent_text(ask: Message, urgency: Urgency = Urgency.LEGAL) -> TextLabels:
    text: TextLabels = TextLabelsFactory.create(
        workspace=ask.workspace,
        message=ask,
        patient=ask.patient,
        source=TextSource.INBOUND,
        source_id=uuid4(),
        urgency=urgency,
    )
    return text


def test_urgent_text_that_comes_later_is_alerted_as_well(ask: Message) -> None:
    for _ in range(2):
        assert tell_of(urgent_text(ask))

    assert len(mails_to_owner()) == 2


def test_texts_that_come_together_are_one_alert_of_the_highest_urgency(ask: Message) -> None:
    first, second = urgent_text(ask), urgent_text(ask, Urgency.EMERGENCY)

    assert [tell_of(first), tell_of(second)] == [True, False]
    [letter] = mails_to_owner()
    assert "Medical emergency" in letter.body


@pytest.mark.django_db(transaction=True)
def test_concurrent_tasks_of_two_texts_alert_once(ask: Message) -> None:
    first, second = urgent_text(ask), urgent_text(ask)

    told = run_concurrently(lambda: tell_of(first), lambda: tell_of(second))
    assert sorted(told) == [False, True]
    assert len(mails_to_owner()) == 1


def test_lost_alert_of_an_urgent_text_is_sent_by_the_schedule(
    ask: Message, reader: FixedReader
) -> None:
    reader.learn("sangrando", urgency="emergency")
    rate(ask, 5, "sigo sangrando")
    labels = labels_of(ask)[TextSource.COMMENT]

    assert alerts.send_missed_alerts(now=labels.created_at + 2 * alerts.MISSED_AFTER) == 1
    assert alerts.send_missed_alerts(now=labels.created_at + 2 * alerts.MISSED_AFTER) == 0


def test_urgent_text_of_a_happy_patient_waits_in_the_inbox(
    ask: Message, reader: FixedReader
) -> None:
    reader.learn("sangrando", urgency="emergency")
    rate(ask, 5, "todo bien pero sigo sangrando")

    with tenancy.within(ask.workspace_id):
        assert Conversation.objects.get(patient=ask.patient).waiting_since


def test_text_without_a_rating_is_labelled_as_a_message(ask: Message, reader: FixedReader) -> None:
    reader.learn("factura", topics=("price",))
    inbound = create_inbound(ask, "no me llegó la factura")
    with tenancy.within(ask.workspace_id):
        labelling.label_inbound(inbound, ask=ask)

    assert labels_of(ask)[TextSource.INBOUND].topics == ["price"]


def create_inbound(ask: Message, body: str) -> InboundMessage:
    inbound: InboundMessage = InboundMessageFactory.create(
        workspace=ask.workspace, patient=ask.patient, message=ask, body=body
    )
    return inbound


def test_backlog_labels_each_kind_of_text_without_alerts(ask: Message, reader: FixedReader) -> None:
    reader.learn("sangrando", urgency="emergency", topics=("outcome",))
    with tenancy.within(ask.workspace_id):
        Message.objects.filter(pk=ask.pk).update(comment="sangrando", rating=2)
        Feedback.objects.create(
            workspace=ask.workspace,
            patient=ask.patient,
            message=ask,
            rating=2,
            comment="sangrando mucho",
        )
    create_inbound(ask, "sigo sangrando")

    assert backlog.label_backlog() == 3
    assert set(labels_of(ask)) == {"COMMENT", "FEEDBACK", "INBOUND"}
    assert all(labels.alerted_at for labels in labels_of(ask).values())
    assert backlog.label_backlog() == 0


def test_new_version_of_the_reader_reads_again_what_nobody_corrected(reader: FixedReader) -> None:
    read = MessageFactory.create(comment="espera", rating=3)
    TextLabelsFactory.create(workspace=read.workspace, message=read, reader="test-0")
    corrected = MessageFactory.create(comment="espera", rating=3)
    TextLabelsFactory.create(
        workspace=corrected.workspace,
        message=corrected,
        reader="test-0",
        corrected_at=corrected.created_at,
        corrected_by_name="Ana",
    )
    assert backlog.label_backlog() == 1
    assert labels_of(read)["COMMENT"].reader == "test-1"
    assert labels_of(corrected)["COMMENT"].reader == "test-0"


def test_backlog_keeps_the_alert_that_was_not_mailed_yet(reader: FixedReader) -> None:
    reader.learn("sangrando", urgency="emergency")
    ask = MessageFactory.create(comment="sigo sangrando", rating=2)
    TextLabelsFactory.create(
        workspace=ask.workspace, message=ask, reader="test-0", urgency="emergency", alerted_at=None
    )

    assert backlog.label_backlog() == 1

    assert labels_of(ask)["COMMENT"].reader == "test-1"
    assert labels_of(ask)["COMMENT"].alerted_at is None


def test_text_of_spaces_is_labelled_once_and_not_found_again(
    ask: Message, reader: FixedReader
) -> None:
    create_inbound(ask, "\u00a0")

    assert backlog.label_backlog() == 1
    assert backlog.label_backlog() == 0


def test_backlog_labels_at_most_its_limit_in_a_run(ask: Message, reader: FixedReader) -> None:
    for body in ("la sala", "el precio", "la espera"):
        create_inbound(ask, body)

    assert [backlog.label_backlog(limit=2) for _ in range(3)] == [2, 1, 0]
