"""The judge of the kill loop, on ledgers that are made up: what it lets pass, and what not."""

import unittest

from copies import Copy, Fault, Judge, Sender

ONE, OTHER = Sender("alert-0", 10), Sender("alert-1", 11)


def copy(came, sender):
    return Copy(came, came + 0.1, sender, {})


def killed(name, pid, at, in_flight=1):
    return Fault(name, pid, True, at, at, in_flight)


def frozen(name, pid, began, ended, in_flight=1):
    return Fault(name, pid, False, began, ended, in_flight)


def judged(faults, first=None, second=None, kept=(), given_up=()):
    """The pair of a message that came at 100 from one replica and at 107 from another, if nothing else is said."""
    pair, = Judge(faults).pairs([second or copy(107, OTHER), first or copy(100, ONE)], kept, given_up)
    return pair


class Reasons(unittest.TestCase):
    def assert_none(self, *faults, **told):
        self.assertIsNone(judged(list(faults), **told).reason)

    def assert_is(self, reason, *others, **told):
        self.assertEqual(judged([reason, *others], **told).reason, reason)

    def test_nothing_happened(self):
        self.assert_none()

    def test_its_sender_was_hit_before_the_receipt_was_kept(self):
        self.assert_is(killed("alert-0", 10, 100.05))
        self.assert_is(frozen("alert-0", 10, 100.05, 106.5))
        self.assert_is(frozen("alert-0", 10, 99.99, 106.5))

    def test_its_sender_was_killed_before_its_copy_was_read(self):
        self.assert_is(killed("alert-0", 10, 99.9))
        self.assert_is(killed("alert-0", 10, 99.9), first=copy(100, None))

    def test_another_replica_was_hit(self):
        self.assert_none(killed("alert-1", 11, 100.05), frozen("alert-2", 12, 99, 106))
        self.assert_none(killed("alert-1", 11, 94), first=copy(100, None))

    def test_another_life_of_the_replica_was_hit(self):
        self.assert_none(killed("alert-0", 9, 100.05))

    def test_the_registry_was_hit(self):
        self.assert_none(killed("registry-svc", 1, 100.05))
        self.assert_none(frozen("registry-svc", 1, 99, 106))

    def test_redis_was_hit(self):
        self.assert_none(killed("redis", 2, 100.05))
        self.assert_none(frozen("redis", 2, 99, 106))

    def test_its_sender_was_hit_when_the_receipt_was_kept(self):
        self.assert_none(killed("alert-0", 10, 100.5), kept=[100.12, 107.12])
        self.assert_none(killed("redis", 2, 100.3), killed("alert-0", 10, 100.5), kept=[100.12, 107.12])

    def test_a_receipt_of_the_second_says_nothing_of_the_first(self):
        self.assert_is(killed("alert-0", 10, 100.05), kept=[107.12])

    def test_its_sender_was_hit_long_after(self):
        self.assert_none(killed("alert-0", 10, 110), second=copy(120, OTHER))
        self.assert_none(frozen("alert-0", 10, 90, 99.9))

    def test_redis_was_lost_and_then_who_held_the_receipt(self):
        self.assert_is(killed("alert-0", 10, 108), killed("redis", 2, 100.05), second=copy(120, OTHER))
        self.assert_none(killed("alert-1", 11, 108), killed("redis", 2, 100.05), second=copy(120, OTHER))

    def test_neither_redis_nor_the_registry_could_keep_the_receipt(self):
        self.assert_is(killed("redis", 2, 100.05), frozen("registry-svc", 1, 101, 106))
        self.assert_none(killed("redis", 2, 100.05), frozen("registry-svc", 1, 101, 106), kept=[100.12])

    def test_its_sender_gave_it_up_with_redis_away(self):
        self.assert_is(frozen("redis", 2, 99, 106), given_up=[("alert-0", 102)], kept=[106.1, 107.12])
        self.assert_none(frozen("redis", 2, 99, 106), given_up=[("alert-1", 102), ("alert-0", 99)])
        self.assert_none(frozen("registry-svc", 1, 99, 106), given_up=[("alert-0", 102)])

    def test_what_was_begun_first_came_when_its_sender_went_on(self):
        self.assert_is(frozen("alert-1", 11, 95, 106.9))
        self.assert_none(frozen("alert-1", 11, 95, 103))
        self.assert_none(frozen("alert-2", 12, 95, 106.9))

    def test_each_of_three_copies_needs_a_reason(self):
        pairs = Judge([killed("alert-0", 10, 100.05)]).pairs([copy(100, ONE), copy(107, OTHER), copy(114, OTHER)], [])
        self.assertEqual([bool(pair.reason) for pair in pairs], [True, False])


class Numbers(unittest.TestCase):
    def pairs(self, judge, count):
        return [pair for _ in range(count) for pair in judge.pairs([copy(100, ONE), copy(107, OTHER)], [])]

    def test_no_more_than_were_on_their_way(self):
        judge = Judge([fault := killed("alert-0", 10, 100.05, in_flight=2)])
        self.assertEqual(judge.too_many(self.pairs(judge, 2)), [])
        self.assertEqual(judge.too_many(self.pairs(judge, 3)), [(fault, 3)])

    def test_what_redis_lost_right_before_was_on_its_way(self):
        judge = Judge([killed("redis", 2, 99.5, in_flight=3), killed("alert-0", 10, 100.05, in_flight=0)])
        self.assertEqual(judge.too_many(self.pairs(judge, 3)), [])

    def test_countable_is_what_happened_while_redis_lived(self):
        judge = Judge([killed("alert-0", 10, 100.05), killed("redis", 2, 103)])
        self.assertEqual(judge.countable(self.pairs(judge, 2)), [])
        judge = Judge([killed("alert-0", 10, 100.05), frozen("redis", 2, 101, 103)])
        self.assertEqual(len(judge.countable(self.pairs(judge, 2))), 2)


if __name__ == "__main__":
    unittest.main()
