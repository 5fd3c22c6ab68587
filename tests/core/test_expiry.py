"""When a result link ends."""

import pytest

from rushes.core.expiry import end_of, link_end, max_requests

TOS_END = 1756543941.0  # 2025-08-29T08:52:21Z and 24 hours


@pytest.mark.parametrize(
    ("query", "end"),
    [
        ("X-Tos-Date=20250829T085221Z&X-Tos-Expires=86400", TOS_END),
        ("X-Tos-Expires=3600&a=b&X-Tos-Date=20250829T085221Z", TOS_END - 86400 + 3600),
        ("x-tos-date=20250829T085221Z&x-tos-expires=86400", TOS_END),
        ("X-Amz-Date=20250829T085221Z&X-Amz-Expires=604800", TOS_END - 86400 + 604800),
        ("x-oss-date=20250829T085221Z&x-oss-expires=60", TOS_END - 86400 + 60),
        ("OSSAccessKeyId=k&Expires=1756543941&Signature=s", TOS_END),
        ("a=1#?X-Tos-Date=20250829T085221Z&X-Tos-Expires=60", None),
        ("", None),
        ("X-Tos-Date=20250829T085221Z", None),
        ("X-Tos-Expires=86400&X-Tos-Max-Requests=100&...", None),
        ("X-Tos-Date=20251329T085221Z&X-Tos-Expires=86400", None),
        ("X-Tos-Date=yesterday&X-Tos-Expires=86400", None),
        ("X-Tos-Date=20250829T085221Z&X-Tos-Expires=0", None),
        ("X-Tos-Date=20250829T085221Z&X-Tos-Expires=604801", None),
        ("X-Tos-Date=20250829T085221Z&X-Tos-Expires=-5", None),
        ("X-Tos-Date=20250829T085221Z&X-Tos-Expires=٣٦٠٠", None),
        ("X-Tos-Date=20250829T085221Z&X-Tos-Expires=" + "9" * 5000, None),
        ("Expires=86400", None),  # seconds of life, not a point in time
        ("Expires=1756543941000", None),  # milliseconds: not what any store signs
        ("Expires=Fri", None),
    ],
)
def test_that_the_end_is_read_from_the_signature(query: str, end: float | None) -> None:
    assert link_end(f"https://files.example/v.mp4?{query}") == end


def test_that_the_url_knows_better_than_the_answer_and_the_answer_better_than_a_guess() -> None:
    signed = "https://f.example/v.mp4?X-Tos-Date=20250829T085221Z&X-Tos-Expires=86400"
    assert end_of(signed, said=5.0, finished_at=7.0) == (TOS_END, False)
    assert end_of("https://f.example/v.mp4", said=5.0, finished_at=7.0) == (5.0, False)
    assert end_of("https://f.example/v.mp4", finished_at=7.0) == (86407.0, True)
    assert end_of("https://f.example/v.mp4") == (None, False)


@pytest.mark.parametrize(
    ("query", "uses"),
    [
        ("X-Tos-Max-Requests=100", 100),
        ("x-tos-max-requests=1&X-Tos-Max-Requests=100", 1),
        ("X-Tos-Max-Requests=0", None),
        ("X-Tos-Max-Requests=many", None),
        ("", None),
    ],
)
def test_that_the_number_of_fetches_is_read(query: str, uses: int | None) -> None:
    assert max_requests(f"https://files.example/v.mp4?{query}") == uses


@pytest.mark.parametrize("url", ["https://[broken", "", "no url", "https://h/?%", "https://h/?\0"])
def test_that_what_is_no_url_has_no_end(url: str) -> None:
    assert link_end(url) is None
    assert max_requests(url) is None
