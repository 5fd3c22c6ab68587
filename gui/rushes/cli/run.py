"""Chooses the command and turns every expected end into a sentence and an exit code."""

import os
import sys

from rushes.adapters import threads
from rushes.adapters.store import StoreError, StoreInUse
from rushes.cli.accounts import accounts
from rushes.cli.doctor import doctor
from rushes.cli.session import FAILED, OK, Stop, Words, complain
from rushes.cli.tasks import add, hand_over, show_list
from rushes.cli.watching import save, watch
from rushes.options import Options
from rushes.presentation.sentences import sentence
from rushes.presentation.text import tr

_VERBS = {
    "accounts": accounts,
    "add": add,
    "list": show_list,
    "watch": watch,
    "save": save,
    "doctor": doctor,
}


def main(words: Words, options: Options) -> int:
    """Run one command; see `rushes --help`."""
    try:
        return _run(words, options)
    except Stop as stop:
        complain(str(stop))
        return stop.code
    except StoreInUse:
        complain(tr("Another Rushes is running with this folder. Use its window, or close it."))
    except StoreError as e:
        complain(sentence(e.failure).text)
    except BrokenPipeError:  # the reader (`| head`) has seen enough; nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as e:
        complain(tr("Cannot use {place}: {why}.", place=e.filename or "", why=e.strerror or e))
    except KeyboardInterrupt:
        complain(tr("Stopped."))
    return FAILED


def _run(words: Words, options: Options) -> int:
    if words.verb == "simulate":
        from rushes.simulator.serve import serve  # needs the server library, others do not

        return serve(words.scene, words.port, options.speed)
    if words.verb == "add" and hand_over(words, options):
        return OK
    return threads.run(_VERBS[words.verb](words, options))
