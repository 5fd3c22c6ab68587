"""Accounts: the first run, adding one, replacing a key, and looking after all of them."""

from rushes.ui.accounts.account_dialog import AccountDialog
from rushes.ui.accounts.accounts_dialog import AccountsDialog
from rushes.ui.accounts.form import AccountDraft
from rushes.ui.accounts.welcome import Welcome

__all__ = ["AccountDialog", "AccountDraft", "AccountsDialog", "Welcome"]
