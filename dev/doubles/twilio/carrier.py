"""Move a message through its statuses, and call its status callback at each step."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

from dev.doubles.twilio import destinations
from dev.doubles.twilio.creating import number_of
from dev.doubles.twilio.faults import Trouble
from dev.doubles.twilio.problems import FAILURES, NEVER_SENT
from dev.doubles.twilio.state import Channel, Direction, Message, State, Status, new_sid
from dev.doubles.twilio.webhooks import Postman, new_token
from templates_app.segments import measure_text

API_VERSION = "2010-04-01"
# On WhatsApp free text is allowed to patients who wrote within it, and only templates to others.
WHATSAPP_WINDOW = 24 * 3600
OUTSIDE_WINDOW = 63016
OPTED_OUT = 21610
CHANNEL_INSTALL_SID = new_sid("XE")


@dataclass(frozen=True, slots=True)
class Step:
    after: float  # seconds since the previous step
    status: Status
    error: int | None = None
    names_error: bool = True


class Carrier:
    def __init__(self, account_sid: str, state: State, trouble: Trouble, postman: Postman) -> None:
        self.account_sid = account_sid
        self.state = state
        self.trouble = trouble
        self.postman = postman

    def take(self, message: Message) -> None:
        self.state.add(message)
        self._plan(message, iter(self._build_steps(message)))

    def answer_by_itself(self, *, to: str, sender: str, service: str, body: str) -> None:
        """Add a message of the carrier, such as the confirmation of a STOP."""
        message = Message(
            to=to,
            sender=sender,
            service=service,
            body=body,
            status=Status.DELIVERED,
            direction=Direction.CARRIER,
        )
        message.sent = message.created
        self.state.add(message)

    def _build_steps(self, message: Message) -> list[Step]:
        faults = self.trouble.faults
        queued = Step(faults.queued_ms / 1000, Status.QUEUED)
        sent = Step(faults.sent_ms / 1000, Status.SENT)
        delivered = Step(faults.delivered_ms / 1000, Status.DELIVERED)
        read = Step(faults.read_ms / 1000, Status.READ)
        where = destinations.look_up(message.to, message.channel, faults.codes)
        failure = self._refused_on_the_way(message) or where.failure
        if failure in NEVER_SENT:
            return [queued, Step(sent.after, Status.FAILED, failure)]

        def undelivered(code: int, *, names_error: bool = True) -> Step:
            return Step(delivered.after, Status.UNDELIVERED, code, names_error)

        if failure:
            return [queued, sent, undelivered(failure)]
        odd_lives = {
            destinations.SILENT: [],
            destinations.UNCONFIRMED: [queued, sent],
            destinations.UNDELIVERED_FIRST: [queued, sent, undelivered(30008), delivered],
            destinations.CODE_ONLY_ONCE: [
                queued,
                sent,
                undelivered(30003),
                undelivered(30003, names_error=False),
            ],
        }
        good = [queued, sent, delivered]
        if message.channel is Channel.WHATSAPP:
            good.append(read)
        return odd_lives.get(where.ending, good)

    def _refused_on_the_way(self, message: Message) -> int | None:
        key = (message.line, message.person)
        if key in self.state.blocked:
            return OPTED_OUT
        if message.channel is Channel.WHATSAPP and not message.content_sid:
            heard = self.state.last_heard.get(key, 0)
            if time.time() - heard > WHATSAPP_WINDOW:
                return OUTSIDE_WINDOW
        return None

    def _plan(self, message: Message, steps: Iterator[Step]) -> None:
        if step := next(steps, None):
            loop = asyncio.get_running_loop()
            loop.call_later(step.after, self._take_step, message, step, steps)

    def _take_step(self, message: Message, step: Step, rest: Iterator[Step]) -> None:
        if message.sid not in self.state.messages:
            return  # deleted by a reset in the meantime
        if message.service and not message.sender:
            message.sender = number_of(message.service, message.to)
            message.segments = max(measure_text(message.body).count, 1)
            self.state.services[message.sender] = message.service
        message.status = step.status
        message.error = step.error
        message.updated = time.time()
        if step.status is Status.SENT:
            message.sent = message.updated
        self.state.touch(message.person)
        if message.callback:
            self._send_callback(message, step)
        self._plan(message, rest)

    def _send_callback(self, message: Message, step: Step) -> None:
        fields = self._callback_fields(message, step)
        token = new_token()
        loop = asyncio.get_running_loop()
        for delay in self.trouble.callback_delays():
            self.state.stats["callback"] += 1
            loop.call_later(delay, self._post, message.callback, fields, token)
            if not self.trouble.keeps_token():
                token = new_token()

    def _post(self, url: str, fields: dict[str, str], token: str) -> None:
        self.postman.hand_over(url, fields, token=token, then=self._count_answer)

    def _count_answer(self, heard: str) -> None:
        self.state.stats[f"callback answered {heard}"] += 1

    def _callback_fields(self, message: Message, step: Step) -> dict[str, str]:
        fields = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": step.status,
            "SmsStatus": step.status,
            "AccountSid": self.account_sid,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": API_VERSION,
        }
        if message.service:
            fields["MessagingServiceSid"] = message.service
        if step.error and step.names_error:
            fields["ErrorCode"] = str(step.error)
            fields["ErrorMessage"] = FAILURES.get(step.error, "")
        if message.channel is Channel.WHATSAPP:
            fields |= {
                "ChannelPrefix": "whatsapp",
                "ChannelInstallSid": CHANNEL_INSTALL_SID,
                "ChannelToAddress": message.to,
            }
            if step.error:
                fields["ChannelStatusMessage"] = FAILURES.get(step.error, "")
            if step.status in {Status.DELIVERED, Status.READ}:
                fields["EventType"] = step.status.upper()
        elif step.status in {Status.DELIVERED, Status.UNDELIVERED}:
            done = time.gmtime(message.updated)
            fields["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M", done)
        return fields
