-- args: file of requests (path TAB body), token or "-". Sends them in random order.
local counter = 0
function setup(thread)
  thread:set("number", counter)
  counter = counter + 1
end

local requests = {}

function init(args)
  math.randomseed(os.time() * 10 + number)
  local headers = { ["Content-Type"] = "application/json", ["Host"] = wrk.headers["Host"] }
  if args[2] ~= "-" then headers["Authorization"] = "Bearer " .. args[2] end
  for line in io.lines(args[1]) do
    local path, body = line:match("^([^\t]*)\t(.*)$")
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  end
end

function request()
  return requests[math.random(#requests)]
end

-- One line of JSON for the harness, times in microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('BENCH {"requests":%d,"us":%d,"errors":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
