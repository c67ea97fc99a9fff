"""Numbers with a fixed outcome, by their last digits. Any other number receives its messages.

So each outcome that Twilio knows can be shown and tested.
"""

from dataclasses import dataclass

from dev.doubles.twilio.faults import Codes
from dev.doubles.twilio.problems import REFUSALS
from dev.doubles.twilio.state import Channel, bare

# Refused by the API or failing later, depending on the code.
MAGIC: dict[Channel, Codes] = {
    Channel.SMS: {
        "0001": 30003,
        "0002": 30004,
        "0003": 30005,
        "0004": 30006,
        "0005": 30007,
        "0006": 30008,
        "0007": 30001,
        "0008": 30002,
        "0009": 30036,
        "0011": 21211,
        "0012": 21614,
        "0013": 21408,
        "0014": 21612,
        "0015": 21610,
        "0016": 21611,
        "0017": 21635,
    },
    # Only WhatsApp fails, so the product falls back to SMS, which arrives.
    Channel.WHATSAPP: {
        "0031": 63003,
        "0032": 63024,
        "0033": 63032,
        "0034": 63049,
        "0035": 63014,
        "0036": 63018,
        "0037": 63016,
        "0038": 63020,
        "0039": 63027,
        "0040": 63028,
        "0041": 63041,
    },
}

# Accepted, without any callback after that.
SILENT = "0021"
# Sent, and never reported as delivered.
UNCONFIRMED = "0022"
# One segment fails and the next succeeds: undelivered, then delivered.
UNDELIVERED_FIRST = "0023"
# Undelivered with a code, then the same again without one.
CODE_ONLY_ONCE = "0024"

LENGTH = 4


@dataclass(frozen=True, slots=True)
class Destination:
    ending: str
    refusal: int | None = None
    failure: int | None = None


def look_up(to: str, channel: Channel, codes: Codes) -> Destination:
    ending = bare(to)[-LENGTH:]
    code = next((codes[end] for end in codes if to.endswith(end)), MAGIC[channel].get(ending))
    if code in REFUSALS:
        return Destination(ending, refusal=code)
    return Destination(ending, failure=code)
