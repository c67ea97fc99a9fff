"""The two clinics of the demo: users, practices, campaigns and the size of their history."""

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from workspaces.models import Plan, Role

PASSWORD = "demo1234"  # noqa: S105 - the demo's, written on its front page
STAFF = "admin@reputationmanager.com"


@dataclass(frozen=True)
class DemoUser:
    email: str
    name: str
    role: Role


@dataclass(frozen=True)
class Place:
    name: str
    address: str
    city: str
    state: str
    phone: str
    google_place_id: str
    # A visitor of the demo may come at night, and the messages must be sent at any hour.
    window_start: time = time(0)
    window_end: time = time(23, 59, 59)


@dataclass(frozen=True)
class Theme:
    """A campaign of the history: which patients it asks, and how happy they tend to be."""

    campaign: str
    description: str
    place: str
    by: str
    doctor: str
    kinds: tuple[str, ...]
    share: float
    hours_after: int = 2
    mood: float = 0.0
    ended_days_ago: int | None = None


@dataclass(frozen=True)
class LongWaits:
    """The last days of the history, in which many patients of a practice wait, and say so."""

    place: str
    days: int
    share: float


@dataclass(frozen=True)
class Clinic:
    id: UUID  # a later start finds the clinic by it, even if it was renamed
    workspace: str
    plan: Plan
    credits: int
    people: tuple[DemoUser, ...]
    places: tuple[Place, ...]
    themes: tuple[Theme, ...]
    visits: int
    days: int
    phones: str
    credits_a_month: int
    seed: int
    uploads: str
    questions_waiting: int
    # True if it has a subscription, False if its plan was agreed by hand.
    pays: bool = False
    long_waits: LongWaits | None = None


DEMO = Clinic(
    id=UUID("01900000-0000-7000-8000-000000000001"),
    workspace="Consultorio Demo",
    plan=Plan.PROFESSIONAL,
    credits=2000,
    people=(
        DemoUser("demo@reputationmanager.com", "Dr. Demo", Role.OWNER),
        DemoUser("doctor@reputationmanager.com", "Dra. María López", Role.DOCTOR),
        DemoUser("recepcion@reputationmanager.com", "Recepción", Role.RECEPTIONIST),
    ),
    places=(
        Place(
            name="Consultorio Centro",
            address="Av. Amazonas N24-03",
            city="Quito",
            state="Pichincha",
            phone="+59322501234",
            google_place_id="ChIJN1t_tDeuEmsRUsoyG83frY4",
        ),
        Place(
            name="Consultorio Norte",
            address="Av. De los Shyris N41-151",
            city="Quito",
            state="Pichincha",
            phone="+59322455678",
            google_place_id="ChIJd8BlQ2BZwokRAFUEcm_qrcA",
        ),
    ),
    themes=(
        Theme(
            campaign="Consulta general",
            description="Después de cada consulta de medicina general.",
            place="Consultorio Centro",
            by="doctor@reputationmanager.com",
            doctor="Dra. María López",
            kinds=("Consulta general", "Control", "Resultados de exámenes", "Certificado médico"),
            share=0.34,
            mood=0.1,
        ),
        Theme(
            campaign="Odontología",
            description="Limpiezas, curaciones y ortodoncia.",
            place="Consultorio Norte",
            by="demo@reputationmanager.com",
            doctor="Dr. Andrés Cevallos",
            kinds=("Limpieza dental", "Curación", "Ortodoncia", "Extracción"),
            share=0.33,
            hours_after=3,
            mood=-0.15,
        ),
        Theme(
            campaign="Controles pediátricos",
            description="Se pregunta a la mamá o al papá.",
            place="Consultorio Norte",
            by="demo@reputationmanager.com",
            doctor="Dra. Gabriela Paredes",
            kinds=("Control de niño sano", "Vacunas", "Consulta pediátrica"),
            share=0.23,
            hours_after=1,
            mood=0.05,
        ),
        Theme(
            campaign="Chequeos ejecutivos",
            description="Convenio con empresas, terminado.",
            place="Consultorio Centro",
            by="demo@reputationmanager.com",
            doctor="Dra. María López",
            kinds=("Chequeo ejecutivo", "Ecografía", "Electrocardiograma"),
            share=0.1,
            ended_days_ago=60,
        ),
    ),
    visits=1500,
    days=182,
    phones="+59399",
    credits_a_month=600,
    seed=1809,
    uploads="recepcion@reputationmanager.com",
    questions_waiting=3,
    pays=True,
    # Home compares the last 30 days with the 30 before, and the history ends two days ago.
    long_waits=LongWaits("Consultorio Norte", days=28, share=0.65),
)

ANDES = Clinic(
    id=UUID("01900000-0000-7000-8000-000000000002"),
    workspace="Clínica Los Andes",
    plan=Plan.STARTER,
    credits=200,
    people=(DemoUser("andes@reputationmanager.com", "Dra. Elena Carrión", Role.OWNER),),
    places=(
        Place(
            name="Clínica Los Andes",
            address="Calle Larga 7-12",
            city="Cuenca",
            state="Azuay",
            phone="+59372823456",
            google_place_id="ChIJrTLr-GyuEmsRBfy61i59si0",
        ),
    ),
    themes=(
        Theme(
            campaign="Traumatología",
            description="Consultas y curaciones.",
            place="Clínica Los Andes",
            by="andes@reputationmanager.com",
            doctor="Dr. Galo Ordóñez",
            kinds=("Consulta de traumatología", "Retiro de puntos", "Rehabilitación"),
            share=1.0,
        ),
    ),
    visits=60,
    days=40,
    phones="+59396",
    credits_a_month=100,
    seed=3900,
    uploads="andes@reputationmanager.com",
    questions_waiting=1,
)
