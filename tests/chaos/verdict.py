"""Whether the promises held: each of them checked, and what happened counted."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from messaging.models.message import RANK
from messaging.ratings import is_happy
from tests.chaos.clinics import ASKED_ONCE, AT_MOST_ONCE, RATES, Part, Person, World
from tests.chaos.lives import Lives
from tests.chaos.network import CONFIRMS, Told
from tests.chaos.record import Balance, Row, Step

ACCEPTED = {"SENT", "FAILED", "DELIVERED", "REPLIED"}
# Whoever waits for another try is behind a message that is not under way any more.
ENDED_TRIES = {"SENDING", "UNKNOWN", "FAILED"}
# A claim that had begun by then could not know.
KNOWN_AFTER = timedelta(seconds=0.5)

Found = Iterator[str]


@dataclass(frozen=True)
class Evidence:
    world: World
    lives: Lives
    told: Sequence[Told]
    rows: Sequence[Row]
    steps: Sequence[Step]
    balances: Sequence[Balance]
    sent_after_opt_out: int
    unfinished: Sequence[str]
    network: Counter[str] = field(default_factory=Counter)

    @cached_property
    def times(self) -> Counter[tuple[str, str]]:
        """How often a patient, by the token, was given a kind of message that could arrive."""
        return Counter(
            (told.token, told.kind)
            for told in self.told
            if not told.is_confirmation and not self.fell_back(told)
        )

    def fell_back(self, told: Told) -> bool:
        """The WhatsApp message to somebody who is not there, for which an SMS follows.

        If the network loses the receipt that says so, the message stays what we know of it: sent.
        """
        row = self.by_patient.get((told.token, told.kind))
        return told.channel == "whatsapp" and row is not None and row.channel == "SMS"

    @cached_property
    def by_patient(self) -> dict[tuple[str, str], Row]:
        return {(row.token, row.kind): row for row in self.rows}

    @cached_property
    def lives_of(self) -> dict[object, list[Step]]:
        found: dict[object, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[step.message].append(step)
        return found

    def person_of(self, told: Told) -> Person:
        """The patient who got it: by its link, and a confirmation by its phone and kind."""
        if not told.is_confirmation:
            return self.lives.by_token[told.token]
        confirmed = (row for row in self.rows if row.kind == told.kind and row.status in ACCEPTED)
        people = (self.lives.by_token[row.token] for row in confirmed)
        return next(person for person in people if person.phone == told.phone)

    def asks(self, person: Person) -> int:
        return self.times[person.token, "INITIAL"]


def broken(evidence: Evidence) -> list[str]:
    """A sentence for each promise that did not hold, and for whom."""
    checks = (
        *(
            _asked,
            _sent_once,
            _confirmed_once,
            _fell_back_once,
            _nothing_lost,
            _left_in_peace,
            _settled,
            _paid,
        ),
        *(_only_upwards, _answered, _asked_once_more, _reminded),
    )
    return [sentence for check in checks for sentence in check(evidence)]


def _asked(evidence: Evidence) -> Found:
    for person in evidence.world.people:
        asks = evidence.asks(person)
        if person.part in ASKED_ONCE and asks != 1:
            yield f"{_who(person)} was asked {asks} times"
        if person.part not in ASKED_ONCE | AT_MOST_ONCE:
            texts = sum(evidence.times[person.token, kind] for kind in KINDS)
            if texts:
                yield f"{_who(person)} got {texts} messages"
    asked_twice = Counter[str]()
    for person in evidence.world.playing(Part.TWICE):
        asked_twice[person.phone] += evidence.asks(person)
    yield from (
        f"who is on two lists was asked {asks} times" for asks in asked_twice.values() if asks != 1
    )


def _sent_once(evidence: Evidence) -> Found:
    for (token, kind), times in evidence.times.items():
        if times > 1:
            yield f"{_who(evidence.lives.by_token[token])} got {kind} {times} times"


def _confirmed_once(evidence: Evidence) -> Found:
    confirmed = Counter((told.phone, told.kind) for told in evidence.told if told.is_confirmation)
    for (_phone, kind), times in confirmed.items():
        if times > 1:
            yield f"a {kind} was sent {times} times"


def _fell_back_once(evidence: Evidence) -> Found:
    tried = Counter((told.token, told.kind) for told in evidence.told if evidence.fell_back(told))
    for (token, kind), times in tried.items():
        person = evidence.lives.by_token[token]
        if times > 1 or person.part is not Part.NOT_ON_WHATSAPP:
            yield f"{_who(person)} was tried there with {kind} {times} times"


def _nothing_lost(evidence: Evidence) -> Found:
    """What the provider took and what we think it took are the same."""
    for token, kind in evidence.times:
        row = evidence.by_patient.get((token, kind))
        if row is None or row.status not in ACCEPTED:
            yield f"an accepted {kind} is {row.status if row else 'nowhere'}"
    for row in evidence.rows:
        if row.kind in CONFIRMS.values():
            continue  # below, by their SIDs
        if row.status in ACCEPTED - {"FAILED"} and not evidence.times[row.token, row.kind]:
            yield f"a {row.kind} is {row.status}, and the provider never had it"
    sids = {told.sid for told in evidence.told}
    if strange := [row for row in evidence.rows if row.external_id and row.external_id not in sids]:
        yield f"{len(strange)} messages bear a SID that the provider does not know"


def _left_in_peace(evidence: Evidence) -> Found:
    if evidence.sent_after_opt_out:
        yield f"{evidence.sent_after_opt_out} messages were claimed after an opt-out"
    for person in evidence.world.playing(Part.ERASED):
        erased_at = evidence.lives.erased_at[person.patient_id]
        for row in (row for row in evidence.rows if row.patient_id == person.patient_id):
            for step in evidence.lives_of[row.id]:
                if step.became == "SENDING" and step.begun > erased_at + KNOWN_AFTER:
                    yield f"{_who(person)} was sent to after that"


def _settled(evidence: Evidence) -> Found:
    if evidence.unfinished:
        yield f"not everything came to an end: {', '.join(evidence.unfinished)}"


def _paid(evidence: Evidence) -> Found:
    took = Counter(evidence.person_of(told).clinic.workspace.pk for told in evidence.told)
    for balance in evidence.balances:
        if balance.message_credits != balance.ledger:
            yield f"a balance of {balance.message_credits} stands on a ledger of {balance.ledger}"
        if -(balance.spent or 0) != took[balance.id]:
            yield f"{took[balance.id]} messages cost {-(balance.spent or 0)} credits"


def _only_upwards(evidence: Evidence) -> Found:
    for steps in evidence.lives_of.values():
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if step.was is None or step.became is None or step.was == step.became:
                continue
            if step.became == "PENDING" and step.was in ENDED_TRIES:
                if following is None or (
                    following.became != "CANCELLED" and not _goes_on(step, following)
                ):
                    yield f"{step.was} became PENDING, and then {following}"
            elif "CANCELLED" in (step.was, step.became):
                if (step.was, step.became) != ("PENDING", "CANCELLED"):
                    yield f"{step.was} became {step.became}"
            elif RANK[step.became] <= RANK[step.was]:
                yield f"{step.was} went back to {step.became}"


def _goes_on(step: Step, following: Step) -> bool:
    """A new attempt, or news of the one before after all."""
    if following.became == "SENDING":
        return following.attempt == step.attempt + 1
    return following.became in ACCEPTED


def _answered(evidence: Evidence) -> Found:
    answers = {answer.person.patient_id: answer for answer in evidence.lives.answers.values()}
    for person in evidence.world.people:
        ask, answer = evidence.by_patient.get((person.token, "INITIAL")), None
        if person.part in RATES:
            answer = answers.get(person.patient_id)
        given = answer.rating if answer else None
        recorded = ask.rating if ask else None
        if recorded != given:
            yield f"{_who(person)} said {given}, and {recorded} was recorded"
        followed = {kind for kind in FOLLOW_UPS if evidence.times[person.token, kind]}
        expected = {FOLLOW_UPS[not is_happy(given)]} if given else set()
        if followed != expected:
            yield f"{_who(person)} gave {given} and got {followed or 'nothing'}"


def _asked_once_more(evidence: Evidence) -> Found:
    for person in evidence.world.people:
        times = evidence.times[person.token, "CLARIFY"]
        if times != (person.part is Part.OFF_SCALE):
            yield f"{_who(person)} was asked once more {times} times"


def _reminded(evidence: Evidence) -> Found:
    for person in evidence.world.playing(Part.SILENT):
        reminders = evidence.times[person.token, "REMINDER"]
        if reminders != person.clinic.reminds:
            yield f"{_who(person)} was reminded {reminders} times"


FOLLOW_UPS = ("FOLLOWUP_HAPPY", "FOLLOWUP_UNHAPPY")
KINDS = ("INITIAL", "REMINDER", "CLARIFY", *FOLLOW_UPS)


def _who(person: Person) -> str:
    return f"who {person.part} ({person.clinic.name})"


def table(evidence: Evidence, storm: Mapping[str, int]) -> str:
    people, network = evidence.world.people, evidence.network
    to_ask = evidence.world.playing(*ASKED_ONCE)
    asks = Counter(evidence.asks(person) for person in to_ask)
    answers = [answer for answer in evidence.lives.answers.values() if answer.rating]
    kinds = Counter(told.kind for told in evidence.told)
    became = Counter(step.became for step in evidence.steps)
    resolved = Counter(
        "resolved: " + HOW.get(step.became or "", "otherwise")
        for step in evidence.steps
        if step.was == "UNKNOWN"
    )
    lines: list[tuple[str, object]] = [
        ("patients", len(people)),
        ("to be asked exactly once", len(to_ask)),
        ("  asked once", asks[1]),
        ("  asked more than once", sum(asks[times] for times in asks if times > 1)),
        ("  not asked", asks[0]),
        ("not to be asked", len(people) - len(to_ask) - len(evidence.world.playing(*AT_MOST_ONCE))),
        ("messages that the provider accepted", len(evidence.told)),
        *((f"  {kind}", kinds[kind]) for kind in (*KINDS, *CONFIRMS.values())),
        ("  by SMS instead of WhatsApp", sum(map(evidence.fell_back, evidence.told))),
        ("ratings given", len(answers)),
        ("ratings recorded", sum(row.rating is not None for row in evidence.rows)),
        ("claims", became["SENDING"]),
        ("  by way of a doubt", became["UNKNOWN"]),
        *((f"    {how}", times) for how, times in sorted(resolved.items())),
        ("requests refused as too many", network["refused 20429"]),
        ("requests answered with 500", network["refused 20500"]),
        ("receipts told", network["callback"]),
        ("credits spent", -sum(balance.spent or 0 for balance in evidence.balances)),
        *storm.items(),
    ]
    return "\n".join(f"  {what:<40}{count:>8}" for what, count in lines)


HOW = {
    "PENDING": "no trace, sent again",
    "SENT": "found in the list, or by receipt",
    "DELIVERED": "by receipt",
    "FAILED": "failed",
    "REPLIED": "by an answer",
}
