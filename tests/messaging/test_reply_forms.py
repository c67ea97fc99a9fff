"""The verb forms, typos and patterns that the tables of phrases are built from."""

from messaging.replies.conjugation import (
    english_ing_forms,
    gerunds,
    imperatives,
    infinitives,
    past_subjunctives,
    present_forms,
    subjunctives,
)
from messaging.replies.lexicon import GROUP_MARKS, correct_and_mark, with_marks
from messaging.replies.patterns import compile_phrases
from messaging.replies.sentences import split_sentences
from messaging.replies.tokenizer import phonetic_key, tokenize
from messaging.replies.typos import typos_of
from messaging.replies.verb_forms import VERB_GROUPS


def test_subjunctive_has_every_person_that_can_be_addressed() -> None:
    assert set(subjunctives("mandar").split()) == {"mande", "mandes", "manden", "mandem", "mandeis"}
    assert {"escriba", "escribas", "escriban", "escribais"} <= set(subjunctives("escribir").split())
    assert {"saque", "saqueis"} <= set(subjunctives("sacar").split())
    assert {"vuelva", "volvais"} <= set(subjunctives("volver/vuelv").split())


def test_imperative_has_every_person_and_pronoun() -> None:
    forms = set(map(phonetic_key, imperatives("borrar").split()))
    for imperative in (
        "bórrame",
        "borrame",
        "bórreme",
        "bórrenme",
        "borradme",
        "borrá",
        "bórrenlo",
    ):
        assert phonetic_key(imperative) in forms, imperative
    assert phonetic_key("desuscribime") in set(
        map(phonetic_key, imperatives("desuscribir").split())
    )


def test_other_verb_forms() -> None:
    assert {"escribierais", "escribieran"} <= set(past_subjunctives("escribir").split())
    assert "mandassem" in past_subjunctives("mandar").split()
    assert {"borras", "borrais", "borran"} <= set(present_forms("borrar").split())
    assert {"mandándome".replace("á", "a"), "mandando"} <= set(gerunds("mandar").split())
    assert infinitives("enviar", ("", "me")).split() == ["enviar", "enviarme"]
    assert english_ing_forms("write text").split() == ["writing", "texting"]


def test_typo_is_missing_letter_or_two_exchanged_but_no_known_word() -> None:
    typos = typos_of("mensajes molestar", known="molestar")
    assert typos["mensajs"] == typos["mensjaes"] == "mensajes"
    # Without its last letter a word is often another form of it, so that is no typo.
    assert "molesta" not in typos
    assert typos_of("contar", known="contar cotar").get("cotar") is None


def test_word_has_marks_of_its_groups() -> None:
    assert GROUP_MARKS["write"] in with_marks(phonetic_key("escribáis"))
    assert correct_and_mark("mandr") == with_marks("mandar")
    assert set(GROUP_MARKS) >= set(VERB_GROUPS) - {"texting", "written"}
    assert with_marks("paraguas") == "paraguas "


def test_phrase_is_found_in_any_spelling_that_sounds_alike() -> None:
    pattern = compile_phrases("""
        {no} {us}* {write} $
        ^ (adios|chao) bye!
    """)

    def finds(text: str) -> bool:
        return any(pattern.search(sentence.keys) for sentence in split_sentences(tokenize(text)))

    assert finds("NO ME ESCRIBÁIS")
    assert finds("hola, no m eskriban porfa")
    assert not finds("no me escriban tarde")
    assert finds("chao, amigos")
    assert not finds("chao bye")
    assert not finds("digo chao")
