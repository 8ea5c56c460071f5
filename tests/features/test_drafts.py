"""Drafts: one a person and form, whole or not at all, private, and gone when they are no longer wanted."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from console.kernel import Unavailable
from console.services.drafts import DRAFTS, LONGEST_KEPT, Drafts
from tests.fakes import FakeClock

TYPED = {"typed": {"name": "หน้าร้าน", "ticks": ["a", "b"], "open": True}}


def test_what_was_kept_is_there_for_the_same_person_and_form_only(tmp_path: Path) -> None:
    clock = FakeClock()
    Drafts(tmp_path, clock).keep("p1", "camera:new", TYPED)
    drafts = Drafts(tmp_path, clock)
    draft = drafts.take("p1", "camera:new")
    assert draft is not None
    assert (draft.values, draft.kept_at) == (TYPED, clock.now())
    assert drafts.take("p2", "camera:new") is None
    assert drafts.take("p1", "camera:1") is None


def test_the_newest_contents_replace_the_older_and_dropping_ends_them(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path, FakeClock())
    drafts.keep("p1", "camera:new", {"n": 1})
    drafts.keep("p1", "camera:new", {"n": 2})
    draft = drafts.take("p1", "camera:new")
    assert draft is not None
    assert draft.values == {"n": 2}
    drafts.drop("p1", "camera:new")
    drafts.drop("p1", "camera:new")
    assert drafts.take("p1", "camera:new") is None
    assert list((tmp_path / DRAFTS).iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps private what lies in the person's own profile")
def test_nobody_else_on_the_computer_reads_a_draft(tmp_path: Path) -> None:
    Drafts(tmp_path, FakeClock()).keep("p1", "camera:new", TYPED)
    (path,) = (tmp_path / DRAFTS).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_lists_the_drafts_of_one_kind_newest_first(tmp_path: Path) -> None:
    clock = FakeClock()
    drafts = Drafts(tmp_path, clock)
    assert drafts.kept("p1", "camera") == []
    for key in ("camera:new", "camera:7", "person:new"):
        drafts.keep("p1", key, TYPED)
        clock.advance(60)
    drafts.keep("p2", "camera:8", TYPED)
    assert [draft.key for draft in drafts.kept("p1", "camera")] == ["camera:7", "camera:new"]


def test_what_nobody_came_back_to_is_thrown_away(tmp_path: Path) -> None:
    clock = FakeClock()
    drafts = Drafts(tmp_path, clock)
    drafts.keep("p1", "camera:old", TYPED)
    clock.advance(LONGEST_KEPT.total_seconds())
    drafts.keep("p1", "camera:new", TYPED)
    assert len(drafts.kept("p1", "camera")) == 2
    clock.advance(timedelta(seconds=1).total_seconds())
    assert [draft.key for draft in drafts.kept("p1", "camera")] == ["camera:new"]
    assert len(list((tmp_path / DRAFTS).iterdir())) == 1


def test_whatever_was_pasted_is_kept_or_said_not_to_be(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path, FakeClock())
    half = {"typed": {"name": "หน้าร้าน\ud83d"}}
    drafts.keep("p1", "camera:new", half)
    with pytest.raises(Unavailable, match="not_kept"):
        drafts.keep("p1", "camera:new", {"typed": {"name": "ก" * 1024 * 1024}})
    draft = drafts.take("p1", "camera:new")
    assert draft is not None
    assert draft.values == half


def test_who_never_comes_back_leaves_no_draft_for_ever(tmp_path: Path) -> None:
    clock = FakeClock()
    drafts = Drafts(tmp_path, clock)
    drafts.keep("gone", "incident:new", TYPED)
    clock.advance(LONGEST_KEPT.total_seconds())
    assert drafts.kept("p1", "camera") == []
    assert drafts.take("gone", "incident:new") is not None
    clock.advance(1)
    assert drafts.kept("p1", "camera") == []
    assert list((tmp_path / DRAFTS).iterdir()) == []


@pytest.mark.parametrize(
    "contents", ["", "{", "[]", "null", '{"person":"p1"}', '{"person":"p1","key":"camera:new","at":"x","values":{}}']
)
def test_a_file_that_is_no_draft_is_no_draft(tmp_path: Path, contents: str) -> None:
    drafts = Drafts(tmp_path, FakeClock())
    drafts.keep("p1", "camera:new", TYPED)
    (path,) = (tmp_path / DRAFTS).iterdir()
    path.write_text(contents)
    assert drafts.take("p1", "camera:new") is None
    assert drafts.kept("p1", "camera") == []
    assert not path.exists()


def test_a_draft_copied_from_another_person_is_not_taken(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path, FakeClock())
    drafts.keep("p1", "camera:new", TYPED)
    (theirs,) = (tmp_path / DRAFTS).iterdir()
    drafts.keep("p2", "camera:new", {"n": 1})
    (mine,) = set((tmp_path / DRAFTS).iterdir()) - {theirs}
    mine.write_bytes(theirs.read_bytes())
    assert drafts.take("p2", "camera:new") is None


def test_a_disk_that_does_not_take_it_is_said(tmp_path: Path) -> None:
    (tmp_path / DRAFTS).write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as refused:
        Drafts(tmp_path, FakeClock()).keep("p1", "camera:new", TYPED)
    assert refused.value.key == "draft.not_kept"
