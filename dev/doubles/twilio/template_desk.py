"""Meta's desk: the page that approves, rejects, re-categorises and pauses templates."""

from aiohttp import web

from dev.doubles.kit.markup import STATIC, Html, facts, page, tag, void
from dev.doubles.kit.words import ENGLISH, SPANISH, language_of
from dev.doubles.twilio.contents import Content, Contents

PATH = "/templates"
WORDS = {
    SPANISH: {
        "title": "Plantillas de WhatsApp",
        "site": "El doble de Twilio",
        "banner": "Meta de prueba: aquí usted decide por Meta.",
        "lede": "Los textos que las clínicas envían a Meta. Decida, y la clínica lo verá en su"
        " página dentro de unos minutos, o enseguida con “Comprobar con WhatsApp”.",
        "none": "Todavía no hay plantillas.",
        "phones": "Ver los teléfonos",
        "status": "Estado",
        "category": "Categoría",
        "reason": "Motivo",
        "approve": "Aprobar",
        "reject": "Rechazar",
        "pause": "Pausar",
        "recategorise": "Cambiar de categoría",
        "why": "Motivo del rechazo",
    },
    ENGLISH: {
        "title": "WhatsApp templates",
        "site": "The double of Twilio",
        "banner": "Test Meta: here you decide for Meta.",
        "lede": "The texts that clinics submit to Meta. Decide, and the clinic sees it on its page"
        " within minutes, or at once with “Check with WhatsApp”.",
        "none": "There are no templates yet.",
        "phones": "See the phones",
        "status": "Status",
        "category": "Category",
        "reason": "Reason",
        "approve": "Approve",
        "reject": "Reject",
        "pause": "Pause",
        "recategorise": "Change the category",
        "why": "Reason of the rejection",
    },
}
USUAL_REASON = "INVALID_FORMAT"
# The buttons, with their styles.
ACTIONS = {"approve": "primary", "reject": "", "recategorise": "", "pause": ""}


class TemplateDesk:
    def __init__(self, contents: Contents) -> None:
        self.contents = contents

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get(PATH, self.show),
            web.post(PATH, self.decide),
            web.static("/kit", STATIC),
        ]

    async def show(self, request: web.Request) -> web.Response:
        language = language_of(request.query.get("hl"), request.headers)
        words = WORDS[language]
        rows = [_card(sid, content, words) for sid, content in self.contents.all().items()]
        return page(
            tag("p", words["lede"]),
            tag("p", tag("a", words["phones"], href="/")),
            *(rows or [tag("p", words["none"])]),
            language=language,
            title=words["title"],
            site=words["site"],
            banner=words["banner"],
        )

    async def decide(self, request: web.Request) -> web.Response:
        posted = await request.post()
        sid = str(posted.get("sid", ""))
        if not self.contents.find(sid):
            raise web.HTTPNotFound
        match posted.get("action"):
            case "approve":
                self.contents.decide(sid, "approved")
            case "reject":
                reason = str(posted.get("reason") or USUAL_REASON)[:300]
                self.contents.decide(sid, "rejected", reason=reason)
            case "pause":
                self.contents.decide(sid, "paused")
            case "recategorise":
                self.contents.recategorise(sid)
        raise web.HTTPSeeOther(f"{PATH}#{sid}")


def _card(sid: str, content: Content, words: dict[str, str]) -> Html:
    name = content.submitted_as or content.name or sid
    told = {words["status"]: content.status, words["category"]: content.category or "–"}
    if content.rejection_reason:
        told[words["reason"]] = content.rejection_reason
    reason = void("input", name="reason", aria_label=words["why"], placeholder=words["why"])
    buttons = (
        tag("button", words[action], name="action", value=action, class_=style or None)
        for action, style in ACTIONS.items()
    )
    form = tag(
        "form",
        void("input", type="hidden", name="sid", value=sid),
        tag("div", *buttons, class_="row"),
        reason,
        method="post",
        action=PATH,
    )
    return tag(
        "section",
        tag("h2", name),
        *(tag("p", line, lang=content.language[:2]) for line in content.body.splitlines()),
        tag("p", " · ".join(each.title for each in content.buttons)) if content.buttons else "",
        facts(told),
        form,
        id=sid,
    )
