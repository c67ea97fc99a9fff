"""Names that are common in Ecuador."""

WOMEN = (
    "Ana", "Andrea", "Belén", "Carmen", "Carolina", "Cristina", "Daniela", "Diana", "Elena",
    "Fernanda", "Gabriela", "Gloria", "Inés", "Isabel", "Jéssica", "Karina", "Lorena", "Lucía",
    "Luz", "Marcela", "Margarita", "Mercedes", "Mónica", "Nancy", "Narcisa", "Paola", "Patricia",
    "Rosa", "Sofía", "Susana", "Valeria", "Verónica", "Ximena", "Yolanda",
)  # fmt: skip

MEN = (
    "Alejandro", "Andrés", "Ángel", "Byron", "César", "Cristian", "Daniel", "David", "Diego",
    "Edison", "Eduardo", "Esteban", "Fabián", "Fausto", "Fernando", "Francisco", "Galo",
    "Gonzalo", "Guillermo", "Hugo", "Iván", "Javier", "Jorge", "José", "Leonardo", "Luis",
    "Marco", "Mateo", "Miguel", "Pablo", "Patricio", "Ramiro", "Rodrigo", "Santiago", "Washington",
)  # fmt: skip

SURNAMES = (
    "Aguirre", "Almeida", "Andrade", "Arias", "Armijos", "Benítez", "Cabrera", "Calderón",
    "Cárdenas", "Carrión", "Castillo", "Cevallos", "Chávez", "Cisneros", "Coronel", "Delgado",
    "Endara", "Espinosa", "Estrella", "Flores", "Freire", "Gallegos", "Garcés", "Guerrero",
    "Guamán", "Herrera", "Hidalgo", "Jácome", "Jaramillo", "Lema", "Loor", "Luna", "Macías",
    "Maldonado", "Mejía", "Mendoza", "Molina", "Montalvo", "Mora", "Morales", "Moreno", "Muñoz",
    "Naranjo", "Narváez", "Noboa", "Ordóñez", "Ortiz", "Pacheco", "Palacios", "Paredes", "Pazmiño",
    "Peñafiel", "Quishpe", "Ramos", "Rivadeneira", "Robalino", "Rosero", "Salazar", "Sánchez",
    "Silva", "Suárez", "Toapanta", "Torres", "Ulloa", "Valencia", "Vallejo", "Vásquez", "Vega",
    "Velasco", "Vera", "Villacís", "Yánez", "Zambrano", "Zurita",
)  # fmt: skip

MAIL_PROVIDERS = ("example.com", "correo.example", "mail.example.org")
