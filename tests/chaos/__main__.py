"""`python -m tests.chaos`: disrupt the running product, and check that every promise held."""

import argparse
import logging
import os
import random
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
            # Lost connections are expected here.
            logging.disable()
            # Models can be imported only now.
            from tests.chaos.checks import find_violations, render_table
            from tests.chaos.run import running

            with running(folder, **vars(options)) as run:
                run.wait_for_first_message()
                run.disrupt(options.seconds)
                run.wait_until_finished()
                evidence = run.collect_evidence()
                disruptions = {**run.disruptions.counts, **run.processes.ends}
                output = run.processes.output()
        finally:
            embedded.stop()
    show = partial(print, flush=True)
    show(f"seed {options.seed}\n{render_table(evidence, disruptions)}")
    if violations := find_violations(evidence):
        show(output, *violations, sep="\n", file=sys.stderr)
        raise SystemExit(f"{len(violations)} promises were broken.")
    show("Every promise held.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)

    def option(name: str, default: int, what: str) -> None:
        value = os.environ.get(f"CHAOS_{name.upper()}", default)
        parser.add_argument(f"--{name}", type=int, default=value, help=f"{what} ({value})")

    option("patients", 2000, "number of patients")
    option("seconds", 120, "duration of the disruptions")
    option("seed", random.SystemRandom().randrange(2**31), "the same seed gives the same plan")
    return parser.parse_args()


if __name__ == "__main__":
    main()
