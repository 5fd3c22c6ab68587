"""What can be said about a 3D model without drawing it, and why it cannot be looked at."""

import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """Counted in the file's own description; nothing of its content is unpacked for it.

    Attributes:
        triangles: Of everything the scene shows; a mesh that stands in it twice counts twice.
        size: Width, height and depth of the scene in the file's own unit (glTF: metres); None
            where the file does not tell.
    """

    triangles: int
    meshes: int
    materials: int
    textures: int
    size: tuple[float, float, float] | None


class ModelTrouble(enum.Enum):
    """Why a model is not shown."""

    NO_MODEL = "no_model"  # the archive holds no GLB
    REFUSED = "refused"  # the archive would get out of its folder, or grow
    BROKEN = "broken"
    OTHER_FILES = "other_files"  # it asks for files beside it, or elsewhere
    TOO_HEAVY = "too_heavy"  # it took too long, or too much memory
    NO_DRAWING = "no_drawing"  # this computer cannot draw in 3D
    DISK = "disk"  # it cannot be unpacked: the disk
