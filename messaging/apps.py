from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from campaigns import readiness
        from messaging import senders

        readiness.questions.append(senders.missing_for)
