"""Who goes on journeys: the demo's people, and clinics that sign up for one."""

from dataclasses import dataclass

from tests.journeys.post import Post
from tests.journeys.visitor import Visitor

PASSWORD = "demo1234"
OWNER = ("demo@reputationmanager.com", PASSWORD)
DOCTOR = ("doctor@reputationmanager.com", PASSWORD)
RECEPTION = ("recepcion@reputationmanager.com", PASSWORD)
NEIGHBOUR = ("andes@reputationmanager.com", PASSWORD)
STAFF = ("admin@reputationmanager.com", PASSWORD)


@dataclass(frozen=True)
class Clinic:
    name: str
    owner: str
    email: str
    practice: str = "Consultorio Único"
    password: str = "cuatro palabras muy largas"

    def signs_up(self, visitor: Visitor, post: Post) -> Visitor:
        self.fills_in_the_form(visitor)
        visitor.presses("Abrir la cuenta")
        visitor.sees("Escriba el código que llegó a su correo")
        visitor.writes("Código", post.code(self.email)).presses("Continuar")
        return visitor.sees(f"Hola, {self.owner}")

    def fills_in_the_form(self, visitor: Visitor) -> None:
        visitor.opens("/accounts/signup/")
        visitor.writes("Su nombre", self.owner).writes("Clínica o grupo", self.name)
        visitor.writes("Primer consultorio", self.practice)
        visitor.writes("Correo electrónico", self.email).writes("Contraseña", self.password)
