from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.webhooks import signing

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Take webhooks on this machine and show them, for trying things out."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=9000, help="9000 unless said")
        parser.add_argument("--secret", default="", help="whsec_…: says whether signatures hold")
        parser.add_argument(
            "--answer", type=int, default=200, metavar="STATUS", help="to see what failing does"
        )

    def handle(self, *_args: Any, port: int, secret: str, answer: int, **_options: Any) -> None:
        def show(headers: dict[str, str], body: bytes) -> None:
            says = ""
            if secret:
                holds = signing.is_signed(body, headers=headers, secret=secret)
                says = " signature holds" if holds else " SIGNATURE DOES NOT HOLD"
            self.stdout.write(f"{headers.get('webhook-id', 'no id')}{says}")
            self.stdout.write(f"  {body.decode(errors='replace')}")

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                show({name.lower(): value for name, value in self.headers.items()}, body)
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """The body says more."""

        with HTTPServer((HOST, port), Handler) as server:
            self.stdout.write(f"Listening at http://{HOST}:{server.server_port}/ until Ctrl-C.")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("Stopped.")
