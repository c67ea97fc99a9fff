"""The words around a number, in Spanish, English and Portuguese, that say what it counts.

Each is kept by its sound, so accents, capitals and common misspellings need no entry of their own.
"""

from messaging.replies.text import sound, sounds

NUMBERS: dict[str, int] = {
    sound(word): value
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
# Words that are far more often something else than a one.
SHY_ONES = sounds("uno one")
ARTICLES_AS_ONE = sounds("un una um uma one single")
PORTUGUESE_ONES = sounds("um uma")
ONLY = sounds("solo sola so only lousy miserable triste")
HALVES = sounds("medio media half meio meia pico")

STARS = sounds("""
    estrella estrellas estrellita estrellitas estrela estrelas estrelinha estrelinhas star stars
    estreya estreyas strella strellas starts estella estellas etrellas esrellas eatrellas estrlelas
    estrlla estrllas estrells
""")
POINTS = sounds("punto puntos puntito puntitos ponto pontos point points pts ptos")
STITCHED = sounds("pusieron cogieron cosieron hicieron dieron sacaron quitaron pegaron")

CUES = (
    sounds("""
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
GRADES = sounds("""
    calificacion nota puntaje puntuacion satisfaccion rating score valoracion evaluacion avaliacao
    pontuacao satisfacao respuesta answer resposta
""")
# Between a cue and its number: "le doy A LA DOCTORA UN SÓLIDO cinco".
CUE_FILLERS = sounds("""
    un um una uma a an the de del do da es e is was be fue era seria con como el la lo los las o le
    les te se que en por mi tu su of as it this them you her him at to al com foi para solo
    solamente just only about apenas gran buen solido solid strong rotundo merecido redondo big
    full total simple servicio atencion doctor doctora visita consulta cita personal todos todo
    recepcion clinica service visit experiencia experience atendimento servico mas creo diria
    minimo maximo overall honestly
""")
CUE_SUBJECTS = sounds("""
    yo eu i id ill we wed my mi minha minhas le les te se lo la lhe me our nuestra nuestro would d
    ll the su bueno entonces pues quiero quisiera quero
""")
NUMBER_ARTICLES = sounds("un um")
COPULAS = sounds("es fue seria era is was foi de a")

OUT_OF = sounds("de sobre out of em over en from")
OUT_OF_FILLERS = (
    sounds("""
    de sobre out of em over en from los las the un una a maximo posible posibles possible total
""")
    | STARS
    | POINTS
)
RANGE = sounds("a al to hasta ate through thru")
ALTERNATIVE = sounds("o u or ou y e and i ó")
CHOICE = ALTERNATIVE | RANGE | sounds("no nao maybe quiza quizas talvez")
OF = sounds("de da of del in en")
WITHIN = sounds("in en da")
OF_WHICH = sounds("""
    my your our los las mis sus nuestros ellos ellas nosotros cada them us the these total mes
""")
PER = sounds("por al per a cada every")
EVERY = sounds("c cada every")
AFTER_HOURS = {
    (sound(first), sound(second))
    for first, second in (
        ("en", "punto"),
        ("por", "ciento"),
        ("bajo", "cero"),
        ("no", "puedo"),
        ("y", "o"),
    )
}
THE = sounds("el la the")
MORE = sounds("mas mais more")
NOT_BEFORE_STARS = OUT_OF | sounds("del y a con por and for e para da")
# Words with an accent on their last letter that are no verb.
ACCENTED = sounds("asi aqui ahi alli si mi jose rene andre este te cafe e bebe")
OR = sounds("o u or ou")
SCALE_PAIR = sounds("y e and")
BETWEEN = sounds("entre between")
SCALE_LEAD = sounds("""
    del de from entre between en una un la escala scale on of a in numa uma num do
""")

# ---------------------------------------------------------------- what is counted, not rated
ALWAYS_UNITS = sounds("""
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
UNITS_OF_ONE = sounds("""
    persona pessoa person hijo hija nino nina filho filha child kid doctor doctora medico medica
    enfermera nurse paciente patient pastilla pill tableta inyeccion caja frasco ampolla vacuna
    cita turno sesion session visita visit appointment muela diente implante resina litro cucharada
    taza gota caries hermano hermana amigo amiga familiar solo sola time day problema problem cosa
    thing punto consulta dose dosis rato momento momentito poquito
""")
LONG = sounds("""
    larga largas largo largos long full entera enteras entero enteros eterna eternas whole straight
    other otras otros otra mas mais more short longas longos inteiras
""")
# Words in -s that may follow a rating; any other plural is what the number counts.
FOLLOWS_A_RATING = sounds("""
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
EVALUATES_WELL = sounds("""
    excelente excelentes excelencia excelent excellent genial perfecto perfecta perfect perfeito
    maravilloso maravillosa maravilhoso maravilhosa espectacular super buenisimo buenisima bueno
    buena buenos buenas bien good great amazing awesome best love loved wonderful otimo otima bom
    boa muitobom feliz happy encanto increible fantastico fantastica fantastic mejor lindo linda
    amable amables gracias thanks thank obrigado obrigada recomiendo recomendado recomendo
    bendiciones felicitaciones felicidades parabens top chevere bacan
""")
THANKS = sounds("gracias thanks thank obrigado obrigada")
EVALUATES_BADLY = sounds("""
    mala malo malos malas mal pesimo pesima pesimos horrible terrible fatal deficiente regular bad
    poor worst awful rude ruim pessimo pessima pior peor nunca demora demoro demoraron tarde
    grosera grosero groseros decepcion decepcionado decepcionada lento lenta insatisfecho
    insatisfecha disappointed disappointing nefasto nefasta asco
""")

ORDINALS = sounds("st nd rd th er ro ra era do da to ta vo va mo ma")
MONTHS = sounds("""
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre ene feb mar abr may jun jul ago sep sept set oct nov dic jan apr aug dec dez fev mai
    out january february march april june july august september october november december janeiro
    fevereiro marco maio junho julho setembro outubro novembro dezembro
""") - sounds("mar set out may")
DAYS = sounds("""
    lunes martes miercoles jueves viernes sabado domingo monday tuesday wednesday thursday friday
    saturday sunday mon tue wed thu fri segunda terca quarta quinta sexta dia day
""")
PARTS_OF_DAY = sounds("""
    tarde manana noche madrugada manha noite mediodia morning afternoon evening
""")
LABELS = (
    sounds("""
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
    | sounds("may")
)
STREETS = sounds("calle avenida av ave cl carrera street st")
NAMED_NUMBERS = sounds("numero nro num number nr")
# "A las 4", "hace 2", "con 3": what comes after these is no answer unless a cue says so.
BINDERS = sounds("""
    las los hace ha desde cada tras unos unas aprox aproximadamente como otros otras mis sus estos
    esos estas esas nuestros hasta ate until till since from every about around after before within
    over under at by on in for to en em con with com por para pelas pelos entre between as aos nas
    nos umas uns seus suas meus minhas sobre of than otro otra ambos nosotros nosotras al del
    proximo proxima next siguiente segundo primer ultimo ultima ultimos ultimas last
""")
COUNTING_VERBS = sounds("""
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
GRADED_THINGS = sounds("""
    atencion servicio experiencia trato calificacion visita consulta nota puntaje puntuacion
    service experience atendimento servico
""")
NEGATIONS = sounds("no not nao ni nem never nunca tampoco isnt wasnt dont didnt")
# "NO LE DOY UN 5", "no fue de 5": between the negation and its number only these.
NEGATION_FILLERS = sounds("""
    le les se lo es fue era seria is was it be doy pongo daria pondria merece merecen merecian
    llega llego alcanza a al un una ni para de quite really deserve give i would d the foi vale
    mereceu dou chega voy va vamos vou poner ponerles ponerle dar darles darle fuera que loco loca
    borracho chiste muy tan worth even siquiera e ser
""")
HEDGES = sounds("ni nem even siquiera casi quase almost nearly")
HYPOTHETICAL = sounds("""
    hubiera habria hubiese haber pudo pudiera pudiese iba ibamos teria wouldve couldve
""")
# "CÓMO les VOY a poner 5", "QUIEREN que les ponga 5": nobody gives it.
ASKS_HOW = sounds("como how quien who porque why xq pq")
INTENDS = sounds(
    "voy vamos vas va van vou vai quieren quiere esperan espera pretenden am can going"
)
EXPECTS = sounds("quieren esperan pretenden creen piensan querem esperam acham expect think")
WISHES = HYPOTHETICAL | sounds("could would if si")
ENDS_CONDITION = sounds("pero but mas entonces so")
MINUS = sounds("menos minus negative negativo")
# "Más de 5", "me dijo que 2"
THAN = sounds("de que than do")
COMPARED_OR_TOLD = sounds("""
    mas menos more less mais better worse mejor peor dijo dijeron dice dicen said says told
""")
CORRECTIONS = sounds("""
    perdon perdone disculpe disculpa disculpen digo corrijo correccion quise queria decir mejor
    dicho equivoque error sorry meant mean oops ups upps desculpa desculpe quis dizer alias
    rectifico mentira actually nah nop no nao sino but rather entonces
""")
CORRECTION_FILLERS = sounds("""
    me i o u sea un una um el la a bueno jaja jeje mmm era es fue to say it is que en realidad lo y
    le doy pongo dizer mas sim well por favor digamos se puede
""")

COURTESY = sounds("""
    por favor porfa porfis porfavor xfa xfavor plis pliz please pls plz gracias grax muchas
    muchisimas mil thanks thank you thx ty obrigado obrigada obg valeu brigado brigada hola buenas
    buenos buen buena dia dias tarde tardes noche noches oi ola bom boa noite hi hello hey good
    morning afternoon evening ok okay oki okey ya now inmediatamente immediately ahora agora senor
    senora senorita senores doctor doctora doctores dr dra estimados estimado estimada estimadas
    amigos amiga amigo gentil amable muy muito muita si saludos bendiciones dios les le los bendiga
    regards cheers sir madam maam
""")
CONJUNCTIONS = sounds("y e and pero but")
AROUND_A_RATING = (
    EVALUATES_WELL
    | EVALUATES_BADLY
    | COURTESY
    | GRADED_THINGS
    | CORRECTIONS
    | CONJUNCTIONS
    | sounds("""
    porque por que xq pq because since jaja jajaja jeje haha todo todos solo a for from para pela
    pelo
""")
)
