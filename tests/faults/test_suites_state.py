"""The quick forms of the suites about kills, disks, names, text and clocks.

Full: ``packaging/dev.py faults``. What one of them needs and this machine has not, skips it.
"""

import os

import pytest

from tests.faults import (
    suite_t01_kills,
    suite_t02_kills,
    suite_t03_power_loss,
    suite_t04_full_disk,
    suite_t07_bodies,
    suite_t08_hostile_text,
    suite_t09_names,
    suite_t10_archives,
    suite_t15_soak,
    suite_t17_quit,
    suite_t18_upgrades,
    suite_t20_clock,
    suite_t21_windows,
    suite_t25_helpers,
    suite_t26_damage,
    suite_t27_away,
    suite_t28_quit_while,
    suite_t29_moves,
)

FULL = bool(os.environ.get("RUSHES_FULL"))

pytestmark = pytest.mark.timeout(0 if FULL else 600)


def test_that_a_kill_while_watching_and_editing_loses_nothing_that_was_told() -> None:
    suite_t01_kills.run(FULL).check()


def test_that_a_kill_in_a_phase_of_a_download_leaves_no_half_file_under_a_final_name() -> None:
    suite_t02_kills.run(FULL).check()


def test_that_what_a_power_loss_leaves_on_the_disk_is_made_whole_at_the_next_start() -> None:
    suite_t03_power_loss.run(FULL).check()


def test_that_a_disk_that_fills_up_loses_no_task_and_saving_goes_on_with_new_room() -> None:
    suite_t04_full_disk.run(FULL).check()


def test_that_no_body_a_service_may_send_escapes_as_an_exception() -> None:
    suite_t07_bodies.run(FULL).check()


def test_that_hostile_text_is_shown_as_text_on_every_surface(qapp: object) -> None:
    suite_t08_hostile_text.run(FULL).check()


def test_that_file_names_stay_inside_the_folder_and_apart() -> None:
    suite_t09_names.run(FULL).check()


def test_that_no_archive_gets_out_of_its_folder_or_eats_the_memory() -> None:
    suite_t10_archives.run(FULL).check()


def test_that_memory_and_descriptors_stay_where_they_are_in_the_long_run() -> None:
    suite_t15_soak.run(FULL).check()


def test_that_the_window_ends_quietly_wherever_it_is_told_to() -> None:
    suite_t17_quit.run(FULL).check()


def test_that_an_older_list_is_brought_up_to_date_after_a_kill_on_the_way() -> None:
    suite_t18_upgrades.run(FULL).check()


def test_that_no_clock_makes_a_link_end_unsaved() -> None:
    suite_t20_clock.run(FULL).check()


def test_that_a_killed_demo_goes_on_with_the_same_table_and_whole_files() -> None:
    suite_t21_windows.run(FULL).check()


def test_that_saved_is_said_of_what_is_there_wherever_the_files_went() -> None:
    suite_t27_away.run(FULL).check()


def test_that_a_damaged_list_keeps_what_can_be_read_and_tells_what_is_gone() -> None:
    suite_t26_damage.run(FULL).check()


def test_that_helpers_run_our_code_alone_without_keys_or_a_network_of_ours(qapp: object) -> None:
    suite_t25_helpers.run(FULL).check()


def test_that_the_window_ends_in_time_whatever_hangs(qapp: object) -> None:
    suite_t28_quit_while.run(FULL).check()


def test_that_a_kill_while_files_are_moved_loses_none_and_leaves_each_once() -> None:
    suite_t29_moves.run(FULL).check()
