"""`python -m tests.attacks`: attack the whole product at once, and print what held."""

import argparse
import logging
import signal
import sys
from functools import partial

import django

from config import embedded
from tests.chaos.place import private_place


def main() -> None:
    options = _options()
    # A SIGTERM ends it by the way that stops all servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with private_place() as folder:
        try:
            embedded.ensure()
            django.setup()
            logging.disable()
            # Models can be imported only now.
            from tests.attacks.run import attack
            from tests.attacks.stage import running_product
            from tests.attacks.table import render

            with running_product(folder) as stage:
                rows = attack(stage, seconds=options.seconds, only=options.only)
                output = stage.crew.said()
        finally:
            embedded.stop()
    say = partial(print, flush=True)
    say(render(rows))
    if failed := [row.attack for row in rows if not row.held]:
        say(output, file=sys.stderr)
        raise SystemExit(f"Did not hold: {', '.join(failed)}.")
    say("Everything held.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long at least (60)")
    parser.add_argument("--only", nargs="*", default=[], help="these attacks instead of all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
