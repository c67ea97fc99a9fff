from integrations.admin import api_keys, webhooks

__all__ = ["api_keys", "webhooks"]
