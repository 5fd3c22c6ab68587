"""The quick forms of the suites about a hostile network. Full: ``packaging/dev.py faults``."""

import os
import sys

import pytest

from tests.faults import (
    days,
    stores,
    suite_d1_portal,
    suite_d2_maintenance,
    suite_d3_asleep,
    suite_d4_clock,
    suite_d5_gateways,
    suite_t05_http,
    suite_t06_renewal,
    suite_t11_urls,
    suite_t12_keys,
    suite_t13_canary,
    suite_t14_vault,
    suite_t22_ways,
    suite_t23_refused_files,
    suite_t24_files,
)

FULL = bool(os.environ.get("RUSHES_FULL"))


@pytest.mark.timeout(600)
def test_that_every_http_fault_ends_in_its_named_state_without_a_corrupt_file() -> None:
    suite_t05_http.run(FULL).check()


def test_that_files_whose_links_end_half_way_are_all_saved_unattended() -> None:
    suite_t06_renewal.run(FULL).check()


def test_that_a_refused_file_is_saved_as_long_as_its_link_lives_and_lost_only_after() -> None:
    suite_t23_refused_files.run(FULL).check()


@pytest.mark.parametrize("name", stores.STORES)
def test_that_a_real_store_may_refuse_a_file_before_it_is_there(name: str) -> None:
    if not suite_t23_refused_files.can_run(name):
        pytest.skip(f"needs {stores.STORES[name][0]}, which dev.py faults installs")
    suite_t23_refused_files.run_store(name).check()


def test_that_the_url_policy_holds_and_nothing_else_is_dialled() -> None:
    suite_t11_urls.run(FULL).check()


def test_that_no_redirect_brings_the_key_to_a_foreign_server() -> None:
    suite_t12_keys.run(FULL).check()


def test_that_canary_keys_are_in_no_channel_out_of_the_program() -> None:
    suite_t13_canary.run(FULL).check()


@pytest.mark.skipif(not suite_t14_vault.can_run(), reason="needs gnome-keyring and D-Bus")
def test_that_no_state_of_the_keyring_makes_a_key_readable() -> None:
    suite_t14_vault.run(FULL).check()


@pytest.mark.timeout(600)
@pytest.mark.skipif(not suite_t24_files.can_run(), reason="needs ffmpeg, zip, 7z and assimp")
def test_that_files_of_other_programs_arrive_as_they_are_and_broken_ones_are_known() -> None:
    suite_t24_files.run(FULL).check()


@pytest.mark.timeout(600)
def test_that_a_bad_answer_on_the_way_to_a_service_ends_nothing() -> None:
    suite_t22_ways.run(FULL).check()


_on_linux = pytest.mark.skipif(sys.platform != "linux", reason="ends programs by signals")


@_on_linux
def test_that_a_portals_day_ends_with_every_file_saved_and_no_key_given_away(qapp: object) -> None:
    suite_d1_portal.run(FULL).check()


@_on_linux
def test_that_a_gateways_maintenance_hour_ends_with_every_file_saved(qapp: object) -> None:
    suite_d2_maintenance.run(FULL).check()


@_on_linux
@pytest.mark.skipif(not days.can_set_clock(), reason="needs libfaketime")
def test_that_a_sleep_over_a_links_end_ends_with_every_file_saved(qapp: object) -> None:
    suite_d3_asleep.run(FULL).check()


@_on_linux
@pytest.mark.skipif(not days.can_set_clock(), reason="needs libfaketime")
def test_that_a_day_of_a_clock_that_jumps_ends_with_every_file_saved(qapp: object) -> None:
    suite_d4_clock.run(FULL).check()


@_on_linux
@pytest.mark.timeout(600)
def test_that_a_day_behind_gateways_ends_with_every_film_they_give_out_saved() -> None:
    suite_d5_gateways.run(FULL).check()
