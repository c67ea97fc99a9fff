"""All kinds of links that Google shows for a place, and links that are refused."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.translation import override

from core import tenancy
from tests.admin_pages import change_page, form_data
from tests.factories import PracticeFactory, StaffFactory, UserFactory
from workspaces import google_listing
from workspaces.google_listing import Listing, place_id_of, read_listing, review_url
from workspaces.models import Practice, User

PLACE = "ChIJN1t_tDeuEmsRUsoyG83frY4"
FEATURE = "0x6b12ae37b47f5b37:0x8eaddfcd1b32ca52"
CID = "10281119596374313554"
AT_MAPS = "https://www.google.com/maps/place/Consultorio+Sol"
DATA = "data=!3m1!4b1!4m6!3m5!1s{}!8m2!3d-0.18!4d-78.48!16s%2Fg%2F11c5"


@pytest.mark.parametrize(
    "typed",
    [
        PLACE,
        f"  {PLACE}\n",
        f"https://search.google.com/local/writereview?placeid={PLACE}",
        f"http://search.google.com/local/reviews?placeid={PLACE}&hl=es-419",
        f"https://www.google.com/maps/search/?api=1&query=Sol&query_place_id={PLACE}",
        f"https://www.google.com/maps/place/?q=place_id:{PLACE}",
        f"{AT_MAPS}/@-0.18,-78.48,17z/{DATA.format(FEATURE)}?entry=ttu&g_ep=EgoyMDI2",
        f"{AT_MAPS}/@-0.18,-78.48,17z/{DATA.format(FEATURE.replace(':', '%3A'))}",
        f"{AT_MAPS}/@-0.18,-78.48,17z/{DATA.format(PLACE)}",
        f"https://www.google.com.ec/maps/place/Sol/{DATA.format(FEATURE)}",
        f"www.google.com/maps?ftid={FEATURE}&q=Sol",
        f"https://maps.google.com/maps?ftid={FEATURE}",
        f"https://www.google.com/search?q=consultorio+sol&ludocid={CID}#lrd={FEATURE},3,,,",
        f"https://www.google.es/search?q=consultorio+sol#lrd={FEATURE},1",
    ],
)
def test_link_with_place_gives_place_id(typed: str) -> None:
    assert read_listing(typed) == Listing(place_id=PLACE)


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://g.page/r/CVLKMhvN362OEBM/review", "https://g.page/r/CVLKMhvN362OEBM/review"),
        ("https://g.page/r/CVLKMhvN362OEBM/", "https://g.page/r/CVLKMhvN362OEBM/review"),
        ("g.page/r/CVLKMhvN362OEBM", "https://g.page/r/CVLKMhvN362OEBM/review"),
        ("http://G.PAGE/r/CVLKMhvN362OEBM/review?hl=es", "https://g.page/r/CVLKMhvN362OEBM/review"),
        ("https://g.page/consultorio-sol?share", "https://g.page/consultorio-sol/review"),
        ("https://maps.app.goo.gl/uQ5kqLw9?g_st=iw", "https://maps.app.goo.gl/uQ5kqLw9"),
        ("https://goo.gl/maps/AbCdEf123", "https://goo.gl/maps/AbCdEf123"),
        ("https://g.co/kgs/AbCdEf1", "https://g.co/kgs/AbCdEf1"),
        (f"https://maps.google.com/?cid={CID}", f"https://www.google.com/maps?cid={CID}"),
        (
            f"https://www.google.com/search?q=sol&ludocid={CID}",
            f"https://www.google.com/maps?cid={CID}",
        ),
        # A business without an address has no cell on the map.
        (
            f"{AT_MAPS}/{DATA.format('0x0:0x8eaddfcd1b32ca52')}",
            f"https://www.google.com/maps?cid={CID}",
        ),
    ],
)
def test_short_link_is_kept_without_parameters(typed: str, link: str) -> None:
    assert read_listing(typed) == Listing(link=link)
    assert len(link) <= 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("mi consultorio", "A Google place id is one long word"),
        ("https://example.com/", "This is not a link to a place on Google"),
        ("https://g.page.example.com/r/CVLKMhvN362OEBM/review", "not a link to a place"),
        ("https://g.page@example.com/r/CVLKMhvN362OEBM/review", "not a link to a place"),
        ("https://example.com/https://g.page/r/CVLKMhvN362OEBM/review", "not a link to a place"),
        (f"https://google.com.example.com/maps?ftid={FEATURE}", "not a link to a place"),
        (f"https://evilgoogle.com/local/writereview?placeid={PLACE}", "not a link to a place"),
        ("https://goo.gl/AbCdEf123", "not a link to a place"),
        ("https://share.google/AbCdEf123", "not a link to a place"),
        ("https://g.page/r/../../review", "not a link to a place"),
        ("https://g.page/r/C VLK/review", "not a link to a place"),
        ("javascript:alert(1)//g.page/r/CVLKMhvN362OEBM", "not a link to a place"),
        ("ftp://g.page/r/CVLKMhvN362OEBM", "not a link to a place"),
        ("https://[g.page/r/CVLK", "not a link to a place"),
        ("https://business.google.com/n/123/profile?fid=456", "your own Google panel"),
        ("https://www.google.com/url?q=https://example.com/", "does not say which place"),
        ("https://www.google.com/maps/@-0.18,-78.48,15z", "does not say which place"),
        ("https://www.google.com/search?q=consultorio+sol", "does not say which place"),
        (f"{AT_MAPS}/@-0.18,-78.48,17z", "does not say which place"),
        (
            f"https://www.google.com/maps/dir/a/b/data=!1s{FEATURE}!1s0x1a:0x2b",
            "does not say which place",
        ),
    ],
)
def test_other_link_is_refused_with_advice(typed: str, sentence: str) -> None:
    with override("en"), pytest.raises(ValidationError) as refused:
        read_listing(typed)

    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize(
    ("cell", "cid", "place"),
    [
        (0x6B12AE37B47F5B37, 0x8EADDFCD1B32CA52, PLACE),
        (0x89C259604365C077, 0xC0ADEA6F72045500, "ChIJd8BlQ2BZwokRAFUEcm_qrcA"),
        (1, 2, "ChIJAQAAAAAAAAARAgAAAAAAAAA"),
    ],
)
def test_place_id_is_computed_from_numbers_of_map(cell: int, cid: int, place: str) -> None:
    assert place_id_of(cell, cid) == place


def test_review_url_prefers_place_id() -> None:
    by_id, by_map = Listing(place_id=PLACE), Listing(link="https://maps.app.goo.gl/uQ5kqLw9")

    assert review_url(Listing()) == ""
    assert review_url(by_id).endswith(f"writereview?placeid={PLACE}")
    assert google_listing.opens_the_form(review_url(by_id))
    assert google_listing.opens_the_form("https://g.page/r/CVLKMhvN362OEBM/review")
    assert not google_listing.opens_the_form(review_url(by_map))


@override_settings(GOOGLE_BASE_URL="http://localhost:8050")
def test_base_url_leads_patients_to_a_double_of_google() -> None:
    url = review_url(Listing(place_id=PLACE))
    assert url == f"http://localhost:8050/local/writereview?placeid={PLACE}"
    assert google_listing.opens_the_form(url)
    link = "https://g.page/r/CVLKMhvN362OEBM/review"
    assert review_url(Listing(link=link)) == link


# Pages


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


def reload(practice: Practice) -> Practice:
    with tenancy.platform("test"):
        return Practice.objects.get(pk=practice.pk)


def page_of(client: Client, practice: Practice, **changes: str) -> str:
    page = reverse("practice_edit", args=[practice.pk])
    form = client.get(page).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | changes
    return client.post(page, sent, follow=True).content.decode()


@pytest.mark.django_db
def test_pasted_link_is_kept_when_other_fields_change(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    page_of(client, practice, google_place_id="g.page/r/CVLKMhvN362OEBM")

    page_of(client, practice, city="Cuenca")

    kept = reload(practice)
    assert (kept.google_place_id, kept.city) == ("", "Cuenca")
    assert kept.review_url == "https://g.page/r/CVLKMhvN362OEBM/review"


@pytest.mark.django_db
def test_place_id_replaces_a_link_and_nothing_clears_both(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(
        workspace=owner.workspace, google_review_link="https://maps.app.goo.gl/uQ5kqLw9"
    )
    edit = client.get(reverse("practice_edit", args=[practice.pk])).content.decode()
    assert "The link of “Ask for reviews” opens the stars at once" in edit

    page_of(client, practice, google_place_id=PLACE)
    assert (reload(practice).google_place_id, reload(practice).google_review_link) == (PLACE, "")

    page_of(client, practice, google_place_id="")
    assert reload(practice).review_url == ""


@pytest.mark.django_db
def test_admin_accepts_either_and_names_the_right_field(client: Client) -> None:
    client.force_login(StaffFactory.create(language="en"))
    practice = PracticeFactory.create()
    page, link = change_page(practice), "https://g.page/r/CVLKMhvN362OEBM"

    def errors(**values: str) -> set[str]:
        response = client.post(page, form_data(client, practice, **values))
        return set(response.context["adminform"].form.errors) if response.context else set()

    assert errors(google_place_id=link) == {"google_place_id"}
    assert errors(google_review_link=AT_MAPS + "/" + DATA.format(FEATURE)) == {"google_review_link"}
    assert errors(google_review_link="https://example.com/") == {"google_review_link"}
    assert errors(google_review_link=link) == set()

    assert reload(practice).google_review_link == f"{link}/review"
