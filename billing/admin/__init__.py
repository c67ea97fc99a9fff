from billing.admin import credits, payments, workspaces

__all__ = ["credits", "payments", "workspaces"]
