import pytest
from django.test import RequestFactory
from pytest_django import Settings

from core import origin


@pytest.mark.parametrize(
    ("client", "address", "network"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:50123", "203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::9", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("", None, "unknown"),
        ("unknown", None, "unknown"),
        ("'; DROP TABLE", None, "unknown"),
    ],
)
@pytest.mark.parametrize("is_behind_proxy", [True, False])
def test_address_is_normal_and_limits_count_its_network(
    settings: Settings, client: str, address: str | None, network: str, is_behind_proxy: bool
) -> None:
    settings.TRUSTED_PROXY = is_behind_proxy
    headers = {"X-Forwarded-For": f"198.51.100.1, {client}"} if is_behind_proxy else {}
    request = RequestFactory().get(
        "/", headers=headers, REMOTE_ADDR="127.0.0.1" if is_behind_proxy else client
    )

    assert origin.client_address(request) == address
    assert origin.client_network(request) == network
