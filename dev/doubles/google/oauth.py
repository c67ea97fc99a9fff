"""What users have granted to the product: codes, refresh tokens and access tokens."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from http import HTTPStatus

from dev.doubles.google.problems import OAuthError
from dev.doubles.google.state import State, User, new_id

BUSINESS_SCOPE = "https://www.googleapis.com/auth/business.manage"
CODE_SECONDS = 600
# Google forgets the oldest one when a user and a client have more.
REFRESH_TOKENS = 100
EXPIRED = "Token has been expired or revoked."


@dataclass
class Grant:
    """What one user has granted to one client."""

    user: str
    scopes: list[str] = field(default_factory=list)
    refresh_tokens: list[str] = field(default_factory=list)


@dataclass
class Code:
    user: str
    redirect_uri: str
    scopes: list[str]
    is_offline: bool
    challenge: str
    expires: float


@dataclass
class AccessToken:
    user: str
    scopes: list[str]
    expires: float


@dataclass(frozen=True)
class Consent:
    """The parameters of the consent page."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str = ""
    is_offline: bool = False
    asks_again: bool = False
    includes_granted: bool = False
    challenge: str = ""
    login_hint: str = ""


@dataclass
class Grants:
    state: State
    grants: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)

    def clear(self) -> None:
        for collection in (self.grants, self.codes, self.access_tokens):
            collection.clear()

    def allow(self, consent: Consent, user: User, scopes: list[str]) -> str:
        """Record the consent. Return the code for the product."""
        earlier = self.grants.get(user.id)
        granted = Grant(user.id) if earlier is None else earlier
        # Only the first consent, or one that was asked for again, gives a refresh token.
        is_offline = consent.is_offline and (consent.asks_again or earlier is None)
        in_token = [*scopes]
        if consent.includes_granted:
            in_token += [scope for scope in granted.scopes if scope not in scopes]
        granted.scopes = [*dict.fromkeys([*granted.scopes, *scopes])]
        self.grants[user.id] = granted
        code = f"4/0{new_id(40)}"
        self.codes[code] = Code(
            user=user.id,
            redirect_uri=consent.redirect_uri,
            scopes=in_token,
            is_offline=is_offline,
            challenge=consent.challenge,
            expires=self.state.now() + CODE_SECONDS,
        )
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> Code:
        """Use up a code."""
        known = self.codes.pop(code, None)
        if known is None or known.expires < self.state.now():
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if known.redirect_uri != redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if known.challenge and not hmac.compare_digest(challenge_of(verifier), known.challenge):
            raise OAuthError("invalid_grant", "Invalid code verifier.")
        return known

    def new_refresh_token(self, user: str, scopes: list[str], token: str = "") -> str:
        grant = self.grants.setdefault(user, Grant(user))
        grant.scopes = [*dict.fromkeys([*grant.scopes, *scopes])]
        token = token or f"1//0{new_id(60)}"
        grant.refresh_tokens = [*grant.refresh_tokens, token][-REFRESH_TOKENS:]
        return token

    def new_access_token(self, user: str, scopes: list[str], seconds: int) -> str:
        token = f"ya29.a0{new_id(80)}"
        self.access_tokens[token] = AccessToken(user, scopes, self.state.now() + seconds)
        return token

    def refresh(self, token: str) -> Grant:
        for grant in self.grants.values():
            if token in grant.refresh_tokens:
                return grant
        raise OAuthError("invalid_grant", EXPIRED)

    def user_of(self, access_token: str) -> AccessToken | None:
        """Return the valid access token, or None."""
        found = self.access_tokens.get(access_token)
        return found if found and found.expires > self.state.now() else None

    def revoke(self, token: str) -> None:
        """Withdraw all that the user of this token has granted, as Google does for either token."""
        found = self.access_tokens.get(token)
        users = {found.user} if found else set()
        users |= {each.user for each in self.grants.values() if token in each.refresh_tokens}
        if not users:
            raise OAuthError("invalid_token", "Token expired or revoked")
        for user in users:
            self.revoke_user(user)

    def revoke_user(self, user: str) -> None:
        self.grants.pop(user, None)
        for token in [key for key, known in self.access_tokens.items() if known.user == user]:
            del self.access_tokens[token]
        for code in [key for key, known in self.codes.items() if known.user == user]:
            del self.codes[code]


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def invalid_client() -> OAuthError:
    return OAuthError(
        "invalid_client", "The OAuth client was not found.", code=HTTPStatus.UNAUTHORIZED
    )
