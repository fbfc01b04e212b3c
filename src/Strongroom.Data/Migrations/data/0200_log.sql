-- The audit log. Entries stand in chains (one or more per node) as they are written; the sequencer lays them out in one tree by
-- ranges, so no entry is ever updated except to erase its details.

CREATE TABLE log_chain (
  chain {identity},
  node  {text}   NOT NULL,
  lane  {bigint} NOT NULL,
  seq   {bigint} NOT NULL,   -- entries written so far
  head  {blob}   NOT NULL,   -- hash of the newest entry
  mac   {blob}   NOT NULL,   -- over everything above
  UNIQUE (node, lane)
) {strict};

CREATE TABLE log_entry (
  chain       {bigint} NOT NULL,
  seq         {bigint} NOT NULL,
  id          {blob}   NOT NULL,
  prev        {blob}   NOT NULL,   -- hash of the entry before it in the chain
  body        {blob}   NOT NULL,   -- the leaf: canonical header
  mac         {blob}   NOT NULL,   -- over chain, seq, prev and leaf hash: nobody without the key can add or change an entry
  at          {bigint} NOT NULL,   -- from here on copies of the header for searching; "verify" compares them
  act         {text}   NOT NULL,
  actor_kind  {text}   NOT NULL,
  actor       {blob},
  customer    {blob},
  purpose     {text},
  decision    {text},
  details     {blob},              -- sealed salt and details; null when there are none or they were erased
  PRIMARY KEY (chain, seq)
) {strict};
CREATE UNIQUE INDEX log_entry_id ON log_entry (id);
CREATE INDEX log_entry_at ON log_entry (at, id);
CREATE INDEX log_entry_customer ON log_entry (customer, at) WHERE customer IS NOT NULL;
CREATE INDEX log_entry_actor ON log_entry (actor, at) WHERE actor IS NOT NULL;

-- Entries first_seq … first_seq + n - 1 of the chain are the leaves first_index … of the tree.
CREATE TABLE log_range (
  first_index {bigint} NOT NULL PRIMARY KEY,
  chain       {bigint} NOT NULL,
  first_seq   {bigint} NOT NULL,
  n           {bigint} NOT NULL
) {strict};
CREATE UNIQUE INDEX log_range_chain ON log_range (chain, first_seq);

-- C2SP tlog-tiles; the rightmost tile of a level grows to 256 hashes.
CREATE TABLE log_tile (
  level  {bigint} NOT NULL,
  n      {bigint} NOT NULL,
  hashes {blob}   NOT NULL,
  PRIMARY KEY (level, n)
) {strict};

-- Every tree that was committed to. "note" stays null until the signature is made, which happens only after this row is durable.
CREATE TABLE log_checkpoint (
  size  {bigint} NOT NULL PRIMARY KEY,
  root  {blob}   NOT NULL,
  at    {bigint} NOT NULL,
  note  {blob}
) {strict};

-- The one row that merges compete for: tree and fencing token of its last writer.
CREATE TABLE log_head (
  id    {int}    NOT NULL PRIMARY KEY CHECK (id = 1),
  size  {bigint} NOT NULL,
  root  {blob}   NOT NULL,
  token {bigint} NOT NULL
) {strict};
-- @sqlite
INSERT INTO log_head (id, size, root, token) VALUES (1, 0, x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);
-- @end
-- @postgres
INSERT INTO log_head (id, size, root, token) VALUES (1, 0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);
-- @end

-- Refusals beyond an individual limit, and those of nobody, counted until their period ends and the count becomes an entry.
CREATE TABLE log_tally (
  until   {bigint} NOT NULL,
  kind    {text}   NOT NULL,
  subject {text}   NOT NULL,
  reason  {text}   NOT NULL,
  n       {bigint} NOT NULL,
  PRIMARY KEY (until, kind, subject, reason)
) {strict};
