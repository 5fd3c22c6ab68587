"""Keeps the computer from suspending by itself while files are saved: a link may end meanwhile.

What the user does himself, such as closing the lid, goes first. Linux: systemd-logind, else the
desktop's portal (Flatpak). Windows: a power request. macOS: the program `caffeinate`. Each ends
with our process, however that ends.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing

from rushes.presentation.text import tr

log = logging.getLogger(__name__)

_PATIENCE_S = 5.0
_WHO = "Rushes"


class Awake:
    """All methods may block for some seconds, and are for any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._let_go: Callable[[], object] | None = None
        self._is_said = False

    def hold(self) -> None:
        """Keep the computer awake until `release`. Where nothing can, that is noted once."""
        with self._guard:
            if self._let_go is not None:
                return
            found, why = _held()
            self._let_go = found
            if found is None and not self._is_said:
                self._is_said = True
                log.info("%s", why)

    def release(self) -> None:
        with self._guard:
            let_go, self._let_go = self._let_go, None
            if let_go is not None:
                let_go()


def problem() -> str:
    """Why the computer cannot be kept awake here, in one sentence; "": it can."""
    found, why = _held()
    if found is not None:
        found()
    return why


def _held() -> tuple[Callable[[], object] | None, str]:
    """What lets go again, or None and the sentence that says why."""
    try:
        if sys.platform == "win32":
            return _by_power_request(), ""
        if sys.platform == "darwin":
            words = ["/usr/bin/caffeinate", "-i", "-w", str(os.getpid())]
            return subprocess.Popen(words, stdin=subprocess.DEVNULL).terminate, ""
    except OSError as e:
        return None, _sentence([str(e)])
    whys = []
    for name, way in (("logind", _by_logind), ("portal", _by_portal)):
        try:
            return way(), ""
        except (KeyError, OSError):  # no address of a bus, or nobody there
            whys.append(tr("{name}: no D-Bus here", name=name))
        except Exception as e:  # noqa: BLE001 - jeepney has many
            said = getattr(e, "data", None) or (str(e) or type(e).__name__,)  # D-Bus's own words
            whys.append(f"{name}: {str(said[0]).rstrip('.')}")
    return None, _sentence(whys)


def _sentence(whys: list[str]) -> str:
    return tr(
        "The computer may suspend while files are being saved; nothing here can hold that off "
        "({why}).",
        why="; ".join(whys),
    )


def _by_logind() -> Callable[[], object]:
    """A lock that is held as long as a file descriptor is open.

    Source: org.freedesktop.login1(5), Inhibit.
    """
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    name = "org.freedesktop.login1"
    where = DBusAddress("/org/freedesktop/login1", bus_name=name, interface=f"{name}.Manager")
    words = ("sleep:idle", _WHO, _why(), "block")
    call = new_method_call(where, "Inhibit", "ssss", words)
    with closing(open_dbus_connection("SYSTEM", enable_fds=True)) as bus:
        (lock,) = unwrap_msg(bus.send_and_get_reply(call, timeout=_PATIENCE_S))
    close: Callable[[], object] = lock.close
    return close


def _by_portal() -> Callable[[], object]:
    """Held as long as the connection is open.

    Source: org.freedesktop.portal.Inhibit; flag 4 is suspend.
    """
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    name = "org.freedesktop.portal"
    where = DBusAddress(
        "/org/freedesktop/portal/desktop",
        bus_name=f"{name}.Desktop",
        interface=f"{name}.Inhibit",
    )
    call = new_method_call(where, "Inhibit", "sua{sv}", ("", 4, {"reason": ("s", _why())}))
    bus = open_dbus_connection("SESSION")
    try:
        unwrap_msg(bus.send_and_get_reply(call, timeout=_PATIENCE_S))
    except BaseException:
        bus.close()
        raise
    close: Callable[[], object] = bus.close
    return close


def _why() -> str:
    return tr("Results are being saved")


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _Reason(ctypes.Structure):
        """REASON_CONTEXT with a simple string; the rest of its union is larger."""

        _fields_ = (
            ("version", wintypes.ULONG),
            ("flags", wintypes.DWORD),
            ("text", wintypes.LPWSTR),
            ("rest", ctypes.c_void_p * 2),
        )

    def _by_power_request() -> Callable[[], object]:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.PowerCreateRequest.restype = wintypes.HANDLE
        reason = _Reason(0, 1, _why())
        request = wintypes.HANDLE(kernel.PowerCreateRequest(ctypes.byref(reason)))
        if not kernel.PowerSetRequest(request, 1):  # PowerRequestSystemRequired
            raise ctypes.WinError(ctypes.get_last_error())
        return lambda: kernel.CloseHandle(request)
