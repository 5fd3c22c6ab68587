"""Draws the simulator's media: clips, last frames and 3D models in `resources/media`.

For developers, when the media themselves should change; neither the program nor its tests run it.
Needs ffmpeg with libx264 on the path, and numpy, pillow and trimesh. Every picture and sound is
computed here and in `media_pictures.py`, so all of it is under the project's own licence.

    python packaging/make_media.py [NAME…]
"""

import hashlib
import io
import json
import subprocess
import sys
import wave
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image

import media_pictures as draw
from media_pictures import TAU, Draw, Picture, mix, rgb, smooth

OUT = Path(__file__).resolve().parents[1] / "resources" / "media"
RINGS, SIDES = 44, 48  # of a turned model
MAX_STILL = 150_000  # bytes


@dataclass(frozen=True, slots=True)
class Clip:
    """One film.

    Attributes:
        chord: The notes of its sound in Hz; empty for a silent one.
        still: Whether its last frame is shipped too.
    """

    make: Callable[[int, int], Draw]
    width: int
    height: int
    resolution: str
    ratio: str
    fps: int
    frames: int
    crf: int
    chord: tuple[float, ...] = ()
    still: bool = True


CLIPS = {
    "dusk": Clip(draw.dusk, 1280, 720, "720p", "16:9", 24, 121, 25, (110, 164.8, 220, 277.2)),
    "ribbons": Clip(
        draw.ribbons, 1920, 1080, "1080p", "16:9", 24, 73, 30, (98, 146.8, 246.9), False
    ),
    "ribbons_720p": Clip(
        draw.ribbons, 1280, 720, "720p", "16:9", 24, 73, 32, (98, 146.8, 246.9), False
    ),
    "lanterns": Clip(
        draw.lanterns, 720, 1280, "720p", "9:16", 24, 121, 28, (130.8, 196, 293.7, 329.6)
    ),
    "orbit": Clip(draw.orbit, 960, 960, "720p", "1:1", 30, 120, 24, (), False),
    "aurora": Clip(draw.aurora, 960, 416, "480p", "21:9", 24, 97, 27),
    "pond": Clip(draw.pond, 736, 544, "480p", "4:3", 24, 77, 28),
    "dunes": Clip(draw.dunes, 864, 496, "480p", "16:9", 30, 90, 28, (174.6, 261.6, 349.2)),
}


def frames_of(clip: Clip) -> Iterator[bytes]:
    one = clip.make(clip.width, clip.height)
    grain = np.random.default_rng(1).uniform(-0.5, 0.5, (clip.height, clip.width, 1))
    for n in range(clip.frames):  # the same grain in each: hides banding and costs nothing
        shown = np.clip(one(n / clip.frames), 0, 1) * 255 + grain
        yield np.clip(np.round(shown), 0, 255).astype(np.uint8).tobytes()


def sound_of(clip: Clip) -> bytes:
    """A soft chord that swells once a loop, as WAV."""
    seconds = clip.frames / clip.fps
    t = np.arange(int(seconds * 44100)) / 44100
    out = np.zeros_like(t)
    for n, note in enumerate(clip.chord):
        whole = round(note * seconds) / seconds
        swell = 0.6 + 0.4 * np.sin(TAU * (t / seconds + n / len(clip.chord)))
        for part, loud in ((1, 1.0), (2, 0.3), (3, 0.12)):
            out += np.sin(TAU * whole * part * t + n) * swell * loud
    pcm = (out / np.abs(out).max() * 9000).astype("<i2")
    held = io.BytesIO()
    with wave.open(held, "wb") as sink:
        sink.setnchannels(1)
        sink.setsampwidth(2)
        sink.setframerate(44100)
        sink.writeframes(pcm.tobytes())
    return held.getvalue()


def encode(name: str, clip: Clip) -> None:
    sound = OUT / f"{name}.wav"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{clip.width}x{clip.height}", "-r", str(clip.fps), "-i", "-"]
    if clip.chord:
        sound.write_bytes(sound_of(clip))
        command += ["-i", str(sound), "-c:a", "aac", "-b:a", "64k"]
    command += ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]
    command += ["-c:v", "libx264", "-profile:v", "high", "-preset", "slower", "-crf", str(clip.crf)]
    command += ["-g", str(clip.fps), "-colorspace", "bt709", "-color_primaries", "bt709"]
    command += ["-color_trc", "bt709", "-threads", "1", "-fflags", "+bitexact"]
    command += ["-flags", "+bitexact", "-movflags", "+faststart", str(OUT / f"{name}.mp4")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        for frame in frames_of(clip):
            ffmpeg.stdin.write(frame)
        ffmpeg.stdin.close()
    sound.unlink(missing_ok=True)
    if ffmpeg.returncode:
        raise SystemExit(f"ffmpeg could not encode {name}")


def last_frame(name: str, clip: Clip) -> None:
    """The clip's real last frame, in few colours so that it stays small."""
    shot = subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-i", str(OUT / f"{name}.mp4")),
            *("-vf", f"select=eq(n\\,{clip.frames - 1})", "-frames:v", "1"),
            *("-f", "image2pipe", "-c:v", "png", "-"),
        ],
        check=True,
        capture_output=True,
    ).stdout
    whole = Image.open(io.BytesIO(shot)).convert("RGB")
    soft, hard = Image.Dither.FLOYDSTEINBERG, Image.Dither.NONE
    for colours, dither in ((256, soft), (256, hard), (128, hard), (64, hard)):
        palette = whole.quantize(colours, Image.Quantize.MEDIANCUT, kmeans=1)
        held = io.BytesIO()
        whole.quantize(palette=palette, dither=dither).save(held, "PNG", optimize=True)
        if held.tell() <= MAX_STILL:
            break
    (OUT / f"{name}.png").write_bytes(held.getvalue())


def glaze(tint: str, ground: str, seed: int) -> Image.Image:
    """A painted pattern to wrap around a turned shape: bands, waves, dots and leaves."""
    side = 512
    u, v = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    ink = np.zeros((side, side))
    for at, thick in ((0.06, 0.012), (0.10, 0.004), (0.30, 0.006), (0.72, 0.006), (0.93, 0.015)):
        ink = np.maximum(ink, smooth(thick, thick * 0.6, np.abs(v - at)))
    wave = np.abs(v - 0.82 - 0.03 * np.sin(TAU * 10 * u))
    ink = np.maximum(ink, smooth(0.010, 0.006, wave))
    dots = np.hypot(((u * 24) % 1) - 0.5, (v - 0.2) * 24 / 2)
    ink = np.maximum(ink, smooth(0.34, 0.28, dots))
    for n in range(7):
        cu, cv = (n + 0.5) / 7, 0.51 + 0.03 * np.sin(n * 2 + seed)
        du, dv = ((u - cu + 0.5) % 1 - 0.5) * 2.2, v - cv
        far, a = np.hypot(du, dv), np.arctan2(dv, du)
        petals = 0.10 + 0.045 * np.cos((5 + seed % 3) * a + n)
        ink = np.maximum(ink, smooth(petals, petals - 0.008, far) * (0.55 + 0.45 * (far > 0.05)))
    cloth = np.random.default_rng(seed).normal(0, 0.006, (side, side, 1))
    picture = mix(rgb(ground), rgb(tint), (ink * (0.85 + 0.15 * np.sin(v * 40)))[..., None]) + cloth
    return Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))


def turned(profile: list[tuple[float, float]], skin: Image.Image) -> trimesh.Trimesh:
    """A solid of revolution: `profile` is (radius, height) from the foot over the rim and in."""
    knots = np.array(profile)
    way = np.linspace(0, len(knots) - 1, RINGS)
    along = np.arange(len(knots))
    bend = np.stack([_spline(along, knots[:, k], way) for k in (0, 1)], 1)
    around = np.linspace(0, TAU, SIDES + 1)
    tilt = np.gradient(bend, axis=0)
    tilt /= np.hypot(tilt[:, 0], tilt[:, 1])[:, None] + 1e-9
    points, normals, coords = [], [], []
    for n, (radius, height) in enumerate(bend):
        out, up = tilt[n, 1], -tilt[n, 0]
        for m, a in enumerate(around):
            c, s = np.cos(a), np.sin(a)
            points.append((max(radius, 1e-4) * c, height, max(radius, 1e-4) * s))
            normals.append((out * c, up, out * s))
            coords.append((m / SIDES, 1 - n / (RINGS - 1)))
    faces = []
    for n in range(RINGS - 1):
        for m in range(SIDES):
            a, b = n * (SIDES + 1) + m, (n + 1) * (SIDES + 1) + m
            faces += [(a, b, a + 1), (b, b + 1, a + 1)]
    material = trimesh.visual.material.PBRMaterial(
        name="glaze", baseColorTexture=skin, metallicFactor=0.0, roughnessFactor=0.35
    )
    return trimesh.Trimesh(
        np.array(points),
        np.array(faces),
        vertex_normals=np.array(normals),
        visual=trimesh.visual.TextureVisuals(uv=np.array(coords), material=material),
        process=False,
    )


def _spline(at: Picture, values: Picture, where: Picture) -> Picture:
    """Catmull-Rom through the knots."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    i = np.clip(where.astype(int), 0, len(at) - 2)
    t = where - i
    p0, p1, p2, p3 = (padded[i + k] for k in range(4))
    return 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )


VASE = [(0.0, 0.0), (0.16, 0.0), (0.18, 0.03), (0.30, 0.22), (0.36, 0.44), (0.28, 0.66)]
VASE += [(0.12, 0.82), (0.11, 0.92), (0.18, 1.0), (0.165, 1.0), (0.095, 0.92), (0.0, 0.80)]
BOWL = [(0.0, 0.0), (0.16, 0.0), (0.17, 0.05), (0.14, 0.08), (0.34, 0.18), (0.47, 0.34)]
BOWL += [(0.53, 0.50), (0.515, 0.505), (0.45, 0.35), (0.32, 0.20), (0.12, 0.12), (0.0, 0.11)]
MODELS = {"vase": (VASE, ("1f4fa3", "f4f1e8", 2)), "bowl": (BOWL, ("8a2f1d", "8fc3b0", 4))}


def make_model(name: str) -> None:
    profile, look = MODELS[name]
    skin = io.BytesIO()
    glaze(*look).save(skin, "JPEG", quality=78)
    body = turned(profile, Image.open(skin))
    glb = trimesh.Scene(body).export(file_type="glb", include_normals=True)
    with zipfile.ZipFile(OUT / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as sink:
        sink.writestr(zipfile.ZipInfo("model.glb", (2026, 1, 1, 0, 0, 0)), glb)


def catalogue() -> None:
    """`media.json`: what the simulator says about each file, measured and not believed."""
    found = {}
    for path in sorted(OUT.iterdir()):
        if path.suffix in (".mp4", ".png", ".zip"):
            body = path.read_bytes()
            found[path.name] = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    for name, clip in CLIPS.items():
        probe = subprocess.run(
            ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(OUT / f"{name}.mp4")],
            check=True,
            capture_output=True,
        ).stdout
        streams = {s["codec_type"]: s for s in json.loads(probe)["streams"]}
        film = streams["video"]
        assert (film["width"], film["height"]) == (clip.width, clip.height), name
        assert int(film["nb_frames"]) == clip.frames, name
        found[f"{name}.mp4"] |= {
            "width": clip.width,
            "height": clip.height,
            "resolution": clip.resolution,
            "ratio": clip.ratio,
            "fps": clip.fps,
            "frames": clip.frames,
            "audio": "audio" in streams,
        }
    (OUT / "media.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{sum(f['bytes'] for f in found.values()):,} bytes in {len(found)} files")


def main(names: list[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, clip in CLIPS.items():
        if not names or name in names:
            encode(name, clip)
            if clip.still:
                last_frame(name, clip)
            print(name, (OUT / f"{name}.mp4").stat().st_size)
    for name in MODELS:
        if not names or name in names:
            make_model(name)
            print(name, (OUT / f"{name}.zip").stat().st_size)
    catalogue()


if __name__ == "__main__":
    main(sys.argv[1:])
