"""`python -m tests.chaos`: a storm, a table of what happened, and whether every promise held."""

import argparse
import logging
import os
import random
import signal
import sys
from functools import partial

import django

from config import embedded
from tests.chaos.place import private_place


def main() -> None:
    options = _options()
    # Told to stop, it leaves by the doors that clean up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with private_place() as folder:
        try:
            embedded.ensure()
            django.setup()
            # That servers go away is no news here.
            logging.disable()
            # Models can be imported only now.
            from tests.chaos.run import running
            from tests.chaos.verdict import broken, table

            with running(folder, **vars(options)) as run:
                run.until_somebody_is_asked()
                run.through_the_storm(options.seconds)
                run.until_calm()
                evidence = run.evidence()
                happened = {**run.storm.counts, **run.crew.deaths}
                said = run.crew.said()
        finally:
            embedded.stop()
    say = partial(print, flush=True)
    say(f"seed {options.seed}\n{table(evidence, happened)}")
    if sentences := broken(evidence):
        say(said, *sentences, sep="\n", file=sys.stderr)
        raise SystemExit(f"{len(sentences)} times a promise was broken.")
    say("Every promise held.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)

    def option(name: str, default: int, what: str) -> None:
        wished = os.environ.get(f"CHAOS_{name.upper()}", default)
        parser.add_argument(f"--{name}", type=int, default=wished, help=f"{what} ({wished})")

    option("patients", 2000, "how many are seen")
    option("seconds", 120, "how long the storm lasts")
    option("seed", random.SystemRandom().randrange(2**31), "the same seed, the same storm")
    return parser.parse_args()


if __name__ == "__main__":
    main()
