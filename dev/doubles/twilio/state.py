"""The state of the simulator in memory: messages, phones, mailboxes. Its size is limited."""

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex

from dev.doubles.twilio.changes import Changes

WHATSAPP = "whatsapp:"
PHONES = 500
ITEMS_ON_A_PHONE = 80
MAILS = 2000


class Channel(StrEnum):
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Direction(StrEnum):
    API = "outbound-api"
    # A message of the carrier, such as the confirmation of a STOP.
    CARRIER = "outbound-reply"
    INBOUND = "inbound"


class Status(StrEnum):
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"


def new_sid(prefix: str = "SM") -> str:
    return prefix + token_hex(16)


def bare(address: str) -> str:
    return address.removeprefix(WHATSAPP)


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a message."""

    content_type: str
    data: str  # in base64
    sid: str = field(default_factory=lambda: new_sid("ME"))


@dataclass(slots=True, eq=False)
class Message:
    to: str
    sender: str  # empty until a Messaging Service has picked one
    body: str
    status: Status
    direction: Direction = Direction.API
    sid: str = field(default_factory=new_sid)
    service: str = ""
    callback: str = ""
    content_sid: str = ""
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    segments: int = 1
    error: int | None = None
    created: float = field(default_factory=time.time)
    updated: float = 0.0
    sent: float | None = None
    replied_to: str = ""
    # The status of the webhook's response to an inbound message. Empty before.
    heard: str = ""

    def __post_init__(self) -> None:
        self.updated = self.updated or self.created

    @property
    def channel(self) -> Channel:
        return Channel.WHATSAPP if self.to.startswith(WHATSAPP) else Channel.SMS

    @property
    def person(self) -> str:
        """Return the number of the phone, which is the same for SMS and WhatsApp."""
        return bare(self.sender if self.direction is Direction.INBOUND else self.to)

    @property
    def line(self) -> str:
        """Return what a STOP blocks: the service if there is one, else the number."""
        return self.service or self.sender


@dataclass(slots=True, eq=False)
class Mail:
    to: str
    sender: str
    subject: str
    text: str
    html: str
    unsubscribe: str = ""
    id: str = field(default_factory=lambda: token_hex(8))
    created: float = field(default_factory=time.time)


@dataclass(slots=True, eq=False)
class Phone:
    """A number or a mailbox, and what a visitor sees on it."""

    address: str
    name: str = ""
    items: deque[Message | Mail] = field(default_factory=lambda: deque(maxlen=ITEMS_ON_A_PHONE))
    touched: float = field(default_factory=time.time)


class State:
    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.changes = Changes()
        self.clear()

    def clear(self) -> None:
        self.messages: dict[str, Message] = {}
        self.by_to: dict[str, deque[Message]] = {}
        self.phones: OrderedDict[str, Phone] = OrderedDict()
        self.mails: deque[Mail] = deque(maxlen=MAILS)
        # By (line, person): who has written STOP, and the time of the last message.
        self.blocked: set[tuple[str, str]] = set()
        self.last_heard: dict[tuple[str, str], float] = {}
        # The service of each number, stored when a service sends.
        self.services: dict[str, str] = {}
        self.forgotten = 0
        self.stats: Counter[str] = Counter()

    def add(self, message: Message) -> None:
        self.messages[message.sid] = message
        self.by_to.setdefault(message.to, deque()).append(message)
        if len(self.messages) > self.keep:
            self._forget_oldest()
        self.stats[message.direction] += 1
        self.phone(message.person).items.append(message)
        self.touch(message.person)

    def add_mail(self, mail: Mail) -> None:
        self.mails.append(mail)
        self.stats["mail"] += 1
        self.phone(mail.to).items.append(mail)
        self.touch(mail.to)

    def phone(self, address: str) -> Phone:
        if address not in self.phones:
            self.phones[address] = Phone(address)
            if len(self.phones) > PHONES:
                self.phones.popitem(last=False)
        return self.phones[address]

    def touch(self, address: str) -> None:
        """Move a changed phone to the front and notify the pages that watch."""
        if phone := self.phones.get(address):
            phone.touched = time.time()
            self.phones.move_to_end(address)
            self.changes.notify(address)

    def newest_phones(self) -> Iterable[Phone]:
        return reversed(self.phones.values())

    def senders(self) -> list[str]:
        """Return the senders that have written to patients, whom they can answer."""
        found = dict.fromkeys(
            item.sender
            for phone in self.newest_phones()
            for item in phone.items
            if isinstance(item, Message) and item.direction is Direction.API
        )
        return [sender for sender in found if "+" in sender]

    def _forget_oldest(self) -> None:
        sid, oldest = next(iter(self.messages.items()))
        del self.messages[sid]
        theirs = self.by_to[oldest.to]
        theirs.popleft()
        if not theirs:
            del self.by_to[oldest.to]
        self.forgotten += 1
