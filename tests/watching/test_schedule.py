"""Which tasks are due: plain calls on a time that a test writes down."""

from dataclasses import replace

import pytest

from rushes.core.events import Activity
from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.pace import RateLimits, wait_s
from rushes.core.task import Diff, Flag, Key, Report, Status, Task
from rushes.watching.schedule import SINGLY_AT_ONCE, Health, ListHealth, Pacer, Schedule

PACER = Pacer(speed=1.0, chance=lambda: 0.0)
LIMITS = RateLimits(get_gap_s=0.5, task_gap_s=3.0)

#: From the first look at a task that is just made, without any history.
FIRST_S = wait_s(0.0, status=Status.RUNNING, gap_s=3.0, chance=0.0)


def task(name: str, status: Status = Status.RUNNING, *flags: Flag, account: str = "a") -> Task:
    report = Report(id=name, status=status, created_at=1000.0)
    key = Key(account, name)
    return Task(key=key, report=report, added_at=1000.0, flags=frozenset(flags))


def loaded(*names: str) -> Schedule:
    schedule = Schedule("a", PACER, LIMITS)
    schedule.load([task(name) for name in names], now=0.0)
    return schedule


def ids(keys: list[Key]) -> list[str]:
    return [key.id for key in keys]


def test_that_a_round_is_small_and_takes_who_is_longest_due() -> None:
    schedule = loaded(*(f"t{n}" for n in range(SINGLY_AT_ONCE + 2)))
    schedule.answered(Key("a", "t0"), now=-2 * FIRST_S, wall=1000.0)
    schedule.answered(Key("a", "t1"), now=5.0, wall=1000.0)
    singly, listed = schedule.due(0.0, busy=(), can_list=False)
    assert ids(singly) == ["t0", "t2", "t3", "t4"]
    assert listed == []


def test_that_who_is_on_the_screen_comes_first() -> None:
    schedule = loaded(*(f"t{n}" for n in range(SINGLY_AT_ONCE + 2)))
    schedule.show([Key("a", "t5"), Key("a", "gone")], now=0.0, wall=1000.0)
    assert ids(schedule.due(0.0, busy=(), can_list=False)[0])[0] == "t5"


def test_that_asking_for_a_look_at_everything_again_and_again_leaves_nobody_out() -> None:
    names = [f"t{n}" for n in range(3 * SINGLY_AT_ONCE)]
    schedule, seen = loaded(*names), set[str]()
    for now in range(3):
        schedule.make_all_due(now=float(now))
        keys, _ = schedule.due(float(now), busy=(), can_list=False)
        for key in keys:
            schedule.answered(key, now=float(now), wall=1000.0)
        seen.update(ids(keys))
    assert seen == set(names)


def test_that_coming_on_the_screen_brings_the_next_look_nearer_but_not_too_near() -> None:
    schedule = loaded("t1")
    schedule.answered(Key("a", "t1"), now=0.0, wall=1000.0)
    before = schedule.next_at(0.0, ())
    schedule.show([Key("a", "t1")], now=0.5, wall=1000.5)
    after = schedule.next_at(0.0, ())
    assert before == FIRST_S
    assert after is not None
    assert LIMITS.task_gap_s <= after < FIRST_S


def test_that_whose_link_would_end_first_is_looked_at_first_after_a_sleep() -> None:
    schedule = Schedule("a", PACER, LIMITS)
    young, old = task("young"), task("old")
    old = replace(old, report=replace(old.report, created_at=500.0))
    schedule.load([young, old], now=0.0)
    schedule.make_all_due(now=9.0)
    assert ids(schedule.due(9.0, busy=(), can_list=False)[0]) == ["old", "young"]


def test_that_after_a_sleep_it_does_not_count_who_was_due_before() -> None:
    schedule = Schedule("a", PACER, LIMITS)
    young, old = task("young"), task("old")
    old = replace(old, report=replace(old.report, created_at=500.0))
    schedule.load([young], now=0.0)
    schedule.load([young, old], now=5.0)
    schedule.make_all_due(now=9.0)
    assert ids(schedule.due(9.0, busy=(), can_list=False)[0]) == ["young", "old"]
    schedule.make_all_due(now=9.0, afresh=True)
    assert ids(schedule.due(9.0, busy=(), can_list=False)[0]) == ["old", "young"]


def test_that_a_pass_over_the_list_takes_everybody_along_once_one_is_due() -> None:
    schedule = loaded("now", "later")
    schedule.answered(Key("a", "later"), now=0.0, wall=1000.0)
    assert ids(schedule.due(0.0, busy=(), can_list=True)[1]) == ["now", "later"]
    schedule.answered(Key("a", "now"), now=0.0, wall=1000.0)
    assert schedule.due(0.0, busy=(), can_list=True) == ([], [])


def test_that_who_is_new_does_not_wait_for_the_end_of_a_pass_over_the_list() -> None:
    schedule = loaded("seen", "new")
    schedule.answered(Key("a", "seen"), now=-100.0, wall=1000.0)
    assert schedule.due(0.0, busy=(), can_list=True, is_scanning=True) == ([Key("a", "new")], [])


def test_that_more_tasks_than_the_account_allows_share_its_rate() -> None:
    n = 100
    schedule = loaded(*(f"t{i}" for i in range(n)))
    for i in range(n):
        schedule.answered(Key("a", f"t{i}"), now=0.0, wall=1000.0)
    schedule.answered(Key("a", "t0"), now=0.0, wall=1000.0)
    assert schedule.stretch == pytest.approx(n / FIRST_S * LIMITS.get_gap_s)
    schedule.notice(Diff(removed=tuple(Key("a", f"t{i}") for i in range(1, n))), now=0.0)
    assert schedule.stretch == 1.0


def test_that_one_that_ends_lets_the_one_that_waited_longest_be_looked_at() -> None:
    schedule = Schedule("a", PACER, LIMITS)
    queue = [task(name, Status.QUEUED) for name in ("first", "second")]
    queue[1] = replace(queue[1], report=replace(queue[1].report, created_at=1001.0))
    schedule.load([*queue, task("runs")], now=0.0)
    for name in ("first", "second", "runs"):
        schedule.answered(Key("a", name), now=0.0, wall=1001.0)
    schedule.notice(Diff(changed=(task("runs", Status.FAILED),)), now=4.0)
    assert ids(schedule.due(4.0, busy=(), can_list=False)[0]) == ["first"]


def test_that_two_that_end_let_two_that_wait_be_looked_at() -> None:
    schedule = Schedule("a", PACER, LIMITS)
    queue = [task(name, Status.QUEUED) for name in ("q1", "q2", "q3")]
    running = [task("r1"), task("r2")]
    schedule.load([*queue, *running], now=0.0)
    for each in (*queue, *running):
        schedule.answered(each.key, now=0.0, wall=1001.0)
    ended = tuple(task(name, Status.FAILED) for name in ("r1", "r2"))
    schedule.notice(Diff(changed=ended), now=4.0)
    assert ids(schedule.due(4.0, busy=(), can_list=False)[0]) == ["q1", "q2"]


def test_that_a_task_somebody_looks_at_right_now_is_not_due() -> None:
    schedule = loaded("t1", "t2")
    busy = {Key("a", "t1")}
    assert ids(schedule.due(0.0, busy=busy, can_list=False)[0]) == ["t2"]
    assert schedule.next_at(0.0, {Key("a", "t1"), Key("a", "t2")}) is None


def test_that_what_is_due_already_is_due_now_and_else_the_soonest_is() -> None:
    schedule = loaded("t1", "t2", "t3")
    for name, at in (("t1", 40.0), ("t2", 0.0), ("t3", 20.0)):
        schedule.answered(Key("a", name), now=at, wall=1000.0)
    assert schedule.next_at(0.0, ()) == FIRST_S
    assert schedule.next_at(0.0, {Key("a", "t2")}) == 20.0 + FIRST_S
    assert schedule.next_at(1000.0, ()) == 1000.0


def test_that_who_was_absent_from_the_list_is_asked_for_alone_until_it_answers() -> None:
    schedule = loaded("t1", "t2")
    schedule.ask_alone([Key("a", "t1")], now=0.0)
    assert [ids(keys) for keys in schedule.due(0.0, busy=(), can_list=True)] == [["t1"], ["t2"]]
    schedule.answered(Key("a", "t1"), now=-60.0, wall=1000.0)
    assert ids(schedule.due(0.0, busy=(), can_list=True)[1]) == ["t1", "t2"]


def test_that_a_task_that_cannot_be_seen_is_asked_about_ever_more_rarely() -> None:
    schedule = loaded("t1")
    failure = Failure(Kind.MALFORMED)
    waits = []
    for _ in range(3):
        schedule.failed(Key("a", "t1"), failure, now=0.0)
        waits.append(schedule.next_at(0.0, ()))
    assert waits == [5.0, 15.0, 60.0]
    schedule.answered(Key("a", "t1"), now=0.0, wall=1000.0)
    schedule.failed(Key("a", "t1"), failure, now=0.0)
    assert schedule.next_at(0.0, ()) == 5.0


def test_that_a_task_that_ends_without_its_link_is_asked_about_soon() -> None:
    schedule = loaded("t1")
    schedule.answered(Key("a", "t1"), now=0.0, wall=1000.0)
    ended = task("t1", Status.SUCCEEDED, Flag.RESULT_MISSING)
    assert not schedule.notice(Diff(changed=(ended,)), now=0.0)
    assert schedule.next_at(0.0, ()) == 10.0


def test_that_what_is_over_or_removed_or_anothers_is_not_watched() -> None:
    schedule = loaded("ends", "goes", "pauses", "stays")
    diff = Diff(
        added=(task("other", account="b"),),
        changed=(task("ends", Status.FAILED), replace(task("pauses"), watched=False)),
        removed=(Key("a", "goes"), Key("a", "never there")),
    )
    assert not schedule.notice(diff, now=0.0)
    assert len(schedule) == 1
    assert schedule.notice(Diff(added=(task("new"),)), now=0.0)


def test_that_reading_the_store_again_keeps_the_pace() -> None:
    schedule = loaded("t1")
    schedule.answered(Key("a", "t1"), now=0.0, wall=1000.0)
    schedule.load([task("t1"), task("t2")], now=1.0)
    assert ids(schedule.due(1.0, busy=(), can_list=False)[0]) == ["t2"]


def test_that_an_account_rests_longer_after_each_failure_and_is_good_after_one_answer() -> None:
    health = Health(PACER)
    for until in (5.0, 15.0, 60.0, 300.0, 600.0, 600.0):
        health.rest(Failure(Kind.SERVER), now=0.0)
        assert health.rests_until == until
    assert health.activity(is_idle=False) is Activity.BACKING_OFF
    assert not health.may_look(599.9)
    assert health.may_look(600.0)
    health.good()
    assert health.may_look(0.0)
    assert health.activity(is_idle=True) is Activity.IDLE


def test_that_hurry_shortens_our_own_rest_but_not_the_one_the_service_wants() -> None:
    health = Health(PACER)
    health.rest(Failure(Kind.OFFLINE), now=0.0)
    assert health.retry_by_user(0.0)
    assert health.may_look(0.0)
    limited = Failure(Kind.LIMITED, retry_after=40.0)
    health.good()
    health.rest(limited, now=0.0)
    health.skip_rest(39.0)
    assert not health.may_look(39.0)
    assert health.must_wait(39.0) is limited
    assert health.must_wait(40.0) is None
    assert health.retry_by_user(39.0)  # a person who asks is not put off
    assert health.may_look(39.0)
    assert health.must_wait(39.0) is None
    health.rest(limited, now=39.0)
    assert not health.retry_by_user(43.9)
    assert health.must_wait(43.9) is limited


def test_that_a_stranger_is_waited_for_ten_minutes_at_most() -> None:
    """A portal's page or a proxy says nothing about the service."""
    for kind in (Kind.SERVER, Kind.NOT_API, Kind.PROXY):
        health = Health(PACER)
        health.rest(Failure(kind, retry_after=86_400.0), now=0.0)
        assert health.rests_until == 600.0
    health = Health(PACER)
    health.rest(Failure(Kind.SERVER, code="Maintenance", retry_after=86_400.0), now=0.0)
    assert health.rests_until == 86_400.0


def test_that_the_user_s_wish_is_followed_at_most_once_in_five_seconds() -> None:
    health = Health(PACER)
    health.rest(Failure(Kind.NOT_API), now=0.0)
    assert health.retry_by_user(1.0)
    assert not health.must_probe
    health.rest(Failure(Kind.NOT_API), now=1.0)
    assert not health.retry_by_user(5.9)
    assert not health.may_look(5.9)
    assert health.retry_by_user(6.0)
    assert health.may_look(6.0)


def test_that_a_long_retry_after_is_kept_unless_a_link_ends_before() -> None:
    limited = Failure(Kind.LIMITED, retry_after=7200.0)
    health = Health(PACER)
    health.rest(limited, now=0.0)
    assert health.rests_until == 7200.0
    health.rest(limited, now=0.0, ends_in=9000.0)
    assert health.rests_until == 7200.0
    health.rest(limited, now=0.0, ends_in=1860.0)
    assert health.rests_until == 1800.0
    assert health.must_wait(1799.0) is limited
    assert health.must_wait(1800.0) is None


def test_that_only_a_missing_key_is_a_pause() -> None:
    for kind in Kind:
        health = Health(PACER)
        health.rest(Failure(kind), now=0.0)
        paused = health.activity(is_idle=False) is Activity.PAUSED
        assert paused is (kind in PAUSING)
        assert health.may_look(1e9) is not paused
    assert {Kind.DENIED, Kind.NOT_API, Kind.TLS, Kind.BLOCKED_URL, Kind.OVERDUE}.isdisjoint(PAUSING)


def denied(health: Health, *moments: float) -> Kind | None:
    for now in moments:
        health.rest(Failure(Kind.DENIED), now=now)
    return None if health.shown is None else health.shown.kind


def test_that_a_refused_key_counts_after_three_refusals_over_two_minutes() -> None:
    assert denied(Health(PACER), 0.0) is Kind.DOUBTED
    assert denied(Health(PACER), 0.0, 5.0, 20.0) is Kind.DOUBTED
    assert denied(Health(PACER), 0.0, 200.0) is Kind.DOUBTED
    assert denied(Health(PACER), 0.0, 5.0, 120.0) is Kind.DENIED
    health = Health(PACER)
    denied(health, 0.0, 5.0)
    health.good()
    assert denied(health, 120.0, 125.0) is Kind.NOT_API
    health.reset()
    assert denied(health, 200.0) is Kind.DOUBTED


def test_that_a_refused_key_is_tried_soon_until_it_counts_and_then_hardly_ever() -> None:
    health, now, rests = Health(PACER), 0.0, []
    for _ in range(9):
        health.rest(Failure(Kind.DENIED), now=now)
        rests.append(health.rests_until - now)
        now = health.rests_until
    hour = 3600.0
    assert rests == [5.0, 15.0, 60.0, 60.0, 600.0, hour, 6 * hour, 6 * hour, 6 * hour]
    assert health.must_wait(now - 1.0) is not None
    assert health.retry_by_user(now - 1.0)


def test_that_who_answers_in_foreign_words_is_asked_without_the_key_first() -> None:
    for failure, foreign in (
        (Failure(Kind.NOT_API), True),
        (Failure(Kind.BLOCKED_URL), True),
        (Failure(Kind.MALFORMED), True),
        (Failure(Kind.SERVER, detail="HTTP 502"), True),
        (Failure(Kind.SERVER, code="InternalServiceError"), False),
        (Failure(Kind.DENIED), False),
        (Failure(Kind.OFFLINE), False),
    ):
        health = Health(PACER)
        health.rest(failure, now=0.0)
        assert health.must_probe is foreign


def test_that_a_greeting_in_its_own_words_lets_the_key_go_but_is_not_yet_good() -> None:
    health = Health(PACER)
    for _ in range(3):
        health.rest(Failure(Kind.NOT_API), now=0.0)
    assert health.probed(50.0) is None
    assert not health.must_probe
    health.rest(Failure(Kind.NOT_API), now=50.0)
    assert health.rests_until == 350.0  # the fourth in a row


def test_that_after_a_day_of_foreign_words_the_key_waits_for_a_click() -> None:
    health = Health(PACER)
    health.rest(Failure(Kind.NOT_API), now=0.0)
    health.rest(Failure(Kind.OFFLINE), now=1000.0)
    assert health.probed(86_399.0) is None
    health.rest(Failure(Kind.NOT_API), now=100_000.0)
    failure = health.probed(100_000.0 + 86_400.0)
    assert failure is not None
    assert health.must_probe
    assert health.retry_by_user(200_000.0)
    assert not health.must_probe


def test_that_a_list_that_cannot_be_asked_is_asked_again_later() -> None:
    listed = ListHealth(True, lambda s: s)
    for rest in (60.0, 600.0, 3600.0, 3600.0):
        listed.failed(0.0)
        assert not listed.may_ask(rest - 1.0)
        assert listed.may_ask(rest)
    listed.good()
    assert listed.may_ask(0.0)
    assert not ListHealth(False, lambda s: s).may_ask(1e9)


def test_that_words_about_a_model_concern_its_task_alone_for_an_hour() -> None:
    schedule = loaded("t1", "t2")
    said = Failure(Kind.MODEL_NOT_OPEN)
    schedule.failed(Key("a", "t1"), said, now=0.0)
    schedule.retry_failed(0.0)
    assert schedule.refused is said
    assert ids(schedule.due(3599.0, busy=(), can_list=False)[0]) == ["t2"]
    assert ids(schedule.due(3600.0, busy=(), can_list=False)[0]) == ["t2", "t1"]
    schedule.answered(Key("a", "t1"), now=3600.0, wall=1000.0)
    assert schedule.refused is None


def test_that_who_could_not_be_seen_on_a_bad_way_is_due_once_it_is_good() -> None:
    schedule = loaded("t1", "odd")
    for _ in range(9):
        schedule.failed(Key("a", "odd"), Failure(Kind.NOT_API), now=0.0)
    schedule.failed(Key("a", "t1"), Failure(Kind.NOT_API), now=0.0)
    assert schedule.due(4.0, busy=(), can_list=False) == ([], [])
    schedule.retry_failed(4.0)
    assert ids(schedule.due(4.0, busy=(), can_list=False)[0]) == ["t1"]


def test_that_a_look_before_its_time_is_none_of_those_a_missing_link_is_given() -> None:
    schedule = Schedule("a", PACER, LIMITS)
    key = Key("a", "t1")
    schedule.load([task("t1", Status.SUCCEEDED, Flag.RESULT_MISSING)], now=0.0)
    assert schedule.counts(key, 0.0)
    schedule.answered(key, now=0.0, wall=1000.0)
    assert schedule.next_at(0.0, ()) == 10.0
    for now in (2.0, 4.0, 9.0):  # with pages of the list, and by the user's wish
        schedule.make_all_due(now)
        assert not schedule.counts(key, now)
        schedule.answered(key, now=now, wall=1000.0, is_listed=True)
        assert schedule.next_at(now, ()) == 10.0
    assert schedule.counts(key, 10.0)
    assert Schedule("a", PACER, LIMITS).counts(key, 0.0)


def test_that_a_limit_behind_a_gateway_slows_all_tasks_of_that_model() -> None:
    schedule = Schedule("a", PACER, LIMITS)
    models = {"t0": "m", "t1": "m", "t2": "n", "t3": None}
    tasks = [task(name) for name in models]
    schedule.load(
        [replace(t, report=replace(t.report, model=models[t.id])) for t in tasks], now=0.0
    )
    schedule.failed(Key("a", "t0"), Failure(Kind.UPSTREAM, status=429, retry_after=90.0), now=0.0)
    assert ids(schedule.due(0.0, busy=(), can_list=False)[0]) == ["t2", "t3"]
    assert schedule.refused is None  # it is not the account's trouble
    assert ids(schedule.due(90.0, busy=(), can_list=False)[0]) == ["t2", "t3", "t0", "t1"]


def test_that_other_trouble_behind_a_gateway_slows_its_task_alone() -> None:
    schedule = loaded("t0", "t1")
    for n, wait in enumerate((30.0, 60.0, 120.0, 300.0, 600.0, 600.0)):
        schedule.failed(Key("a", "t0"), Failure(Kind.UPSTREAM, status=401), now=1000.0 * n)
        due = schedule.due(1000.0 * n + wait - 1.0, busy=(), can_list=False)[0]
        assert ids(due) == ["t1"]
        assert "t0" in ids(schedule.due(1000.0 * n + wait, busy=(), can_list=False)[0])
