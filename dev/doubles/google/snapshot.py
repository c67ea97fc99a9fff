"""Dump and load what the double knows, so that the demo's reviews and grants survive a restart."""

import json
from dataclasses import asdict
from typing import Any

from dev.doubles.google.oauth import AccessToken, Grant, Grants
from dev.doubles.google.signing import SigningKey
from dev.doubles.google.state import (
    Account,
    Location,
    Loss,
    Media,
    Reply,
    ReplyWrite,
    Review,
    State,
    User,
)


def dump(state: State, grants: Grants, key: SigningKey | None = None) -> dict[str, Any]:
    """Return everything but codes, which are valid for minutes. The key keeps pushes valid."""
    return {
        "users": [asdict(user) for user in state.users.values()],
        "accounts": [asdict(account) for account in state.accounts.values()],
        "locations": [asdict(location) for location in state.locations.values()],
        "reviews": [asdict(review) for review in state.reviews.values()],
        "reply_writes": [asdict(write) for write in state.reply_writes],
        "grants": [asdict(grant) for grant in grants.grants.values()],
        "access_tokens": {key: asdict(token) for key, token in grants.access_tokens.items()},
        "key": key.pem() if key else "",
    }


def load(state: State, grants: Grants, key: SigningKey, text: str) -> None:
    """Replace the state by the dumped one."""
    kept = json.loads(text)
    users = [User(**fields) for fields in kept["users"]]
    accounts = [Account(**fields) for fields in kept["accounts"]]
    locations = [
        Location(**{**fields, "lost": Loss(fields["lost"])}) for fields in kept["locations"]
    ]
    reviews = [_read_review(fields) for fields in kept["reviews"]]
    state.clear()
    grants.clear()
    state.users.update({user.id: user for user in users})
    state.accounts.update({account.id: account for account in accounts})
    state.locations.update({location.id: location for location in locations})
    for review in reviews:
        state.add_review(review, notify=False)
    state.reply_writes.extend(ReplyWrite(**fields) for fields in kept["reply_writes"])
    grants.grants.update({fields["user"]: Grant(**fields) for fields in kept["grants"]})
    grants.access_tokens.update(
        {token: AccessToken(**fields) for token, fields in kept["access_tokens"].items()}
    )
    if kept["key"]:
        key.load(kept["key"])


def _read_review(fields: dict[str, Any]) -> Review:
    reply = fields["reply"]
    return Review(
        **{
            **fields,
            "media": [Media(**media) for media in fields["media"]],
            "reply": Reply(**reply) if reply else None,
        }
    )
