"""Words around a number that show what the number means. phrases/rating_words.txt holds them."""

from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.tokenizer import phonetic_key, phonetic_keys

_TABLES = read_phrase_file("rating_words").tables


def _keys(heading: str) -> frozenset[str]:
    return phonetic_keys(_TABLES[heading])


def _pairs(heading: str) -> set[tuple[str, str]]:
    pairs = (entry.split("-") for entry in _TABLES[heading].split())
    return {(phonetic_key(first), phonetic_key(second)) for first, second in pairs}


def _numbers() -> dict[str, int]:
    rows = (line.split() for line in _TABLES["numbers"].splitlines())
    return {phonetic_key(word): int(value) for value, *spelled in rows for word in spelled}


NUMBERS = _numbers()
# "Uno" and "one" are mostly no number ("uno espera"), so they need more evidence than others.
AMBIGUOUS_ONES = _keys("ambiguous_ones")
ARTICLES_AS_ONE = _keys("articles_as_one")
PORTUGUESE_ONES = _keys("portuguese_ones")
ONLY = _keys("only")
HALVES = _keys("halves")

STARS = _keys("stars")
POINTS = _keys("points")
# After these "puntos" are stitches, not points.
STITCHED = _keys("stitched")

# A number after one of these is a rating: "le DOY un 5".
CUES = _keys("cues") | STARS | POINTS
GRADES = _keys("grades")
# Between a cue and its number: "le doy A LA DOCTORA UN SÓLIDO cinco".
CUE_FILLERS = _keys("cue_fillers")
CUE_SUBJECTS = _keys("cue_subjects")
NUMBER_ARTICLES = _keys("number_articles")
COPULAS = _keys("copulas")

# "4 DE 5", "4 OUT OF a possible 5"
OUT_OF = _keys("out_of")
OUT_OF_FILLERS = _keys("out_of_fillers") | STARS | POINTS
RANGE = _keys("range")
ALTERNATIVE = _keys("alternative")
CHOICE = ALTERNATIVE | RANGE | _keys("choice")
OF = _keys("of")
WITHIN = _keys("within")
# "2 de NUESTROS hijos", "3 of THE nurses": the number counts.
AFTER_SHARE = _keys("after_share")
PER = _keys("per")
EVERY = _keys("every")
# "A las 5 EN PUNTO", "5 POR CIENTO", "2 BAJO CERO"
MEASURING_PAIRS = _pairs("measuring_pairs")
THE = _keys("the")
MORE = _keys("more")
NOT_BEFORE_STARS = OUT_OF | _keys("not_before_stars")
# Words with an accent on the last letter that are no past tense, unlike "cancelé".
ACCENTED_BUT_NO_VERB = _keys("accented_but_no_verb")
OR = _keys("or")
SCALE_PAIR = _keys("scale_pair")
BETWEEN = _keys("between")
BEFORE_SCALE = _keys("before_scale")

# ---------------------------------------------------------------- numbers that are no rating
ALWAYS_UNITS = _keys("always_units")
UNITS_OF_ONE = _keys("units_of_one")
# Between a number and its unit: "2 LARGAS horas", "3 MÁS días"
BETWEEN_NUMBER_AND_UNIT = _keys("between_number_and_unit")
# Words in -s that may follow a rating. Any other plural is counted by the number: "3 doctores".
FOLLOWS_A_RATING = _keys("follows_a_rating")
EVALUATES_WELL = _keys("evaluates_well")
THANKS = _keys("thanks")
EVALUATES_BADLY = _keys("evaluates_badly")

# Written right after the number: "5to", "3rd"
ORDINALS = _keys("ordinals")
MONTHS = _keys("months")
DAYS = _keys("days")
PARTS_OF_DAY = _keys("parts_of_day")
# A number after one of these is its name or its value: "piso 3", "edad 4"
LABELS = _keys("labels") | MONTHS | DAYS
STREETS = _keys("streets")
NAMED_NUMBERS = _keys("named_numbers")
# After one of these a number is a rating only with a cue: "a las 4", "hace 2", "con 3"
BEFORE_OTHER_NUMBERS = _keys("before_other_numbers")
# Verbs that take a quantity: "esperé 2", "pagué 5"
COUNTING_VERBS = _keys("counting_verbs")
GRADED_THINGS = _keys("graded_things")
NEGATIONS = _keys("negations")
# Only these may be between a negation and the number that it denies: "NO le doy un 5"
NEGATION_FILLERS = _keys("negation_fillers")
# "Ni 1", "casi un 5": not given.
HEDGES = _keys("hedges")
HYPOTHETICAL = _keys("hypothetical")
# Rhetorical, so no rating: "CÓMO les VOY a poner 5", "QUIEREN que les ponga 5"
ASKS_HOW = _keys("asks_how")
INTENDS = _keys("intends")
EXPECTS = _keys("expects")
WISHES = HYPOTHETICAL | _keys("wishes")
ENDS_CONDITION = _keys("ends_condition")
MINUS = _keys("minus")
# "Más de 5", "me dijo que 2"
THAN = _keys("than")
COMPARED_OR_TOLD = _keys("compared_or_told")
# Between two numbers these take the first one back: "5, perdón, 4"
CORRECTIONS = _keys("corrections")
CORRECTION_FILLERS = _keys("correction_fillers")

# Politeness and greetings, which change the meaning of nothing.
COURTESY = _keys("courtesy")
CONJUNCTIONS = _keys("conjunctions")
AROUND_A_RATING = (
    EVALUATES_WELL
    | EVALUATES_BADLY
    | COURTESY
    | GRADED_THINGS
    | CORRECTIONS
    | CONJUNCTIONS
    | _keys("around_a_rating")
)
