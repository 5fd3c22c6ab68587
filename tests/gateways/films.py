"""Films that differ in their bytes and are all whole: a small one with a box of free words."""

from functools import cache

from rushes import assets


@cache
def small_film() -> bytes:
    return min((assets.root() / "media").glob("*.mp4"), key=lambda p: p.stat().st_size).read_bytes()


def distinct_film(words: str) -> bytes:
    """The small film with a `free` box at its end, which players pass over."""
    free = words.encode()
    return small_film() + (8 + len(free)).to_bytes(4, "big") + b"free" + free
