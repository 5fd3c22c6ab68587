"""The pictures that move: each function computes one film, frame by frame.

Every film loops without a seam: whatever moves does so a whole number of times. `make_media.py`
encodes them.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

TAU = 2 * np.pi
Picture = np.ndarray  # float32, height × width × 3, sRGB 0 to 1
Draw = Callable[[float], Picture]  # position in the loop, 0 to 1, → one frame


def rgb(word: str) -> Picture:
    return np.array([int(word[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255


def mix(a: Picture, b: Picture, t: Picture | float) -> Picture:
    return a + (b - a) * t


def smooth(low: float, high: float, v: Picture) -> Picture:
    t = np.clip((v - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def ramp(stops: list[tuple[float, str]], v: Picture) -> Picture:
    """Colours along `v` (0 to 1); the result has one axis more than `v`."""
    at = [s for s, _ in stops]
    colours = np.stack([rgb(c) for _, c in stops])
    return np.stack([np.interp(v, at, colours[:, i]) for i in range(3)], -1).astype(np.float32)


def field(width: int, height: int) -> tuple[Picture, Picture]:
    """x from 0 to the aspect ratio, y from 0 (top) to 1."""
    x = np.linspace(0, width / height, width, dtype=np.float32)
    return np.meshgrid(x, np.linspace(0, 1, height, dtype=np.float32))


def ridge(x: Picture, seed: int, octaves: int = 7) -> Picture:
    """A mountain line, about -1 to 1."""
    rng = np.random.default_rng(seed)
    out = np.zeros_like(x)
    for n in range(octaves):
        out += np.sin(x * 1.7 * 1.9**n + rng.uniform(0, TAU)) * 0.55**n * rng.uniform(0.7, 1.2)
    return out / 2


def starry(width: int, height: int, count: int, seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    stars = np.zeros((height, width), np.uint8)
    ys, xs = rng.integers(0, height, count), rng.integers(0, width, count)
    stars[ys, xs] = 255 * rng.uniform(0.2, 1, count) ** 2
    soft = Image.fromarray(stars).filter(ImageFilter.GaussianBlur(height / 900))
    return np.asarray(soft, np.float32) / 255 * 3


def dusk(width: int, height: int) -> Draw:
    """A lake among mountains after sunset; the camera sways, the water ripples."""
    x, y = field(width, height)
    shore, sun = 0.66, (width / height * 0.62, 0.375)
    sky = ramp(
        [(0, "141a46"), (0.3, "4a2f78"), (0.5, "b5487e"), (0.62, "f58a5c"), (0.7, "ffd08a")], y
    )
    far = np.hypot(x - sun[0], y - sun[1])
    sky += np.exp(-far * 4.2)[..., None] * rgb("ff9a55") * 0.75
    sky = mix(sky, rgb("fff3cf"), smooth(0.062, 0.056, far)[..., None])
    stars = starry(width, height, 260, 3) * smooth(0.4, 0.0, y)
    tints = ("96548a", "6b3f7c", "47306a", "2a2350", "141733")
    ripple_x = np.sin(x * 9) + np.sin(x * 23 + 1)
    depth = np.clip((y - shore) / (1 - shore), 0, 1)

    def draw(t: float) -> Picture:
        sway = np.sin(TAU * t)
        out = sky + (stars * (0.75 + 0.25 * np.sin(TAU * (2 * t + x * 7))))[..., None]
        for i, tint in enumerate(tints):
            line = shore - 0.20 + i * 0.042 - 0.085 * ridge(x[:1] + sway * 0.012 * 2**i, 11 + i)
            edge = smooth(-0.0015, 0.0015, y - line)[..., None]
            out = mix(out, mix(rgb("e8829a"), rgb(tint), 0.35 + 0.16 * i), edge)
        shift = np.sin(70 * depth**0.6 - TAU * 3 * t + ripple_x * 0.6) * (0.01 + 0.05 * depth)
        mirror = np.clip(shore - (y - shore) * 1.35 + shift, 0, shore)
        rows = (mirror * (height - 1)).astype(np.intp)
        water = (
            np.take_along_axis(out, rows[..., None], 0)
            * rgb("cfaec8")
            * (0.95 - 0.4 * depth)[..., None]
        )
        path = np.exp(-(((x - sun[0]) / (0.05 + 0.16 * depth)) ** 2))
        glint = smooth(0.55, 1.0, np.sin(150 * depth**0.7 + ripple_x - TAU * 4 * t)) * path
        water += glint[..., None] * rgb("ffb070") * 0.55
        return mix(out, water, smooth(-0.001, 0.001, y - shore)[..., None])

    return draw


def ribbons(width: int, height: int) -> Draw:
    """Strands of silk, gold over teal."""
    x, y = field(width, height)
    u = x[:1] / (width / height)
    back = ramp([(0, "03141d"), (0.5, "0a3442"), (1, "041019")], y)

    def draw(t: float) -> Picture:
        out = back.copy()
        for i in range(15):
            p = i / 14
            wave = np.sin(TAU * (u * 1.1 + t) + p * 2.2) * 0.17
            wave = wave + np.sin(TAU * (u * 2.3 - t) + p * 4.1) * 0.06
            away = y - (0.5 + (p - 0.5) * 0.34 * (1 + 0.6 * np.sin(TAU * (u - t))) + wave)
            tint = ramp([(0, "1fd0c0"), (0.45, "f5c56a"), (0.8, "ff7d5a"), (1, "b9489a")], p)
            veil = np.exp(-np.abs(away) * 34) * (away > 0) * 0.30
            line = np.exp(-((away * height / 2.1) ** 2)) * 0.95
            out += (veil + line)[..., None] * tint * (0.35 + 0.65 * np.sin(np.pi * u))[..., None]
        return out

    return draw


def lanterns(width: int, height: int) -> Draw:
    """Paper lanterns rise over a river town at night."""
    x, y = field(width, height)
    rng = np.random.default_rng(8)
    sky = ramp([(0, "070b24"), (0.45, "1b1d4d"), (0.75, "47315f"), (1, "1a1430")], y)
    sky += (starry(width, height, 300, 5) * smooth(0.6, 0, y) * 0.7)[..., None]
    roofs = Image.new("L", (width, height))
    pen = ImageDraw.Draw(roofs)
    windows: list[tuple[float, float, float]] = []
    left = -30.0
    while left < width:
        wide, top = rng.uniform(60, 130), height * rng.uniform(0.80, 0.88)
        eave, peak = wide * 0.14, top - wide * 0.26
        pen.polygon(
            [(left - eave, top), (left + wide / 2, peak), (left + wide + eave, top)], fill=255
        )
        pen.rectangle((left, top, left + wide, height), fill=255)
        windows += [
            (left + wide * f, top + 14 + 30 * r, rng.uniform(0.4, 1))
            for f in (0.25, 0.5, 0.75)
            for r in range(3)
            if rng.random() < 0.55
        ]
        left += wide * rng.uniform(0.9, 1.3)
    town = np.asarray(roofs, np.float32)[..., None] / 255
    lit = Image.new("L", (width, height))
    for wx, wy, how in windows:
        ImageDraw.Draw(lit).rectangle((wx - 5, wy, wx + 5, wy + 13), fill=int(255 * how))
    soft = lit.filter(ImageFilter.GaussianBlur(7))
    glow = (np.asarray(lit, np.float32) + np.asarray(soft, np.float32))[..., None] / 255
    still = mix(sky, rgb("0a0918"), town) + glow * rgb("ffb45c") * 0.9
    crowd = [
        (rng.uniform(0, width / height), rng.uniform(0, 1), 0.008 + 0.032 * rng.random() ** 2, i)
        for i in range(46)
    ]

    def draw(t: float) -> Picture:
        out = still.copy()
        for cx, start, size, i in sorted(crowd, key=lambda c: c[2]):
            cy = 1.05 - ((start + t) % 1.0) * 1.15
            at = cx + 0.02 * np.sin(TAU * (t + start * 3))
            reach = size * 5
            rows = slice(*(int(np.clip((cy + d) * height, 0, height)) for d in (-reach, reach)))
            cols = slice(*(int(np.clip((at + d) * height, 0, width)) for d in (-reach, reach)))
            dx, dy = (x[rows, cols] - at) / size, (y[rows, cols] - cy) / size
            halo = np.exp(-(dx**2 + dy**2) * 0.35)[..., None] * rgb("ff8a3c") * 0.5
            body = smooth(1.08, 0.92, np.abs(dy) ** 3 + np.abs(dx * 1.25 * (1 + dy * 0.12)) ** 3)
            heat = ramp(
                [(0, "d9542b"), (0.6, "ff9a3f"), (1, "fff0b5")], np.clip(dy * 0.6 + 0.5, 0, 1)
            )
            dim = smooth(0.0, 0.12, np.float32(min(cy, 1.05 - cy) + 0.05)) * (0.6 + size * 12)
            flicker = 1 + 0.06 * np.sin(TAU * (5 * t + i * 0.37))
            patch = out[rows, cols] + halo * dim * flicker
            out[rows, cols] = mix(patch, heat * flicker, (body * np.clip(dim, 0, 1))[..., None])
        return out

    return draw


def orbit(width: int, height: int) -> Draw:
    """Paper discs and arcs turn around each other on cream."""
    x, y = field(width, height)
    x, y = x - 0.5, y - 0.5
    far, angle = np.hypot(x, y), np.arctan2(y, x)
    paper = ramp([(0, "fbf3e4"), (1, "f1dfc6")], np.clip(far * 1.3, 0, 1))
    px = 1.5 / height
    rings = ((0.41, 0.030, "2f4858", 1), (0.33, 0.045, "e4572e", -1), (0.245, 0.03, "f3a712", 2))
    moons = ((0.41, 0.052, "76b041", 1), (0.33, 0.037, "17bebb", -2), (0.245, 0.026, "2e282a", 3))

    def paint(out: Picture, shape: Picture, shade: Picture, tint: str) -> Picture:
        out = out * (1 - 0.20 * shade[..., None])
        return mix(out, rgb(tint), shape[..., None])

    def draw(t: float) -> Picture:
        out = paper
        for n, (radius, thick, tint, turns) in enumerate(rings):
            swing = (angle - TAU * (turns * t + n * 0.31)) % TAU
            arc = smooth(0, 0.006 / radius, swing) * smooth(TAU * 0.72, TAU * 0.72 - 0.006, swing)
            band = np.abs(far - radius)
            shape = smooth(thick / 2 + px, thick / 2 - px, band) * arc
            out = paint(out, shape, smooth(thick / 2 + 0.02, thick / 2 - 0.01, band) * arc, tint)
        for n, (radius, size, tint, turns) in enumerate(moons):
            a = TAU * (turns * t + n * 0.31) - 0.5
            mx, my = radius * np.cos(a), radius * np.sin(a)
            disc, cast = np.hypot(x - mx, y - my), np.hypot(x - mx - 0.01, y - my - 0.016)
            out = paint(
                out, smooth(size + px, size - px, disc), smooth(size + 0.02, size, cast), tint
            )
        beat = 0.135 + 0.012 * np.sin(TAU * 2 * t)
        cast = np.hypot(x - 0.012, y - 0.02)
        out = paint(
            out, smooth(beat + px, beat - px, far), smooth(beat + 0.03, beat, cast), "d1495b"
        )
        half = smooth(-px, px, y * np.cos(TAU * t) - x * np.sin(TAU * t))
        return mix(out, rgb("edae49"), (half * smooth(beat + px, beat - px, far))[..., None])

    return draw


def aurora(width: int, height: int) -> Draw:
    """Curtains of northern light over snow."""
    x, y = field(width, height)
    sky = ramp([(0, "030a1e"), (0.6, "0b2a45"), (0.85, "1d5163"), (1, "0a1c2c")], y)
    stars = starry(width, height, 420, 21) * smooth(0.8, 0.1, y)

    def draw(t: float) -> Picture:
        out = sky + (stars * (0.8 + 0.2 * np.sin(TAU * (t + x * 5))))[..., None]
        for i, (low, tint, top) in enumerate(
            ((0.60, "2dffa6", "7a4dff"), (0.50, "3dffd0", "c04dff"), (0.42, "8dff7a", "4d7bff"))
        ):
            fold = np.sin(x * (1.6 + i) + TAU * t + i * 2) + 0.5 * np.sin(x * 4.3 - TAU * t + i)
            foot = low + 0.07 * fold
            up = (foot - y) / (0.42 + 0.06 * fold)
            rays = 0.62 + 0.38 * np.sin(x * 34 + fold * 5 + TAU * (i + 1) * t) * np.sin(
                x * 13 - fold * 3
            )
            light = smooth(-0.035, 0.02, up) * np.exp(-np.clip(up, 0, 9) * 3.2) * rays
            colour = mix(rgb(tint), rgb(top), np.clip(up, 0, 1)[..., None])
            out = out + light[..., None] * colour * (0.85 - 0.2 * i)
        for i, (base, size, dark, pale) in enumerate(
            ((0.80, 0.13, "12304a", "6fa3bd"), (0.93, 0.09, "071726", "39647f"))
        ):
            line = base - size * ridge(x[:1] * 1.3, 41 + i)
            below = y - line
            snow = smooth(0.11, 0.0, below + 0.05 * ridge(x * 9 + y * 4, 77 + i))
            slope = mix(rgb(dark), rgb(pale), snow[..., None] * 0.8)
            out = mix(out, slope, smooth(-0.003, 0.003, below)[..., None])
        return out

    return draw


def pond(width: int, height: int) -> Draw:
    """Koi circle under lily pads."""
    x, y = field(width, height)
    rng = np.random.default_rng(4)
    cx = width / height / 2
    deep = ramp([(0, "0f5a5e"), (1, "0a2f3d")], np.clip(np.hypot(x - cx, y - 0.5) * 1.2, 0, 1))
    pads = [
        (rng.uniform(0, 2 * cx), rng.choice([rng.uniform(0, 0.22), rng.uniform(0.8, 1)]), r, i)
        for i, r in enumerate(rng.uniform(0.05, 0.12, 13))
    ]
    koi = ((0.30, 1, 0.0, "ff7b32"), (0.19, -1, 0.4, "fff1e0"), (0.33, 1, 0.52, "f04a3a"))

    def fish(out: Picture, t: float, radius: float, way: int, phase: float, tint: str) -> Picture:
        for n in range(26):  # the body is a chain of discs along its way
            s = n / 25
            a = TAU * (way * t + phase) - way * s * 0.20 / radius
            wag = 0.016 * s * np.sin(TAU * (3 * t + phase) - s * 5)
            px, py = cx + (radius + wag) * 1.15 * np.cos(a), 0.5 + (radius + wag) * np.sin(a)
            size = (
                0.030 * np.sin(np.pi * min(0.98, 0.16 + s * 0.85)) ** 0.8 + max(0, n - 21) * 0.0035
            )
            out = (
                out
                * (1 - 0.06 * smooth(size * 2.2, 0, np.hypot(x - px - 0.02, y - py - 0.03)))[
                    ..., None
                ]
            )
            spot = rgb("fff6ea") if (n + int(phase * 10)) % 9 < 3 else rgb(tint)
            out = mix(
                out, spot, smooth(size + 0.003, size - 0.003, np.hypot(x - px, y - py))[..., None]
            )
        return out

    def draw(t: float) -> Picture:
        out = deep
        for one in koi:
            out = fish(out, t, *one)
        net = np.zeros_like(x)
        for k in range(5):
            a = k * 1.26
            net += np.sin(
                26 * (x * np.cos(a) + y * np.sin(a)) + TAU * (t + k / 5) + 2 * np.sin(9 * y + k)
            )
        out = out + (smooth(0.75, 1.0, 1 - np.abs(net) / 2.2) * 0.16)[..., None] * rgb("b8fff0")
        for px, py, r, i in pads:
            qx, qy = px + 0.008 * np.sin(TAU * (t + i / 7)), py + 0.006 * np.cos(TAU * (t + i / 5))
            far, a = np.hypot(x - qx, y - qy), np.arctan2(y - qy, x - qx)
            notch = smooth(0.12, 0.20, np.abs((a - i * 1.3 + np.pi) % TAU - np.pi))
            out = (
                out
                * (1 - 0.4 * smooth(r + 0.03, r, np.hypot(x - qx - 0.012, y - qy - 0.02)))[
                    ..., None
                ]
            )
            vein = 0.5 + 0.5 * np.cos(a * 12)
            leaf = mix(rgb("2f7d3b"), rgb("8cc152"), (0.25 + 0.4 * vein * far / r)[..., None])
            out = mix(out, leaf, (smooth(r + 0.002, r - 0.002, far) * notch)[..., None])
        return out

    return draw


def dunes(width: int, height: int) -> Draw:
    """Warm sand, and the shadows of clouds that pass."""
    x, y = field(width, height)
    sky = ramp([(0, "3f8fc4"), (0.35, "a9d5e2"), (0.48, "fbe6c2")], y)

    def draw(t: float) -> Picture:
        puff = np.sin(x * 3.1 + TAU * t) * np.sin(y * 19 + 0.7 * np.sin(x * 2 + TAU * t))
        puff = puff + 0.6 * np.sin(x * 6.7 - y * 9 + TAU * t + 2)
        out = mix(
            sky, rgb("ffffff"), (smooth(0.5, 1.5, puff) * smooth(0.45, 0.1, y) * 0.7)[..., None]
        )
        for i in range(5):
            base = 0.46 + i * 0.115
            crest = base - (0.035 + 0.02 * i) * ridge(x[:1] * (1.1 - 0.12 * i), 60 + i, 3)
            below = y - crest
            fall = np.gradient(crest[0]) * width / 2.2
            light = np.clip(0.55 + 2.1 * fall[None, :] * np.exp(-below * 9), 0.1, 1)
            marks = 0.035 * np.sin(240 * below / (1 + 3 * below) + 6 * np.sin(x * 5 + i)) * (i > 1)
            cloud = smooth(
                0.2, 1.3, np.sin(x * 2.4 + TAU * t - i * 0.7) + 0.4 * np.sin(y * 14 + x * 3)
            )
            shade = np.clip(light + marks - 0.28 * cloud, 0, 1)
            sand = ramp([(0, "7a3b2a"), (0.45, "d07f3f"), (0.75, "f2b866"), (1, "ffe3a6")], shade)
            haze = mix(sand, rgb("f9dcb4"), 0.42 * (1 - i / 4))
            out = mix(out, haze, smooth(-0.002, 0.002, below)[..., None])
        return out

    return draw
