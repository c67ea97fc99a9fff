"""Check that views, forms and the API reach rows only through the workspace."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards import tenants

ROOT = Path(__file__).parents[2]
MODULES = ("views.py", "forms.py", "views/*.py", "forms/*.py", "api.py", "api/*.py")
MODELS = {model.__name__ for model in tenants.our_models()}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
BYPASSES = {"connection", "connections", "platform", "raw"}


def guarded_files() -> list[Path]:
    return sorted(
        path for app in tenants.APPS for name in MODULES for path in (ROOT / app).rglob(name)
    )


def find_bypasses(source: str) -> Iterator[str]:
    """Yield each expression that reaches rows without the workspace, with its line."""
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
            if name in BYPASSES:
                yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom):
            yield from (
                f"line {node.lineno}: {alias.name}"
                for alias in node.names
                if alias.name in BYPASSES
            )


def test_guarded_files_are_found() -> None:
    assert len(guarded_files()) >= 4


def test_rows_are_reached_through_the_workspace() -> None:
    bypasses = {
        str(path.relative_to(ROOT)): list(find_bypasses(path.read_text()))
        for path in guarded_files()
    }

    assert {path: lines for path, lines in bypasses.items() if lines} == {}


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
def test_bypass_is_found(source: str) -> None:
    assert list(find_bypasses(source))


@pytest.mark.parametrize(
    "source",
    [
        "request.workspace.campaigns.get(pk=1)",
        "Campaign.objects.within(request.workspace).get(pk=1)",
        "thing.objects",
    ],
)
def test_access_through_the_workspace_is_allowed(source: str) -> None:
    assert not list(find_bypasses(source))
