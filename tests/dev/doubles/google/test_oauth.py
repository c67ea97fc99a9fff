import jwt
import pytest
import requests
from jwt import PyJWKClient

from dev.doubles.google.oauth import BUSINESS_SCOPE, challenge_of
from dev.doubles.google.settings import CLIENT_ID, CLIENT_SECRET
from tests.dev.doubles.google.browser import Browser, consent_query, request_token, words_of
from tests.dev.doubles.google.client import ApiClient
from tests.dev.doubles.google.stage import GoogleDouble


@pytest.fixture
def browser(google: GoogleDouble) -> Browser:
    return Browser(google)


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_consent_gives_tokens_that_open_the_apis(google: GoogleDouble, browser: Browser) -> None:
    answer = browser.consent()
    assert answer["state"] == "state of the product"
    tokens = request_token(google, code=answer["code"]).json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3599)
    assert tokens["scope"] == f"openid email {BUSINESS_SCOPE}"
    with ApiClient(google.url, tokens["access_token"]) as api:
        assert api.get("v1/accounts")["accounts"][0]["name"] == "accounts/101"
    key = PyJWKClient(f"{google.url}/oauth2/v3/certs").get_signing_key_from_jwt(tokens["id_token"])
    claims = jwt.decode(tokens["id_token"], key, ["RS256"], audience=CLIENT_ID)
    assert (claims["sub"], claims["email"]) == ("1001", google.email)


def test_code_is_valid_once_and_for_its_address(google: GoogleDouble, browser: Browser) -> None:
    code = browser.consent()["code"]
    other = request_token(google, code=code, redirect_uri="http://localhost:8000/other/")
    assert refusal(other) == (400, "redirect_uri_mismatch")
    assert refusal(request_token(google, code=code)) == (400, "invalid_grant")
    code = browser.consent()["code"]
    google.advance(601)
    assert refusal(request_token(google, code=code)) == (400, "invalid_grant")


def test_refresh_token_comes_with_the_first_consent_or_when_asked_again(
    google: GoogleDouble, browser: Browser
) -> None:
    def consents(**query: str) -> bool:
        code = browser.consent(**query)["code"]
        return "refresh_token" in request_token(google, code=code).json()

    assert consents(prompt="")
    assert not consents(prompt="")
    assert consents(prompt="select_account consent")
    assert not consents(access_type="online")


@pytest.mark.parametrize(
    ("verifier", "status"), [("right" * 10, 200), ("wrong" * 10, 400), ("", 400)]
)
def test_verifier_must_match_the_challenge(
    google: GoogleDouble, browser: Browser, verifier: str, status: int
) -> None:
    challenge = challenge_of("right" * 10)
    code = browser.consent(code_challenge=challenge, code_challenge_method="S256")["code"]
    answer = request_token(google, code=code, code_verifier=verifier)
    assert answer.status_code == status


def test_refused_consent_leads_back_with_an_error(browser: Browser) -> None:
    answer = browser.consent(action="refuse")
    assert answer == {"error": "access_denied", "state": "state of the product"}


def test_unticked_permission_is_not_granted(google: GoogleDouble, browser: Browser) -> None:
    tokens = request_token(google, code=browser.consent(allows="")["code"]).json()
    assert tokens["scope"] == "openid email"
    with ApiClient(google.url, tokens["access_token"]) as api:
        assert api.refusal("GET", "v1/accounts") == (403, "PERMISSION_DENIED")


def test_granted_scopes_are_included_when_asked(google: GoogleDouble, browser: Browser) -> None:
    browser.consent()
    answer = browser.consent(scope="email", include_granted_scopes="true")
    tokens = request_token(google, code=answer["code"]).json()
    assert {*tokens["scope"].split()} == {"openid", "email", BUSINESS_SCOPE}


def test_consent_page_offers_the_hinted_user_first(google: GoogleDouble, browser: Browser) -> None:
    page = browser.get("/o/oauth2/v2/auth", **consent_query(login_hint=google.other_email))
    words = words_of(page)
    assert "Reputation Manager quiere acceder a su cuenta de Google" in words
    assert words.index(google.other_email) < words.index(google.email)
    assert "form-action 'self' http://localhost:8000;" in page.headers["Content-Security-Policy"]
    english = Browser(google, "en").get("/o/oauth2/v2/auth", **consent_query())
    assert "Choose an account" in words_of(english)


def test_unknown_user_is_asked_again(browser: Browser) -> None:
    answer = browser.post("/o/oauth2/v2/auth", {"user": "9", "action": "allow"}, consent_query())
    assert answer.status_code == 200
    assert "Elija una cuenta de la lista." in answer.text


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"redirect_uri": "javascript:alert(1)"}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "unsupported_response_type"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, 400, "invalid_request"),
    ],
)
def test_invalid_request_shows_an_error_page(
    browser: Browser, query: dict[str, str], status: int, error: str
) -> None:
    page = browser.get("/o/oauth2/v2/auth", **consent_query(**query))
    assert page.status_code == status
    assert error in words_of(page)


def test_refresh_gives_a_new_access_token_until_it_is_revoked(google: GoogleDouble) -> None:
    tokens = google.grant()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = request_token(google, **refresh).json()
    assert fresh["access_token"] != tokens["access_token"]
    assert "refresh_token" not in fresh
    revoked = google.http.post(f"{google.url}/revoke", data={"token": fresh["access_token"]})
    assert (revoked.status_code, revoked.json()) == (200, {})
    answer = request_token(google, **refresh)
    assert refusal(answer) == (400, "invalid_grant")
    assert answer.json()["error_description"] == "Token has been expired or revoked."
    with ApiClient(google.url, fresh["access_token"]) as api:
        assert api.refusal("GET", "v1/accounts") == (401, "UNAUTHENTICATED")
    again = google.http.post(f"{google.url}/revoke", data={"token": fresh["access_token"]})
    assert refusal(again) == (400, "invalid_token")


def test_grant_withdrawn_by_the_user_is_noticed(google: GoogleDouble) -> None:
    tokens, other = google.grant(), google.grant(google.other_email)
    google.revoke()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert refusal(request_token(google, **refresh)) == (400, "invalid_grant")
    assert request_token(google, **{**refresh, "refresh_token": other["refresh_token"]}).ok


def test_access_token_expires(google: GoogleDouble, api: ApiClient) -> None:
    google.advance(3601)
    assert api.refusal("GET", "v1/accounts") == (401, "UNAUTHENTICATED")


def test_oldest_of_more_than_100_refresh_tokens_is_forgotten(google: GoogleDouble) -> None:
    tokens = [google.grant()["refresh_token"] for _ in range(101)]
    form = {"grant_type": "refresh_token"}
    assert not request_token(google, refresh_token=tokens[0], **form).ok
    assert request_token(google, refresh_token=tokens[1], **form).ok


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"client_id": "other"}, (401, "invalid_client")),
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"code": "4/0wrong"}, (400, "invalid_grant")),
        ({"grant_type": "refresh_token", "refresh_token": "1//x"}, (400, "invalid_grant")),
    ],
)
def test_invalid_token_request_is_refused(
    google: GoogleDouble, form: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(request_token(google, **form)) == expected


def test_client_can_authenticate_with_basic(google: GoogleDouble) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": google.grant()["refresh_token"]}
    auth = (CLIENT_ID, CLIENT_SECRET)
    assert google.http.post(f"{google.url}/token", data=form, auth=auth).ok


def test_token_server_can_fail(google: GoogleDouble) -> None:
    google.set_faults(rate_token_500=1)
    assert request_token(google, code="x").status_code == 500
