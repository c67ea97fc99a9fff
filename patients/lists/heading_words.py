"""The words of headings, in three languages: of our fields, and of columns that we do not read."""

from patients.lists.fields import Field
from patients.people.words import phrases as split_phrases

# Words without meaning: "fecha de la cita" is "fecha cita".
CONNECTING = frozenset(
    (
        *("de", "del", "la", "el", "los", "las", "y", "e", "o", "a", "al", "en", "para", "por"),
        *("su", "do", "da", "dos", "das", "of", "the", "and", "to", "for"),
    )
)
SURE, LIKELY, WEAK = 3, 2, 1


def drop_connecting_words(text: str) -> str:
    return " ".join(word for word in text.split() if word not in CONNECTING) or text


def phrases(text: str) -> frozenset[str]:
    return frozenset(drop_connecting_words(phrase) for phrase in split_phrases(text))


PHRASES: tuple[tuple[Field, int, frozenset[str]], ...] = (
    (Field.CONSENT, SURE, phrases(
        """consentimiento, consiente, consent, consentimento, consents, autoriza, autoriza mensajes
        , acepto, acepto mensajes, acepto mensaje, acepto clinica, acepta clinica, autoriza clinica
        , autorizo mensajes, autorizo clinica, autoriz, autoriz mensajes, autoriz whatsapp
        , autoriz wsp, autoriz sms, autoriz contacto, autoriz datos, acep mensajes, acepta mensaje
        , sms ok, ok sms, ok whatsapp, whatsapp ok, ok wsp, ok mensajes, aut mensajes, aut whatsapp
        , aut sms, aut datos, accepts sms, accepts texts, agrees sms, agrees texts, aceite
        , rgpd, habeas data, proteccion datos, protecao dados, datos personales
        , autoriza envio, autoriza contacto, autoriza whatsapp, autoriza sms, autoriza correo
        , autoriza datos, autorizacion mensajes, autorizacion envio, autorizacion contacto
        , autorizacion datos, autorizacion whatsapp, autorizacion sms, acepta mensajes, acepta
        , acepta recibir, acepta contacto, acepta whatsapp, acepta sms, acepta correo
        , acepta correos, acepta encuesta, desea recibir, desea mensajes, permite mensajes
        , permiso mensajes, permite contacto, opt in, optin, opted in
        , sms consent, email consent, whatsapp consent
        , agrees messages, accepts messages, consent contact, ok text, ok contact, ok message
        , aceita, aceita mensagens, aceita contato, autoriza mensagens, lopd, lopdp, lgpd, gdpr
        , acepta ser contactado, may contact, can contact, can text
        , autoriza email, acepta email, consentimiento mensajes, consentimiento datos"""
    )),
    # A consent to treatment, if the list has another column about messages.
    (Field.CONSENT, LIKELY, phrases("consentimiento informado")),
    (Field.CONSENT, WEAK, phrases("autorizacion, permiso, permission, autorizacao, autorizo")),
    (Field.CHANNEL, SURE, phrases(
        """canal, channel, canal preferido, medio contacto, medio de contacto, preferred channel
        , preferencia contacto, preferencia de contacto, contact preference, canal contacto
        , via contacto, forma contacto, contact method, preferred contact, canal de comunicacion
        , medio preferido, canal de contato, medio de comunicacion, contacto preferido
        , medio de envio, enviar por, medio envio, contactar por"""
    )),
    (Field.LANGUAGE, SURE, phrases(
        "idioma, language, lengua, lang, lingua, idioma preferido, preferred language, lenguaje"
    )),
    (Field.DOCTOR, SURE, phrases(
        """medico, medica, medico tratante, doctor, doctora, dr, dra, doctor a, profesional
        , odontologo, odontologa, especialista, terapeuta, psicologo, psicologa, provider
        , physician, clinician, dentist, practitioner, dentista, nombre medico, nombre doctor
        , nombre profesional, doctor name, provider name, doutor, doutora, profissional, tratante
        , nombre del medico, apellido medico, medico responsable, nome do medico, therapist"""
    )),
    (Field.APPOINTMENT_TYPE, SURE, phrases(
        """especialidad, especialidades, tipo cita, tipo de cita, tipo turno, tipo consulta
        , tipo atencion, tipo visita, servicio, procedimiento, tratamiento, prestacion, specialty
        , speciality, appointment type, appt type, visit type, service, procedure, especialidade
        , procedimento, tipo de consulta, tipo de atendimento, servico, motivo consulta
        , motivo cita, reason for visit, motivo visita, treatment, examen, exame, consulta tipo"""
    )),
    (Field.APPOINTMENT_TYPE, WEAK, phrases("tipo, motivo, reason, type, area, actividad")),
    (Field.EMAIL, SURE, phrases(
        """correo, correo electronico, email, e mail, mail, correos, emails, e correo, gmail
        , email address, endereco email, direccion correo, direccion email, direccion mail
        , direccion electronica, correo paciente"""
    )),
    (Field.OTHER_PHONE, SURE, phrases(
        """telefono casa, fijo, fixo, landline, telefono fijo, telefono convencional
        , convencional, telefono domicilio
        , telefono trabajo, telefono oficina, telefono 2, celular 2, telefono alterno, otro telefono
        , telefono alternativo, telefono adicional, otro celular, segundo telefono, home phone
        , work phone, phone 2, telefono secundario, telf 2, tel 2, telefone fixo, telefone 2
        , telefone residencial, alternate phone, other phone, secondary phone, movil 2"""
    )),
    (Field.PHONE, SURE, phrases(
        """celular, cel, movil, moviles, whatsapp, wsp, wpp, telefono celular, telefono movil
        , mobile, cell, cellphone, mobile phone, cell phone, telemovel, celulares, whats"""
    )),
    (Field.PHONE, LIKELY, phrases(
        """telefono, telefonos, telf, telef, tlf, tlfno, tfno, tel, fono, fone, phone, phones
        , telefone, telephone, phone number, numero telefono, telefono contacto, numero contacto
        , telefono paciente"""
    )),
    (Field.PHONE, WEAK, phrases("contacto, contact, contato, numero de contacto")),
    (Field.APPOINTMENT_TIME, SURE, phrases(
        """fecha hora, fecha hora cita, fecha hora atencion, fecha hora turno, fecha hora consulta
        , fecha hora inicio, date time, datetime, data hora, data hora consulta
        , appointment time, appt time, appointment date time, start time, appointment datetime
        , appointment start, scheduled time, dia hora, dia y hora
        , fechahora"""
    )),
    (Field.APPOINTMENT_TIME, WEAK, phrases(
        "cita, turno, appointment, appt, atencion, visita, visit, agendamento, start, inicio"
    )),
    (Field.APPOINTMENT_DATE, SURE, phrases(
        """fecha cita, fecha atencion, fecha turno, fecha consulta, fecha visita, fecha agenda
        , f atencion, f cita, f consulta, f turno, fec atencion, fec cita, fec turno, fec consulta
        , fch cita, fch atencion, dia cita, dia turno, dia atencion, dia consulta, appointment date
        , appt date, visit date, date of visit, date of appointment, service date, date of service
        , data consulta, data da consulta, data atendimento, data agendamento, data visita
        , fecha agendada, fecha agendamiento, fecha programada, scheduled date
        , fecha cita medica, dia da consulta, fecha procedimiento, fecha de servicio"""
    )),
    (Field.APPOINTMENT_DATE, LIKELY, phrases("fecha, date, dia, fec, fch, data, day")),
    (Field.APPOINTMENT_HOUR, SURE, phrases(
        """hora, hora cita, hora atencion, hora turno, hora consulta, hora inicio, hora agenda, hr
        , hora de la cita, h cita, h atencion, h turno, hora programada, horario, hora agendada
        , horario consulta, hour, hrs, hora llegada, time of appointment, time of visit"""
    )),
    (Field.APPOINTMENT_HOUR, LIKELY, phrases("time, horario cita, schedule, horas, hora ini")),
    (Field.FIRST_NAME, SURE, phrases(
        """nombres, primer nombre, first name, firstname, given name, given names, primeiro nome
        , prenome, nombres paciente, nombres del paciente, first, forename, nombre de pila"""
    )),
    (Field.LAST_NAME, SURE, phrases(
        """apellidos, apellido, last name, lastname, surname, family name, sobrenome, last
        , apellidos paciente, apellido paciente, apellidos del paciente, primer apellido
        , apellido paterno, ultimo nome"""
    )),
    (Field.NAME, SURE, phrases(
        """paciente, pacientes, nombre paciente, nombre completo, nombres apellidos, patient
        , apellidos nombres, nombre apellido, apellido nombre, nombre apellidos, apellidos nombre
        , nombres y apellidos, patient name, full name, fullname, nome completo, nome paciente
        , nombres completos, nombres completos paciente, client name, nombre cliente
        , nombre y apellido, nombre del paciente, nome do paciente, nombres y apellidos paciente
        , apellidos y nombres paciente, patient full name"""
    )),
    (Field.NAME, WEAK, phrases("nombre, name, nome, cliente, client, usuario, persona, afiliado")),
    (Field.STATUS, SURE, phrases(
        """estado cita, estado atencion, estado turno, estado consulta, estado reserva
        , estado visita, estado agenda, estado agendamiento, estado hora, status cita
        , status turno, status agenda
        , estatus cita, estatus consulta, estatus atencion, situacion cita, situacion turno
        , resultado cita, status agendamento, status consulta, status atendimento
        , situacao consulta, situacao agendamento, situacao atendimento, appointment status
        , appt status, visit status, booking status, encounter status, confirmacion asistencia"""
    )),
    # Headings that are questions, answered by yes or no.
    (Field.STATUS, LIKELY, phrases(
        """asistencia, asistio, asiste, vino, presento, attendance, attended, presenca, compareceu
        , comparecimento, inasistencia, inasistio, no show, noshow, no asistio, faltou, cancelada
        , cancelado, cancelled, canceled, anulada, cancelo, atendido, atendida, llego"""
    )),
    (Field.STATUS, WEAK, phrases(
        """estado, status, estatus, situacion, situacao, confirmacion, confirmacao, confirmation
        , confirmada, confirmado"""
    )),
)  # fmt: skip

# Columns of something else, unless a longer phrase of ours matches.
OTHERS = phrases(
    """edad, age, idade, cedula, ced, ci, c i, dni, identificacion, identidad, documento, doc, ruc
    , rut, run, cpf, rg, nif, nie, curp, ssn, pasaporte, passport, passaporte, identification, nui
    , historia clinica, historia, hc, hcl, nhc, mrn, expediente, prontuario, ficha, chart, record
    , seguro, aseguradora, poliza, insurance, policy, convenio, iess, carne, carnet, obra social
    , orden, order, pedido, ordem, factura, invoice, recibo, comprobante, ticket, codigo, code, cod
    , id, uuid, folio, consecutivo, secuencial, numero autorizacion, nro autorizacion
    , no autorizacion, n autorizacion, num autorizacion, fax, extension, ext, direccion, address
    , domicilio, endereco, ciudad, city, cidade, sector, sexo, genero, gender, estado, status
    , observacion, observaciones, notas, notes, comentarios, valor, precio, monto, total, saldo
    , price, amount, consultorio, sede, sucursal, clinica, duracion, duration, duracao, minutos"""
)
# Columns of something else, whatever other words the heading has.
NEVER = phrases(
    """nacimiento, nac, nacim, birth, birthday, birthdate, dob, nascimento, cumpleanos, fn
    , aniversario, registro, registrado, registrada, creado, creada, creacion, created, updated
    , modificado, modificacion, actualizado, emision, facturacion, pago, payment, vencimiento, alta
    , criado, criada, cadastro, ultima cita, ultima visita, ultima atencion, ultima consulta
    , segundo nombre, segundo apellido, apellido materno, middle name
    , last visit, last appointment, proxima cita, proxima consulta, proximo control, next visit
    , next appointment, emergencia, emergency, fin, end, termino, hora salida, hora final"""
)
# Consents to these are no consent to messages, unless the heading names messages as well.
TREATMENTS = phrases(
    """presupuesto, tratamiento, cirugia, quirurgico, procedimiento, operacion, anestesia, sedacion
    , tarjeta, descuento, pago, cobro, debito, seguro, foto, fotos, fotografias, imagen, imagenes
    , video, publicacion, reprogramacion, transfusion, examen, examenes, intervencion, treatment
    , surgery, procedure, estimate, photos, cirurgia, procedimento, orcamento, fotografia"""
)
MESSAGES = phrases(
    """mensaje, mensajes, sms, whatsapp, wsp, wpp, correo, correos, email, contacto, contactar
    , contactado, comunicaciones, encuesta, encuestas, datos, lopdp, lopd, lgpd, rgpd, gdpr
    , messages, texts, contact, data, mensagens, contato, dados"""
)
RELATIVES = phrases(
    """representante, acompanante, familiar, apoderado, tutor, madre, padre, mama, papa, conyuge
    , guardian, parent, relative, responsavel, responsable"""
)
# A column with one of these is never a consent, whatever its cells say.
REFUSALS = phrases(
    """no autoriza, no acepta, no desea, no contactar, no consiente, no molestar, opt out, optout
    , opted out, do not contact, do not text, do not call, baja, rechaza, revoca, unsubscribed
    , nao contatar, nao autoriza, nao aceita, recusa, no quiere, sin consentimiento
    , do not disturb, dnc, no autorizado, no permite, no enviar"""
)
