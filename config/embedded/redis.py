"""Start and check the embedded Redis. It stores nothing on disk; nothing depends on its data."""

import signal
import socket
from pathlib import Path

from config.embedded.places import local, redis_program
from config.embedded.processes import Processes, Server


def start(processes: Processes) -> None:
    command = [
        *[str(redis_program()), "--port", "0", "--dir", str(local() / "run")],
        *["--unixsocket", str(_socket()), "--unixsocketperm", "700"],
        *["--save", "", "--appendonly", "no"],
    ]
    processes.run(
        Server("redis", command, _socket(), is_responding=is_responding, stop_with=signal.SIGTERM)
    )


def is_responding() -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(_socket()))
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
        except OSError:
            return False


def _socket() -> Path:
    return local() / "run" / "redis.sock"
