"""A saved view takes the place of another one by its name."""

from rushes.core.listing import ListFilter
from rushes.core.saved_views import SavedView, put
from rushes.core.views import View

HERO = SavedView(name="hero takes", search="tag:hero", view=View.UNSAVED, account="a")
PLAIN = SavedView(name="黄昏")


def test_that_a_view_says_what_of_the_list_it_shows() -> None:
    assert HERO.scope == ListFilter(View.UNSAVED, "a", "")
    assert PLAIN.scope == ListFilter()


def test_that_a_view_takes_the_place_of_its_name() -> None:
    renamed = SavedView(name="dusk", search="x")
    assert put([HERO, PLAIN], renamed) == (HERO, PLAIN, renamed)
    assert put([HERO, PLAIN], renamed, "hero takes") == (renamed, PLAIN)
    taken = SavedView(name=PLAIN.name, search="x")
    assert put([HERO, PLAIN], taken, HERO.name) == (taken,)
