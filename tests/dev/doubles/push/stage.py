"""The double of a push service in a thread of its own, and the settings that allow it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django.test.utils import override_settings

from dev.doubles.push.browser import Browser
from dev.doubles.push.server import Answer, Double
from dev.doubles.push.settings import Settings
from tests.dev.doubles.background import LoopThread
from workspaces.notifications.push.keys import encode
from workspaces.notifications.push.subscriptions import BrowserKeys


class PushService:
    """Until the end of the `with`."""

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._double = Double(Settings(port=0))
        self._thread.run(self._double.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._double.__aexit__(None, None, None))
        self._thread.stop()

    def reset(self) -> None:
        self._double.browsers.clear()
        self._double.answers.clear()
        self._double.headers.clear()

    def subscribe(self, name: str = "phone") -> BrowserKeys:
        """Return what a new browser hands out."""
        browser = self._double.subscribe(name)
        return BrowserKeys(
            self._double.endpoint_of(browser), browser.public_key, encode(browser.secret)
        )

    def answer(self, *statuses: int, retry_after: int | None = None) -> None:
        """Set the next answers. After them every push is taken."""
        self._double.answers += [Answer(status, retry_after) for status in statuses]

    def forget(self, name: str = "phone") -> None:
        """As when somebody clears the browser's data."""
        del self._double.browsers[name]

    def messages(self, name: str = "phone") -> list[dict[str, Any]]:
        """Return all messages that the browser decrypted."""
        return self._browser(name).messages

    def shown(self, name: str = "phone") -> list[dict[str, Any]]:
        return self._browser(name).shown()

    def last_header(self, name: str) -> str:
        return self._double.headers[-1][name]

    def _browser(self, name: str) -> Browser:
        return self._double.browsers[name]

    @contextmanager
    def in_use(self) -> Iterator[Self]:
        with override_settings(WEBHOOKS_MAY_STAY_HERE=True):
            yield self
