"""The quick forms of the suites about a hostile network. Full: ``packaging/dev.py faults``."""

import os

import pytest

from tests.faults import (
    suite_t05_http,
    suite_t06_renewal,
    suite_t11_urls,
    suite_t12_keys,
    suite_t13_canary,
    suite_t14_vault,
    suite_t22_ways,
)

FULL = bool(os.environ.get("RUSHES_FULL"))


@pytest.mark.timeout(600)
def test_that_every_http_fault_ends_in_its_named_state_without_a_corrupt_file() -> None:
    suite_t05_http.run(FULL).check()


def test_that_files_whose_links_end_half_way_are_all_saved_unattended() -> None:
    suite_t06_renewal.run(FULL).check()


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
def test_that_a_bad_answer_on_the_way_to_a_service_ends_nothing() -> None:
    suite_t22_ways.run(FULL).check()
