import json
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dev.benches import MODULES, NAMES, Case, machine


class Command(BaseCommand):
    help = "Measure ours beside its limit, in the same run."

    def add_arguments(self, parser: CommandParser) -> None:
        benches = parser.add_subparsers(dest="bench", required=True, metavar="NAME")
        for name in NAMES:
            module = _module(name)
            options = benches.add_parser(name, help=(module.__doc__ or "").partition("\n")[0])
            options.add_argument(
                "--json", dest="for_programs", action="store_true", help="one object"
            )
            if hasattr(module, "arguments"):
                module.arguments(options)

    def handle(self, *_args: Any, bench: str, for_programs: bool, **options: Any) -> None:
        run = _module(bench).run
        known = signature(run).parameters
        cases = run(**{name: value for name, value in options.items() if name in known})
        self.stdout.write(_for_programs(bench, cases) if for_programs else _for_people(cases))
        if missed := [case for case in cases if not case.holds]:
            raise CommandError("Missed: " + "; ".join(map(_miss, missed)) + ".")


def _module(name: str) -> ModuleType:
    return import_module(f"dev.benches.{MODULES.get(name, name)}")


def _miss(case: Case) -> str:
    return f"{case.case} is {case.ratio:.2f}, to be {case.promise}"


def _for_programs(bench: str, cases: list[Case]) -> str:
    described = [
        {
            "case": case.case,
            "ours": round(case.ours, 3),
            "limit": round(case.limit, 3),
            "ratio": round(case.ratio, 3),
            "unit": case.unit,
        }
        for case in cases
    ]
    return json.dumps({"bench": bench, "cases": described, "machine": machine.description()})


def _for_people(cases: list[Case]) -> str:
    width = max(len(case.case) for case in cases)
    return "\n".join(
        f"{case.case:<{width}}  ours {case.ours:>10,.2f}  limit {case.limit:>10,.2f}"
        f"  ratio {case.ratio:.2f}  {case.unit}" + (f"  ({case.promise})" if case.promise else "")
        for case in cases
    )
