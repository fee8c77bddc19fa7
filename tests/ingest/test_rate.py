"""Token buckets: how fast a key may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.rates import Rate
from ingest.rate import Bucket, Buckets, headers, too_fast

RATE = Rate(per_s=10, burst=100)


def emptied() -> Bucket:
    bucket = Bucket(RATE, now=0)
    bucket.take(100, now=0)
    return bucket


class TestBucket:
    def test_a_burst_passes_at_once(self):
        assert Bucket(RATE, now=0).take(100, now=0) == (True, 0, 0.0, 10.0)

    def test_more_waits_for_its_refill(self):
        verdict = emptied().take(5, now=0)
        assert (verdict.allowed, verdict.retry_after_s) == (False, 0.5)

    def test_it_passes_when_it_comes_back_as_told(self):
        assert emptied().take(5, now=0.5).allowed

    def test_a_refusal_costs_nothing(self):
        bucket = emptied()
        bucket.take(5, now=0.25)
        assert bucket.take(5, now=0.5).allowed

    def test_it_never_holds_more_than_its_burst(self):
        bucket = emptied()
        bucket.take(100, now=1_000)
        assert not bucket.take(1, now=1_000).allowed

    def test_a_backlog_may_overdraw_a_full_bucket(self):
        assert Bucket(RATE, now=0).take(600, now=0) == (True, 0, 0.0, 60.0)

    def test_an_overdraft_is_repaid_before_anything_passes(self):
        bucket = Bucket(RATE, now=0)
        bucket.take(600, now=0)
        assert not bucket.take(1, now=50).allowed
        assert bucket.take(1, now=50.1).allowed

    def test_a_backlog_does_not_overdraw_a_bucket_in_use(self):
        bucket = Bucket(RATE, now=0)
        bucket.take(1, now=0)
        verdict = bucket.take(600, now=0)
        assert (verdict.allowed, verdict.retry_after_s) == (False, 0.1)

    @given(st.lists(st.tuples(st.integers(1, 100), st.floats(0, 5)), max_size=50))
    def test_in_the_long_run_no_more_passes_than_rate_and_burst(self, sent):
        bucket, now, passed = Bucket(RATE, now=0), 0.0, 0
        for readings, pause_s in sent:
            now += pause_s
            passed += readings if bucket.take(readings, now).allowed else 0
        assert passed <= RATE.burst + now * RATE.per_s + 1e-6

    @given(st.integers(1, 1000), st.integers(1, 1000))
    def test_who_waits_as_told_passes(self, before, readings):
        bucket = Bucket(RATE, now=0)
        bucket.take(before, now=0)
        wait_s = bucket.take(readings, now=0).retry_after_s
        assert bucket.take(readings, now=wait_s + 1e-9).allowed or wait_s == 0


class TestBuckets:
    def test_each_key_has_its_own(self):
        buckets = Buckets(RATE)
        buckets.take("a", 100, now=0)
        assert buckets.take("b", 100, now=0).allowed
        assert not buckets.take("a", 1, now=0).allowed

    def test_they_stay_within_their_limit(self):
        buckets = Buckets(RATE, limit=10)
        for key in range(1000):
            buckets.take(key, 50, now=key / 1000)
        assert len(buckets) <= 10

    def test_full_ones_are_forgotten_first(self):
        buckets = Buckets(RATE, limit=10)
        buckets.take("busy", 500, now=0)
        for key in range(9):
            buckets.take(key, 1, now=1)
        buckets.take("new", 1, now=10)
        assert not buckets.take("busy", 1, now=10).allowed
        assert len(buckets) == 2

    def test_among_used_ones_the_one_unused_longest_is_forgotten(self):
        buckets = Buckets(RATE, limit=2)
        buckets.take("old", 500, now=0)
        buckets.take("new", 500, now=1)
        buckets.take("newest", 1, now=2)
        assert not buckets.take("new", 1, now=2).allowed


class TestHeaders:
    def test_they_tell_the_policy_and_what_is_left(self):
        verdict = Bucket(RATE, now=0).take(58, now=0)
        assert headers(RATE, verdict) == {
            "RateLimit-Policy": '"readings";q=100;w=10',
            "RateLimit": '"readings";r=42;t=6',
        }

    def test_a_refusal_says_when_to_come_back(self):
        error = too_fast(RATE, emptied().take(5, now=0))
        assert error.detail == "This key may send 10 readings a second; come back in 0.5 s."
        assert (error.retry_after_s, error.headers["RateLimit"]) == (0.5, '"readings";r=0;t=10')
