"""Twilio's errors: those of a request, and those with which a message fails later."""

import json

MORE = "https://www.twilio.com/docs/errors/{}"

# Code: HTTP status and message.
REFUSALS: dict[int, tuple[int, str]] = {
    20001: (400, "Bad Request: {}"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource {} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service is unavailable"),
    21211: (400, "The 'To' number {} is not a valid phone number."),
    21212: (400, "The 'From' number {} is not a valid phone number, short code or sender ID."),
    21266: (400, "'To' and 'From' number cannot be the same: {}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of: {}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "The 'StatusCallback' URL {} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' number {} is not reachable from this 'From' number."),
    21614: (400, "'To' number is not a valid mobile number: {}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21619: (400, "A text message body or media urls must be specified."),
    21624: (400, "The ValidityPeriod {} is not a whole number from 1 to 36000."),
    21635: (400, "'To' number cannot be a landline: {}"),
    21654: (400, "ContentSid is required where ContentVariables are given."),
    21655: (400, "The ContentSid {} is invalid."),
    21656: (400, "The ContentVariables parameter is invalid: {}"),
    21701: (400, "The Messaging Service {} does not exist."),
    21910: (400, "Invalid From and To pair. From and To should be of the same channel"),
}

FAILURES: dict[int, str] = {
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity period expired",
    63003: "Channel could not find To address",
    63014: "Channel could not deliver: the recipient has blocked this sender",
    63016: "Free text outside of the allowed window: use a message template",
    63018: "Rate limit exceeded for channel",
    63020: "The WhatsApp business account has not been accepted",
    63024: "Invalid message recipient",
    63027: "The template does not exist in this language",
    63028: "The template expects other variables",
    63032: "WhatsApp cannot deliver this message to this user",
    63041: "The template is paused",
    63049: "Meta chose not to deliver this message",
}
# With these the message fails at Twilio. With others it is sent and does not arrive.
NEVER_SENT = frozenset({21610, 30001, 30002, 30036, 63014, 63016, 63018, 63020, 63024})


class RefusedError(Exception):
    """A request that is answered with an error of Twilio's."""

    def __init__(self, code: int, about: str = "") -> None:
        status, message = REFUSALS[code]
        super().__init__(message.format(about))
        self.code = code
        self.status = status

    def body(self) -> bytes:
        return json.dumps(
            {
                "code": self.code,
                "message": str(self),
                "more_info": MORE.format(self.code),
                "status": self.status,
            }
        ).encode()
