"""Check each promise of the product after a run, and count what happened."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from messaging.models.message import RANK
from messaging.ratings import is_happy
from tests.chaos.behaviour import Behaviour
from tests.chaos.clinics import ASKED_ONCE, AT_MOST_ONCE, RATES, Person, Scenario, World
from tests.chaos.record import Balance, MessageRow, StatusChange
from tests.chaos.simulator import CONFIRMATIONS, SentMessage

ACCEPTED = {"SENT", "FAILED", "DELIVERED", "REPLIED"}
# A message may become PENDING again after one of these.
ENDED_ATTEMPTS = {"SENDING", "UNKNOWN", "FAILED"}
# A claim that began within this time could not see the erasure yet.
KNOWN_AFTER = timedelta(seconds=0.5)

Violations = Iterator[str]


@dataclass(frozen=True)
class Evidence:
    world: World
    behaviour: Behaviour
    sent: Sequence[SentMessage]
    rows: Sequence[MessageRow]
    changes: Sequence[StatusChange]
    balances: Sequence[Balance]
    sent_after_opt_out: int
    unfinished: Sequence[str]
    provider_counts: Counter[str] = field(default_factory=Counter)

    @cached_property
    def counts(self) -> Counter[tuple[str, str]]:
        """How many messages of each kind were sent to each patient (by token).

        Confirmations have no token. WhatsApp messages that an SMS replaced did not arrive.
        """
        return Counter(
            (message.token, message.kind)
            for message in self.sent
            if not message.is_confirmation and not self.fell_back(message)
        )

    def fell_back(self, message: SentMessage) -> bool:
        """Return whether an SMS replaced this WhatsApp message.

        If the receipt of its failure is lost, the message stays SENT and nothing replaces it.
        """
        row = self.by_patient.get((message.token, message.kind))
        return message.channel == "whatsapp" and row is not None and row.channel == "SMS"

    @cached_property
    def by_patient(self) -> dict[tuple[str, str], MessageRow]:
        return {(row.token, row.kind): row for row in self.rows}

    @cached_property
    def changes_of(self) -> dict[object, list[StatusChange]]:
        """The status changes of each message, in their order."""
        changes: dict[object, list[StatusChange]] = defaultdict(list)
        for change in self.changes:
            changes[change.message].append(change)
        return changes

    def person_of(self, message: SentMessage) -> Person:
        """Find the patient by the token, or for a confirmation by phone and kind."""
        if not message.is_confirmation:
            return self.behaviour.by_token[message.token]
        confirmed = (
            row for row in self.rows if row.kind == message.kind and row.status in ACCEPTED
        )
        people = (self.behaviour.by_token[row.token] for row in confirmed)
        return next(person for person in people if person.phone == message.phone)

    def count_asks(self, person: Person) -> int:
        return self.counts[person.token, "INITIAL"]


def find_violations(evidence: Evidence) -> list[str]:
    """Return a sentence for each broken promise."""
    checks = (
        _check_asks,
        _check_duplicates,
        _check_confirmations,
        _check_fallbacks,
        _check_losses,
        _check_opt_outs,
        _check_unfinished,
        _check_credits,
        _check_status_order,
        _check_ratings,
        _check_clarifications,
        _check_reminders,
    )
    return [sentence for check in checks for sentence in check(evidence)]


def _check_asks(evidence: Evidence) -> Violations:
    for person in evidence.world.people:
        asks = evidence.count_asks(person)
        if person.scenario in ASKED_ONCE and asks != 1:
            yield f"{_describe(person)} was asked {asks} times"
        if person.scenario not in ASKED_ONCE | AT_MOST_ONCE:
            texts = sum(evidence.counts[person.token, kind] for kind in KINDS)
            if texts:
                yield f"{_describe(person)} got {texts} messages"
    asks_by_phone = Counter[str]()
    for person in evidence.world.with_scenario(Scenario.TWICE):
        asks_by_phone[person.phone] += evidence.count_asks(person)
    yield from (
        f"a patient on two lists was asked {asks} times"
        for asks in asks_by_phone.values()
        if asks != 1
    )


def _check_duplicates(evidence: Evidence) -> Violations:
    for (token, kind), times in evidence.counts.items():
        if times > 1:
            yield f"{_describe(evidence.behaviour.by_token[token])} got {kind} {times} times"


def _check_confirmations(evidence: Evidence) -> Violations:
    confirmed = Counter(
        (message.phone, message.kind) for message in evidence.sent if message.is_confirmation
    )
    for (_phone, kind), times in confirmed.items():
        if times > 1:
            yield f"a {kind} was sent {times} times"


def _check_fallbacks(evidence: Evidence) -> Violations:
    tried = Counter(
        (message.token, message.kind) for message in evidence.sent if evidence.fell_back(message)
    )
    for (token, kind), times in tried.items():
        person = evidence.behaviour.by_token[token]
        if times > 1 or person.scenario is not Scenario.NOT_ON_WHATSAPP:
            yield f"{_describe(person)} was tried on WhatsApp with {kind} {times} times"


def _check_losses(evidence: Evidence) -> Violations:
    """The messages that the provider accepted equal those that our database says were sent."""
    for token, kind in evidence.counts:
        row = evidence.by_patient.get((token, kind))
        if row is None or row.status not in ACCEPTED:
            yield f"an accepted {kind} is {row.status if row else 'nowhere'}"
    for row in evidence.rows:
        if row.kind in CONFIRMATIONS.values():
            continue  # checked below by their SIDs
        if row.status in ACCEPTED - {"FAILED"} and not evidence.counts[row.token, row.kind]:
            yield f"a {row.kind} is {row.status}, but the provider never got it"
    sids = {message.sid for message in evidence.sent}
    if unknown := [row for row in evidence.rows if row.external_id and row.external_id not in sids]:
        yield f"{len(unknown)} messages have a SID that the provider does not know"


def _check_opt_outs(evidence: Evidence) -> Violations:
    if evidence.sent_after_opt_out:
        yield f"{evidence.sent_after_opt_out} messages were claimed after an opt-out"
    for person in evidence.world.with_scenario(Scenario.ERASED):
        erased_at = evidence.behaviour.erased_at[person.patient_id]
        for row in (row for row in evidence.rows if row.patient_id == person.patient_id):
            for change in evidence.changes_of[row.id]:
                if change.became == "SENDING" and change.begun > erased_at + KNOWN_AFTER:
                    yield f"{_describe(person)} got a message after the erasure"


def _check_unfinished(evidence: Evidence) -> Violations:
    if evidence.unfinished:
        yield f"unfinished at the end: {', '.join(evidence.unfinished)}"


def _check_credits(evidence: Evidence) -> Violations:
    accepted = Counter(evidence.person_of(message).clinic.workspace.pk for message in evidence.sent)
    for balance in evidence.balances:
        if balance.message_credits != balance.ledger:
            yield f"the balance is {balance.message_credits}, but the ledger {balance.ledger}"
        if -(balance.spent or 0) != accepted[balance.id]:
            yield f"{accepted[balance.id]} messages cost {-(balance.spent or 0)} credits"


def _check_status_order(evidence: Evidence) -> Violations:
    """A status only rises, except that an ended attempt may be followed by another one."""
    for changes in evidence.changes_of.values():
        for change, following in zip(changes, [*changes[1:], None], strict=True):
            if change.was is None or change.became is None or change.was == change.became:
                continue
            if change.became == "PENDING" and change.was in ENDED_ATTEMPTS:
                if following is None or (
                    following.became != "CANCELLED" and not _continues(change, following)
                ):
                    yield f"{change.was} became PENDING, and then {following}"
            elif "CANCELLED" in (change.was, change.became):
                if (change.was, change.became) != ("PENDING", "CANCELLED"):
                    yield f"{change.was} became {change.became}"
            elif RANK[change.became] <= RANK[change.was]:
                yield f"{change.was} went back to {change.became}"


def _continues(change: StatusChange, following: StatusChange) -> bool:
    """Return whether the next change is a new attempt, or a late receipt of the previous one."""
    if following.became == "SENDING":
        return following.attempt == change.attempt + 1
    return following.became in ACCEPTED


def _check_ratings(evidence: Evidence) -> Violations:
    answers = {answer.person.patient_id: answer for answer in evidence.behaviour.answers.values()}
    for person in evidence.world.people:
        ask, answer = evidence.by_patient.get((person.token, "INITIAL")), None
        if person.scenario in RATES:
            answer = answers.get(person.patient_id)
        given = answer.rating if answer else None
        recorded = ask.rating if ask else None
        if recorded != given:
            yield f"{_describe(person)} answered {given}, but {recorded} was recorded"
        followed = {kind for kind in FOLLOW_UPS if evidence.counts[person.token, kind]}
        expected = {FOLLOW_UPS[not is_happy(given)]} if given else set()
        if followed != expected:
            yield f"{_describe(person)} gave {given} and got {followed or 'nothing'}"


def _check_clarifications(evidence: Evidence) -> Violations:
    for person in evidence.world.people:
        times = evidence.counts[person.token, "CLARIFY"]
        if times != (person.scenario is Scenario.OFF_SCALE):
            yield f"{_describe(person)} got {times} clarifications"


def _check_reminders(evidence: Evidence) -> Violations:
    for person in evidence.world.with_scenario(Scenario.SILENT):
        reminders = evidence.counts[person.token, "REMINDER"]
        if reminders != person.clinic.reminds:
            yield f"{_describe(person)} was reminded {reminders} times"


FOLLOW_UPS = ("FOLLOWUP_HAPPY", "FOLLOWUP_UNHAPPY")
KINDS = ("INITIAL", "REMINDER", "CLARIFY", *FOLLOW_UPS)


def _describe(person: Person) -> str:
    return f"a patient who {person.scenario} ({person.clinic.name})"


def render_table(evidence: Evidence, disruptions: Mapping[str, int]) -> str:
    """Return what happened as a table for a terminal."""
    people, provider = evidence.world.people, evidence.provider_counts
    to_ask = evidence.world.with_scenario(*ASKED_ONCE)
    asks = Counter(evidence.count_asks(person) for person in to_ask)
    answers = [answer for answer in evidence.behaviour.answers.values() if answer.rating]
    kinds = Counter(message.kind for message in evidence.sent)
    became = Counter(change.became for change in evidence.changes)
    resolved = Counter(
        "resolved: " + RESOLUTIONS.get(change.became or "", "otherwise")
        for change in evidence.changes
        if change.was == "UNKNOWN"
    )
    lines: list[tuple[str, object]] = [
        ("patients", len(people)),
        ("to be asked exactly once", len(to_ask)),
        ("  asked once", asks[1]),
        ("  asked more than once", sum(asks[times] for times in asks if times > 1)),
        ("  not asked", asks[0]),
        (
            "not to be asked",
            len(people) - len(to_ask) - len(evidence.world.with_scenario(*AT_MOST_ONCE)),
        ),
        ("messages that the provider accepted", len(evidence.sent)),
        *((f"  {kind}", kinds[kind]) for kind in (*KINDS, *CONFIRMATIONS.values())),
        ("  by SMS instead of WhatsApp", sum(map(evidence.fell_back, evidence.sent))),
        ("ratings given", len(answers)),
        ("ratings recorded", sum(row.rating is not None for row in evidence.rows)),
        ("claims", became["SENDING"]),
        ("  with unknown result", became["UNKNOWN"]),
        *((f"    {how}", times) for how, times in sorted(resolved.items())),
        ("requests refused as too many", provider["refused 20429"]),
        ("requests answered with 500", provider["refused 20500"]),
        ("receipts delivered", provider["callback"]),
        ("credits spent", -sum(balance.spent or 0 for balance in evidence.balances)),
        *disruptions.items(),
    ]
    return "\n".join(f"  {what:<40}{count:>8}" for what, count in lines)


RESOLUTIONS = {
    "PENDING": "no trace, sent again",
    "SENT": "found in the list, or by a receipt",
    "DELIVERED": "by a receipt",
    "FAILED": "failed",
    "REPLIED": "by an answer",
}
