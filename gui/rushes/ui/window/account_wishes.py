"""What the sidebar's menu of an account asks for: each becomes a signal of the window."""

from collections.abc import Sequence
from functools import partial

from rushes.core.account import Account
from rushes.presentation.text import tr
from rushes.ui.widgets import plain
from rushes.ui.window.window_signals import WindowSignals


def tell(window: WindowSignals, accounts: Sequence[Account], what: str, account_id: str) -> None:
    """`what` is one of refresh, import, resume, replace_key, remove."""
    match what:
        case "refresh":
            window.refresh_requested.emit(account_id)
        case "import":
            window.import_recent_requested.emit(account_id)
        case "resume":
            window.account_resume_requested.emit(account_id)
        case "replace_key":
            window.account_replace_key_requested.emit(account_id)
        case "remove":
            _remove(window, next(a for a in accounts if a.id == account_id))


def _remove(window: WindowSignals, account: Account) -> None:
    plain.ask(
        window,
        tr("Remove the account?"),
        tr(
            "“{name}” and its tasks leave the list, and its key is forgotten. "
            "Saved files stay on disk.",
            name=plain.one_line(account.name, 60),
        ),
        tr("Remove account"),
        tr("Keep it"),
        partial(window.account_remove_requested.emit, account.id),
    )
