"""Drawn pictures with known contents: streets and shelves, so that a demo needs no photograph of anybody."""

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

Box = tuple[float, float, float, float]
SIZE = (1200, 800)
SKIES = ["#9fb9cf", "#c9d4dc", "#e3cfae", "#8ea4bd"]
WALLS = ["#a8826a", "#8b6a56", "#7f8c96", "#b5a58c", "#697680", "#c2b49c"]
CARS = ["#3f6fa3", "#a33f3f", "#d8d8d8", "#2e2e33", "#4a7c59", "#c79a2b"]
COATS = ["#7a2a3a", "#2c5f6f", "#caa23a", "#3b3b70", "#557a3a", "#d2553a"]


@dataclass(frozen=True)
class Scene:
    """A PNG and what is on it: label → boxes as (left, top, width, height) in pixels."""

    png: bytes
    objects: list[tuple[str, Box]]


def street(number: int) -> Scene:
    """Houses, a road, cars and people; the same picture for the same number."""
    draw_random = random.Random(number)  # noqa: S311 (no secret)
    image = Image.new("RGB", SIZE, draw_random.choice(SKIES))
    draw = ImageDraw.Draw(image)
    houses(draw, draw_random)
    draw.rectangle((0, 480, *SIZE), fill="#5b5c60")
    draw.rectangle((0, 455, SIZE[0], 485), fill="#b9b3a6")
    for left in range(-40, SIZE[0], 160):
        draw.rectangle((left, 625, left + 80, 633), fill="#e9e6df")
    objects = [car(draw, draw_random) for _n in range(draw_random.randint(1, 4))]
    objects += [pedestrian(draw, draw_random) for _n in range(draw_random.randint(0, 4))]
    return Scene(png_of(image), objects)


def houses(draw: ImageDraw.ImageDraw, draw_random: random.Random) -> None:
    left = -20
    while left < SIZE[0]:
        width, top = draw_random.randint(140, 260), draw_random.randint(80, 260)
        draw.rectangle((left, top, left + width, 470), fill=draw_random.choice(WALLS))
        for x in range(left + 20, left + width - 40, 56):
            for y in range(top + 24, 400, 64):
                draw.rectangle((x, y, x + 30, y + 40), fill=draw_random.choice(["#f3cf86", "#4d5964"]))
        left += width + draw_random.randint(0, 12)


def car(draw: ImageDraw.ImageDraw, draw_random: random.Random) -> tuple[str, Box]:
    width = draw_random.randint(150, 300)
    height = width * 0.38
    left, top = draw_random.randint(0, SIZE[0] - width), draw_random.randint(500, 800 - int(height) - 10)
    colour = draw_random.choice(CARS)
    draw.polygon(
        [
            (left + width * 0.2, top + height * 0.45),
            (left + width * 0.32, top),
            (left + width * 0.7, top),
            (left + width * 0.85, top + height * 0.45),
        ],
        fill=colour,
    )
    body = (left, top + height * 0.4, left + width, top + height * 0.85)
    draw.rounded_rectangle(body, radius=int(height * 0.15), fill=colour)
    for x in (0.22, 0.76):
        wheel = width * 0.09
        centre = left + width * x
        draw.ellipse((centre - wheel, top + height - 2 * wheel, centre + wheel, top + height), fill="#17181a")
    return ("Car", (left, top, width, height))


def pedestrian(draw: ImageDraw.ImageDraw, draw_random: random.Random) -> tuple[str, Box]:
    height = draw_random.randint(110, 200)
    width = height * 0.36
    left, top = draw_random.randint(0, int(SIZE[0] - width)), draw_random.randint(420, 790 - height)
    head = width * 0.28
    middle = left + width / 2
    draw.ellipse((middle - head, top, middle + head, top + 2 * head), fill="#c58f6b")
    torso = (left, top + 2 * head, left + width, top + height * 0.62)
    draw.rounded_rectangle(torso, radius=int(width * 0.2), fill=draw_random.choice(COATS))
    draw.rectangle((left + width * 0.15, top + height * 0.6, left + width * 0.42, top + height), fill="#2b2d33")
    draw.rectangle((left + width * 0.58, top + height * 0.6, left + width * 0.85, top + height), fill="#2b2d33")
    return ("Person", (left, top, width, height))


def shelf(number: int) -> Scene:
    """A shelf with bottles and boxes; the same picture for the same number."""
    draw_random = random.Random(10_000 + number)  # noqa: S311 (no secret)
    image = Image.new("RGB", SIZE, "#d9cfbd")
    draw = ImageDraw.Draw(image)
    objects: list[tuple[str, Box]] = []
    for row in range(3):
        board = 250 * (row + 1)
        draw.rectangle((0, board, SIZE[0], board + 16), fill="#7c5f45")
        left = draw_random.randint(10, 60)
        while left < SIZE[0] - 130:
            label, width, height = draw_random.choice([("Bottle", 52, 170), ("Box", 110, 130), ("Can", 60, 90)])
            top = board - height
            draw.rounded_rectangle(
                (left, top, left + width, board), radius=14 if label != "Box" else 2, fill=draw_random.choice(CARS)
            )
            draw.rectangle((left + 6, top + height * 0.4, left + width - 6, top + height * 0.7), fill="#efe9dd")
            objects.append((label, (left, top, width, height)))
            left += width + draw_random.randint(12, 130)
    return Scene(png_of(image), objects)


def png_of(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
