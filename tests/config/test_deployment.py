"""The deployment: the compose file, its services and their settings."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis
from redis.exceptions import AuthenticationError

from config.background_tasks import QUEUES
from config.embedded import ROOT
from config.embedded.places import redis_program
from tests.local_servers import eventually


def names(file: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / file).read_text(), re.MULTILINE))


def test_env_example_explains_what_is_read_and_nothing_else() -> None:
    by_settings = names("config/settings.py", r"""(?:\benv(?:\.\w+)?|required)\(\s*"([A-Z_]+)\"""")
    by_compose = names("docker-compose.yml", r"\$\{([A-Z_]+)")
    explained = names(".env.example", r"^(?:# )?([A-Z_]+)=")
    assert explained == by_settings | by_compose


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return read


@pytest.mark.parametrize(
    "file", ["Procfile", "docker-compose.yml", "dev/demo/__main__.py", "tests/chaos/processes.py"]
)
def test_every_queue_is_served_by_a_process(file: str) -> None:
    used = set(QUEUES)
    if file == "tests/chaos/processes.py":
        # No clinic of this chaos test has a webhook, or is connected with Google.
        used -= {"external", "reviews"}

    served = {queue for queues in names(file, r"--queues ([a-z,]+)") for queue in queues.split(",")}

    assert served == used


def test_flood_of_texts_takes_no_process_from_planning() -> None:
    """Processing webhooks occupies a process for ten seconds; planning runs every second."""
    services = compose()["services"].values()
    commands = [str(service.get("command", "")) for service in services]
    (reads_webhooks,) = (command for command in commands if "webhooks" in command)

    assert QUEUES["webhooks"] == ["messaging.tasks.process_webhooks"]
    assert re.search(r"--queues webhooks\b", reads_webhooks)


def test_labelling_a_backlog_takes_no_process_from_planning() -> None:
    """It computes for half a minute, and a worker on one core has one process."""
    together = {
        queue for queue, tasks in QUEUES.items() if "messaging.tasks.label_backlog" in tasks
    }

    assert together == {"imports"}
    assert "messaging.tasks.plan_messages" not in QUEUES["imports"]


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    published = {name for name, service in compose()["services"].items() if "ports" in service}

    assert published == {"proxy"}


def test_proxy_is_believed_by_the_web_server_alone() -> None:
    services = compose()["services"]
    trusting = {
        name
        for name, service in services.items()
        if service.get("environment", {}).get("TRUSTED_PROXY")
    }

    assert trusting == {"web"}


def test_proxy_is_given_every_value_of_its_configuration() -> None:
    wanted = names("deploy/proxy/nginx.conf", r"\$\{([A-Z_]+)\}")
    environment = compose()["services"]["proxy"]["environment"]
    passed_on = set(re.findall(r"[A-Z_]{2,}", environment["NGINX_ENVSUBST_FILTER"]))

    assert wanted == passed_on
    assert wanted <= set(environment)


def test_every_way_to_start_the_web_server_is_the_same_command() -> None:
    """Only addresses and numbers of processes are options; all else is set in config/web."""
    starting = ["Procfile", "Dockerfile", "dev/demo/__main__.py", "tests/chaos/processes.py"]

    assert not [file for file in starting if "config.web" not in (ROOT / file).read_text()]
    assert not [file for file in starting if "granian" in (ROOT / file).read_text()]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, int, int]]:
    """Run the Redis of the compose file. Yield its password, port and process id."""
    service = compose()["services"]["redis"]
    *shell, script = [word.replace("$$", "$") for word in service["command"]]
    password, port = "correct-horse", free_port()
    place = f"--port {port} --dir {tmp_path} --bind 127.0.0.1"
    script = script.replace("docker-entrypoint.sh redis-server -", f"{redis_program()} - {place}")
    environment = {**os.environ, "REDIS_PASSWORD": password}
    process = subprocess.Popen(
        [*shell, script], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert eventually(lambda: is_listened_on(port))
        yield password, port, process.pid
    finally:
        process.terminate()
        process.wait()


def test_redis_asks_for_its_password_and_shows_it_to_nobody(redis: tuple[str, int, int]) -> None:
    password, port, process = redis

    with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    with Redis.from_url(redis_url(password, port)) as ours:
        assert ours.ping()
        assert ours.config_get("appendonly") == {"appendonly": "yes"}
    assert password not in Path(f"/proc/{process}/cmdline").read_text()


def test_health_of_redis_is_asked_with_the_password(redis: tuple[str, int, int]) -> None:
    password, port, _process = redis
    check = compose()["services"]["redis"]["healthcheck"]["test"].replace("$$", "$")
    client = redis_program().with_name("redis-cli")
    check = check.replace("redis-cli", f"{client} -p {port}")

    for given, expected in [(password, 0), ("wrong", 1)]:
        environment = {**os.environ, "REDIS_PASSWORD": given}
        asked = subprocess.run(
            ["sh", "-c", check], env=environment, capture_output=True, check=False
        )
        assert asked.returncode == expected


def redis_url(password: str, port: int) -> str:
    """Return the URL that compose passes to the application."""
    url: str = compose()["x-application"]["environment"]["REDIS_URL"]
    filled_in = re.sub(r"\$\{REDIS_PASSWORD[^}]*\}", password, url)
    return filled_in.replace("redis:6379", f"127.0.0.1:{port}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listened_on(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
