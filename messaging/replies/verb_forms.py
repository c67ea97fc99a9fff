"""Groups of verbs in all the forms that phrases need, for use as `{name}` in a phrase.

phrases/verbs.txt holds the verbs, and the forms that no rule makes. Here each group says which
forms of which verbs it has; `conjugation` makes them.
"""

from messaging.replies.conjugation import (
    ME,
    english_ing_forms,
    gerunds,
    imperatives,
    infinitives,
    past_subjunctives,
    present_forms,
    subjunctives,
)
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.word_groups import GROUPS

PLAIN = ("",)
OPTIONAL_ME = ("", *ME)
IT = ("lo", "la", "los", "las")

_VERBS = read_phrase_file("verbs").tables
_WRITE, _SEND, _REMOVE = _VERBS["write"], _VERBS["send"], _VERBS["remove"]
_REMOVE_IN_ALL = f"{_REMOVE} {_VERBS['remove_in_portuguese']}"
_ERASE = f"{_REMOVE_IN_ALL} {_VERBS['erase']}"
_UNSUBSCRIBE, _CANCEL, _REVOKE = _VERBS["unsubscribe"], _VERBS["cancel"], _VERBS["revoke"]
_USE, _CEASE, _RETURN, _ENROL = (_VERBS[name] for name in ("use", "cease", "return", "enrol"))
_ACTIVATE, _ACT, _CHANGE = _VERBS["activate"], _VERBS["act"], _VERBS["change"]

_MADE_FORMS = {
    "write": f"{subjunctives(_WRITE)} {infinitives(_WRITE, OPTIONAL_ME)}",
    "write_if": f"{subjunctives(_WRITE)} {past_subjunctives(_WRITE)}",
    "send": f"{subjunctives(_SEND)} {infinitives(_SEND, OPTIONAL_ME)}",
    "send_if": f"{subjunctives(_SEND)} {past_subjunctives(_SEND)}",
    "send_me": infinitives(_SEND, ME),
    "ask_to_send": imperatives(_VERBS["ask_to_send"], ME),
    "writing": gerunds(f"{_WRITE} {_SEND}"),
    "written": subjunctives(_VERBS["written"]),
    "texting": english_ing_forms(GROUPS["text"]),
    "pt_now": present_forms(_VERBS["pt_now"]),
    "cease": imperatives(_CEASE),
    "cease_if": f"{subjunctives(_CEASE)} {past_subjunctives(_CEASE)}",
    "cancel": f"{infinitives(_CANCEL)} {imperatives(_CANCEL)}",
    "revoke": f"{imperatives(_REVOKE, PLAIN)} {infinitives(_REVOKE, PLAIN)}",
    "carry_on": subjunctives(_VERBS["carry_on"]),
    "come_back": subjunctives(_RETURN),
    "return": f"{subjunctives(_RETURN)} {present_forms(_RETURN)}",
    "back_again": subjunctives(_RETURN),
    "use": f"{subjunctives(_USE)} {infinitives(_USE, PLAIN)}",
    "unsubscribe": f"""
        {imperatives(_UNSUBSCRIBE)} {infinitives(_UNSUBSCRIBE, ("", "me", "nos", "se"))}
        {present_forms(_UNSUBSCRIBE)}
    """,
    "forget": f"{imperatives(_ERASE)} {infinitives(_ERASE)} {present_forms(_ERASE)}",
    # May be about a mole or a stitch ("quítenme los puntos"), so phrases let nothing follow.
    "erase_me": f"{imperatives(_REMOVE, ME)} {infinitives(_REMOVE, ME)}",
    "erase": f"{subjunctives(_REMOVE_IN_ALL)} {present_forms(_VERBS['erase_now'])}",
    "unlist": infinitives(f"{_REMOVE_IN_ALL} {_VERBS['unlist']}", ("", "me")),
    "forget_it": imperatives(_VERBS["forget_it"], ("lo", "la", "los")),
    "enrol": f"{imperatives(_ENROL, ME)} {infinitives(_ENROL, (*OPTIONAL_ME, 'se'))}",
    "reactivate": f"{imperatives(_ACTIVATE, PLAIN)} {infinitives(_ACTIVATE, PLAIN)}",
    "reactivate_me": f"{imperatives(_ACTIVATE, ME)} {infinitives(_ACTIVATE, ME)}",
    "reactivating": present_forms(_ACTIVATE),
    "help_me": imperatives(_VERBS["help"], ME),
    "act": infinitives(_ACT, OPTIONAL_ME),
    "act_me": infinitives(_ACT, ME),
    "acting": present_forms(_ACT),
    "infinitive": infinitives(_ACT, PLAIN),
    "do": infinitives(_CHANGE, PLAIN),
    "order_me": imperatives(_ACT, ME),
    "acted": subjunctives(f"{_ACT} {_VERBS['acted']}"),
    "corrected": subjunctives(_VERBS["correct"]),
    "promised": infinitives(_ACT, OPTIONAL_ME),
    "change": f"{infinitives(_CHANGE, PLAIN)} {imperatives(_CHANGE, OPTIONAL_ME)}",
    "to_change": infinitives(f"{_CHANGE} {_VERBS['to_change']}", PLAIN),
    "change_it": imperatives(f"{_CHANGE} {_VERBS['change_it']}", IT),
}
_OTHER_FORMS = read_phrase_file("verbs").groups
VERB_GROUPS = {name: f"{made} {_OTHER_FORMS.get(name, '')}" for name, made in _MADE_FORMS.items()}

# Words that are also recognised with a typo, see `typos`.
TYPO_CHECKED_WORDS = " ".join(
    (
        _VERBS["typo_checked"],
        subjunctives(f"{_WRITE} {_SEND} {_REMOVE}"),
        infinitives(f"{_WRITE} {_SEND} {_REMOVE}", OPTIONAL_ME),
        imperatives(_VERBS["typo_checked_orders"], OPTIONAL_ME),
    )
)
