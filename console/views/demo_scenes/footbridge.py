"""A wet afternoon under the footbridge: rain, umbrellas, lamps mirrored in the road."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, pickup, sedan, songthaew, truck, van
from console.views.demo_scenes.ground import Ground, Sky, noise
from console.views.demo_scenes.lens import Lens, upright
from console.views.demo_scenes.light import Finish, Light
from console.views.demo_scenes.people import Look, Stance, draw_person
from console.views.demo_scenes.plants import Tree, tree
from console.views.demo_scenes.shopfronts import Front, terrace
from console.views.demo_scenes.stage import PERIOD, Driver, Moving, PaintAt, Plan, Stage, Walker, set_stage, steady
from console.views.demo_scenes.street import box, cutout, post, power_pole, skyline, wires
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign
from console.views.demo_scenes.weather import rain, splashes

LENS = Lens((-0.6, 6.6, -2.0), yaw=4, pitch=13, focal=430)
LIGHT = Light(ambient=(0.74, 0.79, 0.86), sun=(0.04, 0.04, 0.04), shadow=0.2, night=True, wet=True)
SKY = Sky(horizon=(176, 184, 192), zenith=(122, 132, 146), cloud=(150, 158, 168), clouds=0.9, haze=70)
SCENE = (LENS, LIGHT)
BRIDGE, DECK = 19.0, 5.0
COAT = Look((240, 210, 60), (60, 66, 80), size=1.64, umbrella=(40, 110, 180))
RED_UMBRELLA = Look((90, 110, 150), (52, 54, 66), umbrella=(206, 50, 56))

LEFT = (
    Front(
        4.6, 3, (206, 200, 190), sign=Sign("ร้านสะดวกซื้อสาธิต", c.GREEN, c.WHITE, shines=True), ground="glass", lights=True
    ),
    Front(4.6, 3, (196, 204, 208), sign=Sign("ธนาคารสาธิต", (60, 40, 130), c.WHITE), ground="glass"),
    Front(4.6, 3, (214, 202, 180), sign=Sign("ร้านเย็บผ้าสาธิต", c.ORANGE, c.CREAM), awning=(c.BLUE, c.CREAM)),
    Front(4.6, 3, (190, 196, 190)),
    Front(4.6, 3, (208, 196, 184), sign=Sign("สาธิตการแว่น", c.BLUE, c.WHITE, shines=True), ground="glass", lights=True),
    Front(4.6, 2, (200, 200, 196)),
)


def _ground(g: Ground) -> None:
    g.tiles(g.edge(g.x * 0 + 1), (140, 140, 138))
    road = g.between(g.x, -6.4, 6.6)
    g.asphalt(road, (84, 88, 94))
    # A wet road gives back the pale sky, most where it lies flat to the eye.
    shine = (0.25 + 0.3 * noise(g.x * 1.4, g.z * 0.25, 1.4)).clip(0, 0.6) * (g.z / 30).clip(0.15, 1)
    g.paint((196, 206, 218), road * shine, 0.8)
    g.kerb(g.x, g.z, -6.4)
    g.kerb(g.x, g.z, 6.6)
    g.line(g.x, 0.0, (226, 196, 70), 0.12)
    g.line(g.x, 0.3, (226, 196, 70), 0.12)
    g.dashes(g.x, g.z, -3.2)
    g.dashes(g.x, g.z, 3.4)
    for at, size in (
        ((-5.4, 11.0), (0.8, 1.6)),
        ((5.6, 15.0), (0.9, 1.3)),
        ((-8.0, 9.5), (0.8, 0.5)),
        ((1.6, 9.0), (0.7, 0.9)),
    ):
        far = ((g.x - at[0]) / size[0]) ** 2 + ((g.z - at[1]) / size[1]) ** 2
        g.paint((176, 186, 200), (1.1 - far + 0.35 * noise(g.x, g.z, 0.6)).clip(0, 1), 0.32)


def _bridge(p: QPainter) -> None:
    """Paint the deck, its railing, the legs and the stairs."""
    for x in (-8.6, 8.8):
        post(p, SCENE, (x, 0, BRIDGE + 0.8), (x, DECK, BRIDGE + 0.8), (0.5, (176, 178, 176)))
    box(p, SCENE, (-10.4, DECK - 0.5, BRIDGE), (10.6, DECK, BRIDGE + 1.8), (186, 188, 186))
    board = upright((-5.6, BRIDGE - 0.05), (5.8, BRIDGE - 0.05), DECK + 0.55, DECK - 0.55)
    with on_wall(p, LENS, board) as rect:
        paint_sign(p, rect, Sign("ถนนสาธิตพัฒนา  ใจกลางเมืองปลอดภัย", (24, 96, 70), c.WHITE))
    for x in (-8.6, 8.8):
        side = -1 if x < 0 else 1
        for i in reversed(range(12)):
            y1 = DECK * (i + 1) / 12
            z = BRIDGE - 5.6 + i * 0.5
            box(
                p,
                SCENE,
                (min(x + side * 0.2, x + side * 1.8), 0, z),
                (max(x + side * 0.2, x + side * 1.8), y1, z + 0.55),
                (172, 174, 172),
            )


def _railing(p: QPainter) -> None:
    wall = upright((-10.4, BRIDGE - 0.02), (10.6, BRIDGE - 0.02), DECK + 1.05, DECK)
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(QRectF(0, 0, rect.width(), 8), QColor(90, 120, 140))
        x = 0.0
        while x < rect.width():
            p.fillRect(QRectF(x, 0, 5, 105), QColor(100, 128, 146))
            x += 26
        lit(p, QRectF(0, 0, rect.width(), 8), wall, LIGHT)


def _roof(p: QPainter) -> None:
    for x in (-9.8, -5.0, 0.1, 5.2, 10.0):
        post(p, SCENE, (x, DECK, BRIDGE + 1.7), (x, DECK + 2.6, BRIDGE + 1.7), (0.1, (120, 140, 152)))
    box(p, SCENE, (-10.8, DECK + 2.55, BRIDGE - 0.2), (11.0, DECK + 2.75, BRIDGE + 2.0), (84, 128, 150))


def _scenery(p: QPainter) -> None:
    skyline(p, SCENE, SKY, 75, 9)
    terrace(p, SCENE, ((-10.6, 9.0), (-10.6, 37.0)), LEFT)
    terrace(p, SCENE, ((11.4, 46.0), (11.4, 22.0)), LEFT[::-1])
    for z in (40.0, 27.0):
        power_pole(p, SCENE, 7.8, z)
    wires(p, LENS, [(7.8, 70.0), (7.8, 40.0), (7.8, 27.0)])


def _above(look: Look, start: float, *, right: bool) -> PaintAt:
    """Return somebody who crosses on the bridge once in a period."""

    def paint(p: QPainter, t: float) -> None:
        share = ((t - start) / PERIOD) % 1.0
        x = -10.0 + 20.0 * (share if right else 1 - share)
        stance = Stance(x, BRIDGE + (0.5 if right else 1.2), 1.57 if right else -1.57, share * 14.0, 1.0, y=DECK)
        draw_person(p, SCENE, stance, look)

    return paint


def stage() -> Stage:
    trunk, leaves = tree(SCENE, Tree(9.6, 12.0, 4.4, 2.0, (78, 112, 66), 5))

    def scenery(p: QPainter) -> None:
        _scenery(p)
        trunk(p)

    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery, Finish(bloom=0.12, threshold=200, contrast=1.04)), seed=8)
    deck = LENS.depth((0, DECK, BRIDGE))
    made.actors += [
        leaves,
        cutout(LENS, (0, DECK, BRIDGE), _bridge),
        Moving(deck - 0.1, _above(c.OFFICE, 2.0, right=True)),
        Moving(deck - 0.1, _above(c.PINK, 6.5, right=False)),
        Moving(deck - 0.1, _above(c.YOUTH, 8.3, right=True)),
        cutout(LENS, (0, DECK + 1, BRIDGE - 0.4), _railing),
        cutout(LENS, (0, DECK + 1, BRIDGE - 0.5), _roof),
        Walker(COAT, steady(((-8.0, 3.0), (-8.2, 36.0)), 1.35, 1)),
        Walker(RED_UMBRELLA, steady(((-7.4, 34.0), (-7.5, 3.0)), 1.2, 4)),
        Walker(c.SHADE, steady(((7.6, 34.0), (7.5, 3.0)), 1.25, 7)),
        Driver(van((236, 238, 240)), steady(((-2.0, -4.0), (-2.0, 80.0)), 8.6, 0.6)),
        Driver(sedan((180, 36, 40)), steady(((1.9, 90.0), (1.9, -4.0)), 9.4, 2.0)),
        Driver(songthaew((44, 96, 176)), steady(((4.9, 90.0), (4.9, -4.0)), 7.6, 5.6)),
        Driver(truck((60, 110, 150)), steady(((-4.7, -5.0), (-4.7, 80.0)), 7.2, 4.6)),
        Driver(pickup((70, 76, 84)), steady(((1.9, 90.0), (1.9, -4.0)), 9.0, 7.4)),
        Driver(
            motorbike((40, 110, 170), Look((60, 170, 210), (60, 170, 210), hat=(240, 240, 240))),
            steady(((-5.6, -2.0), (-5.6, 70.0)), 7.0, 8.4),
        ),
    ]
    made.over += [splashes(LENS, (-6.0, 6.0, 7.0, 26.0)), rain()]
    return made
