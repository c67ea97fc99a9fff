"""Words around a number, in Spanish, English and Portuguese, that show what the number means.

They are compared by sound, so accents, capitals and common misspellings need no entry.
"""

from messaging.replies.tokenizer import phonetic_key, phonetic_keys

NUMBERS: dict[str, int] = {
    phonetic_key(word): value
    for value, spelled in (
        (0, "cero zero"),
        (1, "uno one"),
        (2, "dos two dois duas"),
        (3, "tres three"),
        (4, "cuatro four quatro cuatr cuatto cutro cuato cautro fuor"),
        (5, "cinco five cico cinc cimco cnco cicno cinoc conco cinvo fiv fve"),
        (6, "seis six"),
        (7, "siete seven sete"),
        (8, "ocho eight oito"),
        (9, "nueve nine nove"),
        (10, "diez ten dez"),
        (15, "quince fifteen quinze"),
        (20, "veinte twenty vinte"),
        (30, "treinta thirty trinta"),
        (40, "cuarenta forty quarenta"),
        (50, "cincuenta fifty cinquenta"),
        (60, "sesenta sixty sessenta"),
        (70, "setenta seventy"),
        (80, "ochenta eighty oitenta"),
        (90, "noventa ninety"),
    )
    for word in spelled.split()
}
# "Uno" and "one" are mostly no number ("uno espera"), so they need more evidence than others.
AMBIGUOUS_ONES = phonetic_keys("uno one")
ARTICLES_AS_ONE = phonetic_keys("un una um uma one single")
PORTUGUESE_ONES = phonetic_keys("um uma")
ONLY = phonetic_keys("solo sola so only lousy miserable triste")
HALVES = phonetic_keys("medio media half meio meia pico")

STARS = phonetic_keys("""
    estrella estrellas estrellita estrellitas estrela estrelas estrelinha estrelinhas star stars
    estreya estreyas strella strellas starts estella estellas etrellas esrellas eatrellas estrlelas
    estrlla estrllas estrells
""")
POINTS = phonetic_keys("punto puntos puntito puntitos ponto pontos point points pts ptos")
# After these "puntos" are stitches, not points.
STITCHED = phonetic_keys("pusieron cogieron cosieron hicieron dieron sacaron quitaron pegaron")

# A number after one of these is a rating: "le DOY un 5".
CUES = (
    phonetic_keys("""
    nota notas calificacion califico calificaria calificar calificado calificada califica
    calificamos puntaje puntuacion puntuo puntuaria puntua valoracion valoro valoraria evaluacion
    evaluo evaluaria evaluar doy daria dare damos daba pongo pondria poner ponerle ponle pondre
    ponemos dele deles denle denles ponga pongale pongan ponganle pongame anote anoten digamos
    pongamos merece merecen mereces merecido gana votaria voto respuesta respondo opcion elijo
    escojo selecciono marco marcaria presiono pulso satisfaccion ranking rating rate rates rated
    score scores scored scoring give giving gives answer option choose pick select vote dou darei
    avalio avaliacao avaliaria pontuacao resposta opcao escolho satisfacao
""")
    | STARS
    | POINTS
)
GRADES = phonetic_keys("""
    calificacion nota puntaje puntuacion satisfaccion rating score valoracion evaluacion avaliacao
    pontuacao satisfacao respuesta answer resposta
""")
# Between a cue and its number: "le doy A LA DOCTORA UN SÓLIDO cinco".
CUE_FILLERS = phonetic_keys("""
    un um una uma a an the de del do da es e is was be fue era seria con como el la lo los las o le
    les te se que en por mi tu su of as it this them you her him at to al com foi para solo
    solamente just only about apenas gran buen solido solid strong rotundo merecido redondo big
    full total simple servicio atencion doctor doctora visita consulta cita personal todos todo
    recepcion clinica service visit experiencia experience atendimento servico mas creo diria
    minimo maximo overall honestly
""")
CUE_SUBJECTS = phonetic_keys("""
    yo eu i id ill we wed my mi minha minhas le les te se lo la lhe me our nuestra nuestro would d
    ll the su bueno entonces pues quiero quisiera quero
""")
NUMBER_ARTICLES = phonetic_keys("un um")
COPULAS = phonetic_keys("es fue seria era is was foi de a")

# "4 DE 5", "4 OUT OF a possible 5"
OUT_OF = phonetic_keys("de sobre out of em over en from")
OUT_OF_FILLERS = (
    phonetic_keys("""
    de sobre out of em over en from los las the un una a maximo posible posibles possible total
""")
    | STARS
    | POINTS
)
RANGE = phonetic_keys("a al to hasta ate through thru")
ALTERNATIVE = phonetic_keys("o u or ou y e and i ó")
CHOICE = ALTERNATIVE | RANGE | phonetic_keys("no nao maybe quiza quizas talvez")
OF = phonetic_keys("de da of del in en")
WITHIN = phonetic_keys("in en da")
# "2 de NUESTROS hijos", "3 of THE nurses": the number counts.
AFTER_SHARE = phonetic_keys("""
    my your our los las mis sus nuestros ellos ellas nosotros cada them us the these total mes
""")
PER = phonetic_keys("por al per a cada every")
EVERY = phonetic_keys("c cada every")
# "A las 5 EN PUNTO", "5 POR CIENTO", "2 BAJO CERO"
MEASURING_PAIRS = {
    (phonetic_key(first), phonetic_key(second))
    for first, second in (
        ("en", "punto"),
        ("por", "ciento"),
        ("bajo", "cero"),
        ("no", "puedo"),
        ("y", "o"),
    )
}
THE = phonetic_keys("el la the")
MORE = phonetic_keys("mas mais more")
NOT_BEFORE_STARS = OUT_OF | phonetic_keys("del y a con por and for e para da")
# Words with an accent on the last letter that are no past tense, unlike "cancelé".
ACCENTED_BUT_NO_VERB = phonetic_keys("asi aqui ahi alli si mi jose rene andre este te cafe e bebe")
OR = phonetic_keys("o u or ou")
SCALE_PAIR = phonetic_keys("y e and")
BETWEEN = phonetic_keys("entre between")
BEFORE_SCALE = phonetic_keys("""
    del de from entre between en una un la escala scale on of a in numa uma num do
""")

# ---------------------------------------------------------------- numbers that are no rating
ALWAYS_UNITS = phonetic_keys("""
    hora horas horita horitas hr hrs h hs minuto minutos minutito minutitos min mins segundo
    segundos seg segs dia dias semana semanas semanita mes meses ano anos anito anitos aninhos hour
    hours minute minutes second seconds secs day days week weeks wk wks month months year years yr
    yrs am pm oclock vez veces vezes vece times dolar dolares dolarcitos usd dollar dollars bucks
    sucres pesos soles reais euro euros centavos quetzales lempiras bolivares colones kg kgs kilo
    kilos quilo quilos libra libras lb lbs gramo gramos grama gramas gr g mg ml mcg ui cm mm m mts
    metro metros km kms cuadra cuadras quadra quadras block blocks porciento percent mil thousand
    millon millones grados degrees sutura suturas diaria diario diarias diarios personas people
    persons pessoas children kids ninos ninas hijos hijas filhos filhas teeth tooth women men
""")
UNITS_OF_ONE = phonetic_keys("""
    persona pessoa person hijo hija nino nina filho filha child kid doctor doctora medico medica
    enfermera nurse paciente patient pastilla pill tableta inyeccion caja frasco ampolla vacuna
    cita turno sesion session visita visit appointment muela diente implante resina litro cucharada
    taza gota caries hermano hermana amigo amiga familiar solo sola time day problema problem cosa
    thing punto consulta dose dosis rato momento momentito poquito
""")
# Between a number and its unit: "2 LARGAS horas", "3 MÁS días"
BETWEEN_NUMBER_AND_UNIT = phonetic_keys("""
    larga largas largo largos long full entera enteras entero enteros eterna eternas whole straight
    other otras otros otra mas mais more short longas longos inteiras
""")
# Words in -s that may follow a rating. Any other plural is counted by the number: "3 doctores".
FOLLOWS_A_RATING = phonetic_keys("""
    gracias nomas muchas muchos muchisimas muchisimos mis sus nuestros les los las nos es mas pues
    ademas todas todos ustedes uds vds ellos ellas entonces dios jesus menos jamas varias varios
    excelentes buenos buenas buenisimos buenisimas amables atentos atentas puntuales impuntuales
    eficientes recomendados recomendadas encantadisimos profesionales rapidos rapidas lindos lindas
    malos malas pesimos pesimas groseros groseras lentos lentas felicitaciones felicidades
    bendiciones saludos besos abrazos estrellas puntos dias aparte crees eres mejores peores
    maximos demoras demorados satisfechos contentos contentas felices encantados encantadas
    agradecidos agradecidas quiza quizas tras tres dos seis thanks thx was is always this his as us
    yes has its process pros plus regards cheers hands thumbs blessings bless kudos props deserves
    needs looks rocks feels goes makes estas tienes atiendes haces antes despues atras gratis
    obrigados obrigadas parabens demais atenciosos atenciosas otimos otimas bons boas eles elas
    pessimos pessimas
""")
EVALUATES_WELL = phonetic_keys("""
    excelente excelentes excelencia excelent excellent genial perfecto perfecta perfect perfeito
    maravilloso maravillosa maravilhoso maravilhosa espectacular super buenisimo buenisima bueno
    buena buenos buenas bien good great amazing awesome best love loved wonderful otimo otima bom
    boa muitobom feliz happy encanto increible fantastico fantastica fantastic mejor lindo linda
    amable amables gracias thanks thank obrigado obrigada recomiendo recomendado recomendo
    bendiciones felicitaciones felicidades parabens top chevere bacan
""")
THANKS = phonetic_keys("gracias thanks thank obrigado obrigada")
EVALUATES_BADLY = phonetic_keys("""
    mala malo malos malas mal pesimo pesima pesimos horrible terrible fatal deficiente regular bad
    poor worst awful rude ruim pessimo pessima pior peor nunca demora demoro demoraron tarde
    grosera grosero groseros decepcion decepcionado decepcionada lento lenta insatisfecho
    insatisfecha disappointed disappointing nefasto nefasta asco
""")

# Written right after the number: "5to", "3rd"
ORDINALS = phonetic_keys("st nd rd th er ro ra era do da to ta vo va mo ma")
MONTHS = phonetic_keys("""
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre ene feb mar abr may jun jul ago sep sept set oct nov dic jan apr aug dec dez fev mai
    out january february march april june july august september october november december janeiro
    fevereiro marco maio junho julho setembro outubro novembro dezembro
""") - phonetic_keys("mar set out may")
DAYS = phonetic_keys("""
    lunes martes miercoles jueves viernes sabado domingo monday tuesday wednesday thursday friday
    saturday sunday mon tue wed thu fri segunda terca quarta quinta sexta dia day
""")
PARTS_OF_DAY = phonetic_keys("""
    tarde manana noche madrugada manha noite mediodia morning afternoon evening
""")
# A number after one of these is its name or its value: "piso 3", "edad 4"
LABELS = (
    phonetic_keys("""
    piso sala consultorio cons consult puerta habitacion hab cuarto room rm suite floor calle
    avenida av ave casa depto departamento dpto apto apartamento oficina local torre bloque
    edificio manzana mz lote villa km kilometro ruta bus linea planta nivel level ventanilla caja
    turno ticket ficha folio codigo code clave pin orden factura cedula dni ruc cpf telefono telf
    tel tlf cel celular fono fone phone whatsapp wsp ext extension edad age grado etapa fase stage
    estadio capitulo pagina version dosis tipo type sesion session semana week mes covid vitamina
    omega box cama bed gate apt apartment unit exit press dial lane aisle building bldg ward row
    seat unidad sucursal sede anden modulo zona distrito quarto andar leito senha top chapter page
    step paso parrafo capsula serie aged cl cra carrera transversal iphone samsung galaxy android
    windows diabetes bp presion glucosa temperatura fiebre peso talla dolor muela pieza dental
    diente examen receta radiografia prueba articulo art seccion posicion puesto fila asiento silla
""")
    | MONTHS
    | DAYS
    | phonetic_keys("may")
)
STREETS = phonetic_keys("calle avenida av ave cl carrera street st")
NAMED_NUMBERS = phonetic_keys("numero nro num number nr")
# After one of these a number is a rating only with a cue: "a las 4", "hace 2", "con 3"
BEFORE_OTHER_NUMBERS = phonetic_keys("""
    las los hace ha desde cada tras unos unas aprox aproximadamente como otros otras mis sus estos
    esos estas esas nuestros hasta ate until till since from every about around after before within
    over under at by on in for to en em con with com por para pelas pelos entre between as aos nas
    nos umas uns seus suas meus minhas sobre of than otro otra ambos nosotros nosotras al del
    proximo proxima next siguiente segundo primer ultimo ultima ultimos ultimas last
""")
# Verbs that take a quantity: "esperé 2", "pagué 5"
COUNTING_VERBS = phonetic_keys("""
    espere esperamos esperar esperando esperaron tardaron tardo tarda demoraron demore demoramos
    demoro llegue llegamos llegaron somos eramos fuimos vinimos ibamos tengo tenia tenemos tiene
    tenian tuve tuvo pague pagamos pagar costo cuesta cobro cobraron cobran faltan faltaban falta
    quedan queda quedaban compre compramos tome tomo tomar tomamos dieron recetaron pusieron vi
    vimos habia habian hay pasaron perdi cumplo cumplio cumple atendieron debo deben debia cancele
    cancelamos deposite transferi necesito quiero quieren traje lleve deje llevo llevamos llevaba
    van dame deme pedi salio salieron receto mando puso dio llame llamaron gaste gastamos pesa mide
    peso subi baje waited waiting been need needs prescribed ordered sent missed hes shes have had
    has are were paid pay cost costs took take takes got arrived came saw lost spent bought called
    esperei cheguei chegamos tenho tinha tem paguei custou tomei demorou demoraram faltam comprei
    gastei fomos liguei
""")
GRADED_THINGS = phonetic_keys("""
    atencion servicio experiencia trato calificacion visita consulta nota puntaje puntuacion
    service experience atendimento servico
""")
NEGATIONS = phonetic_keys("no not nao ni nem never nunca tampoco isnt wasnt dont didnt")
# Only these may be between a negation and the number that it denies: "NO le doy un 5"
NEGATION_FILLERS = phonetic_keys("""
    le les se lo es fue era seria is was it be doy pongo daria pondria merece merecen merecian
    llega llego alcanza a al un una ni para de quite really deserve give i would d the foi vale
    mereceu dou chega voy va vamos vou poner ponerles ponerle dar darles darle fuera que loco loca
    borracho chiste muy tan worth even siquiera e ser
""")
# "Ni 1", "casi un 5": not given.
HEDGES = phonetic_keys("ni nem even siquiera casi quase almost nearly")
HYPOTHETICAL = phonetic_keys("""
    hubiera habria hubiese haber pudo pudiera pudiese iba ibamos teria wouldve couldve
""")
# Rhetorical, so no rating: "CÓMO les VOY a poner 5", "QUIEREN que les ponga 5"
ASKS_HOW = phonetic_keys("como how quien who porque why xq pq")
INTENDS = phonetic_keys(
    "voy vamos vas va van vou vai quieren quiere esperan espera pretenden am can going"
)
EXPECTS = phonetic_keys("quieren esperan pretenden creen piensan querem esperam acham expect think")
WISHES = HYPOTHETICAL | phonetic_keys("could would if si")
ENDS_CONDITION = phonetic_keys("pero but mas entonces so")
MINUS = phonetic_keys("menos minus negative negativo")
# "Más de 5", "me dijo que 2"
THAN = phonetic_keys("de que than do")
COMPARED_OR_TOLD = phonetic_keys("""
    mas menos more less mais better worse mejor peor dijo dijeron dice dicen said says told
""")
# Between two numbers these take the first one back: "5, perdón, 4"
CORRECTIONS = phonetic_keys("""
    perdon perdone disculpe disculpa disculpen digo corrijo correccion quise queria decir mejor
    dicho equivoque error sorry meant mean oops ups upps desculpa desculpe quis dizer alias
    rectifico mentira actually nah nop no nao sino but rather entonces
""")
CORRECTION_FILLERS = phonetic_keys("""
    me i o u sea un una um el la a bueno jaja jeje mmm era es fue to say it is que en realidad lo y
    le doy pongo dizer mas sim well por favor digamos se puede
""")

# Politeness and greetings, which change the meaning of nothing.
COURTESY = phonetic_keys("""
    por favor porfa porfis porfavor xfa xfavor plis pliz please pls plz gracias grax muchas
    muchisimas mil thanks thank you thx ty obrigado obrigada obg valeu brigado brigada hola buenas
    buenos buen buena dia dias tarde tardes noche noches oi ola bom boa noite hi hello hey good
    morning afternoon evening ok okay oki okey ya now inmediatamente immediately ahora agora senor
    senora senorita senores doctor doctora doctores dr dra estimados estimado estimada estimadas
    amigos amiga amigo gentil amable muy muito muita si saludos bendiciones dios les le los bendiga
    regards cheers sir madam maam
""")
CONJUNCTIONS = phonetic_keys("y e and pero but")
AROUND_A_RATING = (
    EVALUATES_WELL
    | EVALUATES_BADLY
    | COURTESY
    | GRADED_THINGS
    | CORRECTIONS
    | CONJUNCTIONS
    | phonetic_keys("""
    porque por que xq pq because since jaja jajaja jeje haha todo todos solo a for from para pela
    pelo
""")
)
