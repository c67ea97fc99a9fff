from templates_app.defaults.text import DefaultText

ENGLISH = (
    DefaultText(
        type="INITIAL",
        language="en",
        channel="",
        name="Ask",
        description="After the appointment: a rating from 1 to 5, by reply or with a tap.",
        subject="",
        content=(
            "Hi {{firstName}}, this is {{practice}}. How was your visit? Reply with a number from "
            "1 (very poor) to 5 (excellent), or rate it here: {{ratingLink}}\n\n"
            "Reply STOP to get no more messages."
        ),
    ),
    DefaultText(
        type="INITIAL",
        language="en",
        channel="SMS",
        name="Ask by text message",
        description="One segment, with links: works where replies do not come back.",
        subject="",
        content=(
            "Hi {{firstName}}, how was your visit to {{practice}}, 1 to 5? {{ratingLink}} "
            "Opt out: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="INITIAL",
        language="en",
        channel="EMAIL",
        name="Ask by e-mail",
        description="After the appointment, in more words.",
        subject="How was your visit to {{practice}}?",
        content=(
            "Dear {{name}},\n\n"
            "Thank you for visiting {{practice}}. We would like to know how it went, whether it "
            "was a good experience or not: it tells us what to keep and what to put right.\n\n"
            "One tap is enough, from 1 (very poor) to 5 (excellent): {{ratingLink}}\n\n"
            "Thank you for your time.\n{{practice}}\n\n"
            "If you would rather get no more messages: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_HAPPY",
        language="en",
        channel="",
        name="Thanks, with the review link",
        description="After a 4 or a 5.",
        subject="",
        content=(
            "Thank you, {{firstName}}! All of us at {{practice}} are glad to hear it. Your opinion "
            "helps other people choose; if you like, share it on Google: {{reviewLink}}\n"
            "Kind regards."
        ),
    ),
    DefaultText(
        type="FOLLOWUP_HAPPY",
        language="en",
        channel="EMAIL",
        name="Thanks by e-mail, with the review link",
        description="After a 4 or a 5.",
        subject="Thank you for your answer",
        content=(
            "Dear {{name}},\n\n"
            "Thank you very much for your answer; we will share it with the whole team.\n\n"
            "Your opinion helps other people choose. If you like, share it in your own words on "
            "Google: {{reviewLink}}\n\n"
            "Kind regards,\n{{practice}}\n\n"
            "If you would rather get no more messages: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="en",
        channel="",
        name="Sorry, with the private form",
        description="After a 1, a 2 or a 3.",
        subject="",
        content=(
            "Thank you for being honest, {{firstName}}. We are sorry that your visit was not "
            "better, and we want to put it right. You can tell us what happened here; only the "
            "team of {{practice}} reads it: {{feedbackLink}}\n"
            "Or you can say it on Google: {{reviewLink}}\n"
            "Thank you for helping us improve."
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="en",
        channel="SMS",
        name="Sorry by SMS, with the private form",
        description="After a 1, a 2 or a 3. Short, because an SMS is paid by segments.",
        subject="",
        content=(
            "We are sorry, {{firstName}}. Tell us in private: {{feedbackLink}} or on Google: "
            "{{reviewLink}} {{practice}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="en",
        channel="EMAIL",
        name="Sorry by e-mail, with the private form",
        description="After a 1, a 2 or a 3.",
        subject="Thank you for being honest",
        content=(
            "Dear {{name}},\n\n"
            "Thank you for telling us honestly how it went. We are sorry that your visit was not "
            "better.\n\n"
            "We would like to understand what happened and put it right. Only our team reads what "
            "you write here: {{feedbackLink}}\n\n"
            "If you would rather say it in public, you can do so on Google: {{reviewLink}}\n\n"
            "Kind regards,\n{{practice}}\n\n"
            "If you would rather get no more messages: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="en",
        channel="",
        name="Reminder",
        description="Once only, when there was no answer.",
        subject="",
        content=(
            "Hi {{firstName}}, this is {{practice}} again. We would still like to know how your "
            "visit was: a number from 1 (very poor) to 5 (excellent), or a tap here: "
            "{{ratingLink}}\n\n"
            "We will not remind you again. Reply STOP to get no more messages."
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="en",
        channel="SMS",
        name="Reminder by text message",
        description="One segment, with links: works where replies do not come back.",
        subject="",
        content=(
            "Hi {{firstName}}, {{practice}} would still like your 1 to 5: {{ratingLink}} "
            "Opt out: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="en",
        channel="EMAIL",
        name="Reminder by e-mail",
        description="Once only, when there was no answer.",
        subject="Your opinion of your visit to {{practice}}",
        content=(
            "Dear {{name}},\n\n"
            "A short while ago we asked how your visit to {{practice}} was, and your answer would "
            "still help us, whatever it is.\n\n"
            "One tap is enough, from 1 (very poor) to 5 (excellent): {{ratingLink}}\n\n"
            "We will not remind you again. Thank you for your time.\n{{practice}}\n\n"
            "If you would rather get no more messages: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="CLARIFY",
        language="en",
        channel="",
        name="Question about the number",
        description="Once only, when the number is not from 1 to 5.",
        subject="",
        content=(
            "Thank you, {{firstName}}. At {{practice}} 1 is very bad and 5 is excellent. "
            "Which number would you give your visit?"
        ),
    ),
)
