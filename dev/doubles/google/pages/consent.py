"""The consent page: choose a Google user, then allow or refuse what the product asks for."""

import hmac
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from dev.doubles.google.oauth import BUSINESS_SCOPE, Consent, Grants
from dev.doubles.google.pages.frame import response, words_for
from dev.doubles.google.pages.words import Words
from dev.doubles.google.problems import OAuthError
from dev.doubles.google.state import State, User
from dev.doubles.kit.markup import Html, notice, tag, void

PATH = "/o/oauth2/v2/auth"


class ConsentPages:
    def __init__(self, client_id: str, state: State, grants: Grants) -> None:
        self.client_id = client_id
        self.state = state
        self.grants = grants

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.show), web.post(PATH, self.decide)]

    async def show(self, request: web.Request) -> web.StreamResponse:
        try:
            consent = self._read(request)
        except OAuthError as error:
            return self._refuse(request, error)
        return self._page(request, consent)

    async def decide(self, request: web.Request) -> web.StreamResponse:
        try:
            consent = self._read(request)
        except OAuthError as error:
            return self._refuse(request, error)
        posted = await request.post()
        if posted.get("action") != "allow":
            raise web.HTTPFound(leading_back(consent, error="access_denied"))
        user = self.state.users.get(str(posted.get("user", "")))
        if user is None:
            return self._page(request, consent, problem="no account")
        optional = {str(scope) for scope in posted.getall("scope", [])}
        scopes = [each for each in consent.scopes if each != BUSINESS_SCOPE or each in optional]
        code = self.grants.allow(consent, user, scopes)
        raise web.HTTPFound(leading_back(consent, code=code, scope=" ".join(scopes)))

    def _read(self, request: web.Request) -> Consent:
        """Read the parameters, or raise the error that Google shows instead of the page."""
        query = request.query
        if not hmac.compare_digest(query.get("client_id", ""), self.client_id):
            raise OAuthError("invalid_client", "The OAuth client was not found.", code=401)
        target = urlsplit(query.get("redirect_uri", ""))
        if target.scheme not in {"http", "https"} or not target.netloc or target.fragment:
            raise OAuthError("redirect_uri_mismatch", "The redirect URI is not registered.")
        if query.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "Required parameter: response_type")
        if not (scopes := tuple(query.get("scope", "").split())):
            raise OAuthError("invalid_scope", "Missing required parameter: scope")
        challenge = query.get("code_challenge", "")
        if challenge and query.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request", "Invalid code challenge method")
        return Consent(
            redirect_uri=query["redirect_uri"],
            scopes=scopes,
            state=query.get("state", ""),
            is_offline=query.get("access_type") == "offline",
            asks_again="consent" in query.get("prompt", "").split(),
            includes_granted=query.get("include_granted_scopes") == "true",
            challenge=challenge,
            login_hint=query.get("login_hint", ""),
        )

    def _refuse(self, request: web.Request, error: OAuthError) -> web.Response:
        words = words_for(request)
        return response(
            words,
            words("error title"),
            notice(words("error", error.code, error.error), "warn"),
            tag("p", error.description),
            status=error.code,
        )

    def _page(self, request: web.Request, consent: Consent, *, problem: str = "") -> web.Response:
        words = words_for(request)
        return response(
            words,
            words("consent title", words("product")),
            notice(words(problem), "warn") if problem else Html(),
            tag("section", self._form(words, consent)),
            leads_to=consent.redirect_uri,
        )

    def _form(self, words: Words, consent: Consent) -> Html:
        users = choose_first(self.state.users.values(), consent.login_hint)
        choices = (_user_choice(user, is_first=not number) for number, user in enumerate(users))
        allow = tag("button", words("allow"), name="action", value="allow", class_="primary")
        refuse = tag("button", words("refuse"), name="action", value="refuse")
        parts = [tag("fieldset", tag("legend", words("choose")), *choices)]
        if BUSINESS_SCOPE in consent.scopes:
            box = void("input", type="checkbox", name="scope", value=BUSINESS_SCOPE, checked=True)
            choice = tag("label", box, tag("span", words("business")), class_="choice")
            parts.append(tag("fieldset", tag("legend", words("asks")), choice))
        return tag("form", *parts, tag("div", allow, refuse, class_="row"), method="post")


def _user_choice(user: User, *, is_first: bool) -> Html:
    circle = void("input", type="radio", name="user", value=user.id, checked=is_first)
    name = tag("span", user.name, tag("small", user.email))
    return tag("label", circle, name, class_="choice")


def choose_first(users: Iterable[User], hint: str) -> list[User]:
    """Put the user of the hint (an address or an id) first."""
    return sorted(users, key=lambda user: hint not in {user.email, user.id})


def leading_back(consent: Consent, **answer: str) -> str:
    """Return the address of the product with the answer and its state."""
    target = urlsplit(consent.redirect_uri)
    added = urlencode({**({"state": consent.state} if consent.state else {}), **answer})
    return urlunsplit(target._replace(query="&".join(filter(None, (target.query, added)))))
