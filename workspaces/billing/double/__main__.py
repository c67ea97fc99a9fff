"""`python -m workspaces.billing.double`: until it is told to stop."""

import asyncio
import logging
import os
import signal
import sys

from workspaces.billing.double.server import Double
from workspaces.billing.double.settings import Settings, read


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = read(sys.argv[1:], os.environ)
    try:
        asyncio.run(serve(settings))
    except OSError as error:
        raise SystemExit(
            f"The double of Stripe cannot listen: {error.strerror}."
            " PAYMENTS_PORT names another port."
        ) from None


async def serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(word, stop.set)
    async with Double(settings) as double:
        print(f"payments at http://localhost:{double.port}", flush=True)  # noqa: T201
        await stop.wait()


if __name__ == "__main__":
    main()
