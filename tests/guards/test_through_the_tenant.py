"""The first wall: views, forms and the API reach rows through the tenant and in no other way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards import tenants

ROOT = Path(__file__).parents[2]
ROOMS = ("views.py", "forms.py", "views/*.py", "forms/*.py", "api.py", "api/*.py")
MODELS = {model.__name__ for model in tenants.our_models()}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
WAYS_ROUND = {"connection", "connections", "platform", "raw"}


def guarded_files() -> list[Path]:
    return sorted(
        path for app in tenants.OURS for room in ROOMS for path in (ROOT / app).rglob(room)
    )


def detours(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    through_tenant = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "within"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            named = isinstance(node.value, ast.Name) and node.value.id in MODELS
            if node.attr != "objects" or (named and id(node) not in through_tenant):
                yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in WAYS_ROUND:
                yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom):
            yield from (
                f"line {node.lineno}: {alias.name}"
                for alias in node.names
                if alias.name in WAYS_ROUND
            )


def test_the_walk_finds_the_rooms() -> None:
    assert len(guarded_files()) >= 4


def test_rows_are_reached_through_the_tenant() -> None:
    found = {
        str(path.relative_to(ROOT)): list(detours(path.read_text())) for path in guarded_files()
    }

    assert {path: ways for path, ways in found.items() if ways} == {}


@pytest.mark.parametrize(
    "source",
    [
        "Campaign.objects.get(pk=1)",
        "Campaign.objects.all()",
        "User.objects.filter(email='x')",
        "get_object_or_404(Practice.objects, pk=1)",
        "Campaign._default_manager.get(pk=1)",
        "self.model._base_manager.all()",
        "from django.db import connection",
        "with tenancy.platform('because'): pass",
        "from core.tenancy import platform",
        "Campaign.objects.raw('SELECT 1')",
    ],
)
def test_a_detour_is_seen(source: str) -> None:
    assert list(detours(source))


@pytest.mark.parametrize(
    "source",
    [
        "request.workspace.campaigns.get(pk=1)",
        "Campaign.objects.within(request.workspace).get(pk=1)",
        "thing.objects",
    ],
)
def test_the_tenants_way_is_open(source: str) -> None:
    assert not list(detours(source))
