"""The text that belongs to labels, from the row that stores it."""

from messaging.models import Feedback, InboundMessage, Message, TextLabels, TextSource


def text_of(labels: TextLabels) -> str:
    workspace, key = labels.workspace_id, labels.source_id
    match TextSource(labels.source):
        case TextSource.COMMENT:
            return Message.objects.within(workspace).get(pk=key).comment
        case TextSource.FEEDBACK:
            return Feedback.objects.within(workspace).get(pk=key).comment
        case TextSource.INBOUND:
            return InboundMessage.objects.within(workspace).get(pk=key).body
