"""The APIs of accounts, locations and notification settings."""

import re
from collections.abc import Iterable

from dev.doubles.google.endpoints import (
    ACCOUNTS,
    INFORMATION,
    NOTIFICATIONS,
    Call,
    Endpoint,
    paged,
    read_size,
    with_token,
)
from dev.doubles.google.problems import Json, forbidden, invalid, not_found
from dev.doubles.google.state import Account, Location

TOPIC = re.compile(r"projects/[\w.:-]+/topics/[\w.~+%-]+")
FIELDS = ("name", "title", "storefrontAddress", "metadata")
TYPES = {
    *("GOOGLE_UPDATE", "NEW_REVIEW", "UPDATED_REVIEW", "NEW_CUSTOMER_MEDIA", "NEW_QUESTION"),
    *("UPDATED_QUESTION", "NEW_ANSWER", "UPDATED_ANSWER", "DUPLICATE_LOCATION"),
    *("LOSS_OF_VOICE_OF_MERCHANT", "VOICE_OF_MERCHANT_UPDATED"),
}
SETTING = "/v1/accounts/{account}/notificationSetting"


def list_accounts(call: Call) -> Json:
    size = read_size(call.query, usual=20, most=20)
    accounts = [call.state.accounts[each] for each in call.user.accounts]
    page = paged(call, accounts, size, call.query.get("pageToken", ""), request="accounts")
    found = [_show_account(call, account) for account in page.items]
    return with_token({"accounts": found} if found else {}, page)


def get_account(call: Call) -> Json:
    return _show_account(call, call.account())


def _show_account(call: Call, account: Account) -> Json:
    first = call.user.accounts[0] == account.id
    return {
        "name": f"accounts/{account.id}",
        "accountName": account.name,
        "type": "PERSONAL" if first else "LOCATION_GROUP",
        "role": "PRIMARY_OWNER" if first else "OWNER",
        "verificationState": "UNVERIFIED",
        "vettedState": "NOT_VETTED",
    }


def list_locations(call: Call) -> Json:
    account, mask = call.account(), _read_mask(call)
    size = read_size(call.query, usual=10, most=100)
    known = call.state.locations.values()
    locations = [each for each in known if each.account == account.id and not each.lost]
    request = f"{account.id} {sorted(mask)}"
    page = paged(call, locations, size, call.query.get("pageToken", ""), request=request)
    found = [_masked(_show_location(call, each), mask) for each in page.items]
    return with_token({"locations": found} if found else {}, page)


def get_location(call: Call) -> Json:
    mask = _read_mask(call)
    location = call.state.locations.get(call.match["location"])
    if location is None:
        raise not_found()
    if location.account not in call.user.accounts or location.lost:
        raise forbidden()
    return _masked(_show_location(call, location), mask)


def _read_mask(call: Call) -> set[str]:
    mask = {field.strip() for field in call.query.get("readMask", "").split(",") if field.strip()}
    if not mask:
        raise invalid("read_mask", "Field is required")
    if any(field.partition(".")[0] not in FIELDS for field in mask):
        raise invalid("read_mask", "Invalid field mask provided")
    return mask


def _masked(shown: Json, mask: Iterable[str]) -> Json:
    """Return only the fields of the mask, such as `title` or `metadata.placeId`."""
    found: Json = {}
    for field in mask:
        head, _, rest = field.partition(".")
        if head not in shown:
            continue
        if rest:
            inner = {rest: shown[head][rest]} if rest in shown[head] else {}
            found.setdefault(head, {}).update(inner)
        else:
            found[head] = shown[head]
    return found


def _show_location(call: Call, location: Location) -> Json:
    metadata: Json = {
        "canDelete": True,
        "canOperateLocalPost": True,
        "hasVoiceOfMerchant": location.is_verified,
    }
    # A location that was never verified has no place on the map yet.
    if location.place_id:
        metadata |= {
            "placeId": location.place_id,
            "mapsUri": f"{call.base}/maps/place/{location.place_id}",
            "newReviewUri": f"{call.base}/local/writereview?placeid={location.place_id}",
        }
    return {
        "name": f"locations/{location.id}",
        "title": location.title,
        "storefrontAddress": {
            "regionCode": location.country,
            "languageCode": "es",
            "administrativeArea": location.region,
            "locality": location.city,
            "addressLines": [location.address],
        },
        "metadata": metadata,
    }


def get_setting(call: Call) -> Json:
    return _show_setting(call.account())


def change_setting(call: Call) -> Json:
    account = call.account()
    mask = [name.strip() for name in call.query.get("updateMask", "").split(",") if name.strip()]
    if not mask:
        raise invalid("update_mask", "Field is required")
    if not {*mask} <= {"pubsubTopic", "notificationTypes", "pubsub_topic", "notification_types"}:
        raise invalid("update_mask", "Invalid field mask provided")
    topic, types = call.body.get("pubsubTopic") or "", call.body.get("notificationTypes") or []
    if topic and not (isinstance(topic, str) and TOPIC.fullmatch(topic)):
        raise invalid("notification_setting.pubsub_topic", "Invalid topic name.")
    if not isinstance(types, list) or not {*types} <= TYPES:
        raise invalid("notification_setting.notification_types", "Invalid value.")
    if {"pubsubTopic", "pubsub_topic"} & {*mask}:
        account.topic = topic
    if {"notificationTypes", "notification_types"} & {*mask}:
        account.notification_types = [*types]
    return _show_setting(account)


def _show_setting(account: Account) -> Json:
    shown: Json = {"name": f"accounts/{account.id}/notificationSetting"}
    if account.topic:
        shown["pubsubTopic"] = account.topic
    if account.notification_types:
        shown["notificationTypes"] = [*account.notification_types]
    return shown


ENDPOINTS = (
    Endpoint("GET", "/v1/accounts", ACCOUNTS, list_accounts),
    Endpoint("GET", "/v1/accounts/{account}", ACCOUNTS, get_account),
    Endpoint("GET", "/v1/accounts/{account}/locations", INFORMATION, list_locations),
    Endpoint("GET", "/v1/locations/{location}", INFORMATION, get_location),
    Endpoint("GET", SETTING, NOTIFICATIONS, get_setting),
    Endpoint("PATCH", SETTING, NOTIFICATIONS, change_setting),
)
