"""Rows of scripts/bench that measure the alert engine and its schedule, against BullMQ and Sidekiq."""

import functools
import statistics
import subprocess

from rig import AOF_ALWAYS, AOF_EVERYSEC, BIN, PEERS, ROOT, ROUNDS, Redis, alone, build, compared, run_json

SCHEDULED = 200_000
DRAINED = 40_000
HELD_BY_BULLMQ = 20_000
REBUILT = 1_000_000
TAKEN_OVER = 200
# Reminders a second, for so many seconds, and the goal against BullMQ.
LATENESS = ((10, 20, "<= 0.05, about 5 ms"), (1000, 10, "<= 0.02"))


@functools.cache
def install_bullmq():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PEERS, check=True, stdout=subprocess.DEVNULL)


def ours(bench, count, row, *numbers):
    return count, lambda: run_json(BIN / bench, row, *(numbers or [count]))


def bullmq(redis, count, row, *numbers):
    install_bullmq()
    return count, lambda: run_json("node", PEERS / "bullmq.mjs", redis.socket, row, *(numbers or [count]))


def sidekiq(redis, count, row):
    return count, lambda: run_json("ruby", PEERS / "sidekiq.rb", redis.socket, row, count)


def in_turns(row, **runs):
    """Runs each, and again, ROUNDS times: what each gave. A round of another count than it was to be is void."""
    results = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (count, run) in runs.items():
            result = run()
            if result["count"] != count:
                raise RuntimeError(f"void round of {row}: {name} counts {result['count']} of {count}")
            results[name].append(result)
    return lambda name, key: statistics.median(result[key] for result in results[name])


def schedule():
    """Scheduling reminders durably (AOF always), against BullMQ's addBulk, the better of AOF everysec and always."""
    build("schedule_bench")
    with Redis(*AOF_EVERYSEC) as everysec, Redis(*AOF_ALWAYS) as always:
        median = in_turns("schedule", ours=ours("schedule_bench", SCHEDULED, "schedule"),
                          everysec=bullmq(everysec, HELD_BY_BULLMQ, "schedule"), always=bullmq(always, HELD_BY_BULLMQ, "schedule"))
    peer = max(median("everysec", "rate"), median("always", "rate"))
    return compared("schedule", median("ours", "rate"), peer, "reminders/s", ">= 10")


def drain():
    """Draining reminders due at once, with leases, fences and receipts, to a receiver that does nothing: the schedule, which does
    what BullMQ and Sidekiq do, and the whole engine, which also plans each message and journals its receipt."""
    build("schedule_bench", "engine_bench")
    with Redis(*AOF_EVERYSEC) as everysec, Redis(*AOF_ALWAYS) as always:
        median = in_turns("drain", ours=ours("schedule_bench", DRAINED, "drain"), engine=ours("engine_bench", DRAINED, "drain"),
                          everysec=bullmq(everysec, DRAINED, "drain"), always=bullmq(always, DRAINED, "drain"),
                          sidekiq=sidekiq(everysec, DRAINED, "drain"))
    peer = max(median("everysec", "rate"), median("always", "rate"))
    return [compared("drain", median("ours", "rate"), peer, "reminders/s", ">= 8"),
            compared("drain-sidekiq", median("ours", "rate"), median("sidekiq", "rate"), "reminders/s", ">= 20"),
            compared("drain-engine", median("engine", "rate"), peer, "reminders/s", "none set")]


def memory():
    """Redis bytes for a reminder: due, under lease, and done until the journal has its receipt. Sidekiq keeps what it works on in
    the process, and neither peer keeps anything of what is done."""
    build("schedule_bench")
    with Redis(*AOF_EVERYSEC) as redis:
        median = in_turns("memory", ours=ours("schedule_bench", SCHEDULED, "memory"), bullmq=bullmq(redis, HELD_BY_BULLMQ, "memory"),
                          sidekiq=sidekiq(redis, SCHEDULED, "memory"))
    return [compared("memory", median("ours", "due"), median("bullmq", "due"), "bytes", "<= 160 bytes"),
            compared("memory-sidekiq", median("ours", "due"), median("sidekiq", "due"), "bytes", "<= 0.33"),
            compared("memory-lease", median("ours", "lease"), median("bullmq", "lease"), "bytes", "none set"),
            alone("memory-done", median("ours", "done"), "bytes", "none set", with_receipt=median("ours", "done_with_receipt"))]


def lateness():
    """From the moment a reminder is due until its sending starts, p99; against BullMQ's delayed jobs."""
    build("engine_bench")
    rows = []
    with Redis(*AOF_EVERYSEC) as redis:
        for rate, seconds, goal in LATENESS:
            count = rate * seconds
            median = in_turns("lateness", ours=ours("engine_bench", count, "lateness", rate, seconds),
                              bullmq=bullmq(redis, count, "lateness", rate, seconds))
            rows.append(compared(f"lateness-{rate}", median("ours", "p99"), median("bullmq", "p99"), "ms (p99)", goal))
    return rows


def rebuild():
    """Redis emptied under a million reminders, until every shard is live and whole again, the hold of one lease included."""
    build("engine_bench")
    median = in_turns("rebuild", ours=ours("engine_bench", REBUILT, "rebuild"))
    return alone("rebuild", median("ours", "seconds"), "s", "<= 20", noticed=median("ours", "noticed"))


def takeover():
    """A replica dies with messages on their way, until another has sent them all; against BullMQ's stalled jobs."""
    build("engine_bench")
    with Redis(*AOF_EVERYSEC) as redis:
        median = in_turns("takeover", ours=ours("engine_bench", TAKEN_OVER, "takeover"), bullmq=bullmq(redis, TAKEN_OVER, "takeover"))
    return compared("takeover", median("ours", "seconds"), median("bullmq", "seconds"), "s", "<= 6")


def simulate():
    """Simulated years a CPU second of the deterministic simulation; a promise broken voids the round."""
    build("simulate")
    years = []
    for number in range(ROUNDS):
        command = [BIN / "simulate", "--seeds", "20", "--seed", str(1 + 20 * number)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        words = done.stdout.strip().splitlines()[-1].split()
        if done.returncode:
            raise RuntimeError(f"void round of simulate: {' '.join(words)}")
        years.append(float(words[4]))
    return alone("simulate", statistics.median(years), "years/CPU s", ">= 10")


ROWS = {"schedule": schedule, "drain": drain, "memory": memory, "lateness": lateness, "rebuild": rebuild, "takeover": takeover,
        "simulate": simulate}
