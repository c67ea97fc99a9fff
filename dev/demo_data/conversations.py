"""Build the messages of each visit: the ask, the answer, the rating, the follow-up."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.formats import date_format

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from dev.demo_data import moments, words
from dev.demo_data.history import History
from dev.demo_data.lists import Reception
from dev.demo_data.people import approved_words
from dev.demo_data.recovery import Recovery
from dev.demo_data.rows import id_at, made_at
from dev.demo_data.visits import Person, Visit
from messaging.error_codes import Consequence, meaning_of
from messaging.models import (
    Conversation,
    InboundMessage,
    Intent,
    Message,
    MessageStatus,
    Sender,
    SenderStop,
)
from messaging.ratings import is_happy
from patients.addresses import hash_address, normalize_address
from patients.models import Patient, Suppression, SuppressionReason
from templates_app.approved import ApprovedBody
from templates_app.models import Channel, MessageType, Template
from templates_app.rendering import first_name, render_template_text
from templates_app.segments import measure_text
from workspaces.models import Practice

NO_CONSENT, CANCELLED, ASKS_BACK = 0.03, 0.014, 0.02
FAILS = {Channel.SMS: 0.045, Channel.WHATSAPP: 0.02, Channel.EMAIL: 0.025}
LEAVES = {Channel.SMS: 0.006, Channel.WHATSAPP: 0.018, Channel.EMAIL: 0.01}
ANSWERS = {Channel.SMS: 0.45, Channel.WHATSAPP: 0.53, Channel.EMAIL: 0.46}
ANSWERS_AFTER = {
    Channel.SMS: timedelta(minutes=35),
    Channel.WHATSAPP: timedelta(minutes=14),
    Channel.EMAIL: timedelta(hours=3),
}
LATEST_ANSWER = timedelta(hours=20)
BY_TEXT, READS, REVIEWS = 0.85, 0.85, 0.4

# The weights of the ratings from 1 to 5, at the beginning of the history and now.
AT_FIRST = (5.0, 7.0, 11.5, 22.5, 54.0)
BY_NOW = (2.0, 3.5, 7.5, 18.0, 69.0)
AFTER_LONG_WAIT = (4.0, 8.0, 20.0, 43.0, 25.0)

# Codes of messaging/error_codes.py and how often they come.
FAILURES = {
    Channel.SMS: {"30003": 40, "30005": 20, "30006": 10, "30008": 15, "30007": 10, "21614": 5},
    Channel.WHATSAPP: {"63014": 100},  # the other failures of WhatsApp went on by SMS
    Channel.EMAIL: {"mail_unknown": 70, "mail_full": 30},
}
REJECTED_AT_ONCE = {"21614"}  # never reached a carrier, so there is no sent_at and no cost
ATTEMPTS = {"30003": 3, "30008": 2}

# In dollars, for a segment and for a message.
COSTS = {Channel.SMS: Decimal("0.0532"), Channel.WHATSAPP: Decimal("0.0160")}

# The first part of the paths of a patient's pages.
PAGES = {"ratingLink": "r", "reviewLink": "v", "feedbackLink": "f", "optOutLink": "o"}


@dataclass(frozen=True)
class ClinicRows:
    """The rows of a clinic that its conversations refer to."""

    campaigns: dict[str, Campaign]
    practices: dict[str, Practice]
    senders: dict[str, Sender]
    texts: dict[tuple[str, str], Template]
    first_moment: datetime
    now: datetime


class Conversations:
    def __init__(
        self,
        history: History,
        rows: ClinicRows,
        reception: Reception,
        recovery: Recovery,
        chance: random.Random,
    ) -> None:
        self.history, self.rows, self.chance = history, rows, chance
        self.reception, self.recovery = reception, recovery

    def add_conversation(self, visit: Visit) -> None:
        patient = self._add_patient(visit)
        if not patient.has_consent:
            return
        hours = timedelta(hours=visit.theme.hours_after)
        patient.asked_at = visit.at + hours + moments.random_seconds(0.2, 1.2, self.chance)
        ask = self._add_message(patient, visit, MessageType.INITIAL, patient.asked_at)
        fate, fails = self.chance.random(), FAILS[visit.person.channel]
        if fate < CANCELLED:
            self._cancel(ask, visit.person, patient)
        elif fate < CANCELLED + fails:
            self._fail(ask, visit.person, patient)
        else:
            self._deliver(ask)
            self._maybe_answer(ask, visit, patient)

    def add_open_questions(self, count: int) -> None:
        """Answer the newest unanswered WhatsApp asks with questions that a member has to read."""
        silent = [
            message
            for message in self.history.messages
            if message.channel == Channel.WHATSAPP
            and message.type == MessageType.INITIAL
            and message.status == MessageStatus.DELIVERED
            and message.patient.opted_out_at is None
        ]
        newest = sorted(silent, key=lambda message: message.created_at)[-count:] if count else []
        for message, body in zip(newest, words.QUESTIONS, strict=False):
            assert message.delivered_at
            at = message.delivered_at + moments.random_seconds(300, 3000, self.chance)
            self._add_inbound(message, body, at, Intent.OTHER)
            self._add_conversation_row(message, at)

    def _add_patient(self, visit: Visit) -> Patient:
        campaign = self.rows.campaigns[visit.theme.campaign]
        source, row_number = self.reception.row_for(visit, campaign)
        has_consent = self.chance.random() > NO_CONSENT
        patient = Patient(
            **made_at(source.created_at, self.chance),
            workspace_id=campaign.workspace_id,
            campaign=campaign,
            source=source,
            row_number=row_number,
            name=visit.person.name,
            phone=visit.person.phone,
            email=visit.person.email,
            appointment_time=visit.at,
            appointment_type=visit.kind,
            doctor_name=visit.theme.doctor,
            preferred_channel=visit.person.channel,
            has_consent=has_consent,
            consent_at=source.created_at if has_consent else None,
            consent_words=words.CONSENT if has_consent else "",
            consent_by=source.uploaded_by_name if has_consent else "",
        )
        self.reception.count_in_forecast(source, has_consent=has_consent)
        self.history.patients.append(patient)
        return patient

    def _add_message(
        self, patient: Patient, visit: Visit, kind: MessageType, moment: datetime
    ) -> Message:
        channel = visit.person.channel
        template = self._template(kind, channel)
        is_approved = channel == Channel.WHATSAPP and kind == MessageType.INITIAL
        content = self._content(patient, visit, template, is_approved=is_approved)
        message = Message(
            **made_at(moment, self.chance),
            workspace_id=patient.workspace_id,
            campaign_id=patient.campaign_id,
            patient=patient,
            type=kind,
            channel=channel,
            status=MessageStatus.PENDING,
            next_attempt_at=moment,
            content=content,
            template_id=template.pk,
            template_version=template.version,
            content_sid=template.whatsapp_content_sid if is_approved else "",
            segments=measure_text(content).count if channel == Channel.SMS else None,
        )
        self.history.messages.append(message)
        return message

    def _template(self, kind: MessageType, channel: Channel) -> Template:
        texts = self.rows.texts
        return texts.get((kind, channel)) or texts[kind, ""]

    def _content(
        self, patient: Patient, visit: Visit, template: Template, *, is_approved: bool
    ) -> str:
        links = {
            name: f"{settings.SITE_URL}/{page}/{patient.token}" for name, page in PAGES.items()
        }
        values = links | {
            "name": patient.name,
            "firstName": first_name(patient.name),
            "doctor": patient.doctor_name,
            "practice": self.rows.practices[visit.theme.place].name,
            "appointmentType": patient.appointment_type,
            "date": date_format(visit.at, r"j \d\e F"),
        }
        if not is_approved:
            return render_template_text(template.content, values)
        by_number = {
            str(number): values[name] for number, name in enumerate(template.variables, start=1)
        }
        return ApprovedBody(approved_words(template)).fill(by_number)

    def _cancel(self, ask: Message, person: Person, patient: Patient) -> None:
        """Cancel the ask: it is too old, or the patient opted out at the reception."""
        ask.status, ask.content, ask.segments = MessageStatus.CANCELLED, "", None
        ask.error = self.chance.choice(("too old", "too old", "opted out"))
        if ask.error == "too old":
            ask.updated_at = min(ask.created_at + OLDEST_USEFUL_ASK, self.rows.now)
        else:
            self._add_suppression(person, patient, SuppressionReason.STAFF, ask.created_at)

    def _fail(self, ask: Message, person: Person, patient: Patient) -> None:
        codes = FAILURES[person.channel]
        code = self.chance.choices(list(codes), list(codes.values()))[0]
        meaning = meaning_of(code)
        self._send(ask)
        if code in REJECTED_AT_ONCE:
            ask.sent_at, ask.external_id = None, None
            ask.cost, ask.cost_currency = None, ""
        ask.status, ask.error_code, ask.error = MessageStatus.FAILED, code, str(meaning.explanation)
        ask.attempt = ATTEMPTS.get(code, 1)
        ask.updated_at = ask.created_at + moments.random_seconds(10, 90, self.chance)
        if meaning.consequence == Consequence.PERMANENT:
            self._add_suppression(person, patient, SuppressionReason.UNREACHABLE, ask.updated_at)
        elif meaning.consequence == Consequence.OPTED_OUT:
            self._add_suppression(person, patient, SuppressionReason.CARRIER, ask.updated_at)
            self._add_sender_stop(ask, ask.updated_at)

    def _send(self, message: Message) -> None:
        message.sender = self.rows.senders[message.channel]
        message.attempt = 1
        message.sent_at = message.created_at + moments.random_seconds(1, 8, self.chance)
        message.external_id = self._external_id(message.channel)
        message.updated_at = message.sent_at
        message.status = MessageStatus.SENT
        if each := COSTS.get(Channel(message.channel)):
            message.cost, message.cost_currency = each * (message.segments or 1), "USD"

    def _deliver(self, message: Message) -> None:
        """Mark the message as delivered, or an e-mail as sent: mail servers send no receipts."""
        self._send(message)
        if message.channel == Channel.EMAIL:
            return
        assert message.sent_at
        message.delivered_at = message.sent_at + moments.random_seconds(1, 25, self.chance)
        message.updated_at = message.delivered_at
        message.status = MessageStatus.DELIVERED
        if message.channel == Channel.WHATSAPP and self.chance.random() < READS:
            message.read_at = message.delivered_at + moments.random_seconds(20, 2400, self.chance)

    def _maybe_answer(self, ask: Message, visit: Visit, patient: Patient) -> None:
        assert ask.sent_at
        channel = visit.person.channel
        pause = moments.random_delay(ANSWERS_AFTER[channel], LATEST_ANSWER, self.chance)
        at = moments.shift_to_waking_hours(ask.sent_at + timedelta(seconds=30) + pause, self.chance)
        fate, leaves = self.chance.random(), LEAVES[channel]
        if fate < leaves:
            self._opt_out(ask, visit.person, patient, at)
        elif fate < leaves + ANSWERS[channel]:
            self._rate(ask, visit, patient, at)
        elif channel == Channel.WHATSAPP and fate > 1 - ASKS_BACK:
            self._add_inbound(ask, self.chance.choice(words.QUESTIONS), at, Intent.OTHER)
            self._add_conversation_row(
                ask, at, until=at + moments.random_seconds(300, 20_000, self.chance)
            )

    def _opt_out(self, ask: Message, person: Person, patient: Patient, at: datetime) -> None:
        if person.channel == Channel.WHATSAPP:
            self._add_inbound(ask, self.chance.choice(words.LEAVING), at, Intent.OPT_OUT)
            self._add_suppression(person, patient, SuppressionReason.REPLY, at)
            self._add_sender_stop(ask, at)
        else:
            self._add_suppression(person, patient, SuppressionReason.LINK, at)

    def _rate(self, ask: Message, visit: Visit, patient: Patient, at: datetime) -> None:
        rating = self._choose_rating(visit)
        ask.rating, ask.replied_at, ask.status, ask.updated_at = (
            rating,
            at,
            MessageStatus.REPLIED,
            at,
        )
        if visit.person.channel == Channel.WHATSAPP and self.chance.random() < BY_TEXT:
            replies = words.REPLIES_AFTER_LONG_WAIT if visit.waited_long else words.REPLIES
            body, ask.comment = self.chance.choice(replies[rating])
            self._add_inbound(ask, body, at, Intent.RATING, rating)
        kind = MessageType.FOLLOWUP_HAPPY if is_happy(rating) else MessageType.FOLLOWUP_UNHAPPY
        self._deliver(self._add_message(patient, visit, kind, at + timedelta(seconds=1)))
        if not is_happy(rating):
            self.recovery.add_case(ask, visit, at)
        elif self.chance.random() < REVIEWS:
            patient.review_clicks = 1
            patient.review_clicked_at = at + moments.random_seconds(20, 1800, self.chance)

    def _choose_rating(self, visit: Visit) -> int:
        if visit.waited_long:
            return self.chance.choices((1, 2, 3, 4, 5), AFTER_LONG_WAIT)[0]
        whole = self.rows.now - self.rows.first_moment
        progress = (visit.at - self.rows.first_moment) / whole
        weights = [
            (first + (last - first) * progress) * (1 + visit.theme.mood) ** rating
            for rating, (first, last) in enumerate(zip(AT_FIRST, BY_NOW, strict=True))
        ]
        return self.chance.choices((1, 2, 3, 4, 5), weights)[0]

    def _add_inbound(
        self, ask: Message, body: str, at: datetime, intent: Intent, rating: int | None = None
    ) -> InboundMessage:
        inbound = InboundMessage(
            **made_at(at, self.chance),
            workspace_id=ask.workspace_id,
            patient=ask.patient,
            message=ask,
            sender=ask.sender,
            channel=ask.channel,
            body=body,
            external_id=self._external_id(ask.channel),
            received_at=at,
            intent=intent,
            rating=rating,
        )
        self.history.inbound.append(inbound)
        if ask.replied_at is None:
            # As in `ratings.note_answer`: any message of the patient answers the ask, even a STOP.
            ask.replied_at, ask.status, ask.updated_at = at, MessageStatus.REPLIED, at
        return inbound

    def _add_conversation_row(
        self, ask: Message, at: datetime, *, until: datetime | None = None
    ) -> None:
        self.history.conversations.append(
            Conversation(
                **made_at(at, self.chance),
                workspace_id=ask.workspace_id,
                patient=ask.patient,
                channel=ask.channel,
                last_at=at,
                waiting_since=None if until else at,
                closed_at=until,
            )
        )

    def _add_suppression(
        self, person: Person, patient: Patient, reason: SuppressionReason, at: datetime
    ) -> None:
        person.may_be_asked = False
        patient.opted_out_at = at
        address = normalize_address(person.phone or person.email)
        self.history.suppressions.append(
            Suppression(
                **made_at(at, self.chance),
                workspace_id=patient.workspace_id,
                address=address,
                digest=hash_address(address),
                reason=reason,
                at=at,
            )
        )

    def _add_sender_stop(self, ask: Message, at: datetime) -> None:
        """STOP is said to a sender, which this clinic shares with others."""
        self.history.stops.append(
            SenderStop(**made_at(at, self.chance), sender=ask.sender, address=ask.patient.phone)
        )

    def _external_id(self, channel: str) -> str:
        if channel == Channel.EMAIL:
            return f"<{id_at(self.rows.now, self.chance).hex}@reputationmanager.com>"
        return f"SM{self.chance.getrandbits(128):032x}"
