"""The top of the home page: the answer, today's work and the newest words."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from messaging.models import TextSource
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    HoldFactory,
    MessageFactory,
    PracticeFactory,
    UserFactory,
)
from tests.insights.home.figure_links import without_figure_links
from tests.insights.topics.visits import create_visit, label
from tests.messaging.world import create_patient, running_campaign
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def open_home(client: Client) -> str:
    """Return the page without repeated white space, and with plain spaces."""
    page = without_figure_links(client.get(reverse("home")).content.decode())
    return re.sub(r"\s+", " ", page.replace("&nbsp;", " "))


def rate(
    campaign: Campaign, ratings: list[int], *, days_ago: int, topics: tuple[str, ...] = ()
) -> None:
    for rating in ratings:
        create_visit(campaign, TODAY - timedelta(days=days_ago), rating=rating, topics=topics)


def test_hero_has_both_figures_with_the_days_before(client: Client, campaign: Campaign) -> None:
    rate(campaign, [5, 4, 3], days_ago=3)
    rate(campaign, [2], days_ago=40)
    MessageFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        status="DELIVERED",
        sent_at=timezone.now() - timedelta(days=2),
        delivered_at=timezone.now() - timedelta(days=2),
    )
    page = open_home(client)

    assert re.search(r'<dd class="hero-figure">4\.0<svg', page)
    assert "3 ratings in 30 days" in page
    assert "2.0 in the 30 days before" in page
    assert re.search(r'<dd class="hero-figure">75 ?%', page)
    assert "3 of 4 delivered" in page
    assert "There are too few answers yet to say what changed." in page


def test_hero_says_what_changed_at_a_practice(client: Client, campaign: Campaign) -> None:
    norte = PracticeFactory.create(workspace=campaign.workspace, name="Norte")
    there = CampaignFactory.create(workspace=campaign.workspace, practice=norte)
    for days_ago, unhappy in ((5, 22), (40, 2)):
        topics = ("waiting",)
        rate(there, [1] * unhappy + [5] * (24 - unhappy), days_ago=days_ago, topics=topics)
        rate(campaign, [5] * 24, days_ago=days_ago)
    page = open_home(client)

    assert "got worse at Norte" in page
    assert "See what is behind it" in page


def test_hero_without_a_clear_change_says_so(client: Client, campaign: Campaign) -> None:
    for days_ago in (5, 40):
        rate(campaign, [5, 4, 3] * 8, days_ago=days_ago)

    assert "No clear change against the 30 days before." in open_home(client)


def test_line_has_twelve_weeks_of_ratings(client: Client, campaign: Campaign) -> None:
    rate(campaign, [5], days_ago=0)
    rate(campaign, [1], days_ago=7 * 11)
    rate(campaign, [2], days_ago=7 * 13)
    client.get(reverse("home"))
    hero = client.get(reverse("home")).context["hero"]

    assert len(hero.points) == 12
    assert [point.figures.average for point in hero.points if point.figures.rated] == [1, 5]


def test_doctor_sees_the_figures_and_words_of_own_campaigns(
    client: Client, campaign: Campaign
) -> None:
    doctor = UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=campaign.workspace, created_by=doctor)
    create_visit(own, TODAY, rating=5, text="Muy amables", patient_name="Propia")
    create_visit(campaign, TODAY, rating=1, text="Muy lentos", patient_name="Ajena")
    client.force_login(doctor)
    page = open_home(client)

    assert re.search(r'<dd class="hero-figure">5\.0<svg', page)
    assert "Muy amables" in page
    assert "Propia" in page
    assert "Muy lentos" not in page
    assert "Ajena" not in page


def test_owner_who_becomes_a_doctor_sees_no_change_of_others_any_more(
    client: Client, campaign: Campaign, owner: User
) -> None:
    """The topics of home are cached, and the role decides which are counted."""
    other = UserFactory.create(workspace=campaign.workspace, role=Role.OWNER)
    theirs = CampaignFactory.create(workspace=campaign.workspace, created_by=other)
    for days_ago, rating in ((5, 1), (40, 5)):
        rate(theirs, [rating] * 24, days_ago=days_ago, topics=("waiting",))
        rate(campaign, [5] * 24, days_ago=days_ago)
    assert "got worse" in open_home(client)
    User.objects.filter(pk=owner.pk).update(role=Role.DOCTOR)

    assert "got worse" not in open_home(client)


def test_clinic_with_a_list_is_told_when_the_first_patient_is_asked(
    client: Client, owner: User
) -> None:
    campaign = running_campaign(owner.workspace, scheduled_hours_after=2)
    create_patient(campaign, hours_ago=0)
    page = open_home(client)

    assert "The first patient is asked on" in page
    assert "It needs a list of appointments." not in page


def test_new_clinic_is_led_to_its_first_rating(client: Client, owner: User) -> None:
    def first_step() -> str:
        (link,) = re.findall(r'<p class="actions"><a [^>]*href="([^"]+)"', open_home(client))
        return str(link)

    assert first_step() == reverse("practice_new")
    practice = PracticeFactory.create(workspace=owner.workspace)
    assert first_step() == reverse("campaign_new")
    draft = CampaignFactory.create(workspace=owner.workspace, practice=practice, status="DRAFT")
    assert first_step() == reverse("campaigns")
    with tenancy.within(draft.workspace_id):
        Campaign.objects.filter(pk=draft.pk).update(status=CampaignStatus.ACTIVE)
    assert first_step() == reverse("imports")
    MessageFactory.create(workspace=owner.workspace, campaign=draft, sent_at=timezone.now())
    page = open_home(client)
    assert "1 patient was asked in the last twelve weeks." in page
    assert "What your patients say will be here" in page


def test_doctor_without_a_practice_is_told_who_adds_it(client: Client, owner: User) -> None:
    client.force_login(
        UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    )

    assert "An owner adds the first practice" in open_home(client)


def test_todays_work_is_counted_and_draws_attention(client: Client, owner: User) -> None:
    assert "today-attention" not in open_home(client)

    FeedbackFactory.create(workspace=owner.workspace)
    ConversationFactory.create(workspace=owner.workspace)
    create_patient(running_campaign(owner.workspace), hours_ago=-1)
    page = open_home(client)

    assert page.count("today-attention") == 2
    for many, words in (
        (1, "unhappy patient, not resolved yet"),
        (1, "waits for your answer"),
        (1, "to be asked within a day"),
        (50, "credits left"),
    ):
        assert f"<b>{many}</b> <span>{words}" in page


def test_credits_are_for_owners(client: Client, owner: User) -> None:
    client.force_login(
        UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    )

    assert "credits left" not in open_home(client)


def test_newest_words_are_shown_with_their_rating(client: Client, campaign: Campaign) -> None:
    for day in range(6):
        create_visit(campaign, TODAY - timedelta(days=day), rating=4, text=f"Palabras {day}.")
    create_visit(campaign, TODAY, rating=5, text="")
    unhappy = create_visit(campaign, TODAY, rating=2, text="", hour=13)
    label(unhappy, TextSource.FEEDBACK, text="Esperé dos horas.")
    page = open_home(client)

    shown = re.findall(r'<blockquote class="quote[^"]*"><p>([^<]+)</p>', page)
    assert shown == ["Esperé dos horas.", "Palabras 0.", "Palabras 1.", "Palabras 2."]
    assert 'aria-label="Rated 2 of 5"' in page
    assert f'href="{reverse("ratings")}?period=90&amp;shown=words"' in page


def test_long_words_are_cut_at_a_sentence(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, TODAY, rating=5, text="Todo muy bien. " * 40)

    assert re.search(r"<p>(Todo muy bien\. ?){14} …</p>", open_home(client))


def test_words_of_erased_patients_are_not_shown(client: Client, campaign: Campaign) -> None:
    erased = create_visit(campaign, TODAY, rating=2, text="Otra cosa")
    with tenancy.within(campaign.workspace_id):
        erased.patient.data_deleted_at = timezone.now()
        erased.patient.save()
    page = open_home(client)

    assert "Otra cosa" not in page
    assert "In their own words" not in page


def test_words_of_patient_with_undecided_opt_out_are_on_every_page(
    client: Client, campaign: Campaign
) -> None:
    held = create_visit(campaign, TODAY, rating=2, text="Esperé una hora. Ya no me escriban")
    HoldFactory.create(
        workspace=campaign.workspace, address=held.patient.phone, decision="", has_text=True
    )
    pages = [reverse("home"), reverse("ratings"), reverse("campaign_results", args=[campaign.pk])]

    for page in pages:
        assert "Ya no me escriban" in client.get(page).content.decode(), page


def test_html_in_words_is_escaped(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, TODAY, rating=2, text="<script>x</script>")

    assert "<script>x" not in open_home(client)
