"""`python -m dev.doubles.twilio`: run the simulator until a signal ends it."""

import asyncio
import logging
import os
import sys
from contextlib import AbstractAsyncContextManager

from dev.doubles.kit.serving import serve_until_signal
from dev.doubles.twilio.server import Simulator
from dev.doubles.twilio.settings import read
from dev.doubles.twilio.sink import Sink


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = read(sys.argv[1:], os.environ)
    running: AbstractAsyncContextManager[Sink | Simulator] = (
        Sink(settings) if settings.sink else Simulator(settings)
    )
    try:
        asyncio.run(serve_until_signal(running, described))
    except OSError as error:
        raise SystemExit(
            f"The simulator cannot listen: {error.strerror}."
            " SIMULATOR_PORT and SIMULATOR_SMTP_PORT name other ports."
        ) from None


def described(running: Sink | Simulator) -> str:
    if isinstance(running, Sink):
        return f"sink at http://localhost:{running.port}"
    return f"phones at http://localhost:{running.port}, mail on port {running.smtp_port}"


if __name__ == "__main__":
    main()
