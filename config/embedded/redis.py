"""How the embedded Redis is started and asked. It keeps nothing: no promise depends on it."""

import signal
import socket

from config.embedded.places import local, redis_program
from config.embedded.processes import Processes, Server


def start(processes: Processes) -> None:
    run = local() / "run"
    command = [
        *[redis_program(), "--port", "0"],
        *["--unixsocket", run / "redis.sock", "--unixsocketperm", "700", "--dir", run],
        *["--save", "", "--appendonly", "no"],
        # Parallel test processes take one each.
        *["--databases", "64"],
    ]
    processes.run(Server("redis", command, ask=answers, stop_with=signal.SIGTERM))


def answers() -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(local() / "run" / "redis.sock"))
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
        except OSError:
            return False
