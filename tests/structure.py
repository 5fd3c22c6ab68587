"""Count what makes the tree easy or hard to live in: ``python -m tests.structure [CHECKOUT]``.

Nothing is imported from the tree that is measured, so any older checkout can be measured, too.
"""

import argparse
import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: Words of a private language. What they named has the name now that the field has for it.
METAPHORS = frozenset(
    {
        *("asker", "claims", "deeds", "desk", "dice", "errands", "face", "figures", "front"),
        *("hush", "keeper", "leaving", "looks", "marks", "middle", "news", "patience", "pieces"),
        *("purse", "quarrel", "seen", "sheet", "sign", "stage", "street", "sweep", "telling"),
        *("wishes",),
    }
)

#: The same words where they are the field's own.
TERMS = frozenset({"style_sheet", "contact_sheet", "sign", "sign_oss", "looks_like"})


def measure(root: Path) -> dict[str, object]:
    """Figures of `gui/` and of the tests in a checkout; the names say what is counted.

    A module without code (an empty ``__init__``) does not count. A relay is a signal that is
    connected to another signal. A private access is ``x._name`` in a test, where x is not self.
    """
    trees = {
        path: ast.parse(path.read_text("utf-8"))
        for path in sorted((root / "gui" / "rushes").rglob("*.py"))
        if path.stat().st_size
    }
    tests = [ast.parse(path.read_text("utf-8")) for path in sorted((root / "tests").rglob("*.py"))]
    names = {path: _name(path, root / "gui") for path in trees}
    importers = Counter(
        target
        for path, tree in trees.items()
        for target in set(_imported(tree, set(names.values()))) - {names[path]}
    )
    single = [name for name in names.values() if importers[name] == 1]
    signals = [
        (target.id, call)
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for target, call in _signals(node)
    ]
    signal_names = {name for name, _ in signals}
    classes = Counter(
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    return {
        "lines": sum(path.read_text("utf-8").count("\n") for path in trees),
        "modules": len(trees),
        "modules with one importer": len(single),
        "share of modules with one importer": round(len(single) / len(trees), 3),
        "modules under 60 lines": sum(p.read_text("utf-8").count("\n") < 60 for p in trees),
        "signals": len(signals),
        "signals of object": sum(
            any(isinstance(word, ast.Name) and word.id == "object" for word in call.args)
            for _, call in signals
        ),
        "relays": sum(_relays(tree, signal_names) for tree in trees.values()),
        "class names that stand twice": sorted(n for n, count in classes.items() if count > 1),
        "private accesses in tests": sum(_private(tree) for tree in tests),
    }


def single_importers(root: Path) -> list[str]:
    """Modules that exactly one other module imports, as ``rushes.room.module``."""
    paths = [p for p in sorted((root / "gui" / "rushes").rglob("*.py")) if p.stat().st_size]
    names = {path: _name(path, root / "gui") for path in paths}
    known = set(names.values())
    importers = Counter(
        target
        for path in paths
        for target in set(_imported(ast.parse(path.read_text("utf-8")), known)) - {names[path]}
    )
    return [name for name in names.values() if importers[name] == 1]


def _name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.AST, known: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = {f"{node.module}.{alias.name}" for alias in node.names} & known
            yield from modules
            if node.module in known and len(modules) < len(node.names):
                yield node.module


def _signals(node: ast.ClassDef) -> Iterator[tuple[ast.Name, ast.Call]]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
            called = line.value.func
            if isinstance(called, ast.Name) and called.id == "Signal":
                yield from ((t, line.value) for t in line.targets if isinstance(t, ast.Name))


def _relays(tree: ast.AST, signals: set[str]) -> int:
    """How often a signal is connected to another one, or to its `emit`."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and bool(node.args)
        and isinstance(node.args[0], ast.Attribute)
        and (node.args[0].attr in signals or node.args[0].attr == "emit")
        for node in ast.walk(tree)
    )


def _private(tree: ast.AST) -> int:
    return sum(
        isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
        for node in ast.walk(tree)
    )


def metaphors(root: Path) -> list[str]:
    """Names of modules, classes and public functions with a word of `METAPHORS` in them."""
    return [
        f"{where} {name}"
        for path in sorted((root / "gui" / "rushes").rglob("*.py"))
        for where, name in _names(path, path.relative_to(root / "gui" / "rushes").as_posix())
        if METAPHORS & set(_words(name)) and name not in TERMS
    ]


def _names(path: Path, place: str) -> Iterator[tuple[str, str]]:
    yield place, path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ClassDef(name=name):
                yield f"{place}:{node.lineno}", name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if not name.startswith("_"):
                    yield f"{place}:{node.lineno}", name


def _words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.structure", description=__doc__)
    parser.add_argument("--check", action="store_true", help="names alone; 1 where one is refused")
    parser.add_argument("checkout", nargs="?", type=Path, default=ROOT)
    options = parser.parse_args()
    if not options.check:
        print(json.dumps(measure(options.checkout), indent=2))
        print(*single_importers(options.checkout), sep="\n", file=sys.stderr)
        return 0
    refused = metaphors(options.checkout)
    twice = measure(options.checkout)["class names that stand twice"]
    for line in refused:
        print(f"not a term of the field: {line}")
    for name in twice:  # type: ignore[attr-defined]
        print(f"a class name that stands twice: {name}")
    return 1 if refused or twice else 0


if __name__ == "__main__":
    raise SystemExit(main())
