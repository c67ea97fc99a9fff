"""`python -m tests.attacks`: run all attacks at once, and print the results."""

import argparse
import logging
import signal
import sys
from functools import partial

import django

from config import embedded
from tests.chaos.environment import private_environment


def main() -> None:
    options = _options()
    # SIGTERM ends the run through the context managers, which stop all servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with private_environment() as folder:
        try:
            embedded.ensure()
            django.setup()
            logging.disable()
            # Models can be imported only now.
            from tests.attacks.product import running_product
            from tests.attacks.results import render
            from tests.attacks.run import attack

            with running_product(folder) as product:
                results = attack(product, seconds=options.seconds, only=options.only)
                output = product.processes.output()
        finally:
            embedded.stop()
    show = partial(print, flush=True)
    show(render(results))
    if failed := [result.attack for result in results if not result.held]:
        show(output, file=sys.stderr)
        raise SystemExit(f"Did not hold: {', '.join(failed)}.")
    show("Everything held.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="minimum duration (60)")
    parser.add_argument("--only", nargs="*", default=[], help="only these attacks")
    return parser.parse_args()


if __name__ == "__main__":
    main()
