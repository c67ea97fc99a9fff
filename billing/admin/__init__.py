from billing.admin import credits, payments, transfers, workspaces

__all__ = ["credits", "payments", "transfers", "workspaces"]
