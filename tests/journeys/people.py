"""The users of the demo, and clinics that sign up during a journey."""

from dataclasses import dataclass

from tests.journeys.mailbox import Mailbox
from tests.journeys.visitor import Visitor

PASSWORD = "demo1234"
OWNER = ("demo@reputationmanager.com", PASSWORD)
DOCTOR = ("doctor@reputationmanager.com", PASSWORD)
RECEPTION = ("recepcion@reputationmanager.com", PASSWORD)
NEIGHBOUR = ("andes@reputationmanager.com", PASSWORD)
STAFF = ("admin@reputationmanager.com", PASSWORD)


@dataclass(frozen=True)
class SignUp:
    """The data of a clinic that signs up."""

    name: str
    owner: str
    email: str
    practice: str = "Consultorio Único"
    password: str = "cuatro palabras muy largas"

    def signs_up(self, visitor: Visitor, mailbox: Mailbox) -> Visitor:
        self.fills_in_the_form(visitor)
        visitor.presses("Abrir la cuenta")
        visitor.sees("Escriba el código que llegó a su correo")
        visitor.writes("Código", mailbox.code(self.email)).presses("Continuar")
        return visitor.sees(f"Hola, {self.owner}")

    def fills_in_the_form(self, visitor: Visitor) -> None:
        visitor.opens("/accounts/signup/")
        visitor.writes("Su nombre", self.owner).writes("Clínica o grupo", self.name)
        visitor.writes("Primer consultorio", self.practice)
        visitor.writes("Correo electrónico", self.email).writes("Contraseña", self.password)
