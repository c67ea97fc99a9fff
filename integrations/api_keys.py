"""API keys: create one, authenticate each call with one, and revoke one."""

import secrets
import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from core import audit, networks, tenancy
from core.api.scopes import all_scopes
from core.errors import ProblemError
from integrations.models import ApiKey
from workspaces import entitlements
from workspaces.access import Can, may
from workspaces.models import Feature, User, Workspace

FIRST_PART = "rm"
LETTERS = string.ascii_lowercase + string.digits
PREFIX_LETTERS = 10
USE_RECORDED_EVERY = timedelta(minutes=1)
MAX_ACTIVE = 50


def _select_columns(model: type[Model], table: str) -> str:
    """Return all columns of a model in the order in which `_build_row` takes them."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


# Written out because every call runs it: building it with the ORM took half of a short call.
FIND_BY_PREFIX = f"""
SELECT {_select_columns(ApiKey, "k")},
       {_select_columns(User, "u")},
       {_select_columns(Workspace, "w")},
       {entitlements.has_feature_sql(Feature.API)} AS has_api
FROM integrations_apikey k
JOIN workspaces_workspace w ON w.id = k.workspace_id
LEFT JOIN workspaces_user u ON u.id = k.made_by_id
WHERE k.prefix = %(prefix)s
"""  # noqa: S608 - of our own names


class KeyRefusal(StrEnum):
    """Why a key is refused; the values are codes of the API."""

    UNKNOWN = "key_unknown"
    REVOKED = "key_revoked"
    EXPIRED = "key_expired"
    ORPHANED = "key_orphaned"
    ADDRESS = "address_not_allowed"
    PLAN = "plan_too_small"


class RefusedKeyError(Exception):
    def __init__(self, refusal: KeyRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True)
class ApiKeyDetails:
    """What a form asks about a new key."""

    name: str
    scopes: Collection[str]
    expires_at: datetime | None = None
    addresses: Collection[str] = field(default_factory=tuple)


@transaction.atomic
def create_api_key(*, workspace: Workspace, details: ApiKeyDetails, by: User) -> tuple[ApiKey, str]:
    """Create a key. Return it and its token, which is stored nowhere and cannot be shown again."""
    if unknown := set(details.scopes) - all_scopes().keys():
        raise ValueError(f"No app declares the API scopes {sorted(unknown)}.")
    entitlements.require_feature(entitlements.lock_workspace(workspace), Feature.API)
    if ApiKey.objects.within(workspace).alive(timezone.now()).count() >= MAX_ACTIVE:
        raise ProblemError(
            _("There are %(many)d keys already: revoke one that is not used.")
            % {"many": MAX_ACTIVE}
        )
    prefix, secret = _new_prefix(), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        workspace=workspace,
        made_by=by,
        made_by_name=by.name,
        name=details.name,
        prefix=prefix,
        digest=digest(secret),
        scopes=sorted(set(details.scopes)),
        addresses=list(details.addresses),
        expires_at=details.expires_at,
    )
    audit.record(
        "key.create",
        key,
        by=by,
        name=key.name,
        new={"prefix": prefix, "scopes": ", ".join(key.scopes)},
    )
    return key, f"{FIRST_PART}_{prefix}_{secret}"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: User) -> ApiKey:
    """Revoke a key. The next call with it is refused."""
    locked = ApiKey.objects.within(key.workspace_id).select_for_update().get(pk=key.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at", "updated_at"])
        audit.record("key.revoke", locked, by=by, name=locked.name)
    return locked


def _new_prefix() -> str:
    """Return the public part of a token, by which the key is found and which pages show."""
    return "".join(secrets.choice(LETTERS) for _place in range(PREFIX_LETTERS))


def digest(secret: str) -> str:
    """Return the stored digest of a secret. A fast hash is enough for 256 random bits."""
    return salted_hmac("integrations.api_keys", secret, algorithm="sha256").hexdigest()


def read_bearer_token(authorization: str) -> str:
    """Return the token of an Authorization header, or "", which no key has, for another scheme."""
    scheme, _space, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def authenticate_key(token: str, *, address: str | None) -> ApiKey:
    """Return the key of this token, with its maker and workspace, or raise RefusedKeyError."""
    first, _sep, rest = token.partition("_")
    prefix, _sep, secret = rest.partition("_")
    key = _find_by_prefix(prefix) if first == FIRST_PART and "\0" not in prefix else None
    expected = key.digest if key else digest("")
    if not constant_time_compare(digest(secret), expected) or key is None:
        raise RefusedKeyError(KeyRefusal.UNKNOWN)
    if refusal := _find_refusal(key, address):
        raise RefusedKeyError(refusal)
    return key


def record_use(key: ApiKey) -> None:
    """Store when the key was used, at most once a minute, so that a busy key is not a busy row."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USE_RECORDED_EVERY:
        ApiKey.objects.within(key.workspace_id).filter(pk=key.pk).update(last_used_at=now)


def is_orphaned(key: ApiKey) -> bool:
    """Return whether its maker has left, or is no longer allowed to make keys."""
    maker = key.made_by
    return maker is None or not maker.is_active or not may(maker, Can.MANAGE_KEYS)


def _find_by_prefix(prefix: str) -> ApiKey | None:
    """Return the key with its maker, their workspace, and whether the plan includes the API."""
    rows = tenancy.fetch_as_platform(
        "api key",
        FIND_BY_PREFIX,
        prefix=prefix,
        now=timezone.now(),
    )
    if not rows:
        return None
    *columns, has_api = rows[0]
    values = iter(columns)
    key, made_by, workspace = (_build_row(model, values) for model in (ApiKey, User, Workspace))
    assert isinstance(key, ApiKey)
    assert isinstance(made_by, User)
    assert isinstance(workspace, Workspace)
    key.has_api = has_api
    key.workspace = made_by.workspace = workspace
    key.made_by = made_by if key.made_by_id else None
    return key


def _build_row(model: type[Model], values: Iterator[Any]) -> Model:
    """Take the next columns of a row, and build an instance of the model as a queryset would."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db("default", names, list(islice(values, len(names))))


def _find_refusal(key: ApiKey, address: str | None) -> KeyRefusal | None:
    """Return why this call is refused, with the most lasting reason first."""
    if key.revoked_at:
        return KeyRefusal.REVOKED
    if key.is_over(timezone.now()):
        return KeyRefusal.EXPIRED
    if is_orphaned(key):
        return KeyRefusal.ORPHANED
    if not _is_allowed_from(key, address):
        return KeyRefusal.ADDRESS
    return None if key.has_api else KeyRefusal.PLAN


def _is_allowed_from(key: ApiKey, address: str | None) -> bool:
    return not key.addresses or networks.contains_address(" ".join(key.addresses), address)
