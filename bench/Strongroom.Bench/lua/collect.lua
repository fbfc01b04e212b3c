-- args: template of a submission, file of names, path, token or "-", number of the first person. Every request is a new person.
local counter = 0
function setup(thread)
  thread:set("number", counter)
  counter = counter + 1
end

local template, names, path, headers, person = nil, {}, nil, nil, 0
local step = 2 -- two threads take every second person
local weights = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 }
local letters = "10X98765432"

-- The same numbers as Product/People.cs: region 110100 is on no card, the check character follows GB 11643.
local function resident_id(n)
  local day = math.floor(n / 999)
  local body = string.format("110100%04d%02d%02d%03d", 1950 + math.floor(day / 336) % 55, 1 + math.floor(day / 28) % 12, 1 + day % 28, 1 + n % 999)
  local sum = 0
  for i = 1, 17 do sum = sum + (body:byte(i) - 48) * weights[i] end
  local at = sum % 11 + 1
  return body .. letters:sub(at, at)
end

function init(args)
  local file = assert(io.open(args[1]))
  template = file:read("*a")
  file:close()
  for line in io.lines(args[2]) do names[#names + 1] = line end
  path = args[3]
  headers = { ["Content-Type"] = "application/json", ["Host"] = wrk.headers["Host"] }
  if args[4] ~= "-" then headers["Authorization"] = "Bearer " .. args[4] end
  person = tonumber(args[5]) + number - step
end

function request()
  person = person + step
  local values = { n = tostring(person), id_no = resident_id(person), mobile = string.format("154%08d", person), name = names[person % #names + 1] }
  return wrk.format("POST", path, headers, (template:gsub("@([%w_]+)@", values)))
end

-- One line of JSON for the harness, times in microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('BENCH {"requests":%d,"us":%d,"errors":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
