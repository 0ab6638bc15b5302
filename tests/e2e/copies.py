"""Whether a message had a reason to come twice. A second copy is right only where nobody can know what came of the send before it:
its sender was killed, or stood still, before its receipt was kept, or was cut from all who keep receipts. What befell others is no reason."""

import collections
import dataclasses
import math

LEASE = 5  # so long after the answer to it a receipt may be on its way, while Redis is there
STARTING = 2  # who was killed is away for so long at least
LATE = 1  # what was begun before its sender stood still comes so soon once it goes on


@dataclasses.dataclass(frozen=True)
class Sender:
    """One life of a replica."""

    name: str
    pid: int


@dataclasses.dataclass(frozen=True)
class Copy:
    """A message that came. Moments are of the monotonic clock; `sender` is None where it was dead before it could be asked for."""

    came: float
    answered: float
    sender: Sender | None
    event: dict = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Fault:
    """A process that was killed, or stood still from one moment to another. `in_flight`: how much was on its way then, of all replicas."""

    name: str
    pid: int
    killed: bool
    began: float
    ended: float
    in_flight: int = 0

    def touches(self, first, last):
        return self.began <= last and self.ended >= first


@dataclasses.dataclass(frozen=True)
class Again:
    """Two copies of a message, one after the other; when its receipt was kept first since the first of them came; whether the first
    one's sender said that it does not know what came of it; and the fault that is the reason, None where there is none."""

    first: Copy
    second: Copy
    kept: float
    unsure: bool
    reason: Fault | None = None


class Judge:
    def __init__(self, faults):
        self.faults = faults

    def pairs(self, copies, kept, given_up=()):
        """What is to be said of the copies of one message. `kept`: when Redis took receipts of it; `given_up`: names of replicas that said
        that they could not deliver it, and when."""
        copies = sorted(copies, key=lambda copy: copy.came)
        return [self.judged(*pair, kept, given_up) for pair in zip(copies, copies[1:])]

    def judged(self, first, second, kept, given_up):
        since = min((moment for moment in kept if moment >= first.came), default=math.inf)
        own = first.sender and first.sender.name
        unsure = any(name == own and first.came <= moment <= second.came for name, moment in given_up)
        pair = Again(first, second, since, unsure)
        return dataclasses.replace(pair, reason=self.gap(pair) or self.belated(pair) or self.cut(pair))

    def gap(self, pair):
        """Its sender was hit before the receipt was kept. One who was killed before its copy was read had sent it."""
        first = pair.first
        last = min(pair.second.came, pair.kept, math.inf if self.lost(first) else first.answered + LEASE)
        for fault in self.of(first.sender, first.came):
            if fault.began <= last and (fault.killed or fault.ended >= first.came):
                return fault
        return None

    def belated(self, pair):
        """The second was begun first: its sender stood still when the first came, and went on with it."""
        for fault in self.of(pair.second.sender, pair.second.came):
            if not fault.killed and fault.began <= pair.first.came and pair.second.came <= fault.ended + LATE:
                return fault
        return None

    def cut(self, pair):
        """Redis was away, and its sender gave it up for that; or the registry was, too, and nobody could keep its receipt."""
        if not (redis := self.lost(pair.first)):
            return None
        registry = (fault for fault in self.faults if fault.name == "registry-svc")
        away = any(fault.touches(redis.began - STARTING, redis.ended + LEASE) for fault in registry)
        return redis if pair.unsure or (away and pair.kept > pair.second.came) else None

    def lost(self, first):
        """Redis was away when the receipt of a copy was to be kept."""
        for fault in self.faults:
            if fault.name == "redis" and fault.touches(first.came - STARTING, first.answered + LEASE):
                return fault
        return None

    def of(self, sender, moment):
        """What befell a sender. One whom nobody can be asked for any more was killed before; what it had sent may still have been on
        the wire."""
        if sender:
            return [fault for fault in self.faults if (fault.name, fault.pid) == (sender.name, sender.pid)]
        return [fault for fault in self.faults
                if fault.killed and fault.name.startswith("alert-") and moment - LEASE <= fault.began <= moment]

    def too_many(self, pairs):
        """Faults that are the reason of more copies than were on their way; what Redis lost shortly before is on its way, too."""
        by_fault = collections.Counter(pair.reason for pair in pairs if pair.reason)
        return [(fault, count) for fault, count in by_fault.items() if count > self.on_its_way(fault)]

    def on_its_way(self, fault):
        before = (other for other in self.faults if other != fault and other.name == "redis" and other.killed)
        return fault.in_flight + sum(other.in_flight for other in before if other.touches(fault.began - 2 * LEASE, fault.began))

    def countable(self, pairs):
        """Those that somebody could know of: Redis, which has the leases, lived on."""
        killed = [fault for fault in self.faults if fault.name == "redis" and fault.killed]
        return [pair for pair in pairs if not any(fault.touches(pair.first.came - STARTING, pair.second.came) for fault in killed)]
