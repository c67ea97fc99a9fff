"""`python -m messaging.simulator`: until it is told to stop."""

import asyncio
import logging
import os
import signal
import sys

from messaging.simulator.server import Simulator
from messaging.simulator.settings import Settings, read
from messaging.simulator.sink import Sink


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = read(sys.argv[1:], os.environ)
    try:
        asyncio.run(serve(settings))
    except OSError as error:
        raise SystemExit(
            f"The simulator cannot listen: {error.strerror}."
            " SIMULATOR_PORT and SIMULATOR_SMTP_PORT name other ports."
        ) from None


async def serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(word, stop.set)
    async with Sink(settings) if settings.sink else Simulator(settings) as running:
        print(described(running), flush=True)  # noqa: T201
        await stop.wait()


def described(running: Sink | Simulator) -> str:
    if isinstance(running, Sink):
        return f"sink at http://localhost:{running.port}"
    return f"phones at http://localhost:{running.port}, mail on port {running.smtp_port}"


if __name__ == "__main__":
    main()
