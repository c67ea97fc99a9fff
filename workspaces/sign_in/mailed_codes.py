"""Codes that are mailed, and entered in the browser that requested them.

They are stored in the browser's session only, so an unused code blocks no address and needs no
clean-up. It makes no difference here whether the address has an account: see `account_mails`.
"""

import time
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code, generate_user_code
from django.http import HttpRequest

LIFE_SECONDS = 10 * 60
MAX_ATTEMPTS = 5
MAX_SENDS = 4


def issue_code(request: HttpRequest, purpose: str, **details: Any) -> str:
    """Store a new code with these details, replacing an earlier one. Return the code."""
    return _store_new(request, purpose, {**details, "sends": 1})


def pending_code(request: HttpRequest, purpose: str) -> dict[str, Any] | None:
    """Return the stored code with its details, or None if there is none or it has expired."""
    state: dict[str, Any] | None = request.session.get(_key(purpose))
    if state and time.time() - state["issued_at"] > LIFE_SECONDS:
        forget_code(request, purpose)
        return None
    return state


def can_issue_again(state: dict[str, Any]) -> bool:
    return int(state["sends"]) < MAX_SENDS


def reissue_code(request: HttpRequest, purpose: str, state: dict[str, Any]) -> str:
    """Replace the stored code with a new one, and return it."""
    return _store_new(request, purpose, {**state, "sends": state["sends"] + 1})


def is_right_code(request: HttpRequest, purpose: str, typed: str) -> bool:
    """Compare what someone typed. Delete the code after too many wrong attempts."""
    state = pending_code(request, purpose)
    if state is None:
        return False
    if compare_user_code(actual=typed, expected=state["code"]):
        return True
    state["attempts"] += 1
    request.session[_key(purpose)] = state
    if state["attempts"] >= MAX_ATTEMPTS:
        forget_code(request, purpose)
    return False


def forget_code(request: HttpRequest, purpose: str) -> None:
    request.session.pop(_key(purpose), None)


def _store_new(request: HttpRequest, purpose: str, details: dict[str, Any]) -> str:
    code = str(generate_user_code())
    fresh = {"code": code, "issued_at": time.time(), "attempts": 0}
    request.session[_key(purpose)] = {**details, **fresh}
    return code


def _key(purpose: str) -> str:
    return f"mailed_code:{purpose}"
