import pytest

from tests.dev.doubles.google.client import ApiClient
from tests.dev.doubles.google.stage import GoogleDouble


def test_reply_is_pending_until_it_is_approved(google: GoogleDouble, api: ApiClient) -> None:
    google.set_faults(moderation_ms=60_000)
    name = google.add_review()
    sent = api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias por su opinión."}).json()
    assert (sent["comment"], sent["reviewReplyState"]) == ("Gracias por su opinión.", "PENDING")
    google.advance(61)
    assert api.get(f"v4/{name}")["reviewReply"] == {**sent, "reviewReplyState": "APPROVED"}


@pytest.mark.parametrize(
    ("comment", "violation"),
    [
        ("Escríbanos a https://example.com", "ADVERTISING_AND_SOLICITATION"),
        ("Visite clinica.com.ec", "ADVERTISING_AND_SOLICITATION"),
        ("Tenemos un descuento para usted", "ADVERTISING_AND_SOLICITATION"),
        ("Llámenos al +593 99 123 4567", "PERSONAL_INFO"),
        ("Traiga su cédula", "PERSONAL_INFO"),
    ],
)
def test_reply_with_certain_words_is_rejected(
    google: GoogleDouble, api: ApiClient, comment: str, violation: str
) -> None:
    name = google.add_review()
    api.call("PUT", f"v4/{name}/reply", {"comment": comment})
    reply = api.get(f"v4/{name}")["reviewReply"]
    assert (reply["reviewReplyState"], reply["policyViolation"]) == ("REJECTED", violation)


def test_decision_can_be_forced(google: GoogleDouble, api: ApiClient) -> None:
    google.set_faults(moderation_ms=60_000)
    name = google.add_review()
    api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias."})
    google.moderate(name, violation="OFF_TOPIC")
    assert api.get(f"v4/{name}")["reviewReply"]["policyViolation"] == "OFF_TOPIC"
    google.moderate(name)
    assert api.get(f"v4/{name}")["reviewReply"]["reviewReplyState"] == "APPROVED"


def test_second_reply_replaces_the_first_and_both_are_recorded(
    google: GoogleDouble, api: ApiClient
) -> None:
    name = google.add_review()
    for comment in ("Gracias.", "Muchas gracias."):
        api.call("PUT", f"v4/{name}/reply", {"comment": comment})
    assert api.call("DELETE", f"v4/{name}/reply").json() == {}
    assert "reviewReply" not in api.get(f"v4/{name}")
    assert api.refusal("DELETE", f"v4/{name}/reply") == (404, "NOT_FOUND")
    written = [write["comment"] for write in google.replies()]
    assert written == ["Gracias.", "Muchas gracias.", None]


@pytest.mark.parametrize("comment", ["", "  ", None, 5, "á" * 2049])
def test_invalid_reply_is_refused(google: GoogleDouble, api: ApiClient, comment: object) -> None:
    name = google.add_review()
    refusal = api.refusal("PUT", f"v4/{name}/reply", {"comment": comment})
    assert refusal == (400, "INVALID_ARGUMENT")
    assert google.replies() == []


def test_reply_of_4096_bytes_is_accepted(google: GoogleDouble, api: ApiClient) -> None:
    name = google.add_review()
    assert api.call("PUT", f"v4/{name}/reply", {"comment": "á" * 2048}).ok


def test_edits_of_a_location_have_a_quota(google: GoogleDouble, api: ApiClient) -> None:
    google.set_faults(edit_quota=2)
    names = google.add_reviews([{} for _ in range(3)])
    for name in names[:2]:
        assert api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias."}).ok
    refusal = api.refusal("PUT", f"v4/{names[2]}/reply", {"comment": "Gracias."})
    assert refusal == (429, "RESOURCE_EXHAUSTED")
    google.advance(60)
    assert api.call("PUT", f"v4/{names[2]}/reply", {"comment": "Gracias."}).ok
