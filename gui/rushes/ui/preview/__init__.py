"""The inline preview: plays and shows files that are on this disk, and nothing else."""

import rushes.ui.preview.silence_ffmpeg  # noqa: F401  # before QtMultimedia is loaded, see there
