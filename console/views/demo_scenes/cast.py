"""Who and what passes through the scenes: colours, clothes and vehicles that several scenes share."""

from __future__ import annotations

from typing import Final

from console.views.demo_scenes.light import Rgb
from console.views.demo_scenes.people import Look

RED: Final[Rgb] = (200, 32, 40)
GOLD: Final[Rgb] = (255, 220, 120)
CREAM: Final[Rgb] = (250, 244, 226)
WHITE: Final[Rgb] = (246, 246, 244)
GREEN: Final[Rgb] = (26, 120, 72)
BLUE: Final[Rgb] = (32, 84, 168)
YELLOW: Final[Rgb] = (244, 204, 62)
ORANGE: Final[Rgb] = (236, 128, 36)
NAVY: Final[Rgb] = (34, 44, 84)
SAFFRON: Final[Rgb] = (226, 124, 32)

OFFICE: Final = Look((236, 238, 240), (44, 50, 78), size=1.68)
PINK: Final = Look((222, 104, 148), (82, 62, 92), size=1.57, skirt=True, bag=YELLOW)
SHADE: Final = Look((96, 152, 104), (64, 58, 54), size=1.58, umbrella=(214, 62, 110))
VENDOR: Final = Look((214, 84, 60), (60, 66, 92), size=1.6, hat=(222, 202, 150))
TEAL: Final = Look((44, 140, 150), (50, 52, 60), size=1.7)
STRIPE: Final = Look((240, 196, 80), (60, 78, 120), size=1.62, bag=(90, 160, 90))
AUNT: Final = Look((150, 84, 160), (96, 70, 60), size=1.53, skirt=True, bag=(230, 80, 70))
YOUTH: Final = Look((52, 54, 62), (92, 110, 140), size=1.72)
BOY: Final = Look((246, 246, 244), (60, 48, 40), size=1.28)
PUPIL: Final = Look((248, 248, 248), (30, 40, 92), size=1.24, bag=(210, 60, 60))
PUPIL_GIRL: Final = Look((248, 248, 248), (28, 40, 96), size=1.26, skirt=True, bag=(240, 150, 180))
TEACHER: Final = Look((190, 170, 110), (120, 100, 66), size=1.6, skirt=True)
MONK: Final = Look(SAFFRON, SAFFRON, size=1.66, robe=True)
GUARD: Final = Look((120, 150, 190), (34, 38, 54), size=1.72, hat=(40, 48, 70))
VEST: Final = Look((186, 214, 40), (40, 42, 58), size=1.7, hat=(235, 235, 240))
RIDER: Final = Look((240, 140, 40), (44, 46, 58), hat=(240, 240, 240))
RIDER_RED: Final = Look((200, 50, 56), (50, 60, 90), hat=(40, 40, 46))
RIDER_BLUE: Final = Look((60, 110, 190), (60, 56, 54), hat=(220, 60, 50))
PILLION: Final = Look((240, 220, 226), (70, 60, 90), size=1.54, hat=(250, 200, 210))
