"""`python -m dev.doubles.language_model`: run the double until a signal ends it."""

import asyncio
import logging
import os
import sys

from dev.doubles.kit.serving import serve_until_signal
from dev.doubles.language_model.server import Double
from dev.doubles.language_model.settings import read


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = read(sys.argv[1:], os.environ)
    try:
        asyncio.run(serve_until_signal(Double(settings), describe))
    except OSError as error:
        raise SystemExit(
            f"The double of a language model cannot listen: {error.strerror}."
            " LANGUAGE_MODEL_PORT names another port."
        ) from None


def describe(double: Double) -> str:
    return f"language model at http://localhost:{double.port}"


if __name__ == "__main__":
    main()
