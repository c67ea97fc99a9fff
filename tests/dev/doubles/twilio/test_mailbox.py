import smtplib
from email.message import EmailMessage

import pytest
import requests

from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.stage import Stage

HTML = "<h1>Hola Ana</h1><script>alert(1)</script><a href='http://localhost/r/1'>Calificar</a>"


def letter(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Consultorio Centro <hola@clinica.ec>"
    message["To"] = "Ana <ana@correo.ec>"
    message["Subject"] = "¿Cómo le fue?"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hola Ana, ¿cómo le fue?")
    message.add_alternative(HTML, subtype="html")
    return message


def deliver(stage: Stage, message: EmailMessage | bytes, *to: str) -> None:
    with smtplib.SMTP("127.0.0.1", stage.simulator.smtp_port) as server:
        if isinstance(message, bytes):
            server.sendmail("hola@clinica.ec", to, message)
        else:
            server.send_message(message, to_addrs=to or None)


def test_mail_is_shown_to_its_recipient(stage: Stage) -> None:
    deliver(stage, letter(List_Unsubscribe="<mailto:x@y.ec>, <http://localhost/o/1>"))
    (mail,) = stage.get("/control/mails", to="ana@correo.ec")["mails"]
    assert (mail["sender"], mail["subject"]) == ("Consultorio Centro", "¿Cómo le fue?")
    assert mail["text"].strip() == "Hola Ana, ¿cómo le fue?"
    assert "<h1>Hola Ana</h1>" in mail["html"]
    assert mail["unsubscribe"] == "http://localhost/o/1"
    (phone,) = stage.get("/phones")["phones"]
    assert (phone["address"], phone["items"][0]["kind"]) == ("ana@correo.ec", "mail")


def test_mail_to_two_recipients_is_shown_to_each(stage: Stage) -> None:
    deliver(stage, letter(), "ANA@correo.ec", "luis@correo.ec")
    assert stage.get("/control/mails")["per_to"] == {"ana@correo.ec": 1, "luis@correo.ec": 1}


def test_mail_is_served_with_policy_that_forbids_scripts(stage: Stage) -> None:
    deliver(stage, letter())
    (mail,) = stage.get("/control/mails")["mails"]
    shown = requests.get(f"{stage.base}/mails/{mail['id']}", timeout=5)
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy
    assert '<base target="_blank">' in shown.text
    assert requests.get(f"{stage.base}/mails/other", timeout=5).status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: =?utf-8?q?=ff=fe?=\r\nFrom: <<>>\r\n\r\nhola",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xe1\xe9",
        b"Content-Type: multipart/alternative\r\n\r\nno parts",
        b"From: a@b.c,,,;\r\nList-Unsubscribe: <javascript:alert(1)>\r\n\r\nhola",
    ],
)
def test_malformed_mail_is_accepted(stage: Stage, raw: bytes) -> None:
    deliver(stage, raw, "ana@correo.ec")
    (mail,) = eventually(lambda: stage.get("/control/mails")["mails"])
    assert mail["unsubscribe"] == ""
