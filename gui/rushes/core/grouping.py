"""Which takes belong together by their names: "dusk take 3" and "dusk_01" both are "dusk"."""

import enum
import re
from typing import Final


class GroupBy(enum.Enum):
    """What puts rows into groups."""

    NOTHING = ""
    HAND = "hand"  # what the user said
    NAME = "name"  # what comes before the number of the take


#: The number of a take, or of a version, at the end of a name.
_TAKE: Final = re.compile(
    r"""(?:
        [\s_\-.#:·–—]+ (?:take|tk|version|ver|v|alt|copy)? [\s_\-.#]* \d{1,4}
      | \s* [(\[（【] \d{1,4} [)\]）】]
      | [\s_\-]* (?:第\s*)? \d{1,4} \s* [条版次遍镜号]
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
#: No name is longer in the window; a longer one is not looked through.
_LONGEST = 500


def team_of(name: str) -> str:
    """What the takes of one shot have in common in their names; "" for one without a name."""
    name = name[:_LONGEST].strip()
    found = _TAKE.search(name)
    return name[: found.start()].rstrip(" _-.") if found and found.start() else name
