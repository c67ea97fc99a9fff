"""Record wrong passwords and wrong second steps in the clinic's audit trail.

A worker does it, so that the request takes the same time with and without an account. Rows of the
trail are never deleted, so only the 1st, 5th, 25th, 125th … failure of an hour is recorded: an
attacker cannot fill the trail, and readers can still tell a typing error from an attack.
"""

import json
from typing import Literal

import structlog
from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError

from core import audit, encryption, origin, tenancy
from core.origin import Origin
from workspaces.sign_in.accounts import find_account

Step = Literal["password", "second_step"]
TASK = "workspaces.tasks.record_failed_sign_in"
WINDOW_SECONDS = 3600
FACTOR = 5

log = structlog.get_logger("accounts")


def record_soon(email: str, *, step: Step, is_known_device: bool, is_refused: bool) -> None:
    """Log a failed sign-in, and let a worker record it in the trail."""
    log.warning(
        "sign_in_failed", step=step, known_device=is_known_device, too_many_before=is_refused
    )
    came_from = origin.current_origin()
    data = {
        "email": email,
        "step": step,
        "address": came_from.address,
        "user_agent": came_from.user_agent,
    }
    try:
        current_app.send_task(TASK, args=[encryption.seal(json.dumps(data))])
    except OperationalError:
        # Without the broker people must still be able to sign in. The log has the failure.
        log.error("sign_in_failure_not_recorded")


def record_failure(order: str) -> None:
    """Record a failure in the trail of the account's clinic, if its count is a power of five."""
    data = json.loads(encryption.unseal(order))
    account = find_account(data["email"])
    if account is None or account.workspace_id is None:
        return
    key = f"failed_sign_ins:{data['step']}:{account.pk}"
    cache.add(key, 0, timeout=WINDOW_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # the key expired after `add`
        count = 1
    if not _is_power(count):
        return
    is_password = data["step"] == "password"
    with tenancy.within(account.workspace_id):
        audit.record(
            "sign_in.wrong_password" if is_password else "sign_in.wrong_code",
            account,
            by=None,
            name=account.name,
            new={"attempts_in_an_hour": count},
            came_from=Origin(data["address"], data["user_agent"]),
        )


def _is_power(count: int) -> bool:
    while count % FACTOR == 0:
        count //= FACTOR
    return count == 1
