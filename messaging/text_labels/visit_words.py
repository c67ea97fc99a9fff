"""Which labels count in figures: those that were read, of words about the visit.

Each rule is written as SQL about labels `l` and as a Q about `TextLabels`. A test compares the two.
"""

from django.db.models import Exists, OuterRef, Q

from messaging.models import InboundMessage, Intent, TextSource

# Labels have no reader when it was not installed as the text came. A correction is better than any.
IS_READ = "(l.reader <> '' OR l.corrected_at IS NOT NULL)"

# "BAJA" or "AYUDA" is a command and says nothing about the visit.
IS_ABOUT_VISIT = f"""(l.source <> '{TextSource.INBOUND}' OR EXISTS (
            SELECT FROM messaging_inboundmessage i
            WHERE i.id = l.source_id AND i.intent = '{Intent.OTHER}'))"""


def is_read() -> Q:
    return ~Q(reader="") | Q(corrected_at__isnull=False)


def is_about_visit() -> Q:
    inbound = InboundMessage.objects.filter(pk=OuterRef("source_id"), intent=Intent.OTHER)
    return ~Q(source=TextSource.INBOUND) | Q(Exists(inbound))
