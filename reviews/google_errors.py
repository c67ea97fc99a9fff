"""Why Google did not do what we asked. `str(error)` is for logs and for `last_error`."""

MAX_MESSAGE = 300


class GoogleError(Exception):
    """The base of all failures of a call to Google."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message[:MAX_MESSAGE])


class GoogleUnavailable(GoogleError):
    """Google did not answer, or answered with a server error, each time that we tried."""


class OverQuota(GoogleError):
    """Too many requests, by Google's count or by ours."""

    def __init__(
        self, message: str = "", *, retry_after: float, is_unapproved: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        # The quota is 0 until Google approves the platform's project.
        self.is_unapproved = is_unapproved


class AccessLost(GoogleError):
    """The token is expired, revoked or of no known user: the clinic has to connect again."""


class AccessDenied(GoogleError):
    """The connected user may not do this."""

    def __init__(self, message: str = "", *, is_scope_missing: bool = False) -> None:
        super().__init__(message)
        # The user did not give the permission to manage listings on Google's consent page.
        self.is_scope_missing = is_scope_missing


class NotFoundAtGoogle(GoogleError):
    """The account, location, review or reply does not exist, or no longer."""


class LocationUnverified(GoogleError):
    """Google allows this for verified locations only."""


class RequestRefused(GoogleError):
    """Google finds the request itself wrong, so that repeating it changes nothing."""
