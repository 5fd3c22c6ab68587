"""How a simulated task lives: plain calls, no server."""

import pytest

from rushes.simulator.job import new_jobs
from rushes.simulator.life import Phase, Step, TaskLife, TaskState, lived, moment_at
from rushes.simulator.scene import Site
from rushes.simulator.scenes import SCENES, UnknownScene, find

LIFE = TaskLife(
    submitted_s=10.0,
    steps=(Step(Phase.QUEUED, 2.0), Step(Phase.ODD, 3.0, "HM"), Step(Phase.RUNNING, 5.0)),
    end=Phase.FAILED,
)


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [
        (9.9, None),
        (10.0, TaskState(Phase.QUEUED, 10.0)),
        (11.9, TaskState(Phase.QUEUED, 10.0)),
        (12.0, TaskState(Phase.ODD, 12.0, "HM")),
        (15.0, TaskState(Phase.RUNNING, 15.0)),
        (20.0, TaskState(Phase.FAILED, 20.0)),
        (1e9, TaskState(Phase.FAILED, 20.0)),
    ],
)
def test_that_a_life_is_a_function_of_the_time_alone(
    elapsed: float, expected: TaskState | None
) -> None:
    assert moment_at(LIFE, elapsed) == expected


def test_that_a_life_says_when_work_starts_and_ends() -> None:
    assert (LIFE.starts_s, LIFE.ends_s) == (15.0, 20.0)
    assert lived(3, 0, Phase.CANCELLED).starts_s is None


def test_that_the_past_went_by_at_its_real_pace_and_the_future_is_sped_up() -> None:
    scene = find("late-failure")
    (job,) = new_jobs(scene, 1_000_000.0, 60.0)[Site.ARK].values()
    assert job.created_at == 1_000_000 - 5 * 3600
    assert job.unix(job.slot.life.ends_s) == pytest.approx(1_000_000 + 6 / 60)
    before, after = job.moment(1_000_000.0), job.moment(1_000_000.11)
    assert before is not None
    assert after is not None
    assert (before.phase, after.phase) == (Phase.RUNNING, Phase.FAILED)


def test_that_ids_hold_the_time_of_submission_in_the_services_own_zone() -> None:
    jobs = new_jobs(find("many:3000"), 1_777_288_506.0, 1.0)[Site.ARK]
    assert len(jobs) == 3000
    assert all(task_id.startswith("cgt-20260427191506-") for task_id in jobs)


def test_that_anyfast_ids_differ_from_those_upstream() -> None:
    (job,) = new_jobs(find("super-resolution"), 1_777_288_506.0, 1.0)[Site.ANYFAST].values()
    assert job.id.startswith("asyntask_")
    assert len(job.id) == len("asyntask_") + 32
    assert job.upstream_id.startswith("cgt-20260427191506-")


@pytest.mark.parametrize("name", sorted(SCENES))
def test_that_every_scene_can_be_cast_with_files_that_exist(name: str) -> None:
    scene = SCENES[name]
    assert scene.about.endswith(".")
    for site, slots in scene.slots.items():
        assert len({slot.name for slot in slots}) == len(slots), site
    for jobs in new_jobs(scene, 1_777_288_506.0, 1.0).values():
        for job in jobs.values():
            assert all(what.path.is_file() for what in job.media.values())


def test_that_the_demo_covers_all_services_and_ends_within_25_seconds() -> None:
    demo = SCENES["demo"]
    assert {site: 3 <= len(slots) <= 6 for site, slots in demo.slots.items()} == dict.fromkeys(
        Site, True
    )
    assert demo.lasts_s <= 25
    assert 10136 in {slot.seed for slots in demo.slots.values() for slot in slots}


def test_that_an_unknown_scene_is_answered_with_the_choices() -> None:
    with pytest.raises(UnknownScene, match=r"no scene “nonsense”.*demo.*link-renewed"):
        find("nonsense")


@pytest.mark.parametrize("name", ["many:0", "many:-5", "many:x", "many:1000000", "demo:5"])
def test_that_a_scene_of_an_impossible_size_does_not_exist(name: str) -> None:
    with pytest.raises(UnknownScene):
        find(name)
