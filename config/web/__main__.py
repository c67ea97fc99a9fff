"""Run the web server: `python -m config.web`."""

import argparse
import resource
from collections.abc import Callable
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

APPLICATION = "config.wsgi:application"

# Milliseconds in which a request's headers must arrive; also how long an idle connection is kept.
HEADER_TIMEOUT = 15_000
# Bytes of a request's headers. Ours are below 4 KB, so more is an attack.
MAX_HEADERS = 64 * 1024
# Connections per worker. Each uses a file descriptor, and memory for a small body.
MAX_CONNECTIONS = 2_000
MAX_DESCRIPTORS = 2 * MAX_CONNECTIONS
# Seconds that a stopping worker gets to finish its requests.
GRACE = 20


def main() -> None:
    options = _parser().parse_args()
    raise_descriptor_limit(MAX_DESCRIPTORS)
    Granian(
        options.application,
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGINL,
        # The proxy offers HTTP/2. Here it would let one connection send many slow bodies.
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        backlog=MAX_CONNECTIONS,
        backpressure=MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT, max_buffer_size=MAX_HEADERS
        ),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=options.grace,
    ).serve(target_loader=Loader(options.threads))


class Loader:
    """Creates the application in a worker. It is a class because it must be picklable."""

    def __init__(self, threads: int) -> None:
        self.threads = threads

    def __call__(self, target: str) -> Callable[..., Any]:
        module, _, name = target.partition(":")
        wsgi = getattr(import_module(module), name)
        # Imported here, because it needs Django to be set up.
        from config.web.application import Application

        return Application(wsgi, threads=self.threads)


def raise_descriptor_limit(wanted: int) -> None:
    """Raise the limit of open files to `wanted`, or as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.web", description=__doc__)
    parser.add_argument("application", nargs="?", default=APPLICATION, help="WSGI, module:name")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument("--threads", type=int, default=8, help="of each process (8)")
    parser.add_argument("--grace", type=int, default=GRACE, help=f"seconds to stop in ({GRACE})")
    return parser


if __name__ == "__main__":
    main()
