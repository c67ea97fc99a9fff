"""Nothing is ever sent into a private network, however its address is written or named."""

import asyncio
import socket
import ssl
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from pytest_django import Settings

from core import encryption
from core.outgoing_addresses import find_url_fault, may_be_called
from integrations.webhooks import delivery_requests, signing
from integrations.webhooks.delivery_requests import DeliveryOutcome, DeliveryRequest
from tests.integrations.webhooks.receiver import Receiver, run_receiver

NASTY = {
    "0.0.0.0": "this machine",  # noqa: S104 - an address to refuse
    "0.1.2.3": "this network",
    "10.0.0.1": "private",
    "100.64.0.1": "a carrier's own",
    "100.100.100.200": "a cloud's metadata",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "a cloud's host",
    "169.254.169.254": "a cloud's metadata",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "a cloud's metadata",
    "192.0.2.1": "documentation",
    "192.88.99.1": "the relay of 6to4",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarks",
    "198.51.100.7": "documentation",
    "203.0.113.7": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "this machine",
    "::1": "loopback",
    "::127.0.0.1": "IPv4, compatible",
    "::ffff:127.0.0.1": "IPv4, mapped",
    "::ffff:8.8.8.8": "IPv4, mapped",
    "64:ff9b::7f00:1": "IPv4, translated",
    "64:ff9b:1::7f00:1": "IPv4, translated",
    "100::1": "discarded",
    "2001::7f00:1": "Teredo",
    "2001:10::1": "ORCHID",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4 of loopback",
    "2002:808:808::1": "6to4",
    "3fff::1": "documentation",
    "5f00::1": "segment routing",
    "fc00::1": "unique local",
    "fd00:ec2::254": "a cloud's metadata",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "localhost": "no address",
    "": "no address",
}
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4003::200e"]


@pytest.mark.parametrize("address", NASTY)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert not may_be_called(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address: str) -> None:
    assert may_be_called(address)


@pytest.mark.parametrize("address", sorted(NASTY.keys() - {"127.0.0.1", "127.255.255.254", "::1"}))
def test_local_setting_allows_loopback_only(address: str, settings: Settings) -> None:
    settings.WEBHOOKS_MAY_STAY_HERE = True

    assert may_be_called("127.0.0.1")
    assert not may_be_called(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "//hooks.example.com/",
        "https://",
        "https:///hook",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:99999/",
        "https://ana:secret@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/",
        "https://hooks.example.com/#part",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://１２７.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://hooks.example.com/" + "a" * 500,
        "https://[",
        "https://a b/",
        "javascript:alert(1)",
        "",
    ],
)
def test_wrong_url_is_refused(url: str) -> None:
    assert find_url_fault(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/reputation?clinic=1",
        "https://hooks.example.com:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://clínica.example.com/",
    ],
)
def test_public_url_is_accepted(url: str) -> None:
    assert not find_url_fault(url)


class Names(AbstractResolver):
    """What DNS says, with the port of the receiver, so that a call that gets through is seen."""

    def __init__(self, port: int, *answers: list[str]) -> None:
        self.port, self.answers, self.lookups = port, list(answers), 0

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - the receiver has its own
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        self.lookups += 1
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not addresses:
            raise OSError("no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=self.port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


def send_request_to(url: str, names: AbstractResolver | None = None) -> DeliveryOutcome:
    request = DeliveryRequest(
        delivery_id=uuid4(),
        url=url,
        sealed_secrets=(encryption.seal(signing.new_secret()),),
        event="webhook.test",
        happened_at=timezone.now(),
        data={},
    )

    async def make() -> DeliveryOutcome:
        async with delivery_requests.open_session(max_connections=1, resolver=names) as session:
            return await delivery_requests.send(session, request, now=timezone.now())

    return asyncio.run(make())


def port_of(receiver: Receiver) -> int:
    return int(receiver.url.split(":")[2].split("/")[0])


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["127.0.0.1", "10.0.0.1"],
        ["64:ff9b::7f00:1"],
    ],
)
def test_name_that_resolves_to_a_private_address_is_not_called(
    addresses: list[str], receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOKS_MAY_STAY_HERE = False

    outcome = send_request_to("https://hooks.example.com/", Names(port_of(receiver), addresses))

    assert (outcome.trouble, outcome.status_code) == ("NAME", None)
    assert receiver.received == []


def test_name_is_resolved_once_and_its_checked_address_called(receiver: Receiver) -> None:
    """Its own name is still what the server hears; a second answer of DNS is never lookups for."""
    names = Names(port_of(receiver), ["127.0.0.1"], ["10.0.0.1"])

    outcome = send_request_to("http://hooks.example.com/hook", names)

    assert outcome.status_code == 200
    assert names.lookups == 1
    assert receiver.received[0].headers["Host"] == "hooks.example.com"


def test_stored_url_is_checked_again_when_it_is_called(
    receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOKS_MAY_STAY_HERE = False

    assert send_request_to(receiver.url).trouble == "ADDRESS"
    assert receiver.received == []


def test_redirect_is_not_followed(receiver: Receiver, another: Receiver) -> None:
    receiver.answers.append(302)
    receiver.headers["Location"] = another.url

    outcome = send_request_to(receiver.url)

    assert (outcome.status_code, outcome.is_success) == (302, False)
    assert another.received == []


def test_long_answer_is_cut(receiver: Receiver) -> None:
    receiver.answers.append((200, b"\0" + b"x" * 5_000_000))

    outcome = send_request_to(receiver.url)

    assert outcome.is_success
    assert outcome.answer == "\N{REPLACEMENT CHARACTER}" + "x" * (
        delivery_requests.ANSWER_BYTES - 1
    )


def test_endpoint_that_never_answers_times_out(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_requests, "TIMEOUT_SECONDS", 0.05)
    receiver.is_answering.clear()

    assert send_request_to(receiver.url).trouble == "TIMEOUT"


@pytest.mark.parametrize("is_vouched_for", [True, False])
def test_certificate_is_checked_against_the_name(
    is_vouched_for: bool, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_MAY_STAY_HERE = True
    certificate = self_signed(tmp_path)
    if is_vouched_for:
        trusting = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
    names_asked_for: list[str | None] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.sni_callback = lambda _socket, name, _context: names_asked_for.append(name)
    with run_receiver(tls) as receiver:
        outcome = send_request_to(
            "https://hooks.example.com/", Names(port_of(receiver), ["127.0.0.1"])
        )

        assert (outcome.status_code, outcome.trouble) == (
            (200, "") if is_vouched_for else (None, "TLS")
        )
        assert names_asked_for == ["hooks.example.com"]
        assert len(receiver.received) == is_vouched_for


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.com")]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "self-signed.pem"
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


def test_other_failures_have_an_error_code(receiver: Receiver, settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"

        assert send_request_to(nobody).trouble == "CONNECT"
    assert send_request_to("http://nowhere.example.com/", Names(1, [])).trouble == "NAME"
    assert send_request_to(receiver.url.replace("http:", "https:")).trouble == "TLS"
    settings.SEALING_KEYS = ["another"]
    sealed = encryption.seal("whsec_")
    settings.SEALING_KEYS = ["a third"]
    with pytest.raises(encryption.UnreadableError):
        encryption.unseal(sealed)
