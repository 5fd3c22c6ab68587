"""Result files: fetched, checked, named, kept and looked into.

The errors are what looking through a file can end with, shared by all who look.
"""


class Unfit(Exception):
    """The file is not as it should be. `args[0]` is one sentence fragment that says why."""


class Damaged(Unfit):
    """Bytes are missing or wrong: another download may bring a good one."""


class Uncheckable(Unfit):
    """Nothing wrong was found, but it cannot be shown that nothing is missing."""
