from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from campaigns import keeping, readiness
        from messaging import senders
        from workspaces import settings

        readiness.questions.append(senders.missing_for)
        settings.keeping_questions.append(keeping.shorter_than_needed)
