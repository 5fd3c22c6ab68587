"""What tells ids apart where they are shown in short.

Ids of a gateway that hold another id in base64 begin and end alike. What reads them is loaded only
for ids that are as long: the program starts without it.
"""

#: Shorter ids hold no other (characters).
_SHORTEST = 40


def inner_id(token: str) -> str | None:
    """See `id_shapes.inner_id`."""
    if len(token) < _SHORTEST:
        return None
    from rushes.core import id_shapes

    return id_shapes.inner_id(token)


def is_wrapped(token: str) -> bool:
    """Whether it holds another id, or other plain text in parts."""
    if len(token) < _SHORTEST:
        return False
    from rushes.core import id_shapes

    return id_shapes.holds_text(token.removeprefix("video_"))


def telling(token: str) -> str:
    """The id itself; of one that holds another, that."""
    return inner_id(token) or token
