"""The forms that the tables of phrases are made of."""

from messaging.replies.inflected import INFLECTED
from messaging.replies.lexicon import MARKS, meant, with_marks
from messaging.replies.patterns import pattern, sentences
from messaging.replies.spelling import slips
from messaging.replies.text import sound, tokens
from messaging.replies.verbs import gerunds, hopes, in_ing, infinitives, orders, presents, wishes


def test_wishes_have_every_person_that_is_spoken_to() -> None:
    assert set(wishes("mandar").split()) == {"mande", "mandes", "manden", "mandem", "mandeis"}
    assert {"escriba", "escribas", "escriban", "escribais"} <= set(wishes("escribir").split())
    assert {"saque", "saqueis"} <= set(wishes("sacar").split())
    assert {"vuelva", "volvais"} <= set(wishes("volver/vuelv").split())


def test_orders_have_tu_vos_usted_vosotros_and_their_clitics() -> None:
    found = set(map(sound, orders("borrar").split()))
    for order in ("bórrame", "borrame", "bórreme", "bórrenme", "borradme", "borrá", "bórrenlo"):
        assert sound(order) in found, order
    assert sound("desuscribime") in set(map(sound, orders("desuscribir").split()))


def test_other_moods() -> None:
    assert {"escribierais", "escribieran"} <= set(hopes("escribir").split())
    assert "mandassem" in hopes("mandar").split()
    assert {"borras", "borrais", "borran"} <= set(presents("borrar").split())
    assert {"mandándome".replace("á", "a"), "mandando"} <= set(gerunds("mandar").split())
    assert infinitives("enviar", ("", "me")).split() == ["enviar", "enviarme"]
    assert in_ing("write text").split() == ["writing", "texting"]


def test_slip_is_a_missing_letter_or_two_exchanged_but_no_known_word() -> None:
    found = slips("mensajes molestar", known="molestar")
    assert found["mensajs"] == found["mensjaes"] == "mensajes"
    # Its last letter makes another form of the word.
    assert "molesta" not in found
    assert slips("contar", known="contar cotar").get("cotar") is None


def test_word_carries_the_marks_of_its_groups() -> None:
    assert MARKS["write"] in with_marks(sound("escribáis"))
    assert meant("mandr") == with_marks("mandar")
    assert set(MARKS) >= set(INFLECTED) - {"texting", "written"}
    assert with_marks("paraguas") == "paraguas "


def test_phrase_is_found_by_sound() -> None:
    found = pattern("""
        {no} {us}* {write} $
        ^ (adios|chao) bye!
    """)

    def finds(text: str) -> bool:
        return any(found.search(said.said) for said in sentences(tokens(text)))

    assert finds("NO ME ESCRIBÁIS")
    assert finds("hola, no m eskriban porfa")
    assert not finds("no me escriban tarde")
    assert finds("chao, amigos")
    assert not finds("chao bye")
    assert not finds("digo chao")
