"""Top-level domains by which a word with a dot is recognised as a web address.

Not all 1,500 of them: those of countries, and those that are cheap, common or often abused. Words
with a scheme (`https://`) or `www.` are addresses with any ending.
"""

import phonenumbers

OF_COUNTRIES = frozenset(
    {region.lower() for region in phonenumbers.SUPPORTED_REGIONS} | {"uk", "eu", "su", "tf", "aq"}
)

# Those that are no Spanish, English or Portuguese word, or that rarely begin a sentence.
OF_ANYONE = frozenset(
    """
    com net org info biz edu gov mil int name pro mobi asia jobs tel cat coop aero museum travel
    post xyz top online site website store shop app dev web page link click club vip icu cyou
    cfd sbs buzz rest monster quest bond lol mom fun space tech live life world today news email
    cloud digital agency company center services solutions support systems network media group
    team work works zone bank banco insure finance financial credit creditcard loan loans money
    cash tax fund trade trading market markets exchange pay business capital ventures holdings
    partners ltd llc inc gmbh srl sarl health healthcare clinic dental dentist doctor hospital
    care surgery vision fitness fit yoga diet beauty salon hair skin spa pet vet baby kids
    family love dating chat social community forum blog video photo photos pics gallery studio
    design art music games game casino bet poker bingo win lotto lat bar cafe restaurant pizza
    food kitchen wine beer house homes property rent apartments estate realty city town place
    street land farm garden flowers green eco bio organic energy solar car cars auto bike taxi
    tours flights hotel holiday vacations cruises university college school academy training
    education courses study science guru expert tips help how guide review reviews wiki
    foundation charity gives ngo church faith press report plus best gold blue red black pink
    ninja rocks sexy porn xxx adult cam webcam download stream host hosting domains technology
    software computer codes engineering construction build builders contractors plumbing repair
    cleaning security legal law lawyer attorney accountant accountants consulting management
    marketing promo sale deals discount bargains cheap gift gifts free zip mov foo test example
    invalid localhost onion
    """.split()  # noqa: SIM905 - a list of words is read as words
)

# Those that are never the first word after a full stop and a space.
NEVER_A_WORD = frozenset(
    {"com", "net", "org", "info", "biz", "edu", "gov", "xyz", "online", "website", "icu", "cyou"}
)

ALL = OF_COUNTRIES | OF_ANYONE
