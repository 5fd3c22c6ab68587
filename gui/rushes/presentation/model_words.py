"""Words for 3D models: what is known of one, and why it is not shown."""

from typing import assert_never

from rushes.core.model import ModelFacts, ModelTrouble
from rushes.presentation import format as fmt
from rushes.presentation.text import tr


def facts_line(facts: ModelFacts) -> str:
    """ "12,480 triangles · 2 materials · 3 textures · 1.06 × 0.52 × 1.06"."""
    parts = [
        tr("{count} triangles", count=fmt.tokens(facts.triangles)),
        tr("%n material(s)", None, facts.materials),
        tr("%n texture(s)", None, facts.textures),
    ]
    if facts.size is not None:
        parts.append(" × ".join(f"{side:.3g}" for side in facts.size))
    return " · ".join(parts)


def trouble_sentence(trouble: ModelTrouble) -> str:
    match trouble:
        case ModelTrouble.NO_MODEL:
            return tr("There is no GLB model in the archive. Open it with your own program.")
        case ModelTrouble.REFUSED:
            return tr(
                "The archive is not one we unpack: it could write outside its folder, or grow."
            )
        case ModelTrouble.BROKEN:
            return tr("The model is damaged, or made in a way this program does not read.")
        case ModelTrouble.OTHER_FILES:
            return tr("The model asks for other files, which is not followed.")
        case ModelTrouble.TOO_HEAVY:
            return tr("Drawing the model took too much time or memory and was ended.")
        case ModelTrouble.NO_DRAWING:
            return tr("This computer cannot draw in 3D here.")
        case ModelTrouble.DISK:
            return tr("The model could not be unpacked for a look: the disk refused it.")
        case _:
            assert_never(trouble)
