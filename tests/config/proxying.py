"""Run the proxy of docker-compose.yml with the same configuration, but other addresses."""

import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.embedded import ROOT
from dev.benches.serving import HOST

FILE = ROOT / "deploy/proxy/nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
ATTACKER = "127.0.0.2"
PATIENCE = 30


@dataclass(frozen=True)
class Proxy:
    http_port: int
    https_port: int
    trust: ssl.SSLContext

    def connect(self, *, since: str = HOST) -> ssl.SSLSocket:
        """Open a TLS connection from this loopback address."""
        plain = socket.create_connection((HOST, self.https_port), PATIENCE, (since, 0))
        return self.trust.wrap_socket(plain, server_hostname="localhost")


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """Run nginx in front of the web server on this port."""
    assert NGINX
    with tempfile.TemporaryDirectory(prefix="reputation-proxy-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # if we are root, nginx's workers run as another user
        _make_certificate(folder)
        ports = _free_port(), _free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(_filled_in(folder, port, *ports))
        command = [NGINX, "-c", str(configuration), "-g", "daemon off;"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                _wait_for(ports[1], process, folder / "log")
                trust = ssl.create_default_context(cafile=folder / "fullchain.pem")
                yield Proxy(*ports, trust)
            finally:
                process.terminate()
                process.wait()


def _filled_in(folder: Path, web: int, http: int, https: int) -> str:
    """Fill in the configuration as the image does."""
    text = FILE.read_text()
    values = {
        "WEB_ADDRESS": f"{HOST}:{web}",
        "HTTP_PORT": f"{HOST}:{http}",
        "HTTPS_PORT": f"{HOST}:{https}",
        "CERTIFICATES": str(folder),
        "TEMPORARY": str(folder),
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"],
            *["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
            *["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        ],
        check=True,
        capture_output=True,
    )


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nginx did not start: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
