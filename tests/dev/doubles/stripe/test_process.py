"""The double as a process, as the demo runs it, with its webhooks and its state file."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from aiohttp import web

from config import embedded
from config.embedded.processes import shifted_clock
from dev.doubles.stripe import webhooks
from dev.doubles.stripe.account import Account
from dev.doubles.stripe.server import Double
from dev.doubles.stripe.settings import WEBHOOK_SECRET, Settings, read

PATIENCE = 10
Process = subprocess.Popen[str]


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(*options: str, **environment: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.doubles.stripe", *options],
            cwd=embedded.ROOT,
            env={
                "PATH": os.environ["PATH"],
                "PAYMENTS_PORT": "0",
                **shifted_clock(),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def address(process: Process) -> str:
    assert process.stdout
    return process.stdout.readline().partition(" at ")[2].strip()


def test_process_serves_and_stops_on_sigterm(start: Callable[..., Process]) -> None:
    double = start(DEMO="1")
    base = address(double)
    assert requests.get(base, timeout=5).ok
    assert (
        requests.get(base, headers={"Origin": "http://evil.example"}, timeout=5).status_code == 403
    )
    assert requests.get(base, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    double.send_signal(signal.SIGTERM)
    assert double.communicate(timeout=PATIENCE) == ("", "")
    assert double.returncode == 0


def test_double_does_not_import_django() -> None:
    script = "import sys, dev.doubles.stripe.server; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=embedded.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "pretends to be Stripe"),
        ({"DEMO": "0"}, "pretends to be Stripe"),
        ({"DEMO": "1", "SITE_URL": "https://clinic.example"}, "no double of Stripe beside it"),
        ({"DEMO": "1", "STRIPE_SECRET_KEY": "sk_live_real"}, "no test key"),
    ],
)
def test_double_refuses_to_start_in_production(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence):
        read([], environment)


def test_used_port_is_a_clear_error(start: Callable[..., Process]) -> None:
    port = address(start(DEMO="1")).rpartition(":")[2]
    second = start(DEMO="1", PAYMENTS_PORT=port)
    assert "PAYMENTS_PORT" in second.communicate(timeout=PATIENCE)[1]
    assert second.returncode == 1


@dataclass
class Product:
    """Receives webhooks in place of the product, and responds with the statuses in `answers`."""

    answers: list[int] = field(default_factory=list)
    heard: asyncio.Queue[tuple[bytes, str]] = field(default_factory=asyncio.Queue)

    async def receive(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            await self.heard.put((await request.read(), request.headers["Stripe-Signature"]))
        return web.Response(status=status)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        application = web.Application()
        application.router.add_post("/hook/", self.receive)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook/"
        await runner.cleanup()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, PATIENCE))


def customer(account: Account) -> dict[str, Any]:
    return account.create("customer", "cus", "customer.created", email="año@clinica.example")


def test_event_is_posted_with_a_signature_that_the_client_accepts() -> None:
    async def story() -> None:
        product = Product()
        async with product.listening() as url, Double(Settings(port=0, webhook_url=url)) as double:
            made = customer(double.account)
            body, signature = await product.heard.get()
            event = stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
            assert event.type == "customer.created"
            assert event.data.object["id"] == made["id"]
            with pytest.raises(stripe.SignatureVerificationError):
                stripe.Webhook.construct_event(body, signature, "whsec_other")

    run(story())


def test_refused_event_is_posted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE", 0)

    async def story() -> None:
        product = Product(answers=[500, 302, 404])
        async with product.listening() as url, Double(Settings(port=0, webhook_url=url)) as double:
            customer(double.account)
            body, _signature = await product.heard.get()
            assert json.loads(body)["type"] == "customer.created"
            assert product.answers == []

    run(story())


def test_restart_keeps_records_and_posts_undelivered_events(tmp_path: Path) -> None:
    file = tmp_path / "payments.json"

    async def story() -> None:
        nowhere = Settings(port=0, webhook_url="http://127.0.0.1:1/", state=file)
        async with Double(nowhere) as double:
            made = customer(double.account)
        product = Product()
        async with (
            product.listening() as url,
            Double(Settings(port=0, webhook_url=url, state=file)) as double,
        ):
            assert double.account.records[made["id"]] == made
            body, _signature = await product.heard.get()
            assert json.loads(body)["data"]["object"] == made

    run(story())


def test_restart_replaces_port_in_stored_links(tmp_path: Path) -> None:
    async def story() -> None:
        settings = Settings(port=0, webhook_url="", state=tmp_path / "payments.json")
        async with Double(settings) as double:
            account = double.account
            url = f"{account.url}/invoice/in_1"
            account.create("invoice", "in", id="in_1", invoice_pdf=url, status="draft")
        async with Double(settings) as again:
            kept = again.account.records["in_1"]["invoice_pdf"]
            assert kept == f"{again.account.url}/invoice/in_1"

    run(story())
