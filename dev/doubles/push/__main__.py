"""`python -m dev.doubles.push`: run the double until a signal ends it."""

import asyncio
import logging
import os
import sys

from dev.doubles.kit.serving import serve_until_signal
from dev.doubles.push.server import Double
from dev.doubles.push.settings import read


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = read(sys.argv[1:], os.environ)
    try:
        asyncio.run(serve_until_signal(Double(settings), describe))
    except OSError as error:
        raise SystemExit(
            f"The double of a push service cannot listen: {error.strerror}."
            " PUSH_PORT names another port."
        ) from None


def describe(double: Double) -> str:
    return f"push service at http://localhost:{double.port}"


if __name__ == "__main__":
    main()
