"""What the local reader adds to the rules: opt-outs, opt-ins and calls for help in unusual words.

It may only add. What the rules are sure of stays, and a rating is never invented. A text that may
ask us to stop is held back for a person, because writing once more would break the law and a held
message costs a click.
"""

from dataclasses import replace

from messaging import understanding
from messaging.replies.reply_reading import ReplyReading

# Chosen by cross-validation on all tables of replies: see docs/understanding.md. A text that denies
# an opt-out ("no me den de baja") looks like one to the model, so it must be almost certain.
SURE_OPT_OUT = 0.995
SURE_OPT_IN = 0.97
SURE_HELP = 0.97
MAY_BE_OPT_OUT = 0.6
# The words beside a clear rating are about the visit, so more evidence is needed.
COMMENT_MAY_BE_OPT_OUT = 0.9


def add_second_reading(reading: ReplyReading, text: str) -> ReplyReading:
    match reading.intent:
        case "other" if not (reading.may_be_opt_out or reading.off_scale):
            return _read_again(reading, text)
        case "rating" if not reading.may_be_opt_out and " " in reading.comment:
            doubt = understanding.classify(understanding.beginning(reading.comment)).doubt
            return replace(reading, may_be_opt_out=doubt >= COMMENT_MAY_BE_OPT_OUT)
    return reading


def _read_again(reading: ReplyReading, text: str) -> ReplyReading:
    found = understanding.classify(understanding.beginning(text))
    match found.intent.code, found.intent.confidence:
        case "opt_out", confidence if confidence >= SURE_OPT_OUT:
            return replace(reading, intent="opt_out")
        case "opt_in", confidence if confidence >= SURE_OPT_IN:
            return replace(reading, intent="opt_in")
        case "help", confidence if confidence >= SURE_HELP:
            return replace(reading, intent="help")
    return replace(reading, may_be_opt_out=found.doubt >= MAY_BE_OPT_OUT)
