"""Reports as mail servers write them. {token} stands for the signed token of our mail."""

from tests.messaging.mail.letters import PATIENT

BOUNCE_ADDRESS = "rebotes@opiniones.example.com"

ORIGINAL = """\
Return-Path: <rebotes+{token}@opiniones.example.com>
From: Consultorio Sol <hola@opiniones.example.com>
To: {patient}
Subject: =?utf-8?q?=C2=BFC=C3=B3mo_fue_su_visita=3F?=
Message-ID: <{token}@opiniones.example.com>
List-Unsubscribe: <https://opiniones.example.com/o/Ab3dE9fGh2>

Hola Ximena, el usuario desconocido no existe.
"""

# RFC 3464, as Postfix writes it. {action}, {status} and {said} vary.
STANDARD = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: rebotes+{token}@opiniones.example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com.
I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
X-Postfix-Queue-ID: 4C1D2E3F
Arrival-Date: Sun, 29 Nov 2026 10:00:00 -0500 (-05)

Final-Recipient: rfc822; {patient}
Original-Recipient: rfc822;{patient}
Action: {action}
Status: {status}
Remote-MTA: dns; gmail-smtp-in.l.google.com
Diagnostic-Code: smtp; {said}

--B1
Content-Type: message/rfc822

{original}
--B1--
"""

ARF = """\
From: <abuse@provider.example.net>
To: rebotes@opiniones.example.com
Subject: FW: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B2"

--B2
Content-Type: text/plain

This is an email abuse report for an email message received from IP 192.0.2.1.

--B2
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <rebotes+{token}@opiniones.example.com>
Original-Rcpt-To: <{patient}>
Reported-Domain: opiniones.example.com

--B2
Content-Type: message/rfc822

{original}
--B2--
"""

EXIM = """\
Return-Path: <>
X-Failed-Recipients: {patient}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@vps.hosting.ec>
To: rebotes+{token}@opiniones.example.com
Subject: Mail delivery failed: returning message to sender
Content-Type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {patient}
    host mx.correo.ec [192.0.2.20]
    SMTP error from remote mail server after RCPT TO:<{patient}>:
    550 No Such User Here

------ This is a copy of the message, including all the headers. ------

{original}
"""

EXCHANGE_ES = """\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@clinica.onmicrosoft.com>
To: "rebotes+{token}@opiniones.example.com"
Subject: =?utf-8?b?Tm8gc2UgcHVkbyBlbnRyZWdhcjogwr9Dw7NtbyBmdWUgc3UgdmlzaXRhPw==?=
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

<html><body><p><b>No se pudo entregar el mensaje a los siguientes destinatarios:</b></p>
<p>{patient}<br>La dirección de correo electrónico que ha especificado no se encontró. Puede que el
buzón ya no exista.</p><p>Error remoto: #550 5.1.10 RESOLVER.ADR.RecipientNotFound</p>
<p>Original message headers:</p><pre>Message-ID: &lt;{token}@opiniones.example.com&gt;</pre></body>
</html>
"""

GMAIL_PT = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: rebotes+{token}@opiniones.example.com
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: {patient}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

** Endereço não encontrado **

Sua mensagem não foi entregue a {patient} porque o endereço não foi encontrado ou não
pode receber e-mails.

A resposta foi:
550 5.1.1 The email account that you tried to reach does not exist.
"""

HOTMAIL = """\
From: postmaster@hotmail.com
To: rebotes+{token}@opiniones.example.com
Subject: Undeliverable: mensaje
Content-Type: text/plain

Delivery has failed to these recipients or groups:

{patient}
The address you sent your message to wasn't found at the destination domain.

Remote Server returned '550 5.5.0 Requested action not taken: mailbox unavailable'
"""

QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@correo.gob.ec
To: REBOTES+{TOKEN}@opiniones.example.com
Subject: failure notice

Hi. This is the qmail-send program at correo.gob.ec.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{patient}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{original}
"""

FULL_ES = """\
Return-Path: <>
From: postmaster@correo.com.ar
To: rebotes+{token}@opiniones.example.com
Subject: Mensaje no entregado
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

El buz=F3n est=E1 lleno: el destinatario ha superado su cuota. 550
"""

BLOCKED = """\
Return-Path: <>
From: postmaster@outlook.com
To: rebotes+{token}@opiniones.example.com
Subject: Undeliverable: mensaje
Content-Type: text/plain

550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet
service provider since part of their network is on our block list (S3150).
"""

WARNING = """\
Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@vps.hosting.ec>
To: rebotes+{token}@opiniones.example.com
Subject: Warning: message 1abc-23 delayed 24 hours
Content-Type: text/plain

The message has not been delivered: 450 4.2.1 mailbox busy. Will keep trying.
"""

AWAY = """\
Return-Path: <>
From: Ximena <{patient}>
To: rebotes+{token}@opiniones.example.com
Subject: Respuesta automática: estoy de vacaciones
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Mi cuenta anterior no existe, escriba a otra. 550 5.1.1
"""

PERSON = """\
From: Ximena <{patient}>
To: hola@opiniones.example.com
In-Reply-To: <{token}@opiniones.example.com>
Subject: Re: ¿Cómo fue su visita?
Content-Type: text/plain; charset=utf-8

El número que pusieron no existe. Mi doctora se fue, ¿no se pudo encontrar otra?
"""

UNSUBSCRIBE = """\
From: Ximena <{patient}>
To: rebotes+u-{token}@opiniones.example.com
Subject: unsubscribe

"""


def filled(sample: str, token: str, **values: str) -> bytes:
    """The report as bytes of a mail. A standard one is about an address that does not exist."""
    values = {
        "patient": PATIENT,
        "action": "failed",
        "status": "5.1.1",
        "said": "550 5.1.1 User unknown",
    } | values
    original = ORIGINAL.format(token=token, patient=values["patient"])
    text = sample.format(token=token, TOKEN=token.upper(), original=original, **values)
    charset = "latin-1" if "iso-8859-1" in sample else "utf-8"
    return text.encode(charset).replace(b"\n", b"\r\n")
