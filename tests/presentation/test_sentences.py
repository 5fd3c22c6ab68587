import re
from dataclasses import replace

import pytest

from rushes.core.account import AddressFault, BadBaseUrl
from rushes.core.failure import Failure, Kind
from rushes.core.secret import BadKey, KeyFault
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Flag, Link, Status, TaskError
from rushes.presentation.account_problems import address_problem, key_problem
from rushes.presentation.sentences import (
    Action,
    action_label,
    disk_full_sentence,
    sentence,
    trial_sentence,
)
from rushes.presentation.words import (
    flag_sentence,
    lost_sentence,
    search_sentence,
    task_error_sentence,
    task_sentence,
    unknown_status_sentence,
)
from tests.presentation.tasks import task

HOST = "ark.example.com"


@pytest.mark.parametrize(
    ("failure", "text", "action"),
    [
        (
            Failure(Kind.DENIED, HOST),
            "This key is not accepted by ark.example.com.",
            Action.REPLACE_KEY,
        ),
        (
            Failure(Kind.OVERDUE, HOST),
            "The account has an unpaid balance. Your saved files are safe.",
            Action.TRY_NOW,
        ),
        (
            Failure(Kind.LIMITED, HOST, retry_after=40),
            "The service asked us to slow down. Next check in 40 s.",
            None,
        ),
        (Failure(Kind.QUOTA, HOST), "Free or plan quota is used up.", Action.TRY_NOW),
        (
            Failure(Kind.NOT_FOUND, HOST),
            "This service does not know the task (older than 7 days, or another account). "
            "Kept in your list.",
            Action.TRY_OTHER_ACCOUNTS,
        ),
        (Failure(Kind.LINK_ENDED, HOST), "The file is refused just now.", None),
        (
            Failure(Kind.TLS, HOST, detail="certificate expired"),
            "The connection to ark.example.com is not trusted (certificate expired). "
            "Nothing was sent.",
            Action.TRY_NOW,
        ),
        (
            Failure(Kind.BLOCKED_URL, HOST, detail="a private address"),
            "The service returned an address we do not open (a private address).",
            None,
        ),
        (
            Failure(Kind.VAULT_LOCKED),
            "Unlock your password store to continue.",
            Action.UNLOCK,
        ),
        (
            Failure(Kind.VAULT_NONE),
            "No password store is running, so the key cannot be read. Start it, then try again.",
            Action.RETRY,
        ),
        (
            Failure(Kind.VAULT_REFUSED),
            "The password store does not answer as it should. Unlock it, then try again.",
            Action.RETRY,
        ),
    ],
)
def test_that_each_trouble_has_its_words_and_its_way_out(
    failure: Failure, text: str, action: Action | None
) -> None:
    found = sentence(failure)
    assert (found.text, found.action) == (text, action)


@pytest.mark.parametrize("kind", list(Kind))
def test_that_every_kind_of_failure_is_one_plain_sentence(kind: Kind) -> None:
    odd = Failure(kind, "host\n<b>\u202e", None, "C", "said {0} %s <i>", "r", "why {x}\n")
    for failure in (Failure(kind), odd):
        text = sentence(failure, next_look_s=5).text
        assert text.endswith((".", "…", ")", "}", ">"))
        assert "\n" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("kind", list(Kind))
def test_that_a_test_of_a_key_promises_nothing_that_happens_by_itself(kind: Kind) -> None:
    for failure in (Failure(kind), Failure(kind, HOST, 40)):
        told = trial_sentence(failure)
        promises = re.search("by itself|sking again|until there is", told)
        assert not promises or kind in {Kind.STALLED, Kind.NO_ROOM}  # of files, which no test saves


def test_that_a_test_of_a_key_that_finds_a_page_says_to_check_the_address() -> None:
    told = trial_sentence(Failure(Kind.NOT_API, HOST))
    assert told == f"{HOST} does not answer as usual. Check the address, then test again."
    told = trial_sentence(Failure(Kind.LIMITED, HOST, 40))
    assert told == "The service asked us to slow down. Test again in 40 s."


def test_that_what_the_program_knows_counts_before_what_the_server_asked() -> None:
    limited = Failure(Kind.LIMITED, HOST, retry_after=40)
    assert "Next check in 2 min." in sentence(limited, next_look_s=125).text


def test_that_a_full_disk_names_folder_and_room() -> None:
    found = disk_full_sentence(200_000_000, "/videos")
    assert found.text == "200 MB left in /videos; downloads paused, nothing lost."
    assert found.action is Action.CHOOSE_FOLDER


@pytest.mark.parametrize("action", list(Action))
def test_that_every_action_has_a_short_label(action: Action) -> None:
    assert 0 < len(action_label(action)) <= 25


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "InputTextSensitiveContentDetected.PolicyViolation",
            "The prompt was refused by moderation. Rephrase and submit again.",
        ),
        (
            "InputImageSensitiveContentDetected.PrivacyInformation",
            "A reference image was refused (often a real face). Use another image.",
        ),
        ("OutputVideoSensitiveContentDetected", "The result was blocked by moderation."),
        (
            "OutputAudioSensitiveContentDetected.PolicyViolation",
            "The generated sound was blocked. Try without audio.",
        ),
        ("QuotaExceeded", "Free or plan quota is used up."),
        ("SetLimitExceeded", "Free or plan quota is used up."),
    ],
)
def test_that_a_tasks_error_is_told_by_the_beginning_of_its_code(code: str, text: str) -> None:
    assert task_error_sentence(TaskError(code=code, message="raw"), Status.FAILED) == text


def test_that_a_code_of_another_service_keeps_that_services_words() -> None:
    error = TaskError(code="E-77", message="out of\nluck")
    assert task_error_sentence(error, Status.FAILED) == (
        "The service could not finish this task. It says: out of luck"
    )


def test_that_ends_without_an_error_are_told_too() -> None:
    assert task_error_sentence(None, Status.EXPIRED) == (
        "The service did not finish within its time limit."
    )
    assert "gives no reason" in task_error_sentence(None, Status.FAILED)
    assert "cancelled" in task_error_sentence(None, Status.CANCELLED)
    assert task_error_sentence(None, Status.SUCCEEDED) == ""
    assert task_error_sentence(TaskError(), Status.RUNNING) == ""


def test_that_an_unknown_status_is_quoted() -> None:
    text = 'The service reports "dreaming", which this version does not know. Still watching.'
    assert unknown_status_sentence("dreaming") == text
    assert task_error_sentence(None, Status.UNKNOWN, "dreaming") == text


@pytest.mark.parametrize("flag", list(Flag))
def test_that_every_flag_is_explained(flag: Flag) -> None:
    assert flag_sentence(flag).endswith(".")


def test_that_a_lost_file_names_the_end_of_its_link() -> None:
    assert lost_sentence(1e18).startswith("The download link ended on 1000000000000000000.")
    assert lost_sentence(None).startswith("The download link ended. The record stays")


def test_that_what_a_gateway_says_when_it_gives_up_is_not_called_the_services_word() -> None:
    error = TaskError(message="upstream returned unrecognized message")
    failed = task(status=Status.FAILED, error=error)
    assert "could not finish this task. It says: upstream" in task_sentence(failed)
    assert task_sentence(replace(failed, flags=frozenset({Flag.GAVE_UP}))) == ""


def test_that_every_fault_of_an_address_and_a_key_has_a_sentence_of_its_own() -> None:
    addresses = {address_problem(BadBaseUrl(fault)) for fault in AddressFault}
    keys = {key_problem(BadKey(fault)) for fault in KeyFault}
    assert len(addresses) == len(AddressFault)
    assert len(keys) == len(KeyFault)
    assert all(told.endswith(".") for told in addresses | keys)


def test_that_an_address_where_nothing_was_found_is_not_said_to_hold_the_film() -> None:
    link = Link(kind=ArtifactKind.VIDEO, url="https://host.invalid/x", found_by_search=True)
    found = replace(
        task(status=Status.SUCCEEDED, links=(link,)),
        artifacts=(Artifact(kind=link.kind, state=ArtifactState.REMOTE, url=link.url),),
    )
    assert "found by search" in search_sentence(found)
    refused = replace(found.artifacts[0], problem=Kind.REJECTED.value)
    flags = frozenset({Flag.RESULT_MISSING})
    assert search_sentence(replace(found, artifacts=(refused,), flags=flags)) == ""
