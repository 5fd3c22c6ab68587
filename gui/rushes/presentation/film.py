"""What a film is by its own file, and why it cannot be looked at here."""

from rushes.core.film import FilmFacts, FilmTrouble
from rushes.presentation import format as fmt
from rushes.presentation.text import tr


def trouble_sentence(trouble: FilmTrouble) -> str:
    """Why there is no picture of a file."""
    match trouble:
        case FilmTrouble.NO_PICTURE:
            return tr("There is no picture in this file.")
        case FilmTrouble.UNREADABLE:
            return tr("The file cannot be opened.")
        case FilmTrouble.REFUSED:
            return tr("Films of this kind are not shown here.")
        case FilmTrouble.TOO_HEAVY:
            return tr("Its pictures are too large, or decoding them takes too long here.")
        case _:
            return tr("This computer cannot decode the file, or the file is damaged.")


def film_sentence(film: FilmFacts | FilmTrouble, plays: bool | None) -> str:
    """Its facts, as they are in the file, and whether it can be played here.

    Args:
        plays: None: it is not known yet.
    """
    if isinstance(film, FilmTrouble):
        return trouble_sentence(film)
    facts = [
        f"{film.shown_width} × {film.shown_height}",
        tr("{count} fps", count=fmt.number(float(film.fps))) if film.fps else "",
        tr("%n frame(s)", None, film.frames),
        fmt.clip_length(film.length_s),
        f"{film.codec} {film.pixel_format}",
        film.hdr and f"HDR ({film.hdr})",
        film.audio,
    ]
    told = tr("From the file: {facts}.", facts=" · ".join(fact for fact in facts if fact))
    if film.is_variable:
        told += " " + tr("Its frames do not all stand equally long.")
    if plays is not None:
        more = tr("It plays here.") if plays else tr("It cannot be decoded to its end.")
        told += " " + more
    return told
