"""Changes to the insides of libraries. Each names the versions it was proven on; where the inside
has gone, nothing is changed and the program is only slower or larger.

What the event loop needs of qasync's insides stands in `runtime/loop.py`.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction
from types import ModuleType


def skip_httpx_command_line() -> None:
    """Spare httpx its command line, which nobody calls: 77 modules, 7 MB and 80 ms. Call it before
    httpx is imported.

    httpx brings it wherever it finds rich and click. With None in the place of that module the
    import fails, which httpx allows for. Proven on httpx 0.28.
    """
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def skip_source_reading() -> None:
    """Spare modules that are imported from now on a second reading by PySide. Call it when QtCore
    is loaded, and before all of ours.

    For `from __feature__ import …`, which nobody here uses, PySide reads the source of every module
    that comes after it, looks for its own name there and leaves the lines in `linecache`: 16 MB,
    and time before the window is painted. Answering in its place is what others do as well
    (https://github.com/napari/napari/issues/8584). Proven on PySide 6.8 to 6.11.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = lambda _module: False


def translate_argparse(say: Callable[[str], str]) -> None:
    """Have argparse say its own words through `say`, given each as it stands in its source.

    It asks the `gettext` of Python for them, by the names it imported that under, and gettext reads
    nothing but files in a form of its own. Proven on Python 3.11 to 3.13.
    """
    if hasattr(argparse, "_") and hasattr(argparse, "ngettext"):
        vars(argparse)["_"] = say
        vars(argparse)["ngettext"] = lambda one, many, n: say(one if n == 1 else many)


def exact_rates_for_fcpx(adapter: ModuleType, rates: Iterable[Fraction]) -> None:
    """Have OpenTimelineIO's adapter for Final Cut Pro X write these frame rates as they are.

    It knows 29.97 and 23.98 by two digits only, so that the length of a frame is missing for exact
    rates, and asks `ffprobe`, a program that may not be there, for the name of a format that may
    be empty. Proven on otio-fcpx-xml-adapter 1.0.
    """
    known = getattr(adapter, "FRAMERATE_FRAMEDURATION", None)
    if isinstance(known, dict):
        known.update({float(each): f"{each.denominator}/{each.numerator}s" for each in rates})
    if hasattr(adapter, "format_name"):
        vars(adapter)["format_name"] = lambda _rate, _path: ""
