"""Eyes and hands on the accessibility tree; run by the system's Python, which has pyatspi.

Reads one JSON command a line from standard input, answers one JSON line each:
{"do": "find|press|type|key|focus|rows|select|drag|renamed|dump", "app": pid, "role": …, "name": …,
"seconds": …}
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pyatspi
from gi.repository import Atspi, GLib

# What reading an object says that has just gone away.
GONE = (GLib.Error, RuntimeError, AttributeError)

#: So long a busy program may take to answer (ms).
ATSPI_MS = 60_000
Atspi.set_timeout(ATSPI_MS, ATSPI_MS)

#: X's numbers of keys that are no characters.
KEYS = {"Escape": 0xFF1B, "Up": 0xFF52, "Down": 0xFF54}
#: X's codes of keys that are held while another is struck.
HELD = {"Ctrl": 37, "Alt": 64}

#: So long something may be greyed out (seconds).
OFFERED_S = 120.0


def application(pid: int) -> Any:
    desktop = pyatspi.Registry.getDesktop(0)
    for index in range(desktop.childCount):
        found = desktop.getChildAtIndex(index)
        if found is not None and found.get_process_id() == pid:
            return found
    return None


def walk(node: Any, depth: int = 0, most: int = 1000) -> Iterator[tuple[Any, int]]:
    """Every accessible below `node`, `most` levels deep, without the rows of long tables."""
    yield node, depth
    if depth == most:
        return
    try:
        count = min(node.childCount, 4000)
    except GONE:
        return
    for index in range(count):
        try:
            child = node.getChildAtIndex(index)
        except GONE:
            continue
        if child is not None:
            yield from walk(child, depth + 1, most)


def is_shown(node: Any) -> bool:
    states = node.getState()
    return bool(states.contains(pyatspi.STATE_SHOWING))


def matches(node: Any, role: str | None, name: str | None) -> bool:
    try:
        if role and node.getRoleName() != role:
            return False
        return name is None or re.fullmatch(name, node.name or "", re.DOTALL) is not None
    except GONE:
        return False


def find(
    pid: int, role: str | None, name: str | None, seconds: float, dialog: str | None = None
) -> Any:
    """With `dialog`, only in the one of that name."""
    end = time.monotonic() + seconds
    while True:
        top = application(pid)
        if top is not None and dialog is not None:
            windows = (window for window, depth in walk(top, most=1) if depth)
            top = next((each for each in windows if matches(each, "dialog", dialog)), None)
        if top is not None:
            for node, _ in walk(top):
                if matches(node, role, name) and is_shown(node):
                    return node
        if time.monotonic() > end:
            return None
        time.sleep(0.1)


def describe(node: Any) -> dict[str, Any]:
    states = node.getState()
    return {
        "role": node.getRoleName(),
        "name": node.name,
        "enabled": states.contains(pyatspi.STATE_ENABLED),
        "checked": states.contains(pyatspi.STATE_CHECKED),
        "text": text_of(node),
        "box": box(node),
    }


def text_of(node: Any) -> Any:
    try:
        return node.queryText().getText(0, -1)
    except NotImplementedError:
        return None


def wait_until_offered(node: Any) -> None:
    """As a person does: what is greyed out, because the program is still starting, is not pressed
    yet."""
    end = time.monotonic() + OFFERED_S
    while not node.getState().contains(pyatspi.STATE_ENABLED) and time.monotonic() < end:
        time.sleep(0.1)


def press(node: Any) -> list[str]:
    wait_until_offered(node)
    actions = node.queryAction()
    names = [actions.getName(i) for i in range(actions.nActions)]
    for wanted in ("Press", "press", "Toggle", "ShowMenu", "SetFocus"):
        if wanted in names:
            actions.doAction(names.index(wanted))
            return names
    actions.doAction(0)
    return names


def select(node: Any, more: bool) -> None:
    """Select a table's row through one of its cells, alone or with those that are."""
    selection = node.parent.querySelection()
    if not more:
        selection.clearSelection()
    selection.selectChild(node.getIndexInParent())


def drag(node: Any, to: list[int]) -> None:
    """With the pointer of the screen, from the middle of what is shown."""
    x, y, width, height = box(node)
    here = [x + width // 2, y + height // 2]
    move = pyatspi.Registry.generateMouseEvent
    move(*here, "abs")
    move(*here, "b1p")
    for step in range(1, 21):  # a hand passes over what lies between
        move(*(a + (b - a) * step // 20 for a, b in zip(here, to, strict=True)), "abs")
        time.sleep(0.03)
    time.sleep(0.3)  # the other program has said by now whether it wants it
    move(*to, "b1r")


def strike(sign: str) -> None:
    """A key of the keyboard, to whatever has the focus: a letter (a capital is typed with Shift),
    or one of `KEYS`; "Ctrl+Alt+a" holds the keys before it."""
    *held, last = sign.split("+")
    strike_one = pyatspi.Registry.generateKeyboardEvent
    for name in held:
        strike_one(HELD[name], None, pyatspi.KEY_PRESS)
    strike_one(KEYS.get(last) or ord(last), None, pyatspi.KEY_SYM)
    for name in reversed(held):
        strike_one(HELD[name], None, pyatspi.KEY_RELEASE)


def rows_of(node: Any) -> dict[str, Any]:
    """A whole table: what its columns are called, and the text of each cell by row."""
    table = node.queryTable()
    columns = range(table.nColumns)
    return {
        "titles": [table.getColumnDescription(column) for column in columns],
        "rows": [
            [table.getAccessibleAt(row, column).name for column in columns]
            for row in range(table.nRows)
        ],
    }


def box(node: Any) -> list[int]:
    found = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    return [found.x, found.y, found.width, found.height]


def dump(pid: int, limit: int) -> list[str]:
    top = application(pid)
    lines = []
    for node, depth in walk(top) if top else ():
        try:
            if is_shown(node):
                lines.append(f"{'  ' * depth}{node.getRoleName()}: {node.name!r}")
        except GONE:
            continue
        if len(lines) >= limit:
            break
    return lines


def renamed(pid: int, seconds: float) -> list[str]:
    """Which names of the program changed meanwhile, each as it became."""
    heard: list[str] = []

    def hear(event: Any) -> None:
        if event.host_application and event.host_application.get_process_id() == pid:
            heard.append(str(event.any_data))

    loop = GLib.MainLoop()
    pyatspi.Registry.registerEventListener(hear, "object:property-change:accessible-name")
    GLib.timeout_add(int(seconds * 1000), loop.quit)
    loop.run()
    pyatspi.Registry.deregisterEventListener(hear, "object:property-change:accessible-name")
    return heard


def answer(command: dict[str, Any]) -> dict[str, Any]:
    do = command["do"]
    pid = command["app"]
    if do == "dump":
        return {"lines": dump(pid, command.get("limit", 400))}
    if do == "names":
        top = application(pid)
        role = command["role"]
        return {"names": [n.name for n, _ in walk(top) if matches(n, role, None)] if top else []}
    if do == "renamed":
        return {"names": renamed(pid, command["seconds"])}
    if do == "key":
        strike(command["name"])
        return {}
    wanted = (command.get("role"), command.get("name"), command.get("seconds", 10))
    node = find(pid, *wanted, command.get("dialog"))
    if node is None:
        return {"missing": True}
    if do == "press":
        return {"actions": press(node)}
    if do == "rows":
        return rows_of(node)
    if do == "type":
        node.queryEditableText().setTextContents(command["text"])
    if do == "select":
        select(node, command.get("more", False))
    if do == "drag":
        drag(node, command["to"])
    if do == "focus":
        node.queryComponent().grabFocus()
    return describe(node)


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except (*GONE, NotImplementedError, LookupError) as e:  # the other side judges
        reply = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(reply), flush=True)
