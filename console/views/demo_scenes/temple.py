"""Early light at the gate of a temple: monks on their round, alms, dogs that sleep in the sun."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen

from console.views.demo_scenes import cast as c
from console.views.demo_scenes.bodywork import motorbike, songthaew
from console.views.demo_scenes.ground import Ground, Sky
from console.views.demo_scenes.lens import Lens, Vec, upright
from console.views.demo_scenes.light import Finish, Light, Rgb, colour
from console.views.demo_scenes.people import Dog, Stance, draw_dog
from console.views.demo_scenes.plants import Tree, tree
from console.views.demo_scenes.stage import PERIOD, Driver, Moving, Plan, Stage, Stander, Walker, set_stage, steady
from console.views.demo_scenes.street import box, skyline
from console.views.demo_scenes.surfaces import Sign, lit, on_wall, paint_sign

LENS = Lens((-2.5, 5.2, -3.0), yaw=7, pitch=9, focal=410)
LIGHT = Light(ambient=(0.72, 0.69, 0.70), sun=(0.52, 0.40, 0.24), sun_from=(-0.72, 0.5, -0.48))
SKY = Sky(horizon=(250, 222, 184), zenith=(136, 170, 206), cloud=(255, 240, 222), haze=110)
SCENE = (LENS, LIGHT)
WALL = 14.5
GOLDEN: Rgb = (238, 186, 74)


def _ground(g: Ground) -> None:
    g.tiles(g.edge(g.z - 9.4), (204, 190, 166), 0.8)
    g.asphalt(g.edge(9.4 - g.z), (120, 116, 114))
    g.kerb(g.z, g.x, 9.4, (232, 196, 60))
    g.dashes(g.z, g.x, 5.4)
    g.line(g.z, 9.0)
    g.paint((140, 150, 92), g.edge(g.z - WALL) * (1 - g.between(g.x, -3.0, 4.0)))
    g.rough(g.edge(g.z - WALL), 8, 10)
    # The long shadow of a tree outside the picture.
    far = ((g.x + 7.0) / 4.2) ** 2 + ((g.z - 7.0) / 2.4) ** 2
    g.shade((1.2 - far).clip(0, 1) * (0.6 + 0.4 * g.edge(g.z % 0.9 - 0.4, 0.4)), 0.66)


def _tier(p: QPainter, where: Vec, half: float, rise: float) -> None:
    """Paint one tier of a temple roof: a steep gable with a gold rim and horn-like tips."""
    x, y, z = where
    left, top, right = LENS.at((x - half, y, z)), LENS.at((x, y + rise, z)), LENS.at((x + half, y, z))
    path = QPainterPath(left)
    path.quadTo(LENS.at((x - half * 0.42, y + rise * 0.30, z)), top)
    path.quadTo(LENS.at((x + half * 0.42, y + rise * 0.30, z)), right)
    path.closeSubpath()
    fill = QLinearGradient(left, right)
    fill.setColorAt(0.0, QColor(232, 112, 52))
    fill.setColorAt(0.5, QColor(206, 84, 38))
    fill.setColorAt(1.0, QColor(150, 58, 34))
    p.setBrush(fill)
    p.setPen(Qt.PenStyle.NoPen)
    p.drawPath(path)
    inner = QPainterPath(LENS.at((x - half * 0.62, y, z)))
    inner.quadTo(LENS.at((x - half * 0.26, y + rise * 0.24, z)), LENS.at((x, y + rise * 0.72, z)))
    inner.quadTo(LENS.at((x + half * 0.26, y + rise * 0.24, z)), LENS.at((x + half * 0.62, y, z)))
    inner.closeSubpath()
    p.setBrush(QColor(36, 104, 76))
    p.drawPath(inner)
    pen = max(1.2, LENS.scale(where) * 0.14)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(QColor(250, 212, 110), pen))
    p.drawPath(path)
    p.drawLine(top, top - QPointF(0, LENS.scale(where) * 0.55))
    for tip, side in ((left, -1), (right, 1)):
        horn = QPainterPath(tip)
        horn.quadTo(tip + QPointF(side * pen * 3, 0), tip + QPointF(side * pen * 3.4, -pen * 3))
        p.drawPath(horn)


def _hall(p: QPainter) -> None:
    """Paint the ordination hall behind the wall."""
    wall = upright((5.2, 27.0), (17.2, 27.0), 5.6)
    with on_wall(p, LENS, wall) as rect:
        p.fillRect(rect, QColor(250, 244, 230))
        for i in range(5):
            column = QRectF(60 + i * 260, 0, 54, rect.height())
            p.fillRect(column, QColor(238, 200, 110))
        for left in (200.0, 460.0, 720.0):
            p.fillRect(QRectF(left, 170, 100, 300), QColor(140, 46, 40))
            p.fillRect(QRectF(left + 14, 190, 72, 260), QColor(206, 156, 66))
        lit(p, rect, wall, LIGHT, 1.0)
    for y, half, rise in ((5.4, 7.2, 4.2), (7.4, 5.2, 3.8), (9.4, 3.4, 3.4)):
        _tier(p, (11.2, y, 27.0 + y * 0.05), half, rise)


def _chedi(p: QPainter, x: float, z: float) -> None:
    """Paint a golden bell-shaped stupa."""
    outline = (
        (3.4, 0.0),
        (3.4, 1.6),
        (2.8, 1.8),
        (2.8, 2.8),
        (2.3, 3.0),
        (2.2, 4.2),
        (1.7, 5.8),
        (1.0, 6.8),
        (0.9, 7.4),
        (0.5, 7.7),
        (0.28, 10.4),
        (0.05, 13.0),
    )
    path = QPainterPath(LENS.at((x - outline[0][0], 0, z)))
    for half, y in outline:
        path.lineTo(LENS.at((x - half, y, z)))
    for half, y in reversed(outline):
        path.lineTo(LENS.at((x + half, y, z)))
    fill = QLinearGradient(LENS.at((x - 3.2, 3, z)), LENS.at((x + 3.2, 3, z)))
    for share, rgb in ((0.0, (255, 226, 140)), (0.25, (255, 240, 190)), (0.55, GOLDEN), (1.0, (146, 98, 40))):
        fill.setColorAt(share, colour(rgb))
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(fill)
    p.drawPath(path)
    for y, half in ((1.7, 3.3), (2.9, 2.7), (7.0, 1.0), (8.4, 0.42), (9.2, 0.36)):
        at, size = LENS.at((x, y, z)), LENS.scale((x, y, z))
        p.setBrush(colour((178, 126, 50), alpha=0.7))
        p.drawRect(QRectF(at.x() - half * size, at.y(), 2 * half * size, max(1.0, size * 0.1)))


def _gate(p: QPainter) -> None:
    for start, end in ((-24.0, -2.6), (3.6, 26.0)):
        wall = upright((start, WALL), (end, WALL), 2.1)
        with on_wall(p, LENS, wall) as rect:
            p.fillRect(rect, QColor(250, 244, 230))
            p.fillRect(QRectF(0, 0, rect.width(), 26), QColor(214, 116, 52))
            x = 20.0
            while x < rect.width() - 60:
                p.fillRect(QRectF(x, 60, 70, 100), QColor(232, 216, 186))
                p.fillRect(QRectF(x + 26, 72, 18, 76), QColor(226, 172, 70))
                x += 110
            lit(p, rect, wall, LIGHT, 1.0)
    for x in (-3.0, 3.2):
        box(p, SCENE, (x - 0.5, 0, WALL - 0.5), (x + 0.9, 4.6, WALL + 0.5), (250, 244, 230))
        box(p, SCENE, (x - 0.6, 0, WALL - 0.6), (x + 1.0, 0.5, WALL + 0.6), GOLDEN)
        box(p, SCENE, (x - 0.6, 4.4, WALL - 0.6), (x + 1.0, 4.7, WALL + 0.6), GOLDEN)
    board = upright((-3.4, WALL - 0.55), (4.1, WALL - 0.55), 5.9, 4.7)
    with on_wall(p, LENS, board) as rect:
        paint_sign(p, rect, Sign("วัดสาธิตวนาราม", (150, 30, 36), c.GOLD))
    for y, half, rise in ((5.9, 4.4, 2.2), (6.9, 2.8, 2.1)):
        _tier(p, (0.35, y, WALL), half, rise)


def _dogs(p: QPainter, t: float) -> None:
    draw_dog(p, SCENE, Stance(-5.2, 11.4, 1.2, 3 * t / PERIOD / 3, 0.0), Dog((196, 156, 104), 0.52))


def _dogs_too(p: QPainter, t: float) -> None:
    draw_dog(p, SCENE, Stance(5.8, 12.6, -1.9, 6 * t / PERIOD / 3, 0.0), Dog((70, 58, 52), 0.5))


def stage() -> Stage:
    trees = [
        tree(SCENE, Tree(-10.5, 18.5, 5.6, 3.2, (92, 124, 54), 6)),
        tree(SCENE, Tree(19.0, 17.5, 4.6, 2.4, (84, 118, 60), 9)),
        tree(SCENE, Tree(-21.5, 26.0, 5.0, 3.0, (96, 126, 64), 2)),
    ]

    def scenery(p: QPainter) -> None:
        skyline(p, SCENE, SKY, 95, 12)
        _chedi(p, -3.6, 30.0)
        _hall(p)
        for trunk, _ in trees:
            trunk(p)
        _gate(p)
        box(p, SCENE, (4.6, 0, 11.2), (6.0, 0.72, 11.8), (150, 110, 70))
        for i, rgb in enumerate(((250, 250, 246), c.YELLOW, (222, 120, 150))):
            box(p, SCENE, (4.75 + i * 0.42, 0.72, 11.35), (5.05 + i * 0.42, 0.95, 11.65), rgb)

    made = set_stage(Plan(LENS, LIGHT, SKY, _ground, scenery, Finish(bloom=0.14, threshold=205, warmth=1.02)), seed=5)
    line = ((13.0, 12.2), (4.0, 12.0), (0.6, 13.2), (0.4, 28.0))
    made.actors += [
        *(leaves for _, leaves in trees),
        Walker(c.MONK, steady(line, 0.95, 0.0)),
        Walker(c.MONK, steady(line, 0.95, 1.6)),
        Walker(c.MONK, steady(line, 0.95, 3.2)),
        Stander(c.AUNT, 4.5, 10.7, -0.1, 0.2),
        Stander(c.PINK, 5.6, 10.6, 0.1, 0.7),
        Stander(c.STRIPE, -1.6, 11.8, 1.0, 0.5),
        Moving(LENS.depth((-5.2, 0, 11.4)), _dogs),
        Moving(LENS.depth((5.8, 0, 12.6)), _dogs_too),
        Walker(c.SHADE, steady(((-14.0, 12.6), (-3.0, 12.4), (0.0, 14.0), (-0.4, 29.0)), 1.1, 5)),
        Walker(c.OFFICE, steady(((14.0, 10.4), (-14.0, 10.5)), 1.4, 2)),
        Driver(songthaew((44, 130, 84)), steady(((22.0, 3.6), (-22.0, 3.6)), 6.6, 5.4)),
        Driver(motorbike((40, 100, 180), c.RIDER_BLUE, c.PINK), steady(((-18.0, 7.4), (20.0, 7.4)), 6.0, 1.4)),
    ]
    return made
