import pytest

from tests.dev.doubles.google.client import ApiClient
from tests.dev.doubles.google.stage import GoogleDouble

SETTING = "v1/accounts/101/notificationSetting"
TOPIC = "projects/reputation/topics/reviews"


def test_accounts_are_those_of_the_google_user(google: GoogleDouble, api: ApiClient) -> None:
    (account,) = api.get("v1/accounts")["accounts"]
    assert (account["name"], account["accountName"]) == ("accounts/101", "Clínica Demo")
    stranger = ApiClient(google.url, google.grant(google.empty_email)["access_token"])
    with stranger:
        assert stranger.get("v1/accounts") == {}
        refusal = stranger.refusal("GET", "v1/accounts/101/locations", readMask="name")
        assert refusal == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("mask", ["", "reviews", "title,photo"])
def test_locations_need_a_valid_read_mask(api: ApiClient, mask: str) -> None:
    refusal = api.refusal("GET", "v1/accounts/101/locations", readMask=mask)
    assert refusal == (400, "INVALID_ARGUMENT")


def test_locations_have_the_fields_of_the_mask(google: GoogleDouble, api: ApiClient) -> None:
    mask = "name,title,metadata,storefrontAddress"
    verified, unverified = api.get("v1/accounts/101/locations", readMask=mask)["locations"]
    assert verified["name"] == "locations/11"
    assert verified["storefrontAddress"]["addressLines"] == ["Av. Amazonas N24-03"]
    place = "ChIJN1t_tDeuEmsRUsoyG83frY4"
    assert verified["metadata"]["placeId"] == place
    assert verified["metadata"]["hasVoiceOfMerchant"] is True
    written = f"{google.url}/local/writereview?placeid={place}"
    assert verified["metadata"]["newReviewUri"] == written
    assert unverified["metadata"]["hasVoiceOfMerchant"] is False
    assert "placeId" not in unverified["metadata"]
    part = api.get("v1/locations/11", readMask="title,metadata.placeId")
    assert part == {"title": "Consultorio Centro", "metadata": {"placeId": place}}


def test_locations_are_paged(google: GoogleDouble, api: ApiClient) -> None:
    google.populate(locations=13, reviews=0)
    query = {"readMask": "name"}
    first = api.get("v1/accounts/101/locations", **query)
    token = first["nextPageToken"]
    second = api.get("v1/accounts/101/locations", pageToken=token, **query)
    assert (len(first["locations"]), len(second["locations"])) == (10, 5)
    assert "nextPageToken" not in second


def test_notification_setting_changes_only_the_masked_fields(api: ApiClient) -> None:
    assert api.get(SETTING) == {"name": "accounts/101/notificationSetting"}
    body = {"pubsubTopic": TOPIC, "notificationTypes": ["NEW_REVIEW", "UPDATED_REVIEW"]}
    changed = api.call("PATCH", SETTING, body, updateMask="pubsubTopic,notificationTypes").json()
    assert changed == {"name": "accounts/101/notificationSetting", **body}
    api.call("PATCH", SETTING, {}, updateMask="notificationTypes")
    assert api.get(SETTING) == {"name": changed["name"], "pubsubTopic": TOPIC}


@pytest.mark.parametrize(
    ("body", "mask"),
    [
        ({"pubsubTopic": TOPIC}, ""),
        ({"pubsubTopic": "reviews"}, "pubsubTopic"),
        ({"notificationTypes": ["NEW_STAR"]}, "notificationTypes"),
        ({"pubsubTopic": TOPIC}, "topic"),
    ],
)
def test_invalid_notification_setting_is_refused(
    api: ApiClient, body: dict[str, object], mask: str
) -> None:
    refusal = api.refusal("PATCH", SETTING, body, updateMask=mask)
    assert refusal == (400, "INVALID_ARGUMENT")
