import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.models import BillingDifference
from billing.stripe import portal, prices, reconciliation
from core.errors import ProblemError


class Command(BaseCommand):
    help = "Publish plans and packs at Stripe, or lay what it says beside what we say."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        publish = acts.add_parser("prices", help="make or change products, prices and the portal")
        publish.add_argument("--language", default=settings.LANGUAGE_CODE, help="of their names")
        compare = acts.add_parser("reconcile", help="print what differs; exit code 1 if it does")
        compare.add_argument(
            "--repair", action="store_true", help="read what differs from Stripe, then compare anew"
        )
        compare.add_argument(
            "--json", dest="for_programs", action="store_true", help="one object a line"
        )

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        try:
            if act == "prices":
                self._publish(options["language"])
            else:
                self._reconcile(**options)
        except ProblemError as problem:
            raise CommandError(str(problem.message)) from problem

    def _publish(self, language: str) -> None:
        did = prices.publish_prices(language=language)
        did.append(f"portal {portal.configure_portal()}")
        self.stdout.write("\n".join(did))

    def _reconcile(self, *, repair: bool, for_programs: bool, **_options: Any) -> None:
        found = reconciliation.reconcile()
        if repair and found:
            for failure in reconciliation.repair_all(found):
                self.stderr.write(failure)
            found = reconciliation.reconcile()
        for difference in found:
            self.stdout.write(_for_programs(difference) if for_programs else _line(difference))
        if found:
            raise CommandError(f"{len(found)} things differ.")
        if not for_programs:
            self.stdout.write("Stripe and we say the same.")


def _line(difference: BillingDifference) -> str:
    return f"{difference}: we say {difference.ours}; Stripe says {difference.theirs}"


def _for_programs(difference: BillingDifference) -> str:
    fields = ("kind", "reference", "customer", "ours", "theirs")
    return json.dumps({name: getattr(difference, name) for name in fields})
