// What the page says. Spanish first; the visitor's choice is remembered.

const WORDS = {
  es: {
    title: "Teléfonos de los pacientes",
    templates: "Plantillas",
    lede: "Aquí usted hace de paciente: lea, toque los enlaces y responda.",
    search: "Buscar",
    kinds: "Canal",
    all: "Todos",
    mail: "Correo",
    connecting: "Conectando…",
    live: "En vivo",
    lost: "Sin conexión; reintentando…",
    add: "Añadir teléfono",
    emptyTitle: "Todavía no ha llegado nada",
    emptyText:
      "Active una campaña: cada paciente que reciba un mensaje aparece aquí con su teléfono, y suena.",
    noneFound: "Ningún teléfono coincide.",
    more: "Se muestran los {0} más recientes de {1}. Busque para encontrar los demás.",
    addTitle: "Un teléfono más",
    addText: "Para escribir a la clínica desde un número que ella todavía no conoce.",
    number: "Número, con código de país",
    name: "Nombre",
    cancel: "Cancelar",
    addIt: "Añadir",
    open: "Abrir",
    close: "Cerrar",
    quick: "Respuestas rápidas",
    answer: "Responder",
    writeTo: "Escribir a",
    writeFirst: "Escribir a la clínica",
    send: "Enviar",
    picture: "Enviar una foto",
    pictureText: "Lo que haya escrito en el teléfono va con ella.",
    file: "Archivo",
    sendSample: "Enviar la de ejemplo",
    noPicture: "Este archivo no es una foto que se pueda abrir.",
    photo: "Foto",
    oneWay: "Este remitente no recibe respuestas",
    noSender: "Todavía no hay a quién escribir",
    unread: "{0} sin leer",
    mailbox: "Correo",
    backToMails: "Volver a los correos",
    fullMail: "Abrir en otra pestaña",
    unsubscribe: "Darse de baja de esta lista",
    noSubject: "(sin asunto)",
    failedToSend: "No se pudo enviar: {0}",
    accepted: "en cola",
    queued: "en cola",
    sent: "enviado",
    delivered: "entregado",
    read: "leído",
    undelivered: "no llegó · {0}",
    failed: "no llegó · {0}",
    sending: "enviando",
    heard: "recibido por la clínica",
    notHeard: "la clínica no lo recibió ({0})",
  },
  en: {
    title: "Patients’ phones",
    templates: "Templates",
    lede: "Here you are the patient: read, tap the links and answer.",
    search: "Search",
    kinds: "Channel",
    all: "All",
    mail: "E-mail",
    connecting: "Connecting…",
    live: "Live",
    lost: "Connection lost; trying again…",
    add: "Add a phone",
    emptyTitle: "Nothing has arrived yet",
    emptyText:
      "Activate a campaign: each patient who gets a message appears here with their phone, and it rings.",
    noneFound: "No phone matches.",
    more: "Showing the {0} most recent of {1}. Search to find the others.",
    addTitle: "One more phone",
    addText: "To write to the clinic from a number it does not know yet.",
    number: "Number, with country code",
    name: "Name",
    cancel: "Cancel",
    addIt: "Add",
    open: "Open",
    close: "Close",
    quick: "Quick replies",
    answer: "Answer",
    writeTo: "Write to",
    writeFirst: "Write to the clinic",
    send: "Send",
    picture: "Send a picture",
    pictureText: "What you have written on the phone goes with it.",
    file: "File",
    sendSample: "Send the sample",
    noPicture: "This file is no picture that can be opened.",
    photo: "Photo",
    oneWay: "This sender takes no replies",
    noSender: "There is nobody to write to yet",
    unread: "{0} unread",
    mailbox: "E-mail",
    backToMails: "Back to the mails",
    fullMail: "Open in another tab",
    unsubscribe: "Unsubscribe from this list",
    noSubject: "(no subject)",
    failedToSend: "Could not be sent: {0}",
    accepted: "queued",
    queued: "queued",
    sent: "sent",
    delivered: "delivered",
    read: "read",
    undelivered: "not delivered · {0}",
    failed: "not delivered · {0}",
    sending: "sending",
    heard: "the clinic got it",
    notHeard: "the clinic did not get it ({0})",
  },
};

const KEPT = "phones.language";
let language = localStorage.getItem(KEPT) in WORDS ? localStorage.getItem(KEPT) : "es";

export function say(key, ...parts) {
  return WORDS[language][key].replace(/\{(\d)\}/g, (_, index) => parts[index]);
}

export function otherLanguage() {
  return language === "es" ? "en" : "es";
}

export function switchLanguage() {
  language = otherLanguage();
  localStorage.setItem(KEPT, language);
}

export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-say]")) {
    element.textContent = say(element.dataset.say);
  }
  for (const element of root.querySelectorAll("[data-say-label]")) {
    element.setAttribute("aria-label", say(element.dataset.sayLabel));
  }
  for (const element of root.querySelectorAll("[data-say-placeholder]")) {
    element.placeholder = say(element.dataset.sayPlaceholder);
  }
}

export function clock(seconds) {
  const at = new Date(seconds * 1000);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "short" };
  return at.toLocaleString(language, { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}
