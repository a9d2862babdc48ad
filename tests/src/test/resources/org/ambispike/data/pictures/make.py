#!/usr/bin/env python3
"""Writes small pictures of every kind, and what Pillow makes of them, for PicturesTest.

  python3 make.py            (needs Pillow and numpy; written with Pillow 12.3.0)

cases.txt has a line for each expectation: the expected PPM or PGM file, the picture, and what is done to it as the command
line's options say it. Grey pictures stay grey, all others become RGB by Image.convert, as torchvision's loader has it;
resizing and cropping are those of torchvision's Resize and CenterCrop on such pictures.
"""
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(1)
cases = []


def smooth(height, width, channels):
    rows, columns = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin(rows / (3 + c) + c) * np.cos(columns / (4 - c)) for c in range(channels)]
    noise = rng.integers(-20, 20, (height, width, channels))
    return np.clip(np.stack(planes, 2) + noise, 0, 255).astype(np.uint8)


def loaded(path):
    picture = Image.open(path)
    picture.load()
    return picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB")


def resized(picture, text):
    if "x" in text:
        height, width = map(int, text.split("x"))
    else:
        short, long = sorted(picture.size)
        new_long = int(int(text) * long / short)
        width, height = (int(text), new_long) if picture.width <= picture.height else (new_long, int(text))
    return picture if (width, height) == picture.size else picture.resize((width, height), Image.Resampling.BILINEAR)


def cropped(picture, text):
    height, width = map(int, text.split("x")) if "x" in text else (int(text), int(text))
    left, top = max(0, (width - picture.width) // 2), max(0, (height - picture.height) // 2)
    padded = Image.new(picture.mode, (max(width, picture.width), max(height, picture.height)))
    padded.paste(picture, (left, top))
    y, x = round((padded.height - height) / 2), round((padded.width - width) / 2)
    return padded.crop((x, y, x + width, y + height))


def expect(path, resize="", crop="", colours=""):
    picture = loaded(path)
    if colours:
        picture = picture.convert({"grey": "L", "rgb": "RGB"}[colours])
    if resize:
        picture = resized(picture, resize)
    if crop:
        picture = cropped(picture, crop)
    name = f"expected-{len(cases):02d}." + ("pgm" if picture.mode == "L" else "ppm")
    picture.save(name)
    options = [f"--{colours}"] * bool(colours) + [f"--resize={resize}"] * bool(resize) + [f"--crop={crop}"] * bool(crop)
    cases.append(" ".join([name, path, *options]))


def save(name, values, mode, **options):
    Image.fromarray(values if values.shape[2] > 1 else values[:, :, 0], mode).save(name, **options)
    expect(name)


def png(name, width, height, bits, colour_type, packed, *chunks):
    """A PNG as Pillow does not write them: packed rows, and other chunks before the data."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in packed))
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header))
        for kind, body in chunks:
            file.write(chunk(kind, body))
        file.write(chunk(b"IDAT", data) + chunk(b"IEND", b""))
    expect(name)


def low_bits(values, bits):
    stored = np.unpackbits((values >> (8 - bits))[..., None], axis=2)[:, :, 8 - bits:]
    return np.packbits(stored.reshape(values.shape[0], -1), axis=1)


def jpeg(name, values, mode, change=lambda data: data, **options):
    out = io.BytesIO()
    Image.fromarray(values if values.shape[2] > 1 else values[:, :, 0], mode).save(out, "JPEG", **options)
    with open(name, "wb") as file:
        file.write(change(out.getvalue()))
    expect(name)


def without_jfif(data):
    return data[:2] + data[4 + struct.unpack(">H", data[4:6])[0]:]


def as_ycck(data):
    at = data.index(b"Adobe") + 11
    return data[:at] + b"\x02" + data[at + 1:]


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


grey, colour, four = smooth(13, 20, 1), smooth(13, 20, 3), smooth(13, 20, 4)
opaque_grey = np.concatenate([grey, np.full_like(grey, 255)], 2)
opaque_colour = np.concatenate([colour, np.full_like(grey, 255)], 2)
srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
strange = srgb.replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")

save("grey.png", grey, "L")
save("colour.png", colour, "RGB")
save("grey-alpha-opaque.png", opaque_grey, "LA")
save("grey-alpha.png", smooth(13, 20, 2), "LA")
save("colour-alpha-opaque.png", opaque_colour, "RGBA")
save("colour-alpha.png", four, "RGBA")
save("colour-profile.png", colour, "RGB", icc_profile=strange)
for bits in (1, 2, 4):
    png(f"grey-{bits}-bit.png", 20, 13, bits, 0, low_bits(grey[:, :, 0], bits))
png("grey-4-bit-transparent.png", 20, 13, 4, 0, low_bits(grey[:, :, 0], 4), (b"tRNS", struct.pack(">H", 7)))
png("grey-transparent.png", 20, 13, 8, 0, grey[:, :, 0], (b"tRNS", struct.pack(">H", int(grey[0, 0, 0]))))
png("colour-transparent.png", 20, 13, 8, 2, colour.reshape(13, -1), (b"tRNS", struct.pack(">HHH", *map(int, colour[0, 0]))))
png("colour-gamma.png", 20, 13, 8, 2, colour.reshape(13, -1), (b"gAMA", struct.pack(">I", 100000)))
palette = rng.integers(0, 256, 48).astype(np.uint8).tobytes()
png("palette-4-bit.png", 20, 13, 4, 3, low_bits(grey[:, :, 0], 4), (b"PLTE", palette), (b"tRNS", bytes(range(0, 160, 10))))
png("palette-of-greys.png", 20, 13, 4, 3, low_bits(grey[:, :, 0], 4), (b"PLTE", bytes(17 * (i // 3) for i in range(48))))
save("grey.bmp", grey, "L")
save("colour.bmp", colour, "RGB")
save("grey.gif", grey, "L")
Image.fromarray(colour, "RGB").quantize(16).save("palette.gif")
expect("palette.gif")
Image.fromarray(colour, "RGB").quantize(16).save("palette.bmp")
expect("palette.bmp")
Image.fromarray(grey[:, :, 0], "L").convert("1").save("black-and-white.bmp")
expect("black-and-white.bmp")

jpeg("grey.jpg", grey, "L")
for subsampling, name in ((0, "444"), (1, "422"), (2, "420")):
    jpeg(f"colour-{name}.jpg", colour, "RGB", subsampling=subsampling, quality=85)
jpeg("progressive.jpg", colour, "RGB", progressive=True)
jpeg("profile.jpg", colour, "RGB", icc_profile=strange, quality=95)
jpeg("orientation-3.jpg", colour, "RGB", exif=exif(3))
jpeg("orientation-6.jpg", colour, "RGB", exif=exif(6))
jpeg("stored-as-rgb.jpg", colour, "RGB", keep_rgb=True, quality=95)
jpeg("without-jfif.jpg", colour, "RGB", without_jfif)
jpeg("cmyk.jpg", four, "CMYK", quality=95)
jpeg("ycck.jpg", four, "CMYK", as_ycck, quality=95)

expect("colour.png", colours="grey")
expect("grey.png", colours="rgb")
expect("cmyk.jpg", colours="grey")
Image.fromarray(smooth(37, 53, 3), "RGB").save("wide.png")
Image.fromarray(smooth(41, 23, 1)[:, :, 0], "L").save("high.png")
for path in ("wide.png", "high.png"):
    for resize, crop in (("16", ""), ("16", "12"), ("8x30", ""), ("31", "40"), ("60", "48x17"), ("37", "25"), ("1", ""), ("", "7x19"), ("", "64")):
        expect(path, resize, crop)
expect("wide.png", "20", "16", "grey")
expect("high.png", "9x9", "", "rgb")

for name, masks in (("colour-555.bmp", ()), ("colour-565.bmp", (0xF800, 0x7E0, 0x1F))):
    rows = rng.integers(0, 1 << (16 if masks else 15), (13, 20)).astype("<u2").tobytes()
    header = struct.pack("<IiiHHIIiiII", 40, 20, 13, 1, 16, 3 if masks else 0, len(rows), 2835, 2835, 0, 0)
    header += struct.pack("<III", *masks) if masks else b""
    with open(name, "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", 14 + len(header) + len(rows), 0, 0, 14 + len(header)) + header + rows)
    expect(name)

with open("cases.txt", "w") as file:
    file.write("".join(line + "\n" for line in cases))
