#!lua name=vigil_@VERSION@
-- The schedule of one shard. Every function works on the keys of one shard only, all of them declared:
--   1 head      hash    epoch seq run state applied hash plan fence build build_lease closed; of the breaker
--                       hold (1 too many, 2 the clock jumped) since held_due allowed passing, released
--   2 due       zset    member -> when it is due (calendar ms)
--   3 lease     zset    identity -> when its lease ends (Redis' wall ms)
--   4 fence     hash    identity -> "fence:due:" and the last two bytes of the member
--   5 done      zset    identity -> seq of the complete that did it
--   6 sealed    hash    identity of a digest -> its members, one after the other
--   7 receipts  stream  e: epoch, s: seq, r: receipts; one entry for each complete
--   8 passing   zset    while the shard is held: those members of `due` that the hold lets through
-- A member is 24 bytes, its identity the first 22; the last two say kind and precision.
-- ARGV of every function that changes something: 1 run id of the server the caller is connected to,
-- 2 and 3 the highest epoch and seq the caller has seen of this shard. Who has seen none ("" and 0) begins a
-- rebuild, and nothing else: to any other call the shard is lost.
-- The first element of every reply is a code; anything but `OK` means that nothing was changed.

local MAX_SKEW = 2000

-- The first four are texts, the others numbers.
local FIELDS = {'epoch', 'run', 'state', 'passing', 'seq', 'applied', 'build', 'build_lease', 'hold', 'released',
                'closed'}

local function redis_us()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function redis_ms()
  return math.floor(redis_us() / 1000)
end

local function read_head(key)
  local values = redis.call('HMGET', key, unpack(FIELDS))
  if not values[1] then return nil end
  local head = {}
  for i, name in ipairs(FIELDS) do
    head[name] = i > 4 and tonumber(values[i] or '0') or values[i]
  end
  return head
end

-- The head of a live shard, or nil and the reply that says why nothing can be done.
local function enter(keys, argv)
  local head = read_head(keys[1])
  if not head or head.run ~= argv[1] or head.state ~= 'LIVE' then return nil, {'LOST'} end
  if head.epoch ~= argv[2] then return nil, {'LOST'} end
  if head.seq < tonumber(argv[3]) then return nil, {'ROLLED_BACK', head.seq, head.applied} end
  head.now = redis_ms()
  return head
end

local function stale(head)
  return {'STALE', head.seq, head.applied}
end

local function clock_off(now, wall)
  return math.abs(now - tonumber(wall)) > MAX_SKEW
end

-- Counts the change.
local function commit(keys, head, ...)
  head.seq = head.seq + 1
  redis.call('HSET', keys[1], 'seq', head.seq, ...)
  return {'OK', head.seq, head.applied}
end

local function slice(argv, first, last, step)
  local part = {}
  for i = first, last, step or 1 do part[#part + 1] = argv[i] end
  return part
end

local function identity(member)
  return member:sub(1, 22)
end

-- The same reminder said with another precision. A deadline's kind follows from its rule, and with
-- the rule its name would be another: the kind cannot differ.
local PRECISIONS = 6

-- unpack takes some thousands of values; an even number, since some come in pairs.
local MAX_VALUES = 5000

local function add_variants(list, member)
  local stem, own = member:sub(1, 23), member:byte(24)
  for precision = 0, PRECISIONS - 1 do
    if precision ~= own then list[#list + 1] = stem .. string.char(precision) end
  end
end

local function in_parts(command, key, values)
  for first = 1, #values, MAX_VALUES do
    redis.call(command, key, unpack(values, first, math.min(first + MAX_VALUES - 1, #values)))
  end
end

-- The kind of a member, one byte.
local function kind(member)
  return member:sub(23, 23)
end

-- Takes members out of what is due.
local function remove(keys, head, members)
  in_parts('ZREM', keys[2], members)
  if head.passing then in_parts('ZREM', keys[8], members) end
end

-- Takes those of the rows due, member that the hold lets through into their own set.
local function add_passing(keys, head, rows)
  local add = {}
  for i = 2, #rows, 2 do
    if head.passing:find(kind(rows[i]), 1, true) then
      add[#add + 1] = rows[i - 1]
      add[#add + 1] = rows[i]
    end
  end
  in_parts('ZADD', keys[8], add)
end

-- Ops from argv[first] to argv[last], pairs member, due ("" to delete). What is done or leased stays
-- as it is.
local function write_part(keys, head, argv, first, last)
  local members = slice(argv, first, last, 2)
  local ids = {}
  for i, member in ipairs(members) do ids[i] = identity(member) end
  local done = redis.call('ZMSCORE', keys[5], unpack(ids))
  local leased = redis.call('HMGET', keys[4], unpack(ids))
  local add, gone = {}, {}
  for i, member in ipairs(members) do
    local due = argv[first + 2 * i - 1]
    if due == '' then
      gone[#gone + 1] = member
      add_variants(gone, member)
    elseif not done[i] and not leased[i] then
      add[#add + 1] = due
      add[#add + 1] = member
    end
  end
  remove(keys, head, gone)
  if #add == 0 then return end
  if head.passing then add_passing(keys, head, add) end
  -- Only what is new can stand beside another wording of itself.
  if redis.call('ZADD', keys[2], unpack(add)) > 0 then
    local others = {}
    for i = 2, #add, 2 do add_variants(others, add[i]) end
    remove(keys, head, others)
  end
end

local function write_ops(keys, head, argv, first)
  for start = first, #argv, 2000 do
    write_part(keys, head, argv, start, math.min(start + 1999, #argv))
  end
end

-- 4 from, 5 to, 6 hash of `to`, 7 plan version, 8 "1" in the last part of the step; then ops. Accepted
-- if from <= applied < to, or from = to = applied.
local function apply(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  local from, to = tonumber(argv[4]), tonumber(argv[5])
  local repair = from == to and to == head.applied
  if not (repair or (from <= head.applied and head.applied < to)) then return stale(head) end
  write_ops(keys, head, argv, 9)
  if argv[8] ~= '1' then return commit(keys, head) end
  head.applied = to
  return commit(keys, head, 'applied', to, 'hash', argv[6], 'plan', argv[7])
end

-- Members whose lease ended, with when they were due. One that ends later than any lease given now was given before the time of
-- day was set back.
local function expired(keys, head, limit, lease)
  local ids = redis.call('ZRANGEBYSCORE', keys[3], '-inf', head.now, 'LIMIT', 0, limit)
  local late = redis.call('ZRANGEBYSCORE', keys[3], head.now + 2 * lease, '+inf', 'LIMIT', 0, limit - #ids)
  for _, id in ipairs(late) do ids[#ids + 1] = id end
  if #ids == 0 then return {}, {} end
  local members, due = {}, {}
  for i, value in ipairs(redis.call('HMGET', keys[4], unpack(ids))) do
    due[i] = value:match('^%d+:([^:]*):')
    members[i] = ids[i] .. value:sub(-2)
  end
  return members, due
end

-- Sorts out the members that a hold lets through: once, all that the shard has. From here on each
-- write keeps up with it, and a claim looks at no member that waits.
local function sort_out(keys, head, kinds)
  head.passing = kinds
  redis.call('UNLINK', keys[8])
  for first = 0, redis.call('ZCARD', keys[2]) - 1, 1000 do
    local part = redis.call('ZRANGE', keys[2], first, first + 999, 'WITHSCORES')
    local rows = {}
    for i = 1, #part, 2 do
      rows[i] = part[i + 1]
      rows[i + 1] = part[i]
    end
    add_passing(keys, head, rows)
  end
  redis.call('HSET', keys[1], 'passing', kinds)
end

-- Whether the breaker holds the shard: from now on where more are due than 9 allows and no release let go,
-- or where 10 says that the clock jumped.
local function is_held(keys, argv, head)
  if head.hold == 0 then
    local allowed, why = tonumber(argv[9]), argv[10] == '1' and 2 or 0
    local due = redis.call('ZCOUNT', keys[2], string.format('(%.0f', head.released), argv[5])
    if allowed >= 0 and due > allowed then why = 1 end
    if why == 0 then return false end
    commit(keys, head, 'hold', why, 'since', argv[5], 'held_due', due, 'allowed', allowed)
  end
  if head.passing ~= argv[11] then sort_out(keys, head, argv[11]) end
  return true
end

-- 4 wall, 5 due until, 6 at most this many, 7 lease in ms, 8 "1" if leases may
-- end: not within one lease of Redis coming back, 9 how many may be due at one time ("-1": any number), 10 "1"
-- if the clock jumped, 11 the kinds that no hold stops. Replies with the fence, how many are taken over, and
-- pairs member, due: first those taken over, whose lease ended, then those of the due set.
local function claim(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  if clock_off(head.now, argv[4]) then return {'REFUSED'} end
  local limit = math.min(tonumber(argv[6]), 1000)
  local members, due = {}, {}
  if argv[8] == '1' then members, due = expired(keys, head, limit, tonumber(argv[7])) end
  local taken_over = #members
  if #members < limit then
    local from = is_held(keys, argv, head) and keys[8] or keys[2]
    local fresh = redis.call('ZRANGEBYSCORE', from, '-inf', argv[5], 'WITHSCORES', 'LIMIT', 0, limit - #members)
    for i = 1, #fresh, 2 do
      members[#members + 1] = fresh[i]
      due[#due + 1] = fresh[i + 1]
    end
  end
  if #members == 0 then return {'OK', head.seq, head.applied, 0, 0} end
  local fence = redis.call('HINCRBY', keys[1], 'fence', 1)
  local leases, fences = {}, {}
  local ends, prefix = head.now + tonumber(argv[7]), string.format('%.0f:', fence)
  for i, member in ipairs(members) do
    local id = identity(member)
    leases[2 * i - 1] = ends
    leases[2 * i] = id
    fences[2 * i - 1] = id
    fences[2 * i] = prefix .. due[i] .. ':' .. member:sub(23)
  end
  remove(keys, head, members)
  redis.call('ZADD', keys[3], unpack(leases))
  redis.call('HSET', keys[4], unpack(fences))
  local reply = commit(keys, head)
  reply[4] = fence
  reply[5] = taken_over
  for i, member in ipairs(members) do
    reply[#reply + 1] = member
    reply[#reply + 1] = due[i]
  end
  return reply
end

-- 4 up to when what is due counts no more (calendar ms). Ends the breaker's hold.
local function release(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  redis.call('HDEL', keys[1], 'hold', 'since', 'held_due', 'allowed', 'passing')
  redis.call('UNLINK', keys[8])
  return commit(keys, head, 'released', argv[4])
end

local function holds(leased, fence)
  return leased and leased:find(fence .. ':', 1, true) == 1
end

-- 4 wall, 5 lease in ms, 6 fence, then members. Replies with those that are no longer under the fence.
local function renew(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  if clock_off(head.now, argv[4]) then return {'REFUSED'} end
  local ids, leases, lost = {}, {}, {}
  for i = 7, #argv do ids[#ids + 1] = identity(argv[i]) end
  local leased = #ids > 0 and redis.call('HMGET', keys[4], unpack(ids)) or {}
  for i = 7, #argv do
    if holds(leased[i - 6], argv[6]) then
      leases[#leases + 1] = head.now + tonumber(argv[5])
      leases[#leases + 1] = identity(argv[i])
    else
      lost[#lost + 1] = argv[i]
    end
  end
  if #leases > 0 then redis.call('ZADD', keys[3], unpack(leases)) end
  local reply = commit(keys, head)
  for _, member in ipairs(lost) do reply[#reply + 1] = member end
  return reply
end

-- What other digests of the same reader hold that are on their way, or come again: it comes out with
-- them. The first 14 bytes of a digest are its subscription and receiver, its last two are zero.
local function held_by_others(keys, digest)
  local all = {}
  for _, other in ipairs(redis.call('HKEYS', keys[6])) do
    local same_reader = other ~= digest and other:sub(1, 14) == digest:sub(1, 14)
    if same_reader and (redis.call('HEXISTS', keys[4], other) == 1 or
                        redis.call('ZSCORE', keys[2], other .. '\0\0')) then
      local members = redis.call('HGET', keys[6], other)
      for at = 1, #members, 24 do all[members:sub(at, at + 21)] = true end
    end
  end
  return all
end

-- 4 fence, 5 member of the digest, then its members, one of which may be its reader's own: that of the
-- week's findings, which fixes nothing unless it is the digest itself. Replies with what it holds
-- since the first call that found something for it; what was done before that, or is in another
-- digest, is left out. Findings that were put back before they were sent may be in another's set since:
-- then their own digest holds nothing.
local function seal(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  local digest = identity(argv[5])
  if not holds(redis.call('HGET', keys[4], digest), argv[4]) then return stale(head) end
  local held = redis.call('HGET', keys[6], digest)
  if held and identity(held) == digest and held_by_others(keys, digest)[digest] then held = '' end
  if not held then
    local kept, others, any = {}, held_by_others(keys, digest), false
    for i = 6, #argv do
      local id = identity(argv[i])
      if not others[id] and not redis.call('ZSCORE', keys[5], id) then
        kept[#kept + 1] = argv[i]
        any = any or id == digest or id:sub(1, 14) ~= digest:sub(1, 14)
      end
    end
    held = any and table.concat(kept) or ''
    if any then redis.call('HSET', keys[6], digest, held) end
  end
  local reply = commit(keys, head)
  reply[4] = held
  return reply
end

-- The claims to end that are in argv from `first` on: where each begins, and its identity.
local function read_items(argv, first)
  local starts, ids = {}, {}
  local at, last, count = first, #argv, 0
  while at <= last do
    count = count + 1
    starts[count] = at
    ids[count] = identity(argv[at + 1])
    at = at + 6 + tonumber(argv[at + 4]) + tonumber(argv[at + 5])
  end
  return starts, ids
end

-- Which items hold their lease, and by identity the place of those in the order.
local function check_fences(keys, argv, starts, ids)
  local leased = redis.call('HMGET', keys[4], unpack(ids))
  local good, place = {}, {}
  for i, at in ipairs(starts) do
    good[i] = holds(leased[i], argv[at]) and not place[ids[i]]
    if good[i] then place[ids[i]] = i end
  end
  return good, place
end

-- Adds an op; of an identity the last one counts.
local function put_op(all, member, due)
  local id = identity(member)
  local at = all.op_of[id] or #all.ops + 1
  all.op_of[id] = at
  all.ops[at], all.ops[at + 1] = member, due
end

-- Adds what an item names besides itself: the members that are done with it, and its ops.
-- What is leased has left the due set; what a digest held may stand there. `place` tells which lease
-- would still run when an op's turn came.
local function gather_more(argv, at, i, id, place, all)
  local ops = at + 6 + tonumber(argv[at + 4])
  for k = at + 6, ops - 1 do
    local other = identity(argv[k])
    all.done[#all.done + 1] = other
    if other ~= id then
      all.gone[#all.gone + 1] = argv[k]
      add_variants(all.gone, argv[k])
    end
  end
  for k = ops, ops + tonumber(argv[at + 5]) - 1, 2 do
    local holder = place[identity(argv[k])]
    if not holder or holder <= i then put_op(all, argv[k], argv[k + 1]) end
  end
end

-- What the items that hold their lease come to.
local function gather(argv, starts, ids, good, place)
  local ended, done, receipts = {}, {}, {}
  local all = {ended = ended, done = done, receipts = receipts, gone = {}, ops = {}, op_of = {}}
  for i, at in ipairs(starts) do
    if good[i] then
      ended[#ended + 1] = ids[i]
      receipts[#ended] = argv[at + 2]
      if argv[at + 3] == '1' then done[#done + 1] = ids[i] end
      if argv[at + 4] ~= '0' or argv[at + 5] ~= '0' then
        gather_more(argv, at, i, ids[i], place, all)
      end
    end
  end
  return all
end

-- Takes identities into `done`, and drops what a digest among them held.
local function add_done(keys, done, seq)
  local scored = {}
  for i, id in ipairs(done) do
    scored[2 * i - 1] = seq
    scored[2 * i] = id
  end
  in_parts('ZADD', keys[5], scored)
  if redis.call('EXISTS', keys[6]) == 1 then in_parts('HDEL', keys[6], done) end
end

-- 4… items: fence, member, receipts ("": none), "1" if the member is done, how many other members are
-- done, how many words of ops; then those members and ops. As if each item were a call of its own, in
-- this order, with one seq for all. The receipts become one entry: serialized messages that are joined
-- are one message. Replies with 1 for each item that held its fence, else 0: nothing happened then.
local function complete(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  local starts, ids = read_items(argv, 4)
  local good, place = check_fences(keys, argv, starts, ids)
  local all = gather(argv, starts, ids, good, place)
  local reply
  if #all.ended == 0 then
    reply = {'OK', head.seq, head.applied}
  else
    redis.call('ZREM', keys[3], unpack(all.ended))
    redis.call('HDEL', keys[4], unpack(all.ended))
    add_done(keys, all.done, head.seq + 1)
    remove(keys, head, all.gone)
    write_ops(keys, head, all.ops, 1)
    local receipts = table.concat(all.receipts)
    if receipts ~= '' then
      redis.call('XADD', keys[7], '*', 'e', head.epoch, 's', head.seq + 1, 'r', receipts)
    end
    reply = commit(keys, head)
  end
  for i = 1, #starts do reply[3 + i] = good[i] and 1 or 0 end
  return reply
end

-- 4 highest seq whose receipts are journaled, 5 the revision that holds them.
local function forget(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  if head.applied < tonumber(argv[5]) then return stale(head) end
  redis.call('ZREMRANGEBYSCORE', keys[5], '-inf', argv[4])
  return commit(keys, head)
end

-- 4 oldest stream id to keep.
local function trim(keys, argv)
  local head, refusal = enter(keys, argv)
  if not head then return refusal end
  redis.call('XTRIM', keys[7], 'MINID', argv[4])
  return commit(keys, head)
end

-- 4 wall, 5 new epoch, 6 build lease in ms, 7 "1" if the epoch in argv[2] follows another journal. Empties
-- the index of a lost shard and keeps its receipts. Replies with how long the shard has been closed: being
-- rebuilt, by one after the other.
local function rebuild_begin(keys, argv)
  local now = redis_ms()
  if clock_off(now, argv[4]) then return {'REFUSED'} end
  local head, closed = read_head(keys[1]), now
  if head and head.run == argv[1] then
    local behind = head.epoch == argv[2] and (head.seq < tonumber(argv[3]) or argv[7] == '1')
    if head.state == 'LIVE' and not behind then return stale(head) end
    if head.state ~= 'LIVE' and head.build > now then return stale(head) end
    if head.state ~= 'LIVE' and head.closed > 0 then closed = head.closed end
  end
  -- Greater than any fence of the life before; where that is wiped, too, unless Redis' time went back: no claim
  -- takes less than a microsecond.
  local fence = math.max(tonumber(redis.call('HGET', keys[1], 'fence') or '0') + 1, redis_us())
  redis.call('DEL', keys[1])
  redis.call('UNLINK', keys[2], keys[3], keys[4], keys[5], keys[6], keys[8])
  redis.call('HSET', keys[1], 'epoch', argv[5], 'seq', 1, 'run', argv[1], 'state', 'REBUILDING',
             'applied', 0, 'hash', '', 'plan', '', 'fence', fence, 'build',
             now + tonumber(argv[6]), 'build_lease', argv[6], 'closed', closed)
  return {'OK', 1, 0, now - closed}
end

-- The head of a shard that is being rebuilt under the epoch in argv[2], or nil and the reply.
local function enter_rebuild(keys, argv)
  local head = read_head(keys[1])
  if not head or head.run ~= argv[1] then return nil, {'LOST'} end
  if head.epoch ~= argv[2] or head.state ~= 'REBUILDING' then return nil, stale(head) end
  head.now = redis_ms()
  return head
end

-- ARGV 2 names the epoch of the rebuild; 4… ops.
local function rebuild_write(keys, argv)
  local head, refusal = enter_rebuild(keys, argv)
  if not head then return refusal end
  write_ops(keys, head, argv, 4)
  return commit(keys, head, 'build', head.now + head.build_lease)
end

-- ARGV 2 names the epoch; 4 applied revision, 5 its hash, 6 plan version.
local function rebuild_open(keys, argv)
  local head, refusal = enter_rebuild(keys, argv)
  if not head then return refusal end
  head.applied = tonumber(argv[4])
  return commit(keys, head, 'state', 'LIVE', 'applied', head.applied, 'hash', argv[5], 'plan', argv[6])
end

-- Reads only; ARGV 1 is "1" if leases may end. Replies with state, epoch, seq, applied, hash, plan, run id, next due ("": none; "0": a lease has run
-- out), members due or to come, members leased; why it is held (0: it is not), since when, how many were due then and how many allowed.
local function head(keys, argv)
  local h = read_head(keys[1])
  if not h then return {'MISSING'} end
  local extra = redis.call('HMGET', keys[1], 'hash', 'plan', 'since', 'held_due', 'allowed')
  local due = redis.call('ZRANGE', keys[2], 0, 0, 'WITHSCORES')[2] or ''
  if argv[1] == '1' then
    local ends = redis.call('ZRANGE', keys[3], 0, 0, 'WITHSCORES')[2]
    if ends and tonumber(ends) <= redis_ms() then due = '0' end
  end
  return {h.state, h.epoch, h.seq, h.applied, extra[1] or '', extra[2] or '', h.run, due,
          redis.call('ZCARD', keys[2]), redis.call('ZCARD', keys[3]), h.hold, extra[3] or '0',
          extra[4] or '0', extra[5] or '0'}
end

local function register(name, callback, ...)
  redis.register_function{function_name = 'vigil_' .. name .. '_@VERSION@', callback = callback,
                          flags = {...}}
end

register('apply', apply)
register('claim', claim)
register('release', release)
register('seal', seal)
register('rebuild_begin', rebuild_begin)
register('rebuild_write', rebuild_write)
register('rebuild_open', rebuild_open)
-- These free memory or keep a promise already made, so they run when Redis is full.
register('renew', renew, 'allow-oom')
register('complete', complete, 'allow-oom')
register('forget', forget, 'allow-oom')
register('trim', trim, 'allow-oom')
register('head', head, 'no-writes')
