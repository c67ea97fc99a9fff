"""`python -m config.web`: the one place that says how the web server is run."""

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

# Milliseconds until a request's headers must be there; also how long an idle connection is kept.
HEADERS_WITHIN = 15_000
# Bytes of a request's headers. More is an attack: cookies and tokens of ours are below 4 KB.
HEADERS_AT_MOST = 64 * 1024
# Connections of one worker. Each costs a file descriptor and at most a small body in memory.
CONNECTIONS = 2_000
DESCRIPTORS = 2 * CONNECTIONS
# Seconds that a stopping worker gets for the requests it has begun.
GRACE = 20


def main() -> None:
    options = _parser().parse_args()
    allow_descriptors(DESCRIPTORS)
    Granian(
        options.application,
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGINL,
        # HTTP/2 is spoken by the proxy; here it would let one connection carry many slow bodies.
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN, max_buffer_size=HEADERS_AT_MOST
        ),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=options.grace,
    ).serve(target_loader=Loader(options.threads))


class Loader:
    """Makes a worker's application, in the worker. A class, because a worker may be spawned."""

    def __init__(self, threads: int) -> None:
        self.threads = threads

    def __call__(self, target: str) -> Callable[..., Any]:
        module, _, name = target.partition(":")
        wsgi = getattr(import_module(module), name)
        # Only now, because that has set up Django.
        from config.web.application import Application

        return Application(wsgi, threads=self.threads)


def allow_descriptors(wanted: int) -> None:
    """Raise the limit of open files towards `wanted`, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


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
