from templates_app.defaults.text import DefaultText

PORTUGUESE = (
    DefaultText(
        type="INITIAL",
        language="pt",
        channel="",
        name="Pergunta",
        description="Depois da consulta: uma nota de 1 a 5, por resposta ou com um toque.",
        subject="",
        content=(
            "Olá, {{firstName}}! Aqui é {{practice}}. Como foi sua visita? Responda com um número "
            "de 1 (muito ruim) a 5 (excelente), ou avalie aqui: {{ratingLink}}\n\n"
            "Se não quiser mais mensagens, responda SAIR."
        ),
    ),
    DefaultText(
        type="INITIAL",
        language="pt",
        channel="SMS",
        name="Pergunta por SMS",
        description="Um só segmento, com links: serve onde as respostas não chegam.",
        subject="",
        content=(
            "{{firstName}}, que nota de 1 a 5 merece sua visita? {{practice}}: {{ratingLink}} "
            "Sair: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="INITIAL",
        language="pt",
        channel="EMAIL",
        name="Pergunta por e-mail",
        description="Depois da consulta, com mais detalhes.",
        subject="Como foi sua visita? {{practice}}",
        content=(
            "Prezado(a) {{name}},\n\n"
            "Agradecemos a sua visita. {{practice}} gostaria de saber como foi, tenha sido uma boa "
            "experiência ou não: assim sabemos o que manter e o que corrigir.\n\n"
            "Basta um toque, de 1 (muito ruim) a 5 (excelente): {{ratingLink}}\n\n"
            "Agradecemos o seu tempo.\n{{practice}}\n\n"
            "Se preferir não receber mais mensagens: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_HAPPY",
        language="pt",
        channel="",
        name="Obrigado, com link de avaliações",
        description="Depois de um 4 ou um 5.",
        subject="",
        content=(
            "Agradecemos muito, {{firstName}}! Em {{practice}} ficamos felizes em saber. Sua "
            "opinião ajuda outras pessoas a escolher; se desejar, conte no Google: {{reviewLink}}\n"
            "Um abraço."
        ),
    ),
    DefaultText(
        type="FOLLOWUP_HAPPY",
        language="pt",
        channel="EMAIL",
        name="Obrigado por e-mail, com link de avaliações",
        description="Depois de um 4 ou um 5.",
        subject="Agradecemos a sua resposta",
        content=(
            "Prezado(a) {{name}},\n\n"
            "Agradecemos muito a sua resposta; vamos compartilhá-la com toda a equipe.\n\n"
            "Sua opinião ajuda outras pessoas a escolher. Se desejar, conte com suas próprias "
            "palavras no Google: {{reviewLink}}\n\n"
            "Atenciosamente,\n{{practice}}\n\n"
            "Se preferir não receber mais mensagens: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="pt",
        channel="",
        name="Desculpas, com formulário privado",
        description="Depois de um 1, um 2 ou um 3.",
        subject="",
        content=(
            "Agradecemos a sinceridade, {{firstName}}. Lamentamos que sua visita não tenha sido "
            "melhor e queremos corrigir isso. Pode nos contar o que houve aqui; só a equipe de "
            "{{practice}} lê: {{feedbackLink}}\nOu pode contar no Google: {{reviewLink}}\n"
            "Agradecemos a ajuda para melhorar."
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="pt",
        channel="SMS",
        name="Desculpas por SMS, com formulário privado",
        description="Depois de um 1, um 2 ou um 3. Curto, porque o SMS é pago por segmentos.",
        subject="",
        content=(
            "Lamentamos o que houve, {{firstName}}. Conte em particular: {{feedbackLink}} ou "
            "no Google: {{reviewLink}} {{practice}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="pt",
        channel="EMAIL",
        name="Desculpas por e-mail, com formulário privado",
        description="Depois de um 1, um 2 ou um 3.",
        subject="Agradecemos a sua sinceridade",
        content=(
            "Prezado(a) {{name}},\n\n"
            "Agradecemos por nos dizer com sinceridade como foi. Lamentamos que sua visita não "
            "tenha sido melhor.\n\n"
            "Queremos entender o que houve e corrigir. Só a nossa equipe lê o que o(a) senhor(a) "
            "escrever aqui: {{feedbackLink}}\n\n"
            "Se preferir contar em público, pode fazê-lo no Google: {{reviewLink}}\n\n"
            "Atenciosamente,\n{{practice}}\n\n"
            "Se preferir não receber mais mensagens: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="pt",
        channel="",
        name="Lembrete",
        description="Uma única vez, se não houve resposta.",
        subject="",
        content=(
            "Olá, {{firstName}}! Aqui é {{practice}} outra vez. Ainda gostaríamos de saber como "
            "foi sua visita: um número de 1 (muito ruim) a 5 (excelente), ou um toque aqui: "
            "{{ratingLink}}\n\n"
            "Não vamos lembrar de novo. Se não quiser mais mensagens, responda SAIR."
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="pt",
        channel="SMS",
        name="Lembrete por SMS",
        description="Um só segmento, com links: serve onde as respostas não chegam.",
        subject="",
        content=(
            "{{firstName}}, ainda falta sua nota de 1 a 5. {{practice}}: {{ratingLink}} "
            "Sair: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="pt",
        channel="EMAIL",
        name="Lembrete por e-mail",
        description="Uma única vez, se não houve resposta.",
        subject="Sua opinião sobre a sua visita. {{practice}}",
        content=(
            "Prezado(a) {{name}},\n\n"
            "Há pouco {{practice}} perguntou como foi a sua visita, e a sua resposta ainda nos "
            "ajudaria, seja qual for.\n\n"
            "Basta um toque, de 1 (muito ruim) a 5 (excelente): {{ratingLink}}\n\n"
            "Não vamos lembrar de novo. Agradecemos o seu tempo.\n{{practice}}\n\n"
            "Se preferir não receber mais mensagens: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="CLARIFY",
        language="pt",
        channel="",
        name="Pergunta sobre a nota",
        description="Uma única vez, se o número não vai de 1 a 5.",
        subject="",
        content=(
            "Agradecemos, {{firstName}}. Em {{practice}} a nota vai de 1 (muito ruim) a 5 "
            "(excelente). Que nota merece a sua visita?"
        ),
    ),
)
