"""Ranks and positions: how they are written and in which order people stand."""

from __future__ import annotations

import pytest

from console.i18n.ranks import CIVILIANS, POSITIONS, RANKS, position_order, rank_choices, rank_order, with_rank


@pytest.mark.parametrize(
    ("rank", "name", "written"),
    [
        ("พ.ต.อ.", "ภูวรา แก้วพารัตน์", "พ.ต.อ.ภูวรา แก้วพารัตน์"),
        ("ร.ต.อ.หญิง", "สมศรี ใจดี", "ร.ต.อ.หญิง สมศรี ใจดี"),
        ("ว่าที่ ร.ต.ต.", "สมชาย ใจดี", "ว่าที่ ร.ต.ต.สมชาย ใจดี"),
        ("นางสาว", "จิราพร ใจซื่อ", "นางสาวจิราพร ใจซื่อ"),
        ("Pol. Col.", "Phuwara Kaeo", "Pol. Col. Phuwara Kaeo"),
        ("", "somchai", "somchai"),
        ("พ.ต.อ.", "พ.ต.อ.สมมติ ตัวอย่าง", "พ.ต.อ.สมมติ ตัวอย่าง"),
    ],
)
def test_rank_and_name_as_they_are_written(rank: str, name: str, written: str) -> None:
    assert with_rank(rank, name) == written


def test_every_rank_is_offered_also_for_women_and_before_the_command() -> None:
    offered = list(rank_choices())
    for rank in RANKS:
        assert {rank.short, f"{rank.short}หญิง"} <= set(offered)
        assert (f"ว่าที่ {rank.short}" in offered) is rank.officer
    assert offered[-len(CIVILIANS) :] == list(CIVILIANS)
    assert [rank_order(rank) for rank in offered] == sorted(rank_order(rank) for rank in offered)


@pytest.mark.usefixtures("_thai")
def test_a_choice_is_explained_in_the_chosen_language() -> None:
    assert rank_choices()["ว่าที่ พ.ต.ต.หญิง"] == "ว่าที่ พ.ต.ต.หญิง  ว่าที่พันตำรวจตรีหญิง"


def test_a_choice_is_explained_in_english() -> None:
    assert rank_choices()["ว่าที่ พ.ต.ต.หญิง"] == "ว่าที่ พ.ต.ต.หญิง  Acting Pol. Maj. (woman)"
    assert rank_choices()["นางสาว"] == "นางสาว  Miss"


def test_the_order_of_ranks_however_they_are_written() -> None:
    assert rank_order("พ.ต.อ.") == rank_order("พ.ต.อ.หญิง") == rank_order("ว่าที่ พ.ต.อ.") == rank_order("พ.ต.อ.ดร.")
    assert rank_order("พ.ต.อ.สมมติ ตัวอย่าง") == rank_order("พ.ต.อ.")
    assert rank_order("ร.ต.ต.") < rank_order("ด.ต.") < rank_order("ส.ต.ต.") < rank_order("นาย") < rank_order("somchai")
    assert rank_order("นางสาว") != rank_order("นาง")


def test_the_order_of_positions() -> None:
    assert position_order("ผกก.สภ.เมืองสงขลา") < position_order("รอง ผกก.ป.สภ.เมืองสงขลา")
    assert position_order("รองผกก.ป.") == position_order("รอง ผกก.ป."), "a blank more or less"
    assert (
        position_order("สวป.") < position_order("สว.(สอบสวน)") < position_order("รอง สวป.") < position_order("รอง สว.")
    )
    assert position_order("ผบ.หมู่ (ป.)") < position_order("")
    assert [position_order(position) for position in POSITIONS] == list(range(len(POSITIONS)))
