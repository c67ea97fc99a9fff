"""Check that no rating makes the way to the public reviews longer.

Google forbids asking only happy patients. The test walks the pages as a patient would, by their
links, and reads the messages.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from messaging import ratings
from messaging.dispatch.composing import (
    MessageFacts,
    Wording,
    approved_body,
    choose_wording,
    compose_message,
)
from messaging.models import Message
from templates_app.approved import ApprovedBody
from templates_app.defaults import DEFAULTS
from templates_app.models import Channel, MessageType
from tests.factories import (
    DeskFactory,
    MessageFactory,
    PatientFactory,
    PracticeFactory,
    WorkspaceFactory,
)
from tests.messaging.dispatch.test_composing import compose_ask

pytestmark = pytest.mark.django_db

RATINGS = range(1, 6)
FOLLOW_UPS = {True: MessageType.FOLLOWUP_HAPPY, False: MessageType.FOLLOWUP_UNHAPPY}
CHANNELS = list(Channel)
LANGUAGES = ["es", "en", "pt"]


def create_ask(review_invites: str = "everyone") -> Message:
    workspace = WorkspaceFactory.create(review_invites=review_invites)
    practice = PracticeFactory.create(workspace=workspace, google_place_id="ChIJN1t_tDeuEmsRUsoyG8")
    patient = PatientFactory.create(workspace=workspace, campaign__practice=practice)
    with tenancy.platform("test"):
        type(patient).objects.filter(pk=patient.pk).update(asked_at=patient.created_at)
    return MessageFactory.create(
        workspace=workspace, patient=patient, campaign=patient.campaign, status="SENT"
    )


def links_of(page: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'href="([^"]+)"', page)}


def taps_to_the_reviews(client: Client, token: str) -> int | None:
    """Return how many links lie between the page after the rating and the public reviews."""
    target = reverse("patient_review", args=[token])
    pages, seen = [reverse("patient_rate", args=[token])], set[str]()
    for taps in range(1, 5):
        found = {link for page in pages for link in links_of(client.get(page).text)}
        if target in found:
            return taps
        seen |= set(pages)
        pages = [link for link in found - seen if f"/{token}/" in link]
    return None


def taps_after_each_rating(client: Client, review_invites: str) -> Mapping[int, int | None]:
    taps = {}
    for rating in RATINGS:
        token = create_ask(review_invites).patient.token
        client.post(reverse("patient_rate", args=[token]), {"rating": rating})
        taps[rating] = taps_to_the_reviews(client, token)
    return taps


def test_way_over_the_pages_is_one_tap_for_every_rating(client: Client) -> None:
    assert taps_after_each_rating(client, "everyone") == dict.fromkeys(RATINGS, 1)


def test_way_stays_one_tap_after_the_private_form(client: Client) -> None:
    token = create_ask().patient.token
    client.post(reverse("patient_rate", args=[token]), {"rating": 1})
    client.post(reverse("patient_feedback", args=[token]), {"comment": "Esperé dos horas"})

    page = client.get(reverse("patient_feedback", args=[token]))

    assert reverse("patient_review", args=[token]) in links_of(page.text)


def test_only_happy_patients_find_the_way_where_a_clinic_has_chosen_that(client: Client) -> None:
    taps = taps_after_each_rating(client, "happy_only")

    assert taps == {1: None, 2: None, 3: None, 4: 1, 5: 1}


def follow_up_facts(rating: int, language: str, channel: str, *, may_invite: bool) -> MessageFacts:
    facts = vars(compose_ask(language, create_time()))
    kind = FOLLOW_UPS[ratings.is_happy(rating)]
    return MessageFacts(
        **facts | {"type": kind, "channel": channel, "may_invite": may_invite, "token": "t" * 10}
    )


def create_time() -> datetime:
    return datetime(2026, 3, 12, 15, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("rating", RATINGS)
def test_default_message_after_every_rating_links_to_the_reviews(
    rating: int, channel: str, language: str
) -> None:
    facts = follow_up_facts(rating, language, channel, may_invite=True)
    for wording in default_wordings(facts):
        _subject, body, _numbered = compose_message(facts, wording)

        assert reverse("patient_review", args=[facts.token]) in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_text_for_unhappy_patients_without_the_link_gets_it(language: str) -> None:
    facts = follow_up_facts(2, language, Channel.SMS, may_invite=True)

    _subject, body, _numbered = compose_message(facts, Wording("", "Perdón. {{feedbackLink}}"))

    assert body.count(reverse("patient_review", args=[facts.token])) == 1


WITH_LINK = "Perdón, {{firstName}}. {{feedbackLink}} {{reviewLink}}"
WITHOUT_LINK = "Perdón, {{firstName}}. {{feedbackLink}}"
APPROVED_WITH_LINK = ApprovedBody("Perdón, {{1}}. Escríbanos: {{2}} Reseñas: {{3}}")
APPROVED_WITHOUT_LINK = ApprovedBody("Perdón, {{1}}. Escríbanos: {{2}}")


def body_outside_of_a_conversation(facts: MessageFacts, own: Wording) -> str:
    """Return what the patient reads where WhatsApp takes approved texts only."""
    texts = {(facts.workspace_id, facts.type, facts.language, facts.channel): own}
    wording = choose_wording(facts, texts)
    _subject, body, numbered = compose_message(facts, wording)
    if wording.content_sid:
        return approved_body(wording, numbered, facts.language)
    return body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("approved", [APPROVED_WITH_LINK, APPROVED_WITHOUT_LINK, None])
@pytest.mark.parametrize("content", [WITH_LINK, WITHOUT_LINK])
def test_approved_text_for_unhappy_patients_is_only_used_with_the_link(
    content: str, approved: ApprovedBody | None, language: str
) -> None:
    facts = follow_up_facts(2, language, Channel.WHATSAPP, may_invite=True)
    own = Wording("", content, content_sid="HX1", approved=approved)

    body = body_outside_of_a_conversation(facts, own)

    assert body.count(reverse("patient_review", args=[facts.token])) == 1
    is_usable = content == WITH_LINK and approved is not APPROVED_WITHOUT_LINK
    chosen = choose_wording(facts, {(facts.workspace_id, facts.type, language, ""): own})
    assert chosen.content_sid == ("HX1" if is_usable else "")


@pytest.mark.parametrize("rating", RATINGS)
def test_approved_text_without_the_link_is_used_where_nothing_is_made_longer(rating: int) -> None:
    facts = follow_up_facts(rating, "es", Channel.WHATSAPP, may_invite=False)
    own = Wording("", WITHOUT_LINK, content_sid="HX1", approved=APPROVED_WITHOUT_LINK)
    texts = {(facts.workspace_id, facts.type, "es", ""): own}

    assert choose_wording(facts, texts).content_sid == "HX1"
    invited = replace(facts, may_invite=True, type=MessageType.FOLLOWUP_HAPPY)
    texts = {(facts.workspace_id, invited.type, "es", ""): own}
    assert choose_wording(invited, texts).content_sid == "HX1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_message_to_an_unhappy_patient_who_is_not_invited_has_no_gap(language: str) -> None:
    facts = follow_up_facts(2, language, Channel.EMAIL, may_invite=False)
    for wording in default_wordings(facts):
        _subject, body, _numbered = compose_message(facts, wording)

        assert "Google" not in body
        assert reverse("patient_feedback", args=[facts.token]) in body


@pytest.mark.parametrize("rating", RATINGS)
def test_reception_offers_the_same_to_every_rating_and_never_opens_google(
    client: Client, rating: int
) -> None:
    workspace = WorkspaceFactory.create()
    practice = PracticeFactory.create(workspace=workspace, google_place_id="ChIJN1t_tDeuEmsRUsoyG8")
    desk = DeskFactory.create(workspace=workspace, practice=practice)

    page = client.post(reverse("desk", args=[desk.token]), {"rating": rating}, follow=True)

    links = links_of(page.text)
    assert {link.partition(":")[0] for link in links} >= {"sms", "mailto"}
    assert not any(link.startswith("https://search.google.com") for link in links)


def default_wordings(facts: MessageFacts) -> list[Wording]:
    return [
        Wording(text.subject, text.content)
        for text in DEFAULTS
        if (text.type, text.language) == (facts.type, facts.language)
        and text.channel in ("", facts.channel)
    ]
